interface Counted<Value> {
  readonly key: string;
  readonly value: Value;
  /** From above: a newcomer takes over the count of the one whose place it takes. */
  count: number;
  lastAskedAtMs: number;
}

/** Asked once, it is forgotten after five times of fading. */
const FORGOTTEN_COUNT = 0.05;

export type Popular<Value> = Readonly<Counted<Value>>;

/**
 * What is asked most, among any number of things, in bounded room (Space-Saving: Metwally, Agrawal, El Abbadi, 2005). What is asked more
 * often than one time in `capacity` is certainly among them.
 */
export class Popularity<Value> {
  readonly #capacity: number;
  readonly #counted = new Map<string, Counted<Value>>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** `describe` is called only for what is not known. */
  note(key: string, nowMs: number, describe: () => Value): void {
    const known = this.#counted.get(key);
    if (known) {
      known.count += 1;
      known.lastAskedAtMs = nowMs;
      return;
    }
    let count = 1;
    if (this.#counted.size >= this.#capacity) {
      const least = this.#least();
      if (least === undefined) return;
      this.#counted.delete(least.key);
      count = least.count + 1;
    }
    this.#counted.set(key, { key, value: describe(), count, lastAskedAtMs: nowMs });
  }

  /** The most asked ones, in this order. */
  top(count: number): Popular<Value>[] {
    return [...this.#counted.values()].sort((left, right) => right.count - left.count).slice(0, count);
  }

  /** Halves all counts, so that what was asked much once makes room for what is asked now. */
  fade(): void {
    for (const [key, counted] of this.#counted) {
      counted.count /= 2;
      if (counted.count < FORGOTTEN_COUNT) this.#counted.delete(key);
    }
  }

  #least(): Counted<Value> | undefined {
    let least: Counted<Value> | undefined;
    for (const counted of this.#counted.values()) if (!least || counted.count < least.count) least = counted;
    return least;
  }
}
