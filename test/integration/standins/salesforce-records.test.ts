import type { Connection } from 'jsforce';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce, errorCodeOf } from '../../support/salesforce-connection.ts';

let standIn: SalesforceStandIn;
let connection: Connection;
beforeEach(async () => {
  standIn = await startSalesforceStandIn();
  connection = await connectSalesforce(standIn);
});
afterEach(() => standIn.close());

const requestNamed = (name: string) => standIn.rows('PS_Request__c').find((row) => row.Name === name);
const idOfRequest = (name: string): string => String(requestNamed(name)?.Id);

test('retrieve answers in the order asked, ids of either length, null for what is unknown, deleted or no id', async () => {
  const [first, second] = [idOfRequest('PSR-00001'), idOfRequest('PSR-00002')];
  const ids = [second, first.slice(0, 15), 'a0R5g00000zzzzz', idOfRequest('PSR-00401'), 'nonsense', first];
  const records = await connection.sobject('PS_Request__c').retrieve(ids, { fields: ['Name'] });
  expect(records.map((record) => (record === null ? null : [record.Id, record.Name]))).toEqual([
    [second, 'PSR-00002'],
    [first, 'PSR-00001'],
    null,
    null,
    null,
    [first, 'PSR-00001'],
  ]);
  expect(standIn.calls.count()).toBe(1);
});

test('ids that differ only by case are two records', async () => {
  const [upper, lower] = ['a0R5g000000000A', 'a0R5g000000000a'].map((id) =>
    standIn.rows('PS_Request__c').find((row) => String(row.Id).startsWith(id)),
  );
  const records = await connection
    .sobject('PS_Request__c')
    .retrieve([String(upper?.Id), String(lower?.Id)], { fields: ['Name'] });
  expect(records.map((record) => record?.Name)).toEqual([upper?.Name, lower?.Name]);
  expect(upper?.Name).not.toBe(lower?.Name);
  const found = await connection.query("SELECT Name FROM PS_Request__c WHERE Id = 'a0R5g000000000a'");
  expect(found.records.map((record) => record.Name)).toEqual([lower?.Name]);
});

test('one unknown or hidden field refuses the whole retrieve', async () => {
  const retrieve = () =>
    connection.sobject('Account').retrieve([String(standIn.rows('Account')[0]?.Id)], { fields: ['Id', 'Region__c'] });
  await retrieve();
  standIn.hideField('Account', 'Region__c');
  expect(await errorCodeOf(retrieve)).toBe('INVALID_FIELD');
  standIn.showField('Account', 'Region__c');
  await retrieve();
});

test('a hidden field is gone from describe, from queries, filters, orders and writes', async () => {
  standIn.hideField('PS_Request__c', 'Risk__c');
  const { fields } = await connection.describe('PS_Request__c');
  expect(fields.map((field) => field.name)).not.toContain('Risk__c');
  for (const statement of [
    'SELECT Risk__c FROM PS_Request__c',
    "SELECT Id FROM PS_Request__c WHERE Risk__c = 'Low'",
    'SELECT Id FROM PS_Request__c ORDER BY Risk__c',
    'SELECT PS_Request__r.Risk__c FROM Case',
  ]) {
    expect(await errorCodeOf(() => connection.query(statement))).toBe('INVALID_FIELD');
  }
  expect(await errorCodeOf(() => connection.sobject('PS_Request__c').create({ Risk__c: 'Low' }))).toBe('INVALID_FIELD');
});

test('a hidden reference hides its relationships in both directions', async () => {
  standIn.hideField('PS_Deployment_Step__c', 'PS_Request__c');
  expect(await errorCodeOf(() => connection.query('SELECT PS_Request__r.Name FROM PS_Deployment_Step__c'))).toBe(
    'INVALID_FIELD',
  );
  expect(await errorCodeOf(() => connection.query('SELECT Id, (SELECT Id FROM Steps__r) FROM PS_Request__c'))).toBe(
    'INVALID_TYPE',
  );
});

test('describe tells types, references, picklist values and children', async () => {
  const description = await connection.describe('PS_Request__c');
  const byName = new Map(description.fields.map((field) => [field.name, field]));
  expect(byName.get('Account__c')).toMatchObject({
    type: 'reference',
    referenceTo: ['Account'],
    relationshipName: 'Account__r',
    nillable: true,
  });
  expect(byName.get('Environment__c')?.picklistValues?.map((value) => value.value)).toEqual([
    'Sandbox',
    'UAT',
    'Production',
  ]);
  expect(byName.get('Description__c')).toMatchObject({
    type: 'textarea',
    length: 32_000,
    filterable: false,
    sortable: false,
  });
  expect(byName.get('Name')).toMatchObject({ autoNumber: true, createable: false });
  const named = description.childRelationships.filter((child) => child.relationshipName !== null);
  expect(named.map((child) => child.relationshipName).sort()).toEqual(['Cases__r', 'Jira_Links__r', 'Steps__r']);
  expect((await connection.describeGlobal()).sobjects.map((object) => object.name)).toContain('pse__Proj__c');
});

