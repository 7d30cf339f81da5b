import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { SalesforceRow } from '../../../src/standins/data/company.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { CompanyRecords } from '../../support/company-records.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const company = generateCompany();
const records = new CompanyRecords(company);

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ company });
});
beforeEach(() => gateway.clearCalls());
afterAll(() => gateway.close());

const document = /* GraphQL */ `
  query Accounts($first: Int!, $orderBy: PsRequestOrder, $filter: PsRequestFilter) {
    accounts(first: 40) {
      totalCount
      nodes {
        salesforceId
        name
        psRequests(first: $first, orderBy: $orderBy, filter: $filter) {
          totalCount
          nodes { number status goLiveDate updatedAt account { name } }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
          edges { cursor node { number } }
        }
      }
    }
  }
`;

interface AnsweredAccount {
  readonly salesforceId: string;
  readonly name: string;
  readonly psRequests: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly number: string; readonly account: { readonly name: string } | null }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly number: string } }[];
  };
}

type Compare = (left: SalesforceRow, right: SalesforceRow) => number;

const ascending = (left: string | number, right: string | number) => (left < right ? -1 : left > right ? 1 : 0);
const byId: Compare = (left, right) => ascending(String(left.Id), String(right.Id));
const instantOf = (row: SalesforceRow) => Date.parse(String(row.LastModifiedDate));
const statuses = [
  'Draft',
  'Submitted',
  'Approved',
  'Scheduled',
  'In Progress',
  'Blocked',
  'Deployed',
  'Closed',
  'Cancelled',
];
const byStatus: Compare = (left, right) =>
  statuses.indexOf(String(left.Status__c)) - statuses.indexOf(String(right.Status__c));

/** Undated requests come last in either direction; only dated ones change places with the direction. */
function byGoLive(sign: 1 | -1): Compare {
  return (left, right) => {
    const [a, b] = [left.Go_Live_Date__c, right.Go_Live_Date__c];
    if (a === null || b === null) return a === b ? sign * byId(left, right) : a === null ? 1 : -1;
    return sign * (ascending(String(a), String(b)) || byId(left, right));
  };
}

const everything = () => true;

test.each<{
  title: string;
  first: number;
  orderBy?: object;
  filter?: object;
  compare: Compare;
  keep: (row: SalesforceRow) => boolean;
}>([
  {
    title: 'the last changed ones, unless told otherwise',
    first: 10,
    compare: (left, right) => instantOf(right) - instantOf(left) || byId(right, left),
    keep: everything,
  },
  {
    title: 'the next to go live',
    first: 10,
    orderBy: { field: 'GO_LIVE_DATE', direction: 'ASC' },
    compare: byGoLive(1),
    keep: everything,
  },
  {
    title: 'the last to go live',
    first: 3,
    orderBy: { field: 'GO_LIVE_DATE', direction: 'DESC' },
    compare: byGoLive(-1),
    keep: everything,
  },
  {
    title: 'the risky ones by status, as Salesforce orders it',
    first: 2,
    orderBy: { field: 'STATUS', direction: 'ASC' },
    filter: { risk: ['HIGH', 'MEDIUM'], environment: ['PRODUCTION'] },
    compare: (left, right) => byStatus(left, right) || byId(left, right),
    keep: (row) => ['High', 'Medium'].includes(String(row.Risk__c)) && row.Environment__c === 'Production',
  },
  {
    title: 'the ones with a text that needs escaping',
    first: 10,
    orderBy: { field: 'NUMBER', direction: 'ASC' },
    filter: { text: "'" },
    compare: (left, right) => ascending(String(left.Name), String(right.Name)),
    keep: (row) => [row.Name, row.Product__c, row.Version__c].some((value) => String(value ?? '').includes("'")),
  },
])(
  'forty accounts each get their own first $first requests: $title',
  async ({ first, orderBy, filter, compare, keep }) => {
    const { data, errors } = await gateway.query(document, { first, orderBy, filter });
    expect(errors).toEqual([]);
    // Rows and counts of forty accounts: the statements travel together, and a heavy customer takes one round more.
    expect(gateway.salesforce.calls.billed()).toBeLessThanOrEqual(4);

    const accounts: AnsweredAccount[] = data.accounts.nodes;
    expect(data.accounts.totalCount).toBe(records.live('Account').length);
    expect(accounts.map(({ salesforceId }) => salesforceId).toSorted()).toEqual(
      records
        .live('Account')
        .map((row) => String(row.Id))
        .toSorted(),
    );
    let listed = 0;
    for (const { salesforceId, name, psRequests } of accounts) {
      const all = records
        .live('PS_Request__c')
        .filter((row) => row.Account__c === salesforceId && keep(row))
        .toSorted(compare);
      const expected = all.slice(0, first).map((row) => row.Name);
      expect(psRequests.nodes.map(({ number }) => number)).toEqual(expected);
      expect(psRequests.edges.map(({ node }) => node.number)).toEqual(expected);
      expect(psRequests.nodes.every(({ account }) => account?.name === name)).toBe(true);
      expect(psRequests.totalCount).toBe(all.length);
      expect(psRequests.pageInfo).toEqual({
        hasNextPage: all.length > first,
        hasPreviousPage: false,
        startCursor: psRequests.edges[0]?.cursor ?? null,
        endCursor: psRequests.edges.at(-1)?.cursor ?? null,
      });
      listed += expected.length;
    }
    expect(listed).toBeGreaterThan(0);
  },
);

