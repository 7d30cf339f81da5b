/** True after `ms`; false as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const end = (passed: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      resolve(passed);
    };
    const giveUp = () => end(false);
    const timer = setTimeout(end, ms, true);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
