import { type HeldEntry, mergeHeld } from './held-entry.ts';
import { sizeOfHeld } from './held-size.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';

interface Slot {
  entry: HeldEntry;
  bytes: number;
  /** No invalidation up to this sequence concerns the entry, so the tags are looked at only when there are newer ones. */
  checkedSequence: number;
}

export interface MemoryTierLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What this process holds, the least recently used going first. An invalidated entry is never given, though it may still take room. */
export class MemoryTier {
  readonly #limits: MemoryTierLimits;
  readonly #ledger: InvalidationLedger;
  /** A Map keeps the order of insertion: its first key is the one that was not used for longest. */
  readonly #slots = new Map<string, Slot>();
  #bytes = 0;
  #evictions = 0;

  constructor(limits: MemoryTierLimits, ledger: InvalidationLedger) {
    this.#limits = limits;
    this.#ledger = ledger;
  }

  get entries(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get evictions(): number {
    return this.#evictions;
  }

  get(key: string): HeldEntry | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.checkedSequence !== this.#ledger.sequence) {
      if (this.#ledger.outdates(slot.entry, slot.checkedSequence)) {
        this.#remove(key, slot);
        return undefined;
      }
      slot.checkedSequence = this.#ledger.sequence;
    }
    this.#slots.delete(key);
    this.#slots.set(key, slot);
    return slot.entry;
  }

  /** Puts another version of what `get` has just given in its place. Their sizes differ by readings alone, so they are not measured again. */
  replace(key: string, entry: HeldEntry): void {
    const slot = this.#slots.get(key);
    if (slot) slot.entry = entry;
  }

  /** What is held at this moment, those included that are invalidated already. */
  snapshot(): [key: string, entry: HeldEntry][] {
    return [...this.#slots].map(([key, { entry }]) => [key, entry]);
  }

  /** How many entries have one of the tags, those included that are invalidated already and only take room. */
  countTagged(tags: ReadonlySet<string>): number {
    let count = 0;
    for (const { entry } of this.#slots.values()) if (entry.tags.some((tag) => tags.has(tag))) count += 1;
    return count;
  }

  /** Adds an entry that no invalidation concerns at this moment, merged with what is held; answers what is held then. */
  put(key: string, entry: HeldEntry): HeldEntry {
    const held = this.get(key);
    const merged = held === undefined ? entry : mergeHeld(held, entry);
    if (merged === held) return held;
    this.delete(key);
    const slot = { entry: merged, bytes: sizeOfHeld(key, merged), checkedSequence: this.#ledger.sequence };
    this.#slots.set(key, slot);
    this.#bytes += slot.bytes;
    this.#makeRoom();
    return merged;
  }

  delete(key: string): void {
    const slot = this.#slots.get(key);
    if (slot) this.#remove(key, slot);
  }

  #remove(key: string, slot: Slot): void {
    this.#slots.delete(key);
    this.#bytes -= slot.bytes;
  }

  #makeRoom(): void {
    while (this.#bytes > this.#limits.maxBytes || this.#slots.size > this.#limits.maxEntries) {
      const oldest = this.#slots.entries().next();
      if (oldest.done) return;
      this.#remove(...oldest.value);
      this.#evictions += 1;
    }
  }
}