test('every account goes on after its own cursor until it has shown each of its requests once', async () => {
  const { data } = await gateway.query(document, { first: 10 });
  for (const account of data.accounts.nodes as AnsweredAccount[]) {
    const numbers = account.psRequests.nodes.map(({ number }) => number);
    let { hasNextPage, endCursor } = account.psRequests.pageInfo;
    while (hasNextPage) {
      const next = await gateway.query(
        `query ($id: ID!, $after: String) {
          account(id: $id) { psRequests(first: 50, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } }
        }`,
        { id: account.salesforceId, after: endCursor },
      );
      expect(next.errors).toEqual([]);
      const page = next.data.account.psRequests;
      numbers.push(...page.nodes.map(({ number }: { number: string }) => number));
      ({ hasNextPage, endCursor } = page.pageInfo);
    }
    const expected = records.live('PS_Request__c').filter((row) => row.Account__c === account.salesforceId);
    expect(numbers.toSorted()).toEqual(expected.map((row) => String(row.Name)).toSorted());
  }
});

/** Queries for requests that Salesforce was sent, those within composite calls too. */
function requestQueries(salesforce: TestGateway['salesforce']): number {
  const sent = salesforce.calls.all.map(({ path, body }) => decodeURIComponent(`${path} ${body}`).replaceAll('+', ' '));
  return sent.reduce((sum, text) => sum + (text.match(/ FROM PS_Request__c\b/g)?.length ?? 0), 0);
}

test('forty accounts whose requests changed in blocks, one customer after the other, still take no query each', async () => {
  const accounts = records.live('Account');
  const blockOf = new Map(records.requestsByLastChange().map((row, place) => [row.Id, Math.floor(place / 10)]));
  const inBlocks = company.salesforce.PS_Request__c.map((row) => ({
    ...row,
    Account__c: accounts[blockOf.get(row.Id) ?? 0]?.Id ?? null,
  }));
  const blocks = new CompanyRecords({ ...company, salesforce: { ...company.salesforce, PS_Request__c: inBlocks } });
  const skewed = await startTestGateway({
    company: { ...company, salesforce: { ...company.salesforce, PS_Request__c: inBlocks } },
  });
  onTestFinished(() => skewed.close());
  skewed.clearCalls();
  const { data, errors } = await skewed.query(
    '{ accounts(first: 40) { nodes { salesforceId psRequests(first: 4) { nodes { number } pageInfo { hasNextPage } } } } }',
  );
  expect(errors).toEqual([]);
  for (const { salesforceId, psRequests } of data.accounts.nodes as AnsweredAccount[]) {
    const own = blocks.requestsByLastChange().filter((row) => row.Account__c === salesforceId);
    expect(psRequests.nodes.map(({ number }) => number)).toEqual(own.slice(0, 4).map((row) => row.Name));
    expect(psRequests.pageInfo.hasNextPage).toBe(true);
  }
  expect(requestQueries(skewed.salesforce)).toBeGreaterThan(0);
  expect(requestQueries(skewed.salesforce)).toBeLessThan(12);
  expect(skewed.salesforce.calls.billed()).toBeLessThanOrEqual(6);
});
