import type { HeldEntry, HeldFound, Reading } from './held-entry.ts';
import { actualReadAtMs, readingOf } from './held-entry.ts';
import type { AbsenceReason } from './record-kind.ts';
import type { JsonValue } from './record-values.ts';

/** Raise it when the format changes: values of another version are misses. */
export const ENTRY_FORMAT = 1;

/** Under this name stands what describes the entry; every other property is a field: [value, readAtMs, asOf]. */
const HEAD = '$';

/**
 * An entry as text, the same in every shared tier. Fields are properties of the outermost object, so that PostgreSQL can merge two
 * entries of a record with `||`.
 */
export function encodeEntry(held: HeldEntry): string {
  const document = Object.create(null) as Record<string, unknown>;
  if (held.kind === 'found') {
    document[HEAD] = { v: ENTRY_FORMAT, kind: 'found', id: held.id, names: held.names };
    for (const field in held.values) {
      const reading = readingOf(held, field) as Reading;
      // What was confirmed since is known to every instance by itself.
      document[field] = [held.values[field], actualReadAtMs(reading), reading.asOf];
    }
  } else {
    const { readAtMs, asOf } = held.reading;
    const what = held.kind === 'absent' ? { reason: held.reason } : { id: held.id };
    document[HEAD] = { v: ENTRY_FORMAT, kind: held.kind, ...what, readAtMs, asOf };
  }
  return JSON.stringify(document);
}

const absenceReasons: ReadonlySet<unknown> = new Set<AbsenceReason>(['notFound', 'forbidden', 'omitted']);

/**
 * Reads an entry back; `garbage` for anything that `encodeEntry` of this version did not write, and for a reading from after
 * `latestReadAtMs`, which would stay fresh for as long as it is ahead. Tags are not part of the text; `tagsOf` makes them from the id and
 * the names. Fields whose reading is older than `lowestAsOf` of the tags are left out; `refused` when none is left.
 */
export function decodeEntry(
  text: string,
  tagsOf: (id: string | null, names: readonly string[]) => readonly string[],
  lowestAsOf: (tags: readonly string[]) => number,
  latestReadAtMs = Number.POSITIVE_INFINITY,
): HeldEntry | 'garbage' | 'refused' {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return 'garbage';
  }
  if (!isObject(document)) return 'garbage';
  const head = document[HEAD];
  if (!isObject(head) || head.v !== ENTRY_FORMAT) return 'garbage';
  if (head.kind === 'found') return decodeFound(document, head, tagsOf, lowestAsOf, latestReadAtMs);
  const reading = decodeReading(head.readAtMs, head.asOf);
  if (!reading || reading.readAtMs > latestReadAtMs) return 'garbage';
  const id = typeof head.id === 'string' ? head.id : null;
  if (head.kind === 'absent' ? !absenceReasons.has(head.reason) : head.kind !== 'alias' || id === null)
    return 'garbage';
  const tags = tagsOf(id, []);
  if (reading.asOf < lowestAsOf(tags)) return 'refused';
  if (head.kind === 'absent') return { kind: 'absent', reason: head.reason as AbsenceReason, reading, tags };
  return { kind: 'alias', id: id ?? '', reading, tags };
}

function decodeFound(
  document: Record<string, unknown>,
  head: Record<string, unknown>,
  tagsOf: (id: string, names: readonly string[]) => readonly string[],
  lowestAsOf: (tags: readonly string[]) => number,
  latestReadAtMs: number,
): HeldFound | 'garbage' | 'refused' {
  const { id, names } = head;
  if (typeof id !== 'string' || !Array.isArray(names) || !names.every((name) => typeof name === 'string'))
    return 'garbage';
  const tags = tagsOf(id, names);
  const lowest = lowestAsOf(tags);
  const values = Object.create(null) as Record<string, JsonValue>;
  const readings = new Map<string, Reading>();
  const alike = new Map<string, Reading>();
  for (const field of Object.keys(document)) {
    if (field === HEAD) continue;
    const held = document[field];
    if (!Array.isArray(held) || held.length !== 3) return 'garbage';
    const reading = decodeReading(held[1], held[2]);
    if (!reading || held[0] === undefined || reading.readAtMs > latestReadAtMs) return 'garbage';
    if (reading.asOf < lowest) continue;
    const signature = `${reading.readAtMs}|${reading.asOf}`;
    const shared = alike.get(signature) ?? reading;
    alike.set(signature, shared);
    values[field] = held[0] as JsonValue;
    readings.set(field, shared);
  }
  const [only] = alike.values();
  if (!only) return 'refused';
  return { kind: 'found', id, values, readings: alike.size === 1 ? only : readings, names, tags };
}

function decodeReading(readAtMs: unknown, asOf: unknown): Reading | null {
  if (typeof readAtMs !== 'number' || typeof asOf !== 'number') return null;
  return Number.isFinite(readAtMs) && Number.isFinite(asOf) && asOf >= 0
    ? { readAtMs, asOf, early: Math.random() * 0.1 }
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
