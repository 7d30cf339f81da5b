import { toDateTime } from '../data/dates.ts';
import type { StandInAnswer } from '../kit/exchange.ts';
import type { ObjectDefinition } from './objects.ts';
import type { Org, ResourceCall } from './org.ts';
import { Refusal } from './refusal.ts';

const DAY_MS = 86_400_000;
const UPDATED_REACHES_BACK_DAYS = 30;
const DELETED_REACHES_BACK_DAYS = 15;

/** `GET /sobjects/T/updated?start=&end=`: ids of rows that changed in the span. */
export function answerUpdated(org: Org, object: ObjectDefinition, call: ResourceCall): StandInAnswer {
  const span = readSpan(org, call, UPDATED_REACHES_BACK_DAYS);
  const ids = changedWithin(org, object, span).filter((row) => row.IsDeleted !== true);
  return { status: 200, body: { ids: ids.map((row) => row.Id), latestDateCovered: toDateTime(span.endMs) } };
}

/** `GET /sobjects/T/deleted?start=&end=`. */
export function answerDeleted(org: Org, object: ObjectDefinition, call: ResourceCall): StandInAnswer {
  const span = readSpan(org, call, DELETED_REACHES_BACK_DAYS);
  const rows = changedWithin(org, object, span).filter((row) => row.IsDeleted === true);
  return {
    status: 200,
    body: {
      deletedRecords: rows.map((row) => ({ id: row.Id, deletedDate: row.SystemModstamp })),
      earliestDateAvailable: toDateTime(wholeMinutes(org.now() - DELETED_REACHES_BACK_DAYS * DAY_MS)),
      latestDateCovered: toDateTime(span.endMs),
    },
  };
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

function changedWithin(org: Org, object: ObjectDefinition, span: Span) {
  return org.store.all(object.name).filter((row) => {
    const stampMs = Date.parse(String(row.SystemModstamp));
    return stampMs >= span.startMs && stampMs < span.endMs;
  });
}

/** Salesforce ignores seconds here: both ends count in whole minutes. */
function readSpan(org: Org, call: ResourceCall, reachesBackDays: number): Span {
  const [startMs, endMs] = ['start', 'end'].map((name) => wholeMinutes(Date.parse(call.search.get(name) ?? '')));
  if (startMs === undefined || endMs === undefined || Number.isNaN(startMs + endMs)) {
    throw new Refusal(400, 'INVALID_REPLICATION_DATE', 'start and end have to be dates in ISO 8601 with a time zone.');
  }
  if (endMs <= startMs)
    throw new Refusal(400, 'INVALID_REPLICATION_DATE', 'startDate before endDate by less than one minute');
  if (startMs < org.now() - reachesBackDays * DAY_MS) {
    throw new Refusal(400, 'INVALID_REPLICATION_DATE', `start date can not be more than ${reachesBackDays} days ago`);
  }
  return { startMs, endMs };
}

function wholeMinutes(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}
