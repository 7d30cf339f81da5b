import { MAX_CLOCK_SKEW_MS } from '../platform/clock-skew.ts';
import { type HeldEntry, type Reading, withReadings } from './held-entry.ts';

/**
 * The entry as it is after this process's clock was set back; the same one where nothing is dated further ahead than clocks may differ. What is counts as just
 * too old: it may serve an outage. When it really was read nobody knows, so any other reading is later, and no confirmation covers it.
 *
 * @param ttlMs of the entry
 */
export function withoutReadingsAhead(held: HeldEntry, ttlMs: number, nowMs: number): HeldEntry {
  return withReadings(held, (reading) => dateBack(reading, ttlMs, nowMs));
}

function dateBack(reading: Reading, ttlMs: number, nowMs: number): Reading {
  if (reading.readAtMs <= nowMs + MAX_CLOCK_SKEW_MS) return reading;
  return { ...reading, readAtMs: nowMs - ttlMs, actualReadAtMs: 0 };
}
