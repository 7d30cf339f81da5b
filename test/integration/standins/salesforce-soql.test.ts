import type { Connection } from 'jsforce';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce, errorCodeOf } from '../../support/salesforce-connection.ts';
import { idOf, smallOrg } from '../../support/small-salesforce-org.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const request = (n: number): string => idOf('PS_Request__c', n);

/** Ten requests: what the tests expect was worked out by hand from these lines. */
const org = smallOrg({
  Account: [
    { Name: "O'Neill & Sons", OwnerId: idOf('User', 1), Region__c: 'EMEA' },
    { Name: 'back\\slash "quoted"', OwnerId: idOf('User', 2), Region__c: null },
    { Name: 'Gone', OwnerId: idOf('User', 1), IsDeleted: true },
  ],
  User: [
    { Name: 'Ada', Email: 'ada@brightwell.example', Username: 'ada@x', IsActive: true },
    { Name: 'Bo', Email: 'bo@brightwell.example', Username: 'bo@x', IsActive: false },
  ],
  PS_Request__c: [
    {
      Name: 'PSR-00001',
      Account__c: idOf('Account', 1),
      Status__c: 'Closed',
      Product__c: 'alpha',
      Estimated_Hours__c: 8,
      Go_Live_Date__c: '2026-11-20',
    },
    {
      Name: 'PSR-00002',
      Account__c: idOf('Account', 2),
      Status__c: 'Draft',
      Product__c: 'Alpha',
      Estimated_Hours__c: 7.5,
      Go_Live_Date__c: '2026-11-19',
    },
    {
      Name: 'PSR-00003',
      Account__c: null,
      Status__c: 'Deployed',
      Product__c: 'beta',
      Estimated_Hours__c: null,
      Go_Live_Date__c: null,
    },
    {
      Name: 'PSR-00004',
      Account__c: idOf('Account', 99),
      Status__c: 'Draft',
      Product__c: null,
      Estimated_Hours__c: 0,
      Go_Live_Date__c: '2026-10-21',
    },
    {
      Name: 'PSR-00005',
      Account__c: idOf('Account', 3),
      Status__c: 'Approved',
      Product__c: '100% sure_thing',
      Estimated_Hours__c: 80,
      Go_Live_Date__c: '2026-10-20',
    },
    {
      Name: 'PSR-00006',
      Account__c: idOf('Account', 1),
      Status__c: 'Blocked',
      Product__c: '100 x sureXthing',
      Estimated_Hours__c: 8,
      Go_Live_Date__c: '2026-12-01',
    },
    {
      Name: 'PSR-00007',
      Account__c: idOf('Account', 1),
      Status__c: 'Submitted',
      Product__c: 'it\'s \\ "so"\nnew line 🚀',
      Estimated_Hours__c: 9,
      Go_Live_Date__c: '2027-01-01',
      CreatedDate: '2026-11-20T00:00:00.000+0000',
    },
    {
      Name: 'PSR-00008',
      Account__c: idOf('Account', 2),
      Status__c: 'Cancelled',
      Product__c: 'Beta',
      Estimated_Hours__c: 10,
      Go_Live_Date__c: '2025-11-20',
      CreatedDate: '2026-11-19T23:59:59.000+0000',
    },
    {
      Name: 'PSR-00009',
      Account__c: idOf('Account', 1),
      Status__c: 'Closed',
      Product__c: 'in the bin',
      IsDeleted: true,
    },
  ].map((row) => ({ OwnerId: idOf('User', 1), ...row })),
  PS_Deployment_Step__c: [
    {
      Name: 'a',
      PS_Request__c: idOf('PS_Request__c', 1),
      Sequence__c: 1,
      Status__c: 'Done',
      Assignee__c: idOf('User', 2),
    },
    { Name: 'b', PS_Request__c: idOf('PS_Request__c', 1), Sequence__c: 2, Status__c: 'Failed', Assignee__c: null },
    { Name: 'c', PS_Request__c: idOf('PS_Request__c', 1), Sequence__c: 3, Status__c: 'Done', Assignee__c: null },
    { Name: 'd', PS_Request__c: idOf('PS_Request__c', 2), Sequence__c: 10, Status__c: 'Done', Assignee__c: null },
  ],
});

