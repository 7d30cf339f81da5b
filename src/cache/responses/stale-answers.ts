import { TagCollector } from '../../platform/tag-collector.ts';
import type { SourceReturns } from '../source-returns.ts';
import { AgedBody } from './aged-body.ts';
import type { Invalidations } from './answer-memory.ts';
import type { ExecutedAnswer } from './execution.ts';
import { WeightedLru } from './weighted-lru.ts';

/** Where the world stood when an execution began. */
export interface ExecutionMark {
  /** Of the invalidations. */
  readonly sequence: number;
  /** Of the sources that came back. */
  readonly returns: number;
}

interface Slot {
  readonly executed: ExecutedAnswer;
  readonly body: AgedBody;
  readonly tags: readonly string[];
  /** It has to be made anew then, or it has to be seen that executing it would still give the same. */
  dueAtMs: number;
  endsAtMs: number;
  /** Then it ends in any case. */
  readonly lastsUntilMs: number;
  readonly madeAtMs: number;
  readonly returns: number;
  /** No invalidation up to this sequence concerns the answer. */
  checkedSequence: number;
}

export interface StaleAnswer {
  readonly executed: ExecutedAnswer;
  /** Executing it again may give another. */
  readonly isDue: boolean;
}

/** How much longer an answer is given while it is made anew: a source that is asked again shows within that time. */
const RENEWAL_MS = 2_000;
/** Older ones are made anew, though nothing seems to have changed. */
const LONGEST_UNRENEWED_MS = 60_000;
const BASE_BYTES = 2_000;

/**
 * Whole answers with stale parts, each for as long as executing it again would give the same, because the sources that failed are not asked
 * before then or what is stale is still being read anew, and a little longer for that to be done meanwhile. So of all the answers that one outage concerns few have to be made anew: one that
 * finds out, for each kind of call, that the source is still away. An answer ends at once when one of these sources answers again, when a fresh part
 * is fresh no more or a stale one too old to be served, and when something of it is invalidated. How old its parts are is told anew each time.
 */
export class StaleAnswers {
  readonly #invalidations: Invalidations;
  readonly #returns: Pick<SourceReturns, 'since'>;
  readonly #slots: WeightedLru<Slot>;

  constructor(maxBytes: number, invalidations: Invalidations, returns: Pick<SourceReturns, 'since'>) {
    this.#invalidations = invalidations;
    this.#returns = returns;
    this.#slots = new WeightedLru(maxBytes);
  }

  get(key: string, nowMs: number): StaleAnswer | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    if (nowMs >= slot.endsAtMs || !this.#isCurrent(slot)) {
      this.#slots.delete(key);
      return undefined;
    }
    look(slot, nowMs);
    return { executed: { ...slot.executed, body: slot.body.at(nowMs) }, isDue: nowMs >= slot.dueAtMs };
  }

  /** Keeps an answer, if it is labelled and may be given again; `endsAtMs`: no later than that, whatever it is made of. */
  put(
    key: string,
    executed: ExecutedAnswer,
    tags: readonly string[],
    endsAtMs: number,
    mark: ExecutionMark,
    nowMs: number,
  ): void {
    const lastsUntilMs = Math.min(executed.freshness.holdsUntilMs, endsAtMs);
    if (lastsUntilMs <= nowMs || executed.freshness.leftAlone.forMs() <= 0) return;
    const body = AgedBody.of(executed.body);
    if (!body) return;
    // Of what it was made of, only what the answer's headers need, and what tells how long it lasts.
    const { oldestReadAtMs, freshUntilMs, holdsUntilMs, leftAlone, staleSources } = executed.freshness;
    const staleUses = executed.freshness.staleUses.slice(0, 1);
    const freshness = { oldestReadAtMs, freshUntilMs, holdsUntilMs, leftAlone, staleSources, staleUses };
    const slot: Slot = {
      executed: { ...executed, body: '', freshness, tags: new TagCollector() },
      body,
      tags,
      ...{ dueAtMs: nowMs, endsAtMs: lastsUntilMs, lastsUntilMs, madeAtMs: nowMs },
      returns: mark.returns,
      checkedSequence: mark.sequence,
    };
    look(slot, nowMs);
    if (!this.#isCurrent(slot)) return;
    const bytesOfTags = tags.reduce((sum, { length }) => sum + length, 0);
    // Once as it was executed, once as it is sent.
    this.#slots.set(key, slot, BASE_BYTES + 4 * executed.body.length + 2 * key.length + bytesOfTags);
  }

  delete(key: string): void {
    this.#slots.delete(key);
  }

  #isCurrent(slot: Slot): boolean {
    if (this.#returns.since(slot.executed.freshness.staleSources, slot.returns)) return false;
    const { sequence } = this.#invalidations;
    if (slot.checkedSequence !== sequence && this.#invalidations.changedSince(slot.tags, slot.checkedSequence))
      return false;
    slot.checkedSequence = sequence;
    return true;
  }
}

/** Sees whether executing it would still give the same at this moment, and for how long. */
function look(slot: Slot, nowMs: number): void {
  const leftMs = slot.executed.freshness.leftAlone.forMs();
  const untilMs = Math.min(nowMs + leftMs, slot.madeAtMs + LONGEST_UNRENEWED_MS);
  slot.dueAtMs = untilMs > nowMs ? untilMs : Math.min(slot.dueAtMs, nowMs);
  slot.endsAtMs = Math.min(slot.dueAtMs + RENEWAL_MS, slot.lastsUntilMs);
}
