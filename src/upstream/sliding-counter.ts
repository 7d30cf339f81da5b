export interface SlidingCounterOptions {
  readonly windowMs: number;
  /** Pieces that the window moves by; more pieces forget more smoothly. */
  readonly slots: number;
  /** A clock that never runs backwards. */
  readonly monotonicMs: () => number;
}

/** Counts what happened within the last `windowMs`, in memory that does not grow. */
export class SlidingCounter {
  readonly #counts: number[];
  readonly #slotMs: number;
  readonly #monotonicMs: () => number;
  #latestSlot: number;

  constructor({ windowMs, slots, monotonicMs }: SlidingCounterOptions) {
    this.#counts = new Array<number>(slots).fill(0);
    this.#slotMs = windowMs / slots;
    this.#monotonicMs = monotonicMs;
    this.#latestSlot = this.#currentSlot();
  }

  add(count = 1): void {
    const index = this.#advance() % this.#counts.length;
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  sum(): number {
    this.#advance();
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  #currentSlot(): number {
    return Math.floor(this.#monotonicMs() / this.#slotMs);
  }

  /** Empties the slots that time has passed over. */
  #advance(): number {
    const slot = Math.max(this.#currentSlot(), this.#latestSlot);
    const passed = Math.min(slot - this.#latestSlot, this.#counts.length);
    for (let step = 0; step < passed; step += 1) this.#counts[(slot - step) % this.#counts.length] = 0;
    this.#latestSlot = slot;
    return slot;
  }
}
