/**
 * A signal that aborts once all of the given ones have: work that is shared ends only when nobody waits for it any more.
 * `release` takes the listeners off again; call it when the work is done.
 */
export function untilAllGone(signals: readonly AbortSignal[]): { signal: AbortSignal; release: () => void } {
  const distinct = new Set(signals);
  const controller = new AbortController();
  let remaining = distinct.size;
  const leave = () => {
    remaining -= 1;
    if (remaining === 0) controller.abort(new DOMException('Nobody waits for the answer any more.', 'AbortError'));
  };
  for (const signal of distinct) {
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of distinct) signal.removeEventListener('abort', leave);
    },
  };
}
