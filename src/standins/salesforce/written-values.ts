import type { SalesforceRow } from '../data/company.ts';
import { toDateTime } from '../data/dates.ts';
import { withChecksum } from '../data/salesforce-id.ts';
import { isWritable, textLength } from './describe.ts';
import { type FieldDefinition, OBJECTS, type ObjectDefinition } from './objects.ts';
import { id15 } from './record-id.ts';
import type { RecordStore } from './record-store.ts';
import { Refusal } from './refusal.ts';
import type { VisibleSchema } from './schema.ts';

type Value = SalesforceRow[string];

/** The values that a client wants to store, checked and in the form in which rows hold them. Throws a Refusal for the first wrong one. */
export function readWrittenValues(
  schema: VisibleSchema,
  store: RecordStore,
  object: ObjectDefinition,
  body: unknown,
  isInsert: boolean,
): SalesforceRow {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Refusal(400, 'JSON_PARSER_ERROR', 'The request body has to be a JSON object with the fields to write.');
  }
  const values: SalesforceRow = {};
  for (const [name, given] of Object.entries(body)) {
    if (name === 'attributes') continue;
    const field = schema.findField(object, name);
    if (field === undefined)
      throw new Refusal(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`);
    if (!isWritable(field) || (!isInsert && field.masterDetail === true)) {
      throw new Refusal(
        400,
        'INVALID_FIELD_FOR_INSERT_UPDATE',
        `Unable to create/update fields: ${field.name}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
        [field.name],
      );
    }
    values[field.name] = writtenValue(store, field, given);
  }
  checkRequired(object, values, isInsert);
  return values;
}

/** What Salesforce fills in by itself. */
export function withDefaults(object: ObjectDefinition, values: SalesforceRow, ownerId: string): SalesforceRow {
  const defaults: SalesforceRow = {};
  for (const field of object.fields) {
    if (field.name === 'OwnerId' && !field.nillable) defaults.OwnerId = ownerId;
    if (field.type === 'boolean') defaults[field.name] = field.name === 'IsActive';
    if (field.type === 'picklist' && !field.nillable && field.name === 'Status__c')
      defaults[field.name] = field.picklistValues?.[0] ?? null;
  }
  return { ...defaults, ...values };
}

function checkRequired(object: ObjectDefinition, values: SalesforceRow, isInsert: boolean): void {
  const missing = object.fields.filter((field) => {
    if (field.nillable || !isWritable(field) || field.type === 'boolean') return false;
    const hasDefault = field.name === 'OwnerId' || field.name === 'Status__c';
    return field.name in values ? values[field.name] === null : isInsert && !hasDefault;
  });
  if (missing.length === 0) return;
  const names = missing.map((field) => field.name);
  throw new Refusal(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
}

function writtenValue(store: RecordStore, field: FieldDefinition, given: unknown): Value {
  if (given === null || given === '') return null;
  switch (field.type) {
    case 'boolean':
      return typeof given === 'boolean' ? given : wrongType(field, given);
    case 'double':
      return typeof given === 'number' ? given : wrongType(field, given);
    case 'date':
      return typeof given === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given))
        ? given
        : wrongType(field, given);
    case 'datetime': {
      const ms = typeof given === 'string' ? Date.parse(given) : Number.NaN;
      return Number.isNaN(ms) ? wrongType(field, given) : toDateTime(Math.floor(ms / 1000) * 1000);
    }
    case 'reference':
      return reference(store, field, String(given));
    default:
      return text(field, typeof given === 'string' ? given : wrongType(field, given));
  }
}

/** Salesforce trims texts; what is then empty is null. */
function text(field: FieldDefinition, given: string): Value {
  const trimmed = given.trim();
  if (field.picklistValues !== undefined && trimmed !== '' && !field.picklistValues.includes(trimmed)) {
    throw new Refusal(
      400,
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      `${field.name}: bad value for restricted picklist field: ${trimmed}`,
      [field.name],
    );
  }
  const max = textLength(field);
  if (trimmed.length > max) {
    throw new Refusal(
      400,
      'STRING_TOO_LONG',
      `${field.name}: data value too large: ${trimmed.slice(0, 80)} (max length=${max})`,
      [field.name],
    );
  }
  return trimmed === '' ? null : trimmed;
}

function reference(store: RecordStore, field: FieldDefinition, given: string): Value {
  const short = id15(given);
  if (short === undefined)
    throw new Refusal(400, 'MALFORMED_ID', `${field.name}: id value of incorrect type: ${given}`, [field.name]);
  const prefix = OBJECTS.find((object) => object.name === field.referenceTo)?.keyPrefix ?? '';
  if (!short.startsWith(prefix)) {
    throw new Refusal(400, 'FIELD_INTEGRITY_EXCEPTION', `${field.name}: id value of incorrect type: ${given}`, [
      field.name,
    ]);
  }
  const target = field.referenceTo === undefined ? undefined : store.get(field.referenceTo, short);
  if (target === undefined || target.IsDeleted === true) {
    throw new Refusal(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
  }
  return withChecksum(short);
}

function wrongType(field: FieldDefinition, given: unknown): never {
  const kind = typeof given === 'string' ? 'VALUE_STRING' : typeof given === 'number' ? 'VALUE_NUMBER' : 'VALUE';
  throw new Refusal(
    400,
    'JSON_PARSER_ERROR',
    `Cannot deserialize instance of ${field.type} from ${kind} value ${JSON.stringify(given)} or request may be missing a required field at field ${field.name}`,
  );
}
