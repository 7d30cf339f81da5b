/** One execution that several wait for. */
interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  readonly sequence: number;
  waiters: number;
}

export interface Landing<Result> {
  readonly result: Result;
  /** Whether the execution was begun for another. */
  readonly joined: boolean;
}

/**
 * Equal executions under way are one. Nobody joins one that began before an invalidation, so whoever comes after a change sees it. An
 * execution is aborted when the last of those who wait for it has left; one who leaves while others wait gets the reason of the own signal.
 */
export class Flights<Result> {
  readonly #byKey = new Map<string, Flight<Result>>();

  get size(): number {
    return this.#byKey.size;
  }

  /** `sequence` counts invalidations; `run` begins at most once per flight. Rejects as `run` does, for everyone. */
  async fly(
    key: string,
    sequence: number,
    signal: AbortSignal,
    run: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Landing<Result>> {
    signal.throwIfAborted();
    const underWay = this.#byKey.get(key);
    if (underWay && underWay.sequence === sequence)
      return { result: await this.#wait(key, underWay, signal), joined: true };
    const controller = new AbortController();
    const flight: Flight<Result> = { result: run(controller.signal), controller, sequence, waiters: 0 };
    this.#byKey.set(key, flight);
    const landed = (): void => this.#forget(key, flight);
    flight.result.then(landed, landed);
    return { result: await this.#wait(key, flight, signal), joined: false };
  }

  async #wait(key: string, flight: Flight<Result>, signal: AbortSignal): Promise<Result> {
    flight.waiters += 1;
    let leave: (() => void) | undefined;
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => {
        flight.waiters -= 1;
        if (flight.waiters > 0) {
          reject(signal.reason);
          return;
        }
        // The last one still gets what the execution makes of its end: the fields that were ready, say.
        this.#forget(key, flight);
        flight.controller.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([flight.result, left]);
    } finally {
      if (leave) signal.removeEventListener('abort', leave);
    }
  }

  #forget(key: string, flight: Flight<Result>): void {
    if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
  }
}