let standIn: SalesforceStandIn;
let connection: Connection;
beforeAll(async () => {
  standIn = await startSalesforceStandIn({ company: org, clock: { now: () => NOW } });
  connection = await connectSalesforce(standIn);
});
afterAll(() => standIn.close());

/** Numbers of the requests that a condition finds, in the order of the answer. */
async function numbersOf(rest: string): Promise<number[]> {
  const answer = await connection.query<{ Name: string }>(`SELECT Name FROM PS_Request__c ${rest}`);
  return answer.records.map((record) => Number(record.Name.slice(-5)));
}

describe('WHERE', () => {
  test.each<[string, number[]]>([
    ["Product__c = 'ALPHA'", [1, 2]],
    ["Product__c != 'alpha'", [3, 4, 5, 6, 7, 8]],
    ['Product__c = null', [4]],
    ["Product__c = ''", [4]],
    ['Product__c != null', [1, 2, 3, 5, 6, 7, 8]],
    ["Product__c > 'alpha'", [3, 7, 8]],
    ["Product__c <= 'alpha'", [1, 2, 5, 6]],
    ['Estimated_Hours__c > 8', [5, 7, 8]],
    ['Estimated_Hours__c <= 8', [1, 2, 4, 6]],
    ['Estimated_Hours__c = 7.5', [2]],
    ['Estimated_Hours__c < null', []],
    ['NOT (Estimated_Hours__c > 8)', [1, 2, 3, 4, 6]],
    ["Product__c LIKE 'AL%'", [1, 2]],
    ["Product__c LIKE '%eta'", [3, 8]],
    ["Product__c LIKE '_eta'", [3, 8]],
    ["Product__c LIKE '100\\% sure\\_thing'", [5]],
    ["Product__c LIKE '100% sure_thing'", [5, 6]],
    ["Product__c LIKE '%line%'", [7]],
    ["(NOT Product__c LIKE '%a%') AND Product__c != null", [5, 6, 7]],
    ["Product__c = 'it\\'s \\\\ \\\"so\\\"\\nnew line 🚀'", [7]],
    ['Product__c = \'it\\u0027s \\\\ "so"\\nnew line 🚀\'', [7]],
    ["Account__r.Name = 'O\\'Neill & Sons'", [1, 6, 7]],
    ["Account__r.Name LIKE 'back\\\\%'", [2, 8]],
    ["Account__r.Owner.Name = 'bo'", [2, 8]],
    ["Account__r.Name != 'O\\'Neill & Sons'", [2, 3, 4, 5, 8]],
    ['Account__r.Region__c = null', [2, 3, 4, 5, 8]],
    [`Id = '${request(3)}'`, [3]],
    [`Id = '${request(3).slice(0, 15)}'`, [3]],
    [`Id > '${request(6)}'`, [7, 8]],
    [`Id IN ('${request(8)}', '${request(1).slice(0, 15)}', '${request(500)}')`, [1, 8]],
    [`Account__c = '${idOf('Account', 99).slice(0, 15)}'`, [4]],
    ["Status__c IN ('draft', 'Approved')", [2, 4, 5]],
    ["Status__c NOT IN ('Draft', 'Closed')", [3, 5, 6, 7, 8]],
    ["Product__c IN ('beta', null)", [3, 4, 8]],
    ["Product__c NOT IN ('alpha', 'beta')", [4, 5, 6, 7]],
    ['IsDeleted = false AND Owner.IsActive = TRUE', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['Owner.IsActive = false', []],
    ['Go_Live_Date__c = TODAY', [1]],
    ['Go_Live_Date__c = YESTERDAY', [2]],
    ['Go_Live_Date__c = LAST_N_DAYS:30', [1, 2, 4]],
    ['Go_Live_Date__c >= LAST_N_DAYS:30', [1, 2, 4, 6, 7]],
    ['Go_Live_Date__c < LAST_N_DAYS:30', [5, 8]],
    ['Go_Live_Date__c > TODAY', [6, 7]],
    ['Go_Live_Date__c = NEXT_N_DAYS:11', [6]],
    ['Go_Live_Date__c = LAST_MONTH', [4, 5]],
    ['Go_Live_Date__c = THIS_YEAR', [1, 2, 4, 5, 6]],
    ['Go_Live_Date__c = N_YEARS_AGO:1', [8]],
    ['Go_Live_Date__c = NEXT_QUARTER', [7]],
    ['Go_Live_Date__c = THIS_WEEK', [1, 2]],
    ['Go_Live_Date__c > 2026-11-20 AND Go_Live_Date__c <= 2026-12-01', [6]],
    ['CreatedDate = TODAY', [7]],
    ['CreatedDate > 2026-11-19T23:59:58Z', [7, 8]],
    ['CreatedDate >= 2026-11-20T01:00:00+01:00', [7]],
    ['CALENDAR_YEAR(Go_Live_Date__c) = 2025', [8]],
    ["Status__c = 'Draft' AND (Product__c = 'alpha' OR (Product__c = null AND Estimated_Hours__c = 0))", [2, 4]],
    ["NOT(NOT(Product__c = 'beta')) AND ((Estimated_Hours__c = 10))", [8]],
    [`(Product__c > 'beta' OR (Product__c = 'beta' AND Id > '${request(3)}'))`, [7, 8]],
    ["Id IN (SELECT PS_Request__c FROM PS_Deployment_Step__c WHERE Status__c = 'Done')", [1, 2]],
    ["Id NOT IN (SELECT PS_Request__c FROM PS_Deployment_Step__c) AND Product__c LIKE 'b%'", [3, 8]],
    ["Account__c IN (SELECT Id FROM Account WHERE Region__c = 'EMEA')", [1, 6, 7]],
  ])('%s', async (condition, expected) => {
    expect((await numbersOf(`WHERE ${condition}`)).sort((left, right) => left - right)).toEqual(expected);
  });
});

describe('ORDER BY', () => {
  test.each<[string, number[]]>([
    ['Estimated_Hours__c, Id', [3, 4, 2, 1, 6, 7, 8, 5]],
    ['Estimated_Hours__c DESC, Id DESC', [5, 8, 7, 6, 1, 2, 4, 3]],
    ['Estimated_Hours__c ASC NULLS LAST, Id', [4, 2, 1, 6, 7, 8, 5, 3]],
    ['Estimated_Hours__c DESC NULLS FIRST, Id', [3, 5, 8, 7, 1, 6, 2, 4]],
    ['Status__c, Id', [2, 4, 7, 5, 6, 3, 1, 8]],
    ['Status__c DESC, Id', [8, 1, 3, 6, 5, 7, 2, 4]],
    ['Product__c NULLS LAST, Id DESC', [6, 5, 2, 1, 8, 3, 7, 4]],
    ['Go_Live_Date__c DESC', [7, 6, 1, 2, 4, 5, 8, 3]],
    ['Account__r.Name NULLS LAST, Id', [2, 8, 1, 6, 7, 3, 4, 5]],
    ['Id DESC LIMIT 2', [8, 7]],
    ['Id LIMIT 2 OFFSET 3', [4, 5]],
  ])('%s', async (order, expected) => {
    expect(await numbersOf(`ORDER BY ${order}`)).toEqual(expected);
  });
});

test('parents are objects of their own, null where the reference is null, dangling or to a deleted row', async () => {
  const { records } = await connection.query(
    'SELECT Name, Account__c, account__r.name, Account__r.Owner.Name FROM PS_Request__c ORDER BY Name LIMIT 5',
  );
  expect(records[1]).toEqual({
    attributes: { type: 'PS_Request__c', url: `/services/data/v62.0/sobjects/PS_Request__c/${request(2)}` },
    Name: 'PSR-00002',
    Account__c: idOf('Account', 2),
    Account__r: {
      attributes: { type: 'Account', url: `/services/data/v62.0/sobjects/Account/${idOf('Account', 2)}` },
      Name: 'back\\slash "quoted"',
      Owner: { attributes: { type: 'User', url: `/services/data/v62.0/sobjects/User/${idOf('User', 2)}` }, Name: 'Bo' },
    },
  });
  expect(records.slice(2).map((record) => [record.Account__c, record.Account__r])).toEqual([
    [null, null],
    [idOf('Account', 99), null],
    [idOf('Account', 3), null],
  ]);
});

test('a child subquery filters, orders and limits for each parent, and is null where there are no children', async () => {
  const { records } = await connection.query(
    "SELECT Id, (SELECT Name, Assignee__r.Name FROM Steps__r WHERE Status__c = 'Done' ORDER BY Sequence__c DESC LIMIT 1), (SELECT Id FROM Cases__r) FROM PS_Request__c ORDER BY Id LIMIT 3",
  );
  const steps = records.map((record) => record.Steps__r);
  expect(steps[0]).toMatchObject({ totalSize: 1, done: true, records: [{ Name: 'c', Assignee__r: null }] });
  expect(steps[1]).toMatchObject({ totalSize: 1, done: true, records: [{ Name: 'd' }] });
  expect(steps[2]).toBeNull();
  expect(records[0]?.Cases__r).toBeNull();
});

test('queryAll sees the recycle bin, query does not', async () => {
  expect((await connection.query('SELECT COUNT() FROM PS_Request__c')).totalSize).toBe(8);
  expect((await connection.query('SELECT COUNT() FROM PS_Request__c', { scanAll: true })).totalSize).toBe(9);
  const deleted = await connection.query('SELECT Name, IsDeleted FROM PS_Request__c WHERE IsDeleted = true', {
    scanAll: true,
  });
  expect(deleted.records).toMatchObject([{ Name: 'PSR-00009', IsDeleted: true }]);
});

describe('aggregates', () => {
  const grouped = async (statement: string) =>
    (await connection.query(statement)).records.map(({ attributes, ...rest }) => rest);

  test('COUNT() answers a size and no rows', async () => {
    expect(await connection.query("SELECT COUNT() FROM PS_Request__c WHERE Status__c = 'Draft'")).toMatchObject({
      totalSize: 2,
      done: true,
      records: [],
    });
  });

  test('without GROUP BY there is one row, also over nothing', async () => {
    expect(
      await grouped(
        'SELECT COUNT(Id), COUNT(Estimated_Hours__c) hours, SUM(Estimated_Hours__c), MAX(Go_Live_Date__c) FROM PS_Request__c',
      ),
    ).toEqual([{ expr0: 8, hours: 7, expr1: 122.5, expr2: '2027-01-01' }]);
    expect(
      await grouped("SELECT COUNT(Id) n, MAX(SystemModstamp) latest FROM PS_Request__c WHERE Name = 'none'"),
    ).toEqual([{ n: 0, latest: null }]);
  });

  test('groups have their own aggregates, HAVING filters them, picklists sort by their own order', async () => {
    expect(
      await grouped('SELECT Status__c, COUNT(Id) n FROM PS_Request__c GROUP BY Status__c HAVING COUNT(Id) > 1'),
    ).toEqual([{ Status__c: 'Draft', n: 2 }]);
    const statuses = await grouped(
      'SELECT Status__c s FROM PS_Request__c GROUP BY Status__c ORDER BY Status__c DESC LIMIT 3',
    );
    expect(statuses).toEqual([{ s: 'Cancelled' }, { s: 'Closed' }, { s: 'Deployed' }]);
    expect(
      await grouped(
        'SELECT Account__r.Name, COUNT(Id) n FROM PS_Request__c GROUP BY Account__r.Name ORDER BY COUNT(Id) DESC, Account__r.Name',
      ),
    ).toEqual([
      { Name: null, n: 3 },
      { Name: "O'Neill & Sons", n: 3 },
      { Name: 'back\\slash "quoted"', n: 2 },
    ]);
    expect(
      await grouped(
        'SELECT CALENDAR_YEAR(Go_Live_Date__c) y, COUNT(Id) n FROM PS_Request__c GROUP BY CALENDAR_YEAR(Go_Live_Date__c) ORDER BY CALENDAR_YEAR(Go_Live_Date__c) DESC',
      ),
    ).toEqual([
      { y: 2027, n: 1 },
      { y: 2026, n: 5 },
      { y: 2025, n: 1 },
      { y: null, n: 1 },
    ]);
  });
});

describe('refusals', () => {
  test.each<[string, string]>([
    ['SELECT Nope__c FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Account WHERE Nope__c = 1', 'INVALID_FIELD'],
    ['SELECT Id FROM Account ORDER BY Nope__c', 'INVALID_FIELD'],
    ['SELECT Nope__r.Name FROM PS_Request__c', 'INVALID_FIELD'],
    ['SELECT Id, Name, Id FROM Account', 'INVALID_FIELD'],
    ['SELECT Id FROM Nope__c', 'INVALID_TYPE'],
    ['SELECT Id, (SELECT Id FROM Nope__r) FROM PS_Request__c', 'INVALID_TYPE'],
    ['SELECT Id FROM', 'MALFORMED_QUERY'],
    ['SELECT * FROM Account', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'it's'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'a\\qb'", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Account WHERE Name IN ()', 'MALFORMED_QUERY'],
    ["SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'", 'MALFORMED_QUERY'],
    ['SELECT Name, COUNT(Id) FROM Account', 'MALFORMED_QUERY'],
    ['SELECT Name n FROM Account', 'MALFORMED_QUERY'],
    ['SELECT FIELDS(ALL) FROM Account', 'MALFORMED_QUERY'],
    ["SELECT Id FROM PS_Request__c WHERE Go_Live_Date__c = '2026-01-01'", 'INVALID_FIELD'],
    ['SELECT Id FROM PS_Request__c WHERE CreatedDate > 2026-01-01', 'INVALID_FIELD'],
    ['SELECT Id FROM PS_Request__c WHERE Go_Live_Date__c > 2026-01-01T00:00:00Z', 'INVALID_FIELD'],
    ["SELECT Id FROM PS_Request__c WHERE Estimated_Hours__c = '8'", 'INVALID_FIELD'],
    ['SELECT Id FROM PS_Request__c WHERE Name = 8', 'INVALID_FIELD'],
    ["SELECT Id FROM PS_Request__c WHERE IsDeleted = 'false'", 'INVALID_FIELD'],
    ["SELECT Id FROM PS_Request__c WHERE Id = 'not-an-id'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM PS_Request__c WHERE Id = 'a0R5g0000000001AAA'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM PS_Request__c WHERE Id LIKE 'a0R%'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM PS_Request__c WHERE Environment__c INCLUDES ('UAT')", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["SELECT Id FROM PS_Request__c WHERE Description__c LIKE '%x%'", 'INVALID_FIELD'],
    ['SELECT Id FROM PS_Request__c ORDER BY Description__c', 'INVALID_FIELD'],
    ['SELECT Id FROM Account OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ["SELECT Id FROM PS_Request__c WHERE Name = 'a' OR Id IN (SELECT PS_Request__c FROM Case)", 'MALFORMED_QUERY'],
    ['SELECT Id FROM PS_Request__c WHERE Id IN (SELECT AccountId FROM Case)', 'INVALID_FIELD'],
  ])('%s is refused with %s', async (statement, code) => {
    expect(await errorCodeOf(() => connection.query(statement))).toBe(code);
  });

  test('a literal over 4,000 characters and a statement over 100,000 are refused', async () => {
    const compose = async (statement: string) => {
      const url = `/services/data/v62.0/query?q=${encodeURIComponent(statement)}`;
      const answer = await connection.requestPost<{
        compositeResponse: { body: { errorCode: string }[]; httpStatusCode: number }[];
      }>('/composite', {
        compositeRequest: [{ method: 'GET', url, referenceId: 'long' }],
      });
      return answer.compositeResponse[0];
    };
    const longLiteral = await compose(`SELECT Id FROM Account WHERE Name = '${'x'.repeat(4001)}'`);
    expect(longLiteral).toMatchObject({ httpStatusCode: 400, body: [{ errorCode: 'INVALID_QUERY_FILTER_OPERATOR' }] });
    expect((await compose(`SELECT Id FROM Account WHERE Name = '${'x'.repeat(4000)}'`))?.httpStatusCode).toBe(200);
    const names = Array.from({ length: 40 }, () => `'${'y'.repeat(2500)}'`).join(',');
    expect(await compose(`SELECT Id FROM Account WHERE Name IN (${names})`)).toMatchObject({
      body: [{ errorCode: 'MALFORMED_QUERY' }],
    });
  });
});
