/**
 * Those who wait for one shared piece of work. Its `signal` aborts once all of them have gone, and not before: work that several requests
 * share must not die with the first of them. Whoever waits without a signal stays to the end.
 */
export class WaiterGroup {
  readonly #controller = new AbortController();
  readonly #leavers = new Map<AbortSignal, () => void>();
  /** Somebody waits who can not go. */
  #staying = false;
  #closed = false;

  /** `waiters` join together: the group is not over as long as one of them is there. Without any it waits for the first to join. */
  constructor(waiters: Iterable<AbortSignal | undefined> = []) {
    const all = [...waiters];
    for (const waiter of all) {
      if (waiter === undefined) this.#staying = true;
      else if (!waiter.aborted) this.#listen(waiter);
    }
    if (all.length > 0) this.#endIfAllGone();
  }

  /** For the work itself. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** False when it is too late, because the work was given up or is done, or when the newcomer has gone already. */
  join(waiter: AbortSignal | undefined): boolean {
    if (this.#closed || this.signal.aborted || waiter?.aborted) return false;
    if (waiter === undefined) this.#staying = true;
    else this.#listen(waiter);
    return true;
  }

  /** To be called when the work is done: takes the listeners off the waiters' signals, which outlive many works. */
  close(): void {
    this.#closed = true;
    for (const [waiter, leave] of this.#leavers) waiter.removeEventListener('abort', leave);
    this.#leavers.clear();
  }

  #listen(waiter: AbortSignal): void {
    if (this.#leavers.has(waiter)) return;
    const leave = () => {
      this.#leavers.delete(waiter);
      this.#endIfAllGone();
    };
    this.#leavers.set(waiter, leave);
    waiter.addEventListener('abort', leave, { once: true });
  }

  #endIfAllGone(): void {
    if (this.#staying || this.#closed || this.#leavers.size > 0) return;
    this.#controller.abort(new DOMException('Nobody waits for the answer any more.', 'AbortError'));
  }
}
