import { SlidingCounter } from './sliding-counter.ts';

export interface RetryBudgetOptions {
  /** Retries per read; 0.2 unless told. */
  readonly share?: number;
  /** One minute unless told. */
  readonly windowMs?: number;
  readonly monotonicMs?: () => number;
}

const SLOTS = 60;
/** Shares such as 0.2 are not exact in binary, and five reads are to earn one whole retry. */
const ROUNDING = 1e-9;

/**
 * What keeps retries from multiplying an outage: all of them together stay below a share of the reads sent within a sliding window. There is
 * no allowance to begin with, so the share holds from the first read on. One budget is shared by all sources of an instance.
 */
export class RetryBudget {
  readonly #share: number;
  readonly #reads: SlidingCounter;
  readonly #retries: SlidingCounter;

  constructor(options: RetryBudgetOptions = {}) {
    const { share = 0.2, windowMs = 60_000, monotonicMs = () => performance.now() } = options;
    this.#share = share;
    this.#reads = new SlidingCounter({ windowMs, slots: SLOTS, monotonicMs });
    this.#retries = new SlidingCounter({ windowMs, slots: SLOTS, monotonicMs });
  }

  /** A read went out for the first time. */
  countRead(): void {
    this.#reads.add();
  }

  /** True when one more retry is allowed; it is counted then. */
  takeRetry(): boolean {
    if (this.#retries.sum() + 1 > this.#reads.sum() * this.#share + ROUNDING) return false;
    this.#retries.add();
    return true;
  }
}
