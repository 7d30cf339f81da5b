import { TagCollector } from '../../platform/tag-collector.ts';
import type { Invalidations } from './answer-memory.ts';
import type { ExecutedAnswer } from './response-cache.ts';
import { WeightedLru } from './weighted-lru.ts';

interface Slot {
  readonly executed: ExecutedAnswer;
  readonly tags: readonly string[];
  readonly untilMs: number;
  /** No invalidation up to this sequence concerns the answer. */
  checkedSequence: number;
}

const BASE_BYTES = 2_000;

/**
 * Whole answers with stale parts, each for the moment in which executing it again would give the same: as long as the sources that failed are not
 * asked again anyway, the fresh parts stay fresh, and nothing of it is invalidated. How old its parts are is told anew each time.
 */
export class StaleAnswers {
  readonly #invalidations: Invalidations;
  readonly #slots: WeightedLru<Slot>;

  constructor(maxBytes: number, invalidations: Invalidations) {
    this.#invalidations = invalidations;
    this.#slots = new WeightedLru(maxBytes);
  }

  get(key: string, nowMs: number): ExecutedAnswer | undefined {
    const slot = this.#slots.get(key);
    if (!slot) return undefined;
    const { sequence } = this.#invalidations;
    const isCurrent =
      slot.checkedSequence === sequence || !this.#invalidations.changedSince(slot.tags, slot.checkedSequence);
    const body = isCurrent && nowMs < slot.untilMs ? agedBody(slot.executed.body, nowMs) : null;
    if (body === null) {
      this.#slots.delete(key);
      return undefined;
    }
    slot.checkedSequence = sequence;
    return { ...slot.executed, body };
  }

  /** Keeps an answer whose making began at `sequence`. */
  put(key: string, executed: ExecutedAnswer, tags: readonly string[], untilMs: number, sequence: number): void {
    if (this.#invalidations.changedSince(tags, sequence)) return;
    // Of what it was made of, only what the answer's headers need.
    const { oldestReadAtMs, freshUntilMs, repeatableUntilMs, staleUses } = executed.freshness;
    const freshness = { oldestReadAtMs, freshUntilMs, repeatableUntilMs, staleUses: staleUses.slice(0, 1) };
    const kept: ExecutedAnswer = { ...executed, freshness, tags: new TagCollector() };
    const weight =
      BASE_BYTES + 2 * (executed.body.length + key.length) + tags.reduce((sum, { length }) => sum + length, 0);
    const slot = { executed: kept, tags, untilMs, checkedSequence: this.#invalidations.sequence };
    this.#slots.set(key, slot, weight);
  }
}

const EXTENSIONS = ',"extensions":{';

interface LabelledExtensions {
  readonly freshness: readonly { readonly fetchedAt: string; readonly ageSeconds: number }[];
}

/**
 * The body with the ages of its stale places as of now; null when it is not labelled as such a body is. `extensions` is what Apollo writes last,
 * and none of what is in them has a key of that name, so its last occurrence is the answer's own.
 */
function agedBody(body: string, nowMs: number): string | null {
  const at = body.lastIndexOf(EXTENSIONS);
  const end = body.lastIndexOf('}');
  if (at < 0) return null;
  const extensions = JSON.parse(body.slice(at + EXTENSIONS.length - 1, end)) as Partial<LabelledExtensions>;
  if (!extensions.freshness) return null;
  const freshness = extensions.freshness.map((place) => ({
    ...place,
    ageSeconds: Math.max(0, Math.round((nowMs - Date.parse(place.fetchedAt)) / 1_000)),
  }));
  const aged = JSON.stringify({ ...extensions, freshness });
  return `${body.slice(0, at)}${EXTENSIONS.slice(0, -1)}${aged}${body.slice(end)}`;
}
