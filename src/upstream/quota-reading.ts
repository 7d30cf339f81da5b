import { MAX_CLOCK_SKEW_MS } from '../platform/clock-skew.ts';

/** What a source said about its allowance. */
export interface QuotaReading {
  /** Calls (Jira: points) used by everybody, not by the gateway alone. */
  readonly used: number;
  readonly limit: number;
  /** Milliseconds since the epoch; null where the window rolls, as Salesforce's 24 hours do, and nothing resets at once. */
  readonly resetsAtMs: number | null;
}

/** A reading and when it was taken, milliseconds since the epoch. */
export interface DatedReading extends QuotaReading {
  readonly observedAtMs: number;
}

/** Answers overtake each other; a lower count within this time is taken for a late one. Longer than any call may take. */
const REORDER_MS = 30_000;
/** Reset times wander by some seconds from answer to answer. */
const SAME_WINDOW_MS = 60_000;
const ROLLING_WINDOW_MS = 24 * 3_600_000;

/**
 * The newer reading wins, except that within one window the count never falls: what looks like it is an answer that was overtaken.
 * Gives the same whichever of two readings arrives first, so that all instances come to the same.
 */
export function newestReading(one: DatedReading | null, other: DatedReading | null): DatedReading | null {
  if (!one || !other) return one ?? other;
  const [older, newer] = one.observedAtMs <= other.observedAtMs ? [one, other] : [other, one];
  if (newer.used >= older.used || isNextWindow(older, newer)) return newer;
  return { ...older, limit: newer.limit };
}

/**
 * The newest of those that tell anything, as a clock that says `nowMs` sees them. What is dated further ahead than clocks may differ would be the newest for as
 * long as its clock is ahead, so it counts only while there is nothing else.
 */
export function newestOf(readings: readonly (DatedReading | null)[], nowMs: number): DatedReading | null {
  let newest: DatedReading | null = null;
  let ahead: DatedReading | null = null;
  for (const one of readings) {
    const reading = stillValid(one, nowMs);
    if (!reading) continue;
    if (reading.observedAtMs > nowMs + MAX_CLOCK_SKEW_MS) ahead = newestReading(ahead, reading);
    else newest = newestReading(newest, { ...reading, observedAtMs: Math.min(reading.observedAtMs, nowMs) });
  }
  return newest ?? (ahead && undated(ahead, nowMs));
}

/**
 * What was used is better known so than not at all: the next call may be the last one there is. When it was taken nobody knows, and its reset was perhaps
 * reckoned by the same clock, so it counts as one of half a window ago: old enough for a call that reads the meter.
 */
function undated(reading: DatedReading, nowMs: number): DatedReading {
  return { ...reading, resetsAtMs: null, observedAtMs: nowMs - ROLLING_WINDOW_MS / 2 };
}

/** Null once it tells nothing any more: its window has been reset, or all that it counted has left the rolling one. */
export function stillValid(reading: DatedReading | null, nowMs: number): DatedReading | null {
  if (!reading) return null;
  return nowMs < (reading.resetsAtMs ?? reading.observedAtMs + ROLLING_WINDOW_MS) ? reading : null;
}

/** When at the latest there is room again. */
export function resetsAtMsOf(reading: DatedReading): number {
  return reading.resetsAtMs ?? reading.observedAtMs + ROLLING_WINDOW_MS;
}

function isNextWindow(older: DatedReading, newer: DatedReading): boolean {
  if (older.resetsAtMs === null || newer.resetsAtMs === null) {
    return newer.observedAtMs - older.observedAtMs >= REORDER_MS;
  }
  return newer.observedAtMs >= older.resetsAtMs || newer.resetsAtMs - older.resetsAtMs > SAME_WINDOW_MS;
}
