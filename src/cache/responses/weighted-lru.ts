/** Values by key up to a total weight, the least recently used going first. What is heavier than the whole is not taken. */
export class WeightedLru<Value> {
  readonly #maxWeight: number;
  /** A Map keeps the order of insertion: its first key is the one that was not used for longest. */
  readonly #slots = new Map<string, { readonly value: Value; readonly weight: number }>();
  #weight = 0;

  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight;
  }

  get size(): number {
    return this.#slots.size;
  }

  get weight(): number {
    return this.#weight;
  }

  get(key: string): Value | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot.value;
  }

  /** False when it is not taken. */
  set(key: string, value: Value, weight: number): boolean {
    this.delete(key);
    if (weight > this.#maxWeight) return false;
    this.#slots.set(key, { value, weight });
    this.#weight += weight;
    for (const oldest of this.#slots.keys()) {
      if (this.#weight <= this.#maxWeight) break;
      this.delete(oldest);
    }
    return true;
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (!slot) return;
    this.#slots.delete(key);
    this.#weight -= slot.weight;
  }
}
