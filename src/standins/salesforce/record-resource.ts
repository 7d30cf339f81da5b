import type { SalesforceRow } from '../data/company.ts';
import type { StandInAnswer } from '../kit/exchange.ts';
import { describeGlobal, describeObject, summarize } from './describe.ts';
import type { ObjectDefinition } from './objects.ts';
import type { Org, ResourceCall } from './org.ts';
import { id15 } from './record-id.ts';
import { notFound, Refusal } from './refusal.ts';
import { answerDeleted, answerUpdated } from './replication.ts';
import { readRecord, selectFields } from './retrieve.ts';
import { readWrittenValues, withDefaults } from './written-values.ts';

/** Everything beneath `/sobjects`. */
export function answerRecords(org: Org, call: ResourceCall): StandInAnswer {
  const [, name, part, ...more] = call.segments;
  if (name === undefined)
    return only(call, 'GET', () => ({ status: 200, body: describeGlobal(org.schema, call.basePath) }));
  const object = org.schema.findObject(name);
  if (object === undefined || more.length > 0) throw notFound();
  if (part === undefined) {
    if (call.method === 'POST')
      return { status: 201, body: { id: insertRecord(org, object, call.body).Id, success: true, errors: [] } };
    return only(call, 'GET', () => ({
      status: 200,
      body: { objectDescribe: summarize(object, call.basePath), recentItems: [] },
    }));
  }
  if (part === 'describe') return only(call, 'GET', () => describeAnswer(org, object, call));
  if (part === 'updated') return only(call, 'GET', () => answerUpdated(org, object, call));
  if (part === 'deleted') return only(call, 'GET', () => answerDeleted(org, object, call));
  return answerRecord(org, object, part, call);
}

export function insertRecord(org: Org, object: ObjectDefinition, body: unknown): SalesforceRow {
  const values = readWrittenValues(org.schema, org.store, object, body, true);
  return org.store.insert(object, withDefaults(object, values, integrationUserId(org)));
}

export function updateRecord(org: Org, object: ObjectDefinition, id: string, body: unknown): void {
  const row = existingRow(org, object, id);
  org.store.update(object.name, row, readWrittenValues(org.schema, org.store, object, body, false));
}

export function deleteRecord(org: Org, object: ObjectDefinition, id: string): void {
  const row = existingRow(org, object, id);
  if (object.name === 'User')
    throw new Refusal(400, 'DELETE_FAILED', 'Users can not be deleted; deactivate them instead.');
  org.store.delete(object.name, row);
}

/** The user as whom the gateway is signed in. */
export function integrationUserId(org: Org): string {
  return org.store.integrationUserId;
}

function answerRecord(org: Org, object: ObjectDefinition, id: string, call: ResourceCall): StandInAnswer {
  switch (call.method) {
    case 'GET': {
      const row = existingRow(org, object, id);
      const names = call.search
        .get('fields')
        ?.split(',')
        .map((name) => name.trim());
      return { status: 200, body: readRecord(object, selectFields(org.schema, object, names), row, call.basePath) };
    }
    case 'PATCH':
      refuseUnlessUnmodified(existingRow(org, object, id), call);
      updateRecord(org, object, id, call.body);
      return { status: 204 };
    case 'DELETE':
      refuseUnlessUnmodified(existingRow(org, object, id), call);
      deleteRecord(org, object, id);
      return { status: 204 };
    default:
      throw new Refusal(
        405,
        'METHOD_NOT_ALLOWED',
        `HTTP Method '${call.method}' not allowed. Allowed are HEAD,GET,PATCH,DELETE`,
      );
  }
}

/** `If-Unmodified-Since` holds to the second, as the header and LastModifiedDate have it. */
function refuseUnlessUnmodified(row: SalesforceRow, call: ResourceCall): void {
  const sinceMs = Date.parse(call.headers['if-unmodified-since'] ?? '');
  if (Number.isNaN(sinceMs) || Date.parse(String(row.LastModifiedDate)) <= sinceMs) return;
  throw new Refusal(412, 'PRECONDITION_FAILED', 'The resource has been modified since the date that the client named.');
}

function existingRow(org: Org, object: ObjectDefinition, id: string): SalesforceRow {
  if (id15(id) === undefined)
    throw new Refusal(404, 'NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${id}`);
  if (!id.startsWith(object.keyPrefix))
    throw new Refusal(400, 'MALFORMED_ID', `${object.label} ID: id value of incorrect type: ${id}`, ['Id']);
  const row = org.store.get(object.name, id);
  if (row === undefined) throw notFound();
  if (row.IsDeleted === true) throw new Refusal(404, 'ENTITY_IS_DELETED', 'entity is deleted');
  return row;
}

function describeAnswer(org: Org, object: ObjectDefinition, call: ResourceCall): StandInAnswer {
  const headers = { 'Last-Modified': new Date(org.schema.changedAtMs).toUTCString() };
  const known = Date.parse(call.headers['if-modified-since'] ?? '');
  if (known >= org.schema.changedAtMs) return { status: 304, headers };
  return { status: 200, headers, body: describeObject(org.schema, object, call.basePath) };
}

function only(call: ResourceCall, method: string, answer: () => StandInAnswer): StandInAnswer {
  if (call.method === method) return answer();
  throw new Refusal(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${call.method}' not allowed. Allowed are HEAD,${method}`);
}
