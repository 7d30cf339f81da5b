import { MAX_CLOCK_SKEW_MS } from '../../platform/clock-skew.ts';
import type { StoredAnswer } from './stored-answer.ts';
import { WeightedLru } from './weighted-lru.ts';

/**
 * What the cache needs of the ledger of invalidations, which it shares with the record cache: one ledger, so that an answer can't be made
 * anew from a record that the same invalidation has yet to reach.
 */
export interface Invalidations {
  /** Counts what this instance has applied. */
  readonly sequence: number;
  /** Highest applied place in the order of all instances. */
  readonly seenLogId: number;
  changedSince(tags: readonly string[], sequence: number): boolean;
  /** Lowest `asOf` that an answer from a shared tier may have. */
  lowestAsOf(tags: readonly string[]): number;
}

interface Slot {
  readonly answer: StoredAnswer;
  /** No invalidation up to this sequence concerns the answer, so its tags are looked at only when there are newer ones. */
  checkedSequence: number;
}

/** The answers that this process holds, bounded in bytes. One that is invalidated or no longer fresh is never given, and goes when asked for. */
export class AnswerMemory {
  readonly #invalidations: Invalidations;
  readonly #slots: WeightedLru<Slot>;

  constructor(maxBytes: number, invalidations: Invalidations) {
    this.#invalidations = invalidations;
    this.#slots = new WeightedLru(maxBytes);
  }

  get bytes(): number {
    return this.#slots.weight;
  }

  get size(): number {
    return this.#slots.size;
  }

  get(key: string, nowMs: number): StoredAnswer | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    const { sequence } = this.#invalidations;
    const { facts } = slot.answer;
    const isCurrent =
      slot.checkedSequence === sequence || !this.#invalidations.changedSince(facts.tags, slot.checkedSequence);
    // The clock may have been set back.
    const isFresh = nowMs < facts.freshUntilMs && facts.readAtMs <= nowMs + MAX_CLOCK_SKEW_MS;
    if (!isCurrent || !isFresh) {
      this.#slots.delete(key);
      return undefined;
    }
    slot.checkedSequence = sequence;
    return slot.answer;
  }

  /** Keeps an answer whose making began at `sequence`; false when it was invalidated since, or is too large. */
  put(key: string, answer: StoredAnswer, sequence: number): boolean {
    if (this.#invalidations.changedSince(answer.facts.tags, sequence)) return false;
    const slot = { answer, checkedSequence: this.#invalidations.sequence };
    return this.#slots.set(key, slot, answer.weight + 2 * key.length);
  }
}
