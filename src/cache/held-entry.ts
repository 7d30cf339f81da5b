import type { ListRule } from './entry-kind.ts';
import type { AbsenceReason } from './record-kind.ts';
import type { JsonValue, RecordValues } from './record-values.ts';

/** One reading of a source. */
export interface Reading {
  /** As of when the source is known to have held this: when it was read, or confirmed without reading it again (see renewals.ts). */
  readonly readAtMs: number;
  /** When it was read, where that was earlier; 0: nobody knows (see readings-ahead.ts). */
  readonly actualReadAtMs?: number;
  /** The last invalidation that was known, in the order of all instances, when the reading began (see invalidation-ledger.ts). */
  readonly asOf: number;
  /**
   * Share of the time limit, 0 to 0.1, by which its freshness ends early. One for each call: what came in one call is renewed in one, and
   * different calls drift apart instead of falling due together.
   */
  readonly early: number;
}

/** A record or list with the fields that are held of it. Immutable: merging makes a new one. */
export interface HeldFound {
  readonly kind: 'found';
  readonly id: string;
  readonly values: RecordValues;
  /** By field; or the one reading that all values are from. */
  readonly readings: Reading | ReadonlyMap<string, Reading>;
  readonly names: readonly string[];
  readonly tags: readonly string[];
  /** Of a list whose kind can tell which changes of records concern it. */
  readonly list?: ListRule;
}

export interface HeldAbsent {
  readonly kind: 'absent';
  readonly reason: AbsenceReason;
  readonly reading: Reading;
  readonly tags: readonly string[];
}

/** Another name of a record. */
interface HeldAlias {
  readonly kind: 'alias';
  readonly id: string;
  readonly reading: Reading;
  readonly tags: readonly string[];
}

export type HeldEntry = HeldFound | HeldAbsent | HeldAlias;

export function actualReadAtMs(reading: Reading): number {
  return reading.actualReadAtMs ?? reading.readAtMs;
}

/** The reading that a field is from; undefined when the field is not held. */
export function readingOf(held: HeldFound, field: string): Reading | undefined {
  if (held.readings instanceof Map) return held.readings.get(field);
  return field in held.values ? (held.readings as Reading) : undefined;
}

/** Without a prototype, so that a field may have any name. */
export function ownValues(values: RecordValues): Record<string, JsonValue> {
  return Object.assign(Object.create(null) as Record<string, JsonValue>, values);
}

/**
 * Whether what is held by the first is to be kept when the second comes: it was read later, or it is the same reading and was confirmed later, of
 * which a shared tier knows nothing.
 */
function isLater(held: Reading, coming: Reading): boolean {
  const readMs = actualReadAtMs(held) - actualReadAtMs(coming);
  return readMs > 0 || (readMs === 0 && held.readAtMs > coming.readAtMs);
}

/**
 * Both entries in one. Of two readings of a field the later one stays; of found and absent, the later one. An alias gives way to
 * anything, since a name can't be both a record and another name of one.
 */
export function mergeHeld(older: HeldEntry, newer: HeldEntry): HeldEntry {
  if (older.kind !== 'found' || newer.kind !== 'found' || older.id !== newer.id) {
    return isLater(newestReading(older), newestReading(newer)) ? older : newer;
  }
  const names = unite(older.names, newer.names);
  const tags = unite(older.tags, newer.tags);
  if (covers(newer, older)) return { ...newer, names, tags };
  // A list is of one reading; parts of two would tell nothing.
  if (newer.list) return { ...older, names, tags };
  const values = ownValues(older.values);
  const readings = new Map<string, Reading>();
  for (const field in older.values) readings.set(field, readingOf(older, field) as Reading);
  for (const field in newer.values) {
    const reading = readingOf(newer, field) as Reading;
    const before = readings.get(field);
    if (before && isLater(before, reading)) continue;
    values[field] = newer.values[field] as JsonValue;
    readings.set(field, reading);
  }
  return { kind: 'found', id: newer.id, values, readings, names, tags };
}

/** The entry with each of its readings changed; the same one when none is. */
export function withReadings(held: HeldEntry, change: (reading: Reading) => Reading): HeldEntry {
  if (held.kind !== 'found') {
    const reading = change(held.reading);
    return reading === held.reading ? held : { ...held, reading };
  }
  if (!(held.readings instanceof Map)) {
    const reading = held.readings as Reading;
    const changed = change(reading);
    return changed === reading ? held : { ...held, readings: changed };
  }
  const changedBy = new Map<Reading, Reading>();
  let isChanged = false;
  for (const reading of held.readings.values()) {
    if (changedBy.has(reading)) continue;
    const changed = change(reading);
    changedBy.set(reading, changed);
    isChanged ||= changed !== reading;
  }
  if (!isChanged) return held;
  const all = [...held.readings].map(([field, reading]) => [field, changedBy.get(reading) ?? reading] as const);
  return { ...held, readings: new Map(all) };
}

export function newestReading(held: HeldEntry): Reading {
  if (held.kind !== 'found') return held.reading;
  if (!(held.readings instanceof Map)) return held.readings as Reading;
  let newest: Reading | undefined;
  for (const reading of held.readings.values()) {
    if (!newest || actualReadAtMs(reading) > actualReadAtMs(newest)) newest = reading;
  }
  return newest ?? { readAtMs: 0, asOf: 0, early: 0 };
}

/** Whether nothing of the older would be left: then the newer can be kept as it is, with its single reading. */
function covers(newer: HeldFound, older: HeldFound): boolean {
  for (const field in older.values) {
    const reading = readingOf(newer, field);
    if (!reading || isLater(readingOf(older, field) as Reading, reading)) return false;
  }
  return true;
}

function unite(left: readonly string[], right: readonly string[]): readonly string[] {
  if (right.every((item) => left.includes(item))) return left;
  return [...new Set([...left, ...right])];
}
