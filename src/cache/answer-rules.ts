import type { GatewayError } from '../platform/errors.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import { type EntryKind, isOutage } from './entry-kind.ts';
import type { FreshnessRules } from './freshness-rules.ts';
import { type HeldAbsent, type HeldEntry, type HeldFound, ownValues, type Reading, readingOf } from './held-entry.ts';
import type { RecordAnswer } from './record-answer.ts';
import type { JsonValue } from './record-values.ts';

export type ServableEntry = HeldFound | HeldAbsent;

/** An answer from what is held, all of which may be served in this state. */
export function answerFrom(held: ServableEntry, fields: readonly string[], state: 'fresh' | 'stale'): RecordAnswer {
  if (held.kind === 'absent') return { kind: 'absent', reason: held.reason, state, readAtMs: held.reading.readAtMs };
  return { kind: 'found', id: held.id, values: held.values, state, readAtMs: oldestOf(held, fields) };
}

/**
 * The answer when a fetch failed: fresh where something is fresh, stale where the failure is an outage and the client takes it, and the
 * error only where nothing is known.
 */
export function answerAfterFailure(
  rules: FreshnessRules,
  kind: EntryKind,
  held: HeldEntry | undefined,
  fields: readonly string[],
  demand: FreshnessDemand | undefined,
  nowMs: number,
  error: GatewayError,
): RecordAnswer {
  if (held === undefined || held.kind === 'alias') return { kind: 'failed', error };
  const outage = isOutage(error.code);
  let latest: { readonly reading: Reading; readonly worth: Worth } | undefined;
  const worth = (reading: Reading | undefined): Worth => {
    if (!reading) return 'nothing';
    // Most fields of a record were read together.
    if (latest?.reading !== reading) latest = { reading, worth: worthOfReading(reading) };
    return latest.worth;
  };
  const worthOfReading = (reading: Reading): Worth => {
    if (rules.isFreshReading(kind, held.kind, reading, demand, nowMs)) return 'fresh';
    return outage && rules.isServableReading(kind, reading, nowMs) ? 'stale' : 'nothing';
  };
  if (held.kind === 'absent') {
    const worthOfAll = worth(held.reading);
    if (worthOfAll === 'nothing') return { kind: 'failed', error };
    return worthOfAll === 'fresh' ? answerFrom(held, fields, 'fresh') : staleAnswer(held, fields, demand, error);
  }
  const unread: string[] = [];
  let isStale = false;
  for (const field of fields) {
    const worthOfField = worth(readingOf(held, field));
    if (worthOfField === 'nothing') unread.push(field);
    else if (worthOfField === 'stale') isStale = true;
  }
  if (unread.length === 0)
    return isStale ? staleAnswer(held, fields, demand, error) : answerFrom(held, fields, 'fresh');
  if (unread.length === fields.length) return { kind: 'failed', error };
  const servedFields = fields.filter((field) => !unread.includes(field));
  const values = ownValues({});
  for (const field of servedFields) values[field] = held.values[field] as JsonValue;
  const served = { ...held, values };
  const answer = isStale ? staleAnswer(served, servedFields, demand, error) : answerFrom(served, servedFields, 'fresh');
  return answer.kind === 'found' ? { ...answer, unread: { fields: unread, error } } : answer;
}

type Worth = 'fresh' | 'stale' | 'nothing';

function staleAnswer(
  held: ServableEntry,
  fields: readonly string[],
  demand: FreshnessDemand | undefined,
  error: GatewayError,
): RecordAnswer {
  if (demand?.onStale === 'FAIL') return { kind: 'failed', error };
  const answer = answerFrom(held, fields, 'stale');
  if (demand?.onStale !== 'NULL' || answer.kind === 'failed') return answer;
  return { kind: 'absent', reason: 'stale', state: 'stale', readAtMs: answer.readAtMs };
}

function oldestOf(held: HeldFound, fields: readonly string[]): number {
  if (!(held.readings instanceof Map)) return (held.readings as Reading).readAtMs;
  let oldest = Number.POSITIVE_INFINITY;
  for (const field of fields) {
    const reading = held.readings.get(field);
    if (reading && reading.readAtMs < oldest) oldest = reading.readAtMs;
  }
  if (Number.isFinite(oldest)) return oldest;
  for (const reading of held.readings.values()) if (reading.readAtMs < oldest) oldest = reading.readAtMs;
  return oldest;
}
