import type { Connection } from 'jsforce';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce, errorCodeOf } from '../../support/salesforce-connection.ts';

interface SubAnswer {
  body: unknown;
  httpHeaders: Record<string, string>;
  httpStatusCode: number;
  referenceId: string | null;
}

const BASE = '/services/data/v62.0';
let standIn: SalesforceStandIn;
let connection: Connection;
beforeEach(async () => {
  standIn = await startSalesforceStandIn();
  connection = await connectSalesforce(standIn);
});
afterEach(() => standIn.close());

async function composite(compositeRequest: unknown[], allOrNone = false): Promise<SubAnswer[]> {
  const answer = await connection.requestPost<{ compositeResponse: SubAnswer[] }>('/composite', {
    allOrNone,
    compositeRequest,
  });
  return answer.compositeResponse;
}

const query = (referenceId: string, statement: string) => ({
  method: 'GET',
  url: `${BASE}/query?q=${encodeURIComponent(statement)}`,
  referenceId,
});
const limitsCall = (n: number) => ({ method: 'GET', url: `${BASE}/limits`, referenceId: `limits${n}` });

test('subrequests of every kind are answered in order, each with its status, and the whole is billed once', async () => {
  const id = String(standIn.rows('Account')[0]?.Id);
  const answers = await composite([
    query('q', 'SELECT COUNT() FROM Account'),
    {
      method: 'POST',
      url: `${BASE}/composite/sobjects/Account`,
      referenceId: 'retrieve',
      body: { ids: [id, 'nope'], fields: ['Name'] },
    },
    { method: 'GET', url: `${BASE}/sobjects/Account/${id}?fields=Name,Industry`, referenceId: 'one' },
    query('bad', 'SELECT Nope FROM Account'),
    { method: 'GET', url: `${BASE}/sobjects/Account/0015g00000zzzzz`, referenceId: 'missing' },
    { method: 'GET', url: '/services/data/v9.0/limits', referenceId: 'version' },
  ]);
  expect(answers.map((answer) => [answer.referenceId, answer.httpStatusCode])).toEqual([
    ['q', 200],
    ['retrieve', 200],
    ['one', 200],
    ['bad', 400],
    ['missing', 404],
    ['version', 404],
  ]);
  expect(answers[0]?.body).toMatchObject({ totalSize: 40, records: [] });
  expect(answers[1]?.body).toMatchObject([{ Id: id }, null]);
  expect(answers[3]?.body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
  expect([standIn.calls.count(), standIn.calls.billed(), connection.limitInfo.apiUsage?.used]).toEqual([1, 1, 1]);
});

test('25 subrequests are answered, 26 are refused as a whole', async () => {
  const answers = await composite(Array.from({ length: 25 }, (_, n) => limitsCall(n)));
  expect(answers.every((answer) => answer.httpStatusCode === 200)).toBe(true);
  expect(await composite(Array.from({ length: 26 }, (_, n) => limitsCall(n)))).toMatchObject([
    { httpStatusCode: 400, referenceId: null, body: [{ errorCode: 'LIMIT_EXCEEDED' }] },
  ]);
});

test('five queries and collections together are answered, six are refused as a whole', async () => {
  const queries = Array.from({ length: 4 }, (_, n) => query(`q${n}`, 'SELECT COUNT() FROM Account'));
  const retrieve = (n: number) => ({
    method: 'POST',
    url: `${BASE}/composite/sobjects/Account`,
    referenceId: `r${n}`,
    body: { ids: ['x'], fields: ['Id'] },
  });
  expect(await composite([...queries, retrieve(1), limitsCall(1)])).toHaveLength(6);
  expect(await composite([...queries, retrieve(1), retrieve(2)])).toMatchObject([
    { httpStatusCode: 400, body: [{ errorCode: 'LIMIT_EXCEEDED' }] },
  ]);
});

test('a later subrequest refers to what an earlier one answered, in its path, its query and its body', async () => {
  const answers = await composite([
    { method: 'POST', url: `${BASE}/sobjects/PS_Request__c`, referenceId: 'made', body: { Product__c: 'Gateway' } },
    {
      method: 'POST',
      url: `${BASE}/sobjects/PS_Deployment_Step__c`,
      referenceId: 'step',
      body: { PS_Request__c: '@{made.id}', Name: 'Step of @{made.id}', Sequence__c: 1 },
    },
    query('read', "SELECT Name, (SELECT Name FROM Steps__r) FROM PS_Request__c WHERE Id = '@{made.id}'"),
    { method: 'GET', url: `${BASE}/sobjects/PS_Request__c/@{made.id}?fields=Product__c`, referenceId: 'again' },
    query('byName', "SELECT Id FROM PS_Request__c WHERE Name = '@{read.records[0].Name}'"),
  ]);
  expect(answers.map((answer) => answer.httpStatusCode)).toEqual([201, 201, 200, 200, 200]);
  const id = String(standIn.rows('PS_Request__c').at(-1)?.Id);
  expect(answers[0]?.body).toEqual({ id, success: true, errors: [] });
  expect(answers[2]?.body).toMatchObject({ records: [{ Steps__r: { records: [{ Name: `Step of ${id}` }] } }] });
  expect(answers[3]?.body).toMatchObject({ Product__c: 'Gateway' });
  expect(answers[4]?.body).toMatchObject({ records: [{ Id: id }] });
  expect(answers[0]?.httpHeaders.Location).toBe(`${BASE}/sobjects/PS_Request__c/${id}`);
});

test('a reference to a failed subrequest halts the one that needs it, and no other', async () => {
  const answers = await composite([
    { method: 'POST', url: `${BASE}/sobjects/PS_Request__c`, referenceId: 'made', body: { Nope__c: 1 } },
    {
      method: 'PATCH',
      url: `${BASE}/sobjects/PS_Request__c/@{made.id}`,
      referenceId: 'changed',
      body: { Risk__c: 'Low' },
    },
    limitsCall(1),
  ]);
  expect(answers.map((answer) => answer.httpStatusCode)).toEqual([400, 400, 200]);
  expect(answers[1]?.body).toMatchObject([{ errorCode: 'PROCESSING_HALTED' }]);
});

test('all or none takes back what succeeded', async () => {
  const rows = standIn.rows('Account').length;
  const requests = [
    { method: 'POST', url: `${BASE}/sobjects/Account`, referenceId: 'good', body: { Name: 'Good' } },
    { method: 'POST', url: `${BASE}/sobjects/Account`, referenceId: 'bad', body: {} },
  ];
  const answers = await composite(requests, true);
  expect(answers.map((answer) => answer.body)).toMatchObject([
    [{ errorCode: 'PROCESSING_HALTED' }],
    [{ errorCode: 'REQUIRED_FIELD_MISSING' }],
  ]);
  expect(standIn.rows('Account')).toHaveLength(rows);
  await composite(requests);
  expect(standIn.rows('Account')).toHaveLength(rows + 1);
});

test.each<[string, unknown[], string]>([
  ['two equal reference ids', [limitsCall(1), limitsCall(1)], 'INVALID_INPUT'],
  ['a reference id with a dash', [{ method: 'GET', url: `${BASE}/limits`, referenceId: 'a-b' }], 'INVALID_INPUT'],
  ['a missing reference id', [{ method: 'GET', url: `${BASE}/limits` }], 'JSON_PARSER_ERROR'],
  ['no subrequest', [], 'JSON_PARSER_ERROR'],
])('%s is refused', async (_, requests, code) => {
  expect(await errorCodeOf(() => composite(requests))).toBe(code);
});

test('a query of several thousand ids passes in a composite body, where its URL alone would not', async () => {
  const ids = standIn.rows('PS_Deployment_Step__c').map((row) => `'${String(row.Id)}'`);
  const statement = `SELECT COUNT() FROM PS_Deployment_Step__c WHERE Id IN (${ids.join(',')})`;
  const response = await fetch(`${standIn.url}${BASE}/query?q=${encodeURIComponent(statement)}`, {
    headers: { authorization: `Bearer ${connection.accessToken}` },
  });
  expect(response.status).toBe(414);
  const visible = standIn.rows('PS_Deployment_Step__c').filter((row) => row.IsDeleted !== true).length;
  expect((await composite([query('many', statement)]))[0]?.body).toMatchObject({ totalSize: visible });
});

test('a batch bills each of its subrequests, and stops at the first error when told so', async () => {
  const batchRequests = [
    { method: 'GET', url: 'v62.0/limits' },
    { method: 'GET', url: 'v62.0/sobjects/Account/0015g00000zzzzz' },
    { method: 'POST', url: 'v62.0/sobjects/Account', richInput: { Name: 'From a batch' } },
  ];
  const ask = (haltOnError: boolean) =>
    connection.requestPost<{ hasErrors: boolean; results: { statusCode: number }[] }>('/composite/batch', {
      batchRequests,
      haltOnError,
    });
  const whole = await ask(false);
  expect([whole.hasErrors, whole.results.map((result) => result.statusCode)]).toEqual([true, [200, 404, 201]]);
  expect([standIn.calls.billed(), connection.limitInfo.apiUsage?.used]).toEqual([3, 3]);
  expect((await ask(true)).results.map((result) => result.statusCode)).toEqual([200, 404, 412]);
});
