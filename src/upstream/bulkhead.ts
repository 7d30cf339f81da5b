import type { CallPriority } from '../platform/priority.ts';

/** Why there is no place: `full` queue, `displaced` by a more urgent call, `deadline` passed, or `gone`: nobody waits any more. */
export type NoPlace = 'full' | 'displaced' | 'deadline' | 'gone';

export interface BulkheadOptions {
  readonly concurrency: number;
  /** Calls that may wait for a place; more are refused at once. */
  readonly queue: number;
  /** Calls that may be under way at the moment, at most `concurrency`; asked whenever a place may become free. */
  readonly currentConcurrency?: () => number;
}

export interface EnterOptions {
  readonly priority: CallPriority;
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A place held; `leave` gives it to the next one, once. */
export interface Place {
  leave(): void;
}

interface Waiting {
  readonly isBackground: boolean;
  settle(result: Place | NoPlace): void;
}

/**
 * Keeps one slow endpoint from taking everything: so many calls at once, so many waiting. Whoever somebody waits for goes before background
 * work, in the queue and for its last place, and background work never holds more than half of the places.
 */
export class Bulkhead {
  readonly #options: BulkheadOptions;
  readonly #backgroundLimit: number;
  #active = 0;
  #activeBackground = 0;
  #urgent: Waiting[] = [];
  #background: Waiting[] = [];

  constructor(options: BulkheadOptions) {
    this.#options = options;
    this.#backgroundLimit = Math.max(1, Math.floor(options.concurrency / 2));
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#urgent.length + this.#background.length;
  }

  /** Gives a place, or tells why there is none. Never rejects. */
  enter({ priority, waitMs, signal }: EnterOptions): Promise<Place | NoPlace> {
    const isBackground = priority === 'background';
    if (signal?.aborted) return Promise.resolve('gone');
    const lane = isBackground ? this.#background : this.#urgent;
    if (lane.length === 0 && this.#isFree(isBackground)) return Promise.resolve(this.#take(isBackground));
    if (this.waiting >= this.#options.queue) {
      const displaced = isBackground ? undefined : this.#background.at(-1);
      if (!displaced) return Promise.resolve('full');
      displaced.settle('displaced');
    }
    return new Promise((resolve) => {
      const waiting: Waiting = {
        isBackground,
        settle: (result) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          this.#remove(waiting);
          resolve(result);
        },
      };
      const giveUp = () => waiting.settle('gone');
      const timer = setTimeout(() => waiting.settle('deadline'), waitMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      lane.push(waiting);
    });
  }

  #isFree(isBackground: boolean): boolean {
    const limit = Math.min(this.#options.concurrency, this.#options.currentConcurrency?.() ?? Number.POSITIVE_INFINITY);
    if (this.#active >= limit) return false;
    return !isBackground || (this.#urgent.length === 0 && this.#activeBackground < this.#backgroundLimit);
  }

  #take(isBackground: boolean): Place {
    this.#active += 1;
    if (isBackground) this.#activeBackground += 1;
    let held = true;
    return {
      leave: () => {
        if (!held) return;
        held = false;
        this.#active -= 1;
        if (isBackground) this.#activeBackground -= 1;
        this.#admit();
      },
    };
  }

  /** More than one may come in: what is allowed at once may have grown since. */
  #admit(): void {
    for (let next = this.#next(); next; next = this.#next()) next.settle(this.#take(next.isBackground));
  }

  #next(): Waiting | undefined {
    const [urgent] = this.#urgent;
    if (urgent) return this.#isFree(false) ? urgent : undefined;
    const [background] = this.#background;
    return background && this.#isFree(true) ? background : undefined;
  }

  #remove(waiting: Waiting): void {
    if (waiting.isBackground) this.#background = this.#background.filter((other) => other !== waiting);
    else this.#urgent = this.#urgent.filter((other) => other !== waiting);
  }
}
