import { MAX_CLOCK_SKEW_MS } from '../platform/clock-skew.ts';
import type { EntryKind } from './entry-kind.ts';
import { actualReadAtMs, type HeldEntry, type Reading, withReadings } from './held-entry.ts';

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

  /** One that is older than what is known changes nothing, unless that is from before the clock was set back. */
  confirm(types: Iterable<string>, renewal: Renewal, nowMs: number): void {
    for (const type of types) {
      const known = this.#byType.get(type);
      if (known && known.untilMs >= renewal.untilMs && !isAhead(known, nowMs)) continue;
      this.#byType.set(type, renewal);
    }
  }

  /** The entry with the readings that were confirmed; the same one when there are none. */
  apply(kind: EntryKind, ttlMs: number, held: HeldEntry, nowMs: number): HeldEntry {
    const renewal = this.#byType.get(kind.recordType);
    if (renewal === undefined || held.kind !== 'found' || isAhead(renewal, nowMs)) return held;
    return withReadings(held, (reading) => renew(reading, renewal, ttlMs));
  }
}

/** Told by a clock that has been set back since: what it renewed would be dated ahead. */
function isAhead({ untilMs }: Renewal, nowMs: number): boolean {
  return untilMs > nowMs + MAX_CLOCK_SKEW_MS;
}

function renew(reading: Reading, { sinceMs, untilMs, tellsDeletions }: Renewal, ttlMs: number): Reading {
  const actual = actualReadAtMs(reading);
  // In that very millisecond it may have been read before a change that was made before the asking began.
  if (actual <= sinceMs) return reading;
  const timeLimits = tellsDeletions ? MAX_TIME_LIMITS : MAX_TIME_LIMITS_WITHOUT_DELETIONS;
  const readAtMs = Math.min(untilMs, actual + ttlMs * (timeLimits - 1));
  return readAtMs > reading.readAtMs ? { ...reading, readAtMs, actualReadAtMs: actual } : reading;
}
