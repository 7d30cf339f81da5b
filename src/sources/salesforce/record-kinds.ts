import type { FetchCall, FetchedRecord, RecordKind } from '../../cache/record-kind.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Availability } from './availability.ts';
import { type SalesforceObject, salesforceObjects } from './fields.ts';
import { toPsRequestNumber } from './ids.ts';
import { type KeyedReads, MAX_KEYS_PER_STATEMENT } from './keyed-reads.ts';
import type { SalesforceTypeName } from './model.ts';
import type { RecordKinds } from './row-reader.ts';
import { RowReader } from './row-reader.ts';
import { shapeOf } from './row-shape.ts';

/** What hardly changes, and what many requests share. */
export const longLivedTypes: ReadonlySet<SalesforceTypeName> = new Set<SalesforceTypeName>([
  'Account',
  'Project',
  'SalesforceUser',
]);

/** One set per source: their identity groups what is fetched together. */
export function createRecordKinds(keyedReads: KeyedReads, availability: Availability): RecordKinds {
  const kinds = {} as { [TypeName in SalesforceTypeName]: RecordKind };
  const rowReader = new RowReader(kinds, availability);
  for (const object of Object.values<SalesforceObject>(salesforceObjects)) {
    kinds[object.type] = {
      source: 'SALESFORCE',
      type: object.type,
      freshness: longLivedTypes.has(object.type) ? 'long' : 'default',
      maxIdsPerFetch: MAX_KEYS_PER_STATEMENT,
      fetchesTravelTogether: true,
      fetch: (ids, fields, call, sideFields) =>
        fetchRecords({ object, ids, fields, call, sideFields, keyedReads, rowReader }),
    };
  }
  return kinds;
}

interface Fetch {
  readonly object: SalesforceObject;
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  readonly sideFields: readonly string[];
  readonly call: FetchCall;
  readonly keyedReads: KeyedReads;
  readonly rowReader: RowReader;
}

/** By 18-character id, and requests by their number too. */
async function fetchRecords(fetch: Fetch): Promise<ReadonlyMap<string, FetchedRecord>> {
  const { object, ids, fields, sideFields, call, keyedReads, rowReader } = fetch;
  // A parent comes along where the reference to it is read; where that is held, the parent may be too.
  const parents = sideFields.filter((path) => {
    const relationship = path.slice(0, path.indexOf('.'));
    return rowReader.isReadBy(object, relationship, fields);
  });
  const shape = shapeOf(object, [...fields, ...parents]);
  const [byNumber = [], byId = []] = [ids.filter(isNumber), ids.filter((id) => !isNumber(id))];
  const read = { object, paths: shape.paths, orderBy: [] };
  const [rowsOfId, rowsOfNumber] = await Promise.all([
    byId.length > 0 ? keyedReads.read({ ...read, keyColumn: 'Id', keys: byId }, call) : null,
    byNumber.length > 0
      ? keyedReads.read(
          { ...read, keyColumn: 'Name', caseless: true, keys: byNumber, orderBy: [{ column: 'Id', direction: 'ASC' }] },
          call,
        )
      : null,
  ]);
  const found = rowReader.collect(call);
  const records = new Map<string, FetchedRecord>();
  for (const id of ids) {
    const rows = (isNumber(id) ? rowsOfNumber : rowsOfId)?.(id) ?? [];
    if (rows instanceof GatewayError) {
      records.set(id, { kind: 'failed', error: rows });
      continue;
    }
    const [row] = rows;
    const record = row && found.recordOf(shape, row);
    records.set(id, record ? { kind: 'found', ...record } : { kind: 'absent', reason: 'notFound' });
  }
  found.putAll();
  return records;
}

function isNumber(id: string): boolean {
  return id.includes('-') && toPsRequestNumber(id) !== null;
}
