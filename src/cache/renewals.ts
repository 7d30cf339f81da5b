import type { EntryKind } from './entry-kind.ts';
import { actualReadAtMs, type HeldEntry, type HeldFound, type Reading } from './held-entry.ts';

/** What a source has confirmed of a type: nothing that was read of it since then has changed by then, but for what was invalidated meanwhile. */
export interface Renewal {
  /** Readings from before, and of that very millisecond, are not covered, in milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Up to when the source has told all changes. */
  readonly untilMs: number;
  /** Whether it tells of deleted records too. */
  readonly tellsDeletions: boolean;
}

/**
 * After so many time limits a value is read again, whatever was confirmed of it: not every change leaves a trace that a source tells of (a
 * formula's result, what the gateway's user may see), and some sources keep silent about deletions.
 */
const MAX_TIME_LIMITS = 12;
const MAX_TIME_LIMITS_WITHOUT_DELETIONS = 3;

/**
 * Makes values younger without reading them: a source that has told all changes since they were read has confirmed them. Kept by type, so
 * that one confirmation renews everything held of it, here and in the shared tiers, and applied when an entry is looked at. What the
 * source did tell must be invalidated before its confirmation arrives here. Absences and names are not renewed.
 */
export class Renewals {
  readonly #byType = new Map<string, Renewal>();

  /** One that is older than what is known changes nothing. */
  confirm(types: Iterable<string>, renewal: Renewal): void {
    for (const type of types) {
      const known = this.#byType.get(type);
      if (known && known.untilMs >= renewal.untilMs) continue;
      this.#byType.set(type, renewal);
    }
  }

  /** The entry with the readings that were confirmed; the same one when there are none. */
  apply(kind: EntryKind, ttlMs: number, held: HeldEntry): HeldEntry {
    const renewal = this.#byType.get(kind.recordType);
    if (renewal === undefined || held.kind !== 'found') return held;
    if (!(held.readings instanceof Map)) {
      const reading = held.readings as Reading;
      const renewed = renew(reading, renewal, ttlMs);
      return renewed === reading ? held : { ...held, readings: renewed };
    }
    return renewEach(held, held.readings, renewal, ttlMs);
  }
}

function renewEach(
  held: HeldFound,
  readings: ReadonlyMap<string, Reading>,
  renewal: Renewal,
  ttlMs: number,
): HeldFound {
  const renewedBy = new Map<Reading, Reading>();
  let changed = false;
  for (const reading of readings.values()) {
    if (renewedBy.has(reading)) continue;
    const renewed = renew(reading, renewal, ttlMs);
    renewedBy.set(reading, renewed);
    changed ||= renewed !== reading;
  }
  if (!changed) return held;
  const all = [...readings].map(([field, reading]) => [field, renewedBy.get(reading) ?? reading] as const);
  return { ...held, readings: new Map(all) };
}

function renew(reading: Reading, { sinceMs, untilMs, tellsDeletions }: Renewal, ttlMs: number): Reading {
  const actual = actualReadAtMs(reading);
  // In that very millisecond it may have been read before a change that was made before the asking began.
  if (actual <= sinceMs) return reading;
  const timeLimits = tellsDeletions ? MAX_TIME_LIMITS : MAX_TIME_LIMITS_WITHOUT_DELETIONS;
  const readAtMs = Math.min(untilMs, actual + ttlMs * (timeLimits - 1));
  return readAtMs > reading.readAtMs ? { ...reading, readAtMs, actualReadAtMs: actual } : reading;
}
