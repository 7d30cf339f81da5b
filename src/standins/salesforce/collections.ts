import type { StandInAnswer } from '../kit/exchange.ts';
import type { ObjectDefinition } from './objects.ts';
import type { Org, ResourceCall } from './org.ts';
import { deleteRecord, insertRecord, updateRecord } from './record-resource.ts';
import { notFound, Refusal } from './refusal.ts';
import { answerRetrieve } from './retrieve.ts';

const MAX_WRITTEN_RECORDS = 200;

interface SaveResult {
  id?: string;
  success: boolean;
  errors: { statusCode: string; message: string; fields: readonly string[] }[];
}

/** `/composite/sobjects` (create, update, delete) and `/composite/sobjects/T` (retrieve). */
export function answerCollections(org: Org, call: ResourceCall): StandInAnswer {
  const [, , name, ...more] = call.segments;
  if (more.length > 0) throw notFound();
  if (name !== undefined) {
    const object = org.schema.findObject(name);
    if (object === undefined || (call.method !== 'GET' && call.method !== 'POST')) throw notFound();
    return answerRetrieve(org, object, call);
  }
  if (call.method === 'DELETE') return deleteMany(org, call);
  if (call.method !== 'POST' && call.method !== 'PATCH') throw notFound();
  const { allOrNone, records } = readRecords(call.body);
  const save = call.method === 'POST' ? createOne : updateOne;
  return saveAll(org, records, allOrNone, (record) => save(org, record));
}

function createOne(org: Org, record: Record<string, unknown>): string {
  return String(insertRecord(org, objectOf(org, record), record).Id);
}

function updateOne(org: Org, record: Record<string, unknown>): string {
  const { id, Id, ...values } = record;
  const recordId = Id ?? id;
  if (typeof recordId !== 'string') throw new Refusal(400, 'MISSING_ARGUMENT', 'Id not specified in an update call');
  updateRecord(org, objectOf(org, record), recordId, values);
  return recordId;
}

function deleteMany(org: Org, call: ResourceCall): StandInAnswer {
  const ids = (call.search.get('ids') ?? '').split(',').filter((id) => id !== '');
  return saveAll(org, ids, call.search.get('allOrNone') === 'true', (id) => {
    const object = org.schema.objects.find((candidate) => id.startsWith(candidate.keyPrefix));
    if (object === undefined) throw new Refusal(400, 'MALFORMED_ID', `malformed id ${id}`);
    deleteRecord(org, object, id);
    return id;
  });
}

function saveAll<T>(org: Org, items: readonly T[], allOrNone: boolean, save: (item: T) => string): StandInAnswer {
  if (items.length > MAX_WRITTEN_RECORDS) {
    throw new Refusal(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MAX_WRITTEN_RECORDS} records into this call`,
    );
  }
  const before = org.store.snapshot();
  const results = items.map((item): SaveResult => {
    try {
      return { id: save(item), success: true, errors: [] };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { errorCode, message, fields = [] } = error.entry;
      return { success: false, errors: [{ statusCode: errorCode, message, fields }] };
    }
  });
  if (!allOrNone || results.every((result) => result.success)) return { status: 200, body: results };
  org.store.restore(before);
  const rolledBack = {
    statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
    message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
    fields: [],
  };
  return {
    status: 200,
    body: results.map((result) => (result.success ? { success: false, errors: [rolledBack] } : result)),
  };
}

function objectOf(org: Org, record: Record<string, unknown>): ObjectDefinition {
  const attributes = record.attributes;
  const type =
    typeof attributes === 'object' && attributes !== null && 'type' in attributes ? attributes.type : undefined;
  const object = typeof type === 'string' ? org.schema.findObject(type) : undefined;
  if (object === undefined) throw new Refusal(400, 'INVALID_TYPE', `sObject type '${String(type)}' is not supported.`);
  return object;
}

function readRecords(body: unknown): { allOrNone: boolean; records: Record<string, unknown>[] } {
  const { allOrNone, records } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  if (!Array.isArray(records) || records.some((record) => typeof record !== 'object' || record === null)) {
    throw new Refusal(
      400,
      'JSON_PARSER_ERROR',
      'The request body has to be {"allOrNone": false, "records": [{"attributes": {"type": "T"}, …}]}.',
    );
  }
  return { allOrNone: allOrNone === true, records };
}
