import type { SalesforceRow } from '../data/company.ts';
import type { StandInAnswer } from '../kit/exchange.ts';
import type { FieldDefinition, ObjectDefinition } from './objects.ts';
import type { Org, ResourceCall } from './org.ts';
import { Refusal } from './refusal.ts';
import type { VisibleSchema } from './schema.ts';
import { attributesOf, type SalesforceRecord } from './soql-select.ts';

const MAX_RETRIEVED_IDS = 2_000;

/** The fields of a retrieve; all visible ones when none are named. One unknown or hidden field refuses the whole call. */
export function selectFields(
  schema: VisibleSchema,
  object: ObjectDefinition,
  names: readonly string[] | undefined,
): readonly FieldDefinition[] {
  if (names === undefined) return schema.fieldsOf(object);
  return names.map((name) => {
    const field = schema.findField(object, name);
    if (field === undefined)
      throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    return field;
  });
}

/** The id is always part of it, asked for or not. */
export function readRecord(
  object: ObjectDefinition,
  fields: readonly FieldDefinition[],
  row: SalesforceRow,
  basePath: string,
): SalesforceRecord {
  const record: SalesforceRecord = { attributes: attributesOf(basePath, object, row) };
  for (const field of fields) record[field.name] = row[field.name] ?? null;
  record.Id = row.Id ?? null;
  return record;
}

/** GET and POST `/composite/sobjects/T`: as many entries as ids, in their order, null for what is not there. */
export function answerRetrieve(org: Org, object: ObjectDefinition, call: ResourceCall): StandInAnswer {
  const { ids, fields } = call.method === 'GET' ? fromSearch(call.search) : fromBody(call.body);
  if (ids.length > MAX_RETRIEVED_IDS) {
    throw new Refusal(
      400,
      'EXCEEDED_ID_LIMIT',
      `record limit reached. cannot submit more than ${MAX_RETRIEVED_IDS} records into this call`,
    );
  }
  const selected = selectFields(org.schema, object, fields);
  const body = ids.map((id) => {
    const row = org.store.get(object.name, id);
    return row === undefined || row.IsDeleted === true ? null : readRecord(object, selected, row, call.basePath);
  });
  return { status: 200, body };
}

function fromSearch(search: URLSearchParams): { ids: string[]; fields: string[] } {
  const list = (name: string): string[] => (search.get(name) ?? '').split(',').filter((entry) => entry !== '');
  return required(list('ids'), list('fields'));
}

function fromBody(body: unknown): { ids: string[]; fields: string[] } {
  const { ids, fields } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  return required(stringList(ids), stringList(fields));
}

function required(ids: string[], fields: string[]): { ids: string[]; fields: string[] } {
  if (ids.length === 0)
    throw new Refusal(400, 'MISSING_ARGUMENT', 'The ids parameter has to name at least one record.');
  if (fields.length === 0)
    throw new Refusal(400, 'MISSING_ARGUMENT', 'The fields parameter has to name at least one field.');
  return { ids, fields };
}

function stringList(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry) => {
    if (typeof entry !== 'string')
      throw new Refusal(400, 'JSON_PARSER_ERROR', `Expected a string at [${JSON.stringify(entry)}]`);
    return entry;
  });
}
