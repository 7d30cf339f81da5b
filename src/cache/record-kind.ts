import type { GatewayError, SourceName } from '../platform/errors.ts';
import type { CallPriority } from '../platform/priority.ts';
import type { Receipt } from '../platform/receipt.ts';
import type { RecordChange } from './record-change.ts';
import type { JsonValue, RecordValues } from './record-values.ts';

/** Why there is no record. `omitted`: the source was asked and said nothing about it. */
export type AbsenceReason = 'notFound' | 'forbidden' | 'omitted';

/** What a source says of one record that it was asked for. */
export type FetchedRecord =
  | {
      readonly kind: 'found';
      /** May hold more fields than were asked for; a field that is not in it is not held, and asked for again the next time. */
      readonly values: RecordValues;
      /** The record's identity, when it was asked for by another name. */
      readonly id?: string;
      /** Every other name the record is known by: an issue's key, a request's number. Asking and invalidating by them works then too. */
      readonly names?: readonly string[];
    }
  | { readonly kind: 'absent'; readonly reason: AbsenceReason }
  /** This record could not be read, while others of the same fetch could. */
  | { readonly kind: 'failed'; readonly error: GatewayError };

/** Of a record that came along with another answer. */
export type SideRecord = Omit<Extract<FetchedRecord, { kind: 'found' }>, 'kind' | 'id'>;

/** What a fetch works under. It serves many requests, so it knows none of them. */
export interface FetchCall {
  /** Aborts when everyone who waits for the fetch has gone. */
  readonly signal: AbortSignal;
  /** Gets every call of the fetch; they are copied onto the receipts of all who waited. */
  readonly receipt: Receipt;
  /** Of the most urgent read that waits. `background`: none does, the values are renewed while older ones are served. */
  readonly priority: CallPriority;
  /**
   * Keeps records of other kinds that came along (parents, the rows of a list), by identity, as of the time when this fetch began. Null: the
   * source showed that there is no such record.
   */
  put(kind: RecordKind, records: ReadonlyMap<string, SideRecord | null>): void;
}

/** One type of record of one source and how it is fetched. Declare it once, at the start: its identity groups what is fetched together. */
export interface RecordKind {
  readonly source: SourceName;
  /** GraphQL type, unique across sources: `PsRequest`. Part of keys and tags. */
  readonly type: string;
  /** Which of the two time limits counts: CACHE_TTL_DEFAULT, or CACHE_TTL_LONG for what hardly changes. */
  readonly freshness: 'default' | 'long';
  /** Most records of one upstream call. */
  readonly maxIdsPerFetch: number;
  /**
   * True when fetches of one tick travel in one call anyway (Salesforce's composite): then records that lack different fields are
   * fetched apart, each with its own fields. Otherwise they share a fetch with the union of the fields wherever that saves a call.
   */
  readonly fetchesTravelTogether?: boolean;
  /**
   * Reads records by identity or another name, all with the same fields. An id that the answer leaves out counts as `omitted`. Rejects
   * when nothing could be read. Must end when `call.signal` aborts, and has to have a deadline of its own. `sideFields`: what may come
   * along for `call.put`, as those who asked have named it.
   */
  fetch(
    ids: readonly string[],
    fields: readonly string[],
    call: FetchCall,
    sideFields: readonly string[],
  ): Promise<ReadonlyMap<string, FetchedRecord>>;
}

/** What a source says of one list. */
export type FetchedList =
  | {
      readonly kind: 'found';
      /** Identities of the records, in order. */
      readonly ids: readonly string[];
      /** What belongs to the list itself: totals, whether there is more, the source's cursors. Small. */
      readonly meta?: JsonValue;
    }
  | { readonly kind: 'failed'; readonly error: GatewayError };

/** One kind of list of records: the children of a parent, a search, a page. */
export interface ListKind {
  readonly source: SourceName;
  /** GraphQL type of its records. */
  readonly type: string;
  /** Tells lists of the same type apart: `byAccount`. */
  readonly name: string;
  readonly freshness: 'default' | 'long';
  /** Most lists of one upstream call; 1 when each takes its own. */
  readonly maxListsPerFetch: number;
  /** As for records. */
  readonly fetchesTravelTogether?: boolean;
  /**
   * Whether a list as it was read may be another one after one of the changes: false only where its source, asked again, would answer the same
   * whatever the record was before. Must not throw. Absent: every change of a record of the type concerns every list of it.
   */
  isConcerned?(
    key: string,
    list: { readonly ids: readonly string[]; readonly meta: JsonValue },
    changes: readonly RecordChange[],
  ): boolean;
  /**
   * Reads lists by their keys. `fields` are those that are wanted of the records: give what comes along to `call.put`, and the records
   * need no fetch of their own. A key that the answer leaves out is an empty list. Otherwise as for records.
   */
  fetch(keys: readonly string[], fields: readonly string[], call: FetchCall): Promise<ReadonlyMap<string, FetchedList>>;
}
