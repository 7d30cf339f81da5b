import { MAX_CLOCK_SKEW_MS } from '../platform/clock-skew.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import type { EntryKind } from './entry-kind.ts';
import { type HeldEntry, type Reading, readingOf } from './held-entry.ts';

export interface FreshnessLimits {
  readonly ttlDefaultSeconds: number;
  readonly ttlLongSeconds: number;
  /** How long after its time limit a value may be served while its source is down. */
  readonly staleTtlSeconds: number;
  /** How long after its time limit a value may be served while it is being renewed. */
  readonly revalidateWindowSeconds: number;
  /** How long it is believed that a record does not exist. */
  readonly absenceTtlSeconds: number;
  /** Multiplies the time limits of a source: above 1 while its allowance is tight. */
  ttlFactor(source: EntryKind['source']): number;
}

/** What a held entry is worth for one question. */
export interface Assessment {
  /** Fields that must be asked for before the answer is as fresh as it has to be. Empty: answer at once. */
  readonly needed: readonly string[];
  /** The fields needed are held, and recent enough to be served while they are renewed. */
  readonly servableMeanwhile: boolean;
}

const FRESH: Assessment = { needed: [], servableMeanwhile: false };

export class FreshnessRules {
  readonly #limits: FreshnessLimits;

  constructor(limits: FreshnessLimits) {
    this.#limits = limits;
  }

  /** How long a value may be kept at all, in milliseconds after it was read. */
  keepMs(kind: EntryKind): number {
    return this.ttlMs(kind, 'found') + this.#limits.staleTtlSeconds * 1_000;
  }

  assess(
    kind: EntryKind,
    held: HeldEntry | undefined,
    fields: readonly string[],
    demand: FreshnessDemand | undefined,
    nowMs: number,
  ): Assessment {
    if (held === undefined || held.kind === 'alias') return { needed: fields, servableMeanwhile: false };
    const ttlMs = this.ttlMs(kind, held.kind);
    const maxAgeMs = demand?.maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : demand.maxAgeSeconds * 1_000;
    if (held.kind === 'absent') {
      return isFresh(held.reading, ttlMs, maxAgeMs, nowMs) ? FRESH : { needed: fields, servableMeanwhile: false };
    }
    const single = held.readings instanceof Map ? null : (held.readings as Reading);
    const singleIsFresh = single !== null && isFresh(single, ttlMs, maxAgeMs, nowMs);
    const windowMs = this.#limits.revalidateWindowSeconds * 1_000;
    let needed: string[] | undefined;
    let servable = demand?.onStale === undefined || demand.onStale === 'SERVE';
    for (const field of fields) {
      if (singleIsFresh && field in held.values) continue;
      const reading = readingOf(held, field);
      if (reading && isFresh(reading, ttlMs, maxAgeMs, nowMs)) continue;
      needed ??= [];
      needed.push(field);
      const ageMs = reading ? nowMs - reading.readAtMs : Number.POSITIVE_INFINITY;
      if (ageMs > maxAgeMs || ageMs > ttlMs + windowMs) servable = false;
    }
    return needed === undefined ? FRESH : { needed, servableMeanwhile: servable };
  }

  isFreshReading(
    kind: EntryKind,
    held: 'found' | 'absent',
    reading: Reading,
    demand: FreshnessDemand | undefined,
    nowMs: number,
  ): boolean {
    const maxAgeMs = demand?.maxAgeSeconds === undefined ? Number.POSITIVE_INFINITY : demand.maxAgeSeconds * 1_000;
    return isFresh(reading, this.ttlMs(kind, held), maxAgeMs, nowMs);
  }

  /** Whether a reading may still be served while its source is down. */
  isServableReading(kind: EntryKind, reading: Reading, nowMs: number): boolean {
    return nowMs - reading.readAtMs < this.keepMs(kind);
  }

  /** How long a value counts as fresh, before the early end that each reading has. */
  ttlMs(kind: EntryKind, held: 'found' | 'absent'): number {
    const { ttlDefaultSeconds, ttlLongSeconds, absenceTtlSeconds } = this.#limits;
    const found = kind.freshness === 'long' ? ttlLongSeconds : ttlDefaultSeconds;
    const seconds = held === 'found' ? found : Math.min(found, absenceTtlSeconds);
    return seconds * 1_000 * this.#limits.ttlFactor(kind.source);
  }
}

function isFresh(reading: Reading, ttlMs: number, maxAgeMs: number, nowMs: number): boolean {
  const ageMs = nowMs - reading.readAtMs;
  // From far ahead it was read by a clock that has been set back since.
  return ageMs < ttlMs * (1 - reading.early) && ageMs <= maxAgeMs && ageMs >= -MAX_CLOCK_SKEW_MS;
}
