import type { ErrorCode, SourceName } from '../platform/errors.ts';
import type { RecordChange } from './record-change.ts';
import type { FetchCall, FetchedRecord, ListKind, RecordKind } from './record-kind.ts';
import type { JsonValue, RecordValues } from './record-values.ts';
import { listsTag, recordTag, sourceTag, typeTag } from './tags.ts';

/** How a list tells which changes of records concern it. */
export interface ListRule {
  /** The one of its tags that stands for changes of records. */
  readonly tag: string;
  /** Whether a list with these values, of `LIST_FIELDS`, may be another one after one of the changes. */
  isConcerned(key: string, values: RecordValues, changes: readonly RecordChange[]): boolean;
}

/** What records and lists have in common for whatever holds, reads and fetches them. A list is an entry with the fields of `LIST_FIELDS`. */
export interface EntryKind {
  readonly source: SourceName;
  /** Unique among all kinds; for people too. */
  readonly type: string;
  /** GraphQL type of the records, of a list too. */
  readonly recordType: string;
  readonly freshness: 'default' | 'long';
  readonly maxIdsPerFetch: number;
  readonly fetchesTravelTogether: boolean;
  /** Absent: every change of a record of the type concerns the list. */
  readonly list?: ListRule;
  tagsOf(id: string, names: readonly string[]): readonly string[];
  /** `sideFields`: fields wanted of records that come along. */
  fetch(
    ids: readonly string[],
    fields: readonly string[],
    sideFields: readonly string[],
    call: FetchCall,
  ): Promise<ReadonlyMap<string, FetchedRecord>>;
}

/** The key of an entry in every tier. */
export function keyOf(kind: EntryKind, id: string): string {
  return `${kind.source}|${kind.type}|${id}`;
}

export const LIST_FIELDS: readonly string[] = ['ids', 'meta'];

const recordKinds = new WeakMap<RecordKind, EntryKind>();
const listKinds = new WeakMap<ListKind, EntryKind>();

export function entryKindOfRecords(kind: RecordKind): EntryKind {
  let entryKind = recordKinds.get(kind);
  if (!entryKind) {
    const { source, type, freshness, maxIdsPerFetch, fetchesTravelTogether = false } = kind;
    const shared = [sourceTag(source), typeTag(type)];
    entryKind = {
      source,
      type,
      recordType: type,
      freshness,
      maxIdsPerFetch,
      fetchesTravelTogether,
      tagsOf: (id, names) => [...shared, recordTag(type, id), ...names.map((name) => recordTag(type, name))],
      fetch: (ids, fields, sideFields, call) => kind.fetch(ids, fields, call, sideFields),
    };
    recordKinds.set(kind, entryKind);
  }
  return entryKind;
}

export function entryKindOfLists(kind: ListKind): EntryKind {
  let entryKind = listKinds.get(kind);
  if (!entryKind) {
    const { source, type, name, freshness, maxListsPerFetch, fetchesTravelTogether = false } = kind;
    const shared = [sourceTag(source), typeTag(type), listsTag(type)];
    entryKind = {
      source,
      type: `${type}[] ${name}`,
      recordType: type,
      freshness,
      maxIdsPerFetch: maxListsPerFetch,
      fetchesTravelTogether,
      ...(kind.isConcerned ? { list: ruleOf(kind, kind.isConcerned) } : {}),
      tagsOf: () => shared,
      fetch: (keys, _fields, sideFields, call) => fetchLists(kind, keys, sideFields, call),
    };
    listKinds.set(kind, entryKind);
  }
  return entryKind;
}

function ruleOf({ type }: ListKind, isConcerned: NonNullable<ListKind['isConcerned']>): ListRule {
  return {
    tag: listsTag(type),
    isConcerned: (key, { ids, meta = null }, changes) =>
      isConcerned(key, { ids: ids as readonly string[], meta }, changes),
  };
}

async function fetchLists(
  kind: ListKind,
  keys: readonly string[],
  sideFields: readonly string[],
  call: FetchCall,
): Promise<ReadonlyMap<string, FetchedRecord>> {
  const lists = await kind.fetch(keys, sideFields, call);
  const records = new Map<string, FetchedRecord>();
  for (const key of keys) {
    const list = lists.get(key) ?? { kind: 'found', ids: [] };
    if (list.kind === 'failed') records.set(key, list);
    else {
      const values: Record<string, JsonValue> = { ids: list.ids, meta: list.meta ?? null };
      records.set(key, { kind: 'found', values });
    }
  }
  return records;
}

/** The failures of a source during which what is known of it is served as stale: those that pass without any change to the request. */
const outageCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_QUOTA_EXHAUSTED',
  'UPSTREAM_BAD_RESPONSE',
]);

export function isOutage(code: ErrorCode): boolean {
  return outageCodes.has(code);
}
