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

const withBatchSize = (size: number) => ({ headers: { 'Sforce-Query-Options': `batchSize=${size}` } });

test('a page holds 2,000 rows, and the locator leads to the rest', async () => {
  const first = await connection.query('SELECT Id FROM PS_Deployment_Step__c', { scanAll: true });
  expect([first.records.length, first.done]).toEqual([2000, false]);
  const rest = await connection.queryMore(first.nextRecordsUrl ?? '');
  expect(rest).toMatchObject({ done: true, totalSize: first.totalSize });
  const ids = [...first.records, ...rest.records].map((record) => record.Id);
  expect(new Set(ids).size).toBe(standIn.rows('PS_Deployment_Step__c').length);
});

test('jsforce fetches all pages by itself, whatever their size', async () => {
  const { records } = await connection.query('SELECT Id FROM PS_Request__c', {
    ...withBatchSize(200),
    autoFetch: true,
  });
  expect(records).toHaveLength(400);
  expect(standIn.calls.count('/query')).toBe(2);
});

test('the batch size is a hint between 200 and 2,000', async () => {
  for (const [asked, given] of [
    [1, 200],
    [300, 300],
    [9999, 400],
  ] as const) {
    expect((await connection.query('SELECT Id FROM PS_Request__c', withBatchSize(asked))).records).toHaveLength(given);
  }
});

test('the org may page smaller than asked', async () => {
  const stingy = await startSalesforceStandIn({ maxPageRows: 7 });
  try {
    const other = await connectSalesforce(stingy);
    const { records, totalSize } = await other.query('SELECT Id FROM Account', { autoFetch: true });
    expect([records.length, totalSize, stingy.calls.count('/query')]).toEqual([40, 40, 6]);
  } finally {
    await stingy.close();
  }
});

test('two long text fields make the pages small, one does not', async () => {
  const rowsOnFirstPage = async (statement: string): Promise<number> => {
    const { records } = await connection.query(statement);
    return records.reduce((sum, record) => sum + 1 + (record.Steps__r?.totalSize ?? 0), 0);
  };
  const one = await rowsOnFirstPage('SELECT Description__c, (SELECT Id FROM Steps__r) FROM PS_Request__c');
  const two = await rowsOnFirstPage(
    'SELECT Description__c, (SELECT PS_Request__r.Description__c FROM Steps__r) FROM PS_Request__c',
  );
  expect(one).toBeGreaterThan(1_900);
  expect(two).toBeLessThanOrEqual(200);
});

test('children count as rows of the page', async () => {
  const { records, done } = await connection.query(
    'SELECT Id, (SELECT Id FROM Steps__r) FROM PS_Request__c',
    withBatchSize(200),
  );
  const rows = records.reduce((sum, record) => sum + 1 + (record.Steps__r?.totalSize ?? 0), 0);
  expect(rows).toBeLessThanOrEqual(200);
  expect([records.length > 10, done]).toEqual([true, false]);
});

test('children beyond a page have a locator of their own', async () => {
  const stingy = await startSalesforceStandIn({ maxPageRows: 2 });
  try {
    const other = await connectSalesforce(stingy);
    const { records } = await other.query(
      "SELECT Id, (SELECT Sequence__c FROM Steps__r ORDER BY Sequence__c) FROM PS_Request__c WHERE Name = 'PSR-00001'",
    );
    const first = records[0]?.Steps__r;
    expect(first).toMatchObject({ done: false, records: [{}, {}] });
    const next = await other.queryMore(String(first.nextRecordsUrl));
    expect(next.totalSize).toBe(first.totalSize);
    expect(next.records[0]?.Sequence__c).toBeGreaterThanOrEqual(first.records[1].Sequence__c);
  } finally {
    await stingy.close();
  }
});

test('a locator keeps the rows of its moment while new ones arrive', async () => {
  const first = await connection.query('SELECT Id, Name FROM PS_Request__c ORDER BY Name DESC', withBatchSize(200));
  await connection.sobject('PS_Request__c').create({ Product__c: 'new' });
  const rest = await connection.queryMore(first.nextRecordsUrl ?? '');
  expect([first.records.at(-1)?.Name, rest.records[0]?.Name, rest.records.length]).toEqual([
    'PSR-00201',
    'PSR-00200',
    200,
  ]);
});

test('an unknown, a used up and an expired locator are refused', async () => {
  const first = await connection.query('SELECT Id FROM PS_Request__c', withBatchSize(200));
  const locator = first.nextRecordsUrl ?? '';
  expect(await errorCodeOf(() => connection.queryMore('0r8000000000000AAA-200'))).toBe('INVALID_QUERY_LOCATOR');
  expect(await errorCodeOf(() => connection.queryMore(locator.replace(/-\d+$/, '-400')))).toBe('INVALID_QUERY_LOCATOR');
  standIn.expireLocators();
  expect(await errorCodeOf(() => connection.queryMore(locator))).toBe('INVALID_QUERY_LOCATOR');
});