test('describe answers 304 while nothing changed', async () => {
  const ask = async (since?: string) =>
    fetch(`${standIn.url}/services/data/v62.0/sobjects/Account/describe`, {
      headers: {
        authorization: `Bearer ${connection.accessToken}`,
        ...(since === undefined ? {} : { 'if-modified-since': since }),
      },
    });
  const first = await ask();
  const since = first.headers.get('last-modified') ?? '';
  expect([first.status, (await ask(since)).status]).toEqual([200, 304]);
  standIn.hideField('Account', 'Industry');
  expect((await ask(since)).status).toBe(200);
});

test('a created record gets its id, number, defaults and stamps, and is found at once', async () => {
  const accountId = String(standIn.rows('Account')[3]?.Id);
  const result = await connection
    .sobject('PS_Request__c')
    .create({ Account__c: accountId.slice(0, 15), Product__c: '  Gäteway "x" \\ 🚀 ', Environment__c: 'UAT' });
  expect(result).toEqual({ id: expect.stringMatching(/^a0R\w{15}$/), success: true, errors: [] });
  const { records } = await connection.query(`SELECT FIELDS(ALL) FROM PS_Request__c WHERE Id = '${result.id}' LIMIT 1`);
  expect(records[0]).toMatchObject({
    Name: 'PSR-00407',
    Status__c: 'Draft',
    Account__c: accountId,
    Product__c: 'Gäteway "x" \\ 🚀',
    IsDeleted: false,
    Risk__c: null,
  });
  expect(records[0]?.SystemModstamp).toBe(records[0]?.CreatedDate);
});

test('an update changes the fields it names and moves the stamps on', async () => {
  const before = requestNamed('PSR-00100');
  await connection.sobject('PS_Request__c').update({ Id: String(before?.Id), Status__c: 'Blocked', Product__c: '' });
  const after = requestNamed('PSR-00100');
  expect(after).toMatchObject({
    Status__c: 'Blocked',
    Product__c: null,
    Account__c: before?.Account__c,
    CreatedDate: before?.CreatedDate,
  });
  for (const stamp of ['SystemModstamp', 'LastModifiedDate'] as const) {
    expect(Date.parse(String(after?.[stamp]))).toBeGreaterThan(Date.parse(String(before?.[stamp])));
  }
});

test('an update is refused with 412 when the record was changed later than the client says, to the second', async () => {
  const row = requestNamed('PSR-00101');
  const changedMs = Date.parse(String(row?.LastModifiedDate));
  const patch = (since: number, risk: string) =>
    fetch(`${standIn.url}/services/data/v62.0/sobjects/PS_Request__c/${String(row?.Id)}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${connection.accessToken}`,
        'content-type': 'application/json',
        'if-unmodified-since': new Date(since).toUTCString(),
      },
      body: JSON.stringify({ Risk__c: risk }),
    });
  expect((await patch(changedMs - 1_000, 'High')).status).toBe(412);
  expect(requestNamed('PSR-00101')).toEqual(row);
  expect((await patch(changedMs, 'High')).status).toBe(204);
  expect((await patch(changedMs, 'Low')).status).toBe(412);
});

test('a record tells who changed it last', async () => {
  const id = idOfRequest('PSR-00102');
  await connection.sobject('PS_Request__c').update({ Id: id, Risk__c: 'High' });
  const changedBy = async () => {
    const { records } = await connection.query<{ LastModifiedBy: { Name: string } }>(
      `SELECT LastModifiedBy.Name FROM PS_Request__c WHERE Id = '${id}'`,
    );
    return records[0]?.LastModifiedBy.Name;
  };
  expect(await changedBy()).toBe('Integration User');
  standIn.updateRow('PS_Request__c', id, { Risk__c: 'Low' });
  expect(await changedBy()).not.toBe('Integration User');
});

test('changed and deleted rows are listed for the span in which they changed', async () => {
  const [changed, deleted] = [idOfRequest('PSR-00010'), idOfRequest('PSR-00011')];
  await connection.sobject('PS_Request__c').update({ Id: changed, Risk__c: 'High' });
  await connection.sobject('PS_Request__c').destroy(deleted);
  const stampMs = Date.parse(String(requestNamed('PSR-00010')?.SystemModstamp));
  const [start, end] = [new Date(stampMs - 120_000).toISOString(), new Date(stampMs + 120_000).toISOString()];
  expect((await connection.sobject('PS_Request__c').updated(start, end)).ids).toContain(changed);
  const gone = await connection.sobject('PS_Request__c').deleted(start, end);
  expect(gone.deletedRecords.map((record) => record.id)).toEqual([deleted]);
  const old = new Date(stampMs - 60 * 86_400_000).toISOString();
  expect(await errorCodeOf(() => connection.sobject('PS_Request__c').updated(old, end))).toBe(
    'INVALID_REPLICATION_DATE',
  );
});

test('a deleted record takes its steps and links along, and leaves its cases', async () => {
  const id = idOfRequest('PSR-00001');
  await connection.sobject('PS_Request__c').destroy(id);
  const childrenLeft = (object: 'PS_Deployment_Step__c' | 'PS_Request_Jira_Link__c') =>
    standIn.rows(object).filter((row) => row.PS_Request__c === id && row.IsDeleted !== true).length;
  expect([childrenLeft('PS_Deployment_Step__c'), childrenLeft('PS_Request_Jira_Link__c')]).toEqual([0, 0]);
  expect(await errorCodeOf(() => connection.sobject('PS_Request__c').retrieve(id, { fields: ['Name'] }))).toBe(
    'ENTITY_IS_DELETED',
  );
  expect((await connection.query(`SELECT Id FROM PS_Request__c WHERE Id = '${id}'`)).totalSize).toBe(0);
});

test.each<[string, Record<string, unknown>, string]>([
  ['an unknown field', { Nope__c: 1 }, 'INVALID_FIELD'],
  ['a system field', { SystemModstamp: '2026-01-01T00:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
  ['an automatic number', { Name: 'PSR-1' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
  ['a value outside the picklist', { Status__c: 'Almost' }, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
  ['a required field set to null', { Status__c: null }, 'REQUIRED_FIELD_MISSING'],
  ['a text as number', { Estimated_Hours__c: '8' }, 'JSON_PARSER_ERROR'],
  ['a wrong date', { Go_Live_Date__c: '20.11.2026' }, 'JSON_PARSER_ERROR'],
  ['a reference to nothing', { Account__c: '0015g00000zzzzzAAA' }, 'INVALID_CROSS_REFERENCE_KEY'],
  ['a reference that is no id', { Account__c: 'Acme' }, 'MALFORMED_ID'],
  ['a reference to another object', { Account__c: '0055g0000000001' }, 'FIELD_INTEGRITY_EXCEPTION'],
  ['a description over 32,000 characters', { Description__c: 'x'.repeat(32_001) }, 'STRING_TOO_LONG'],
])('%s is refused on create and on update, and nothing changes', async (_, values, code) => {
  const before = JSON.stringify(standIn.rows('PS_Request__c'));
  expect(await errorCodeOf(() => connection.sobject('PS_Request__c').create(values))).toBe(code);
  expect(
    await errorCodeOf(() => connection.sobject('PS_Request__c').update({ Id: idOfRequest('PSR-00005'), ...values })),
  ).toBe(code);
  expect(JSON.stringify(standIn.rows('PS_Request__c'))).toBe(before);
});

test('collections save what is right and tell what is wrong, or nothing at all when all or none', async () => {
  const records = [{ Product__c: 'one' }, { Risk__c: 'Enormous' }, { Product__c: 'three' }];
  const some = await connection.sobject('PS_Request__c').create(records);
  expect(some.map((result) => result.success)).toEqual([true, false, true]);
  expect(some[1]?.errors).toMatchObject([
    { statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', fields: ['Risk__c'] },
  ]);
  const rowsBefore = standIn.rows('PS_Request__c').length;
  const none = await connection.sobject('PS_Request__c').create(records, { allOrNone: true });
  expect(none.map((result) => result.success)).toEqual([false, false, false]);
  expect(none[0]?.errors).toMatchObject([{ statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK' }]);
  expect(standIn.rows('PS_Request__c')).toHaveLength(rowsBefore);
  const saved = some.flatMap((result) => (result.success ? [{ Id: result.id, Risk__c: 'High' }] : []));
  expect((await connection.sobject('PS_Request__c').update(saved)).every((result) => result.success)).toBe(true);
});

test('more than 200 written and more than 2,000 retrieved records are refused', async () => {
  const many = Array.from({ length: 201 }, () => ({ attributes: { type: 'Account' }, Name: 'x' }));
  expect(await errorCodeOf(() => connection.requestPost('/composite/sobjects', { records: many }))).toBe(
    'EXCEEDED_ID_LIMIT',
  );
  const ids = Array.from({ length: 2001 }, () => idOfRequest('PSR-00001'));
  expect(
    await errorCodeOf(() => connection.requestPost('/composite/sobjects/PS_Request__c', { ids, fields: ['Id'] })),
  ).toBe('EXCEEDED_ID_LIMIT');
});

test('two stand-ins of one company do not see each other’s writes', async () => {
  const rows = standIn.rows('Account').length;
  await connection.sobject('Account').create({ Name: 'Only here' });
  const other = await startSalesforceStandIn();
  try {
    expect([standIn.rows('Account').length, other.rows('Account').length]).toEqual([rows + 1, rows]);
  } finally {
    await other.close();
  }
});
