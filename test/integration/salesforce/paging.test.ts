import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectSalesforce } from '../../support/salesforce-connection.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

let graph: SalesforceGraph;
beforeAll(async () => {
  graph = await startSalesforceGraph();
});
afterAll(() => graph[Symbol.asyncDispose]());
beforeEach(() => graph.standIn.calls.clear());

const page = /* GraphQL */ `
  query Page($first: Int, $after: String, $last: Int, $before: String, $orderBy: PsRequestOrder, $filter: PsRequestFilter) {
    psRequests(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { number status goLiveDate updatedAt } }
    }
  }
`;

interface Edge {
  readonly cursor: string;
  readonly node: { readonly number: string; readonly status: string; readonly goLiveDate: string | null };
}

async function walk(target: SalesforceGraph, variables: Record<string, unknown>, backward = false): Promise<string[]> {
  const numbers: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const size = backward ? { last: 37, before: cursor } : { first: 37, after: cursor };
    const { data, errors } = await target.run(page, { ...variables, ...size });
    expect(errors).toEqual([]);
    const edges: Edge[] = data.psRequests.edges;
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = data.psRequests.pageInfo;
    if (backward) numbers.unshift(...edges.map(({ node }) => node.number));
    else numbers.push(...edges.map(({ node }) => node.number));
    if (!(backward ? hasPreviousPage : hasNextPage)) return numbers;
    cursor = backward ? startCursor : endCursor;
  }
}

const visibleNumbers = () =>
  graph.standIn
    .rows('PS_Request__c')
    .filter((row) => row.IsDeleted !== true)
    .map((row) => String(row.Name))
    .sort();

const orders = ['NUMBER', 'UPDATED_AT', 'CREATED_AT', 'GO_LIVE_DATE', 'TARGET_DATE', 'STATUS'].flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => ({ field, direction })),
);

test.each(orders)(
  'all requests by $field $direction: forward and backward are each other reversed, nothing twice, nothing missing',
  async (orderBy) => {
    const forward = await walk(graph, { orderBy });
    expect(forward.toSorted()).toEqual(visibleNumbers());
    expect(await walk(graph, { orderBy }, true)).toEqual(forward);
    expect(graph.standIn.calls.all.every((call) => !call.path.includes('OFFSET'))).toBe(true);
  },
);

test('requests without a date come last, whichever the direction', async () => {
  for (const direction of ['ASC', 'DESC']) {
    const { data } = await graph.run(page, { last: 5, orderBy: { field: 'GO_LIVE_DATE', direction } });
    expect(data.psRequests.edges.map((edge: Edge) => edge.node.goLiveDate)).toEqual(Array(5).fill(null));
    const { data: head } = await graph.run(page, { first: 200, orderBy: { field: 'GO_LIVE_DATE', direction } });
    const dates: string[] = head.psRequests.edges.flatMap((edge: Edge) => edge.node.goLiveDate ?? []);
    expect(dates).toEqual(direction === 'ASC' ? dates.toSorted() : dates.toSorted().reverse());
  }
});

test('requests by status follow the process, not the alphabet', async () => {
  const { data } = await graph.run(page, { first: 200, orderBy: { field: 'STATUS', direction: 'ASC' } });
  const process = [
    'DRAFT',
    'SUBMITTED',
    'APPROVED',
    'SCHEDULED',
    'IN_PROGRESS',
    'BLOCKED',
    'DEPLOYED',
    'CLOSED',
    'CANCELLED',
  ];
  const places: number[] = data.psRequests.edges.map((edge: Edge) => process.indexOf(edge.node.status));
  expect(new Set(places).size).toBeGreaterThan(3);
  expect(places).toEqual(places.toSorted((left, right) => left - right));
});

test('a walk goes on at its place while requests are added and changed before it', async () => {
  await using own = await startSalesforceGraph();
  const connection = await connectSalesforce(own.standIn);
  const orderBy = { field: 'NUMBER', direction: 'DESC' };
  const { data: first } = await own.run(page, { first: 10, orderBy });
  for (let added = 0; added < 3; added += 1) {
    await connection
      .sobject('PS_Request__c')
      .create({ Status__c: 'Draft', OwnerId: String(own.standIn.rows('User')[0]?.Id) });
  }
  const { data: second } = await own.run(page, { first: 10, after: first.psRequests.pageInfo.endCursor, orderBy });
  const numbers = [...first.psRequests.edges, ...second.psRequests.edges].map((edge: Edge) => edge.node.number);
  expect(new Set(numbers).size).toBe(20);
  expect(numbers).toEqual(visibleNumbers().reverse().slice(0, 20));
});

test('a page knows whether there is more on either side', async () => {
  const { data } = await graph.run(page, { first: 5 });
  expect(data.psRequests.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const { data: next } = await graph.run(page, { first: 5, after: data.psRequests.pageInfo.endCursor });
  expect(next.psRequests.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  const { data: back } = await graph.run(page, { last: 5, before: next.psRequests.pageInfo.startCursor });
  expect(back.psRequests.edges).toEqual(data.psRequests.edges);
  expect(back.psRequests.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
});

test('the count costs a count only when it is asked for, and no rows when it alone is asked for', async () => {
  await graph.run('{ psRequests(first: 3) { nodes { id } } }');
  expect(graph.standIn.calls.all.some((call) => `${call.path}${call.body}`.includes('COUNT'))).toBe(false);
  graph.standIn.calls.clear();
  const { data } = await graph.run('{ psRequests(first: 3, filter: { status: [CLOSED] }) { totalCount } }');
  expect(graph.standIn.calls.all).toHaveLength(1);
  expect(graph.standIn.calls.all[0]?.path).toMatch(/^\/services\/data\/v62\.0\/query\?q=SELECT%20COUNT/);
  const closed = graph.standIn
    .rows('PS_Request__c')
    .filter((row) => row.Status__c === 'Closed' && row.IsDeleted !== true);
  expect(data.psRequests.totalCount).toBe(closed.length);
  expect(closed.length).toBeGreaterThan(0);
});

test('accounts are paged by name', async () => {
  const names: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await graph.run(
      'query ($after: String) { accounts(first: 7, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }',
      { after },
    );
    names.push(...data.accounts.nodes.map((node: { name: string }) => node.name));
    if (!data.accounts.pageInfo.hasNextPage) break;
    after = data.accounts.pageInfo.endCursor;
  }
  const expected = graph.standIn
    .rows('Account')
    .filter((row) => row.IsDeleted !== true)
    .map((row) => String(row.Name));
  expect(names.toSorted()).toEqual(expected.toSorted());
  expect(names.map((name) => name.toLowerCase())).toEqual(names.map((name) => name.toLowerCase()).toSorted());
});

const accountsWithRequests = /* GraphQL */ `
  query Accounts($orderBy: PsRequestOrder, $filter: PsRequestFilter, $first: Int!) {
    accounts(first: 40) {
      nodes {
        salesforceId
        psRequests(first: $first, orderBy: $orderBy, filter: $filter) {
          totalCount
          pageInfo { hasNextPage endCursor }
          nodes { number account { name } }
        }
      }
    }
  }
`;

test.each([
  [10, { field: 'UPDATED_AT', direction: 'DESC' }, undefined],
  [2, { field: 'GO_LIVE_DATE', direction: 'ASC' }, undefined],
  [3, { field: 'STATUS', direction: 'DESC' }, { environment: ['PRODUCTION'] }],
  [1, { field: 'NUMBER', direction: 'ASC' }, { risk: ['LOW', 'HIGH'] }],
])(
  'forty accounts get their own first %i requests by %j (%j), without forty queries',
  async (first, orderBy, filter) => {
    const { data, errors } = await graph.run(accountsWithRequests, { first, orderBy, filter });
    expect(errors).toEqual([]);
    expect(data.accounts.nodes).toHaveLength(40);
    expect(graph.standIn.calls.billed()).toBeLessThanOrEqual(5);
    let some = 0;
    for (const account of data.accounts.nodes) {
      const { data: alone } = await graph.run(
        `query ($id: ID!, $orderBy: PsRequestOrder, $filter: PsRequestFilter, $first: Int!) {
        account(id: $id) { psRequests(first: $first, orderBy: $orderBy, filter: $filter) { totalCount pageInfo { hasNextPage } nodes { number } } }
      }`,
        { id: account.salesforceId, first, orderBy, filter },
      );
      const numbers = account.psRequests.nodes.map((node: { number: string }) => node.number);
      expect(numbers).toEqual(alone.account.psRequests.nodes.map((node: { number: string }) => node.number));
      expect(account.psRequests.totalCount).toBe(alone.account.psRequests.totalCount);
      expect(account.psRequests.pageInfo.hasNextPage).toBe(alone.account.psRequests.totalCount > first);
      some += numbers.length;
    }
    expect(some).toBeGreaterThan(20);
  },
);

test('an account and the list of all requests agree', async () => {
  const { data } = await graph.run(
    '{ accounts(first: 3) { nodes { id psRequests(first: 200) { nodes { number } } } } }',
  );
  for (const account of data.accounts.nodes) {
    const { data: filtered } = await graph.run(
      'query ($id: ID!) { psRequests(first: 200, filter: { accountId: $id }) { nodes { number } } }',
      { id: account.id },
    );
    expect(account.psRequests.nodes).toEqual(filtered.psRequests.nodes);
  }
});

test('the pages of one account go on after a cursor', async () => {
  const { data } = await graph.run(accountsWithRequests, { first: 2 });
  const account = data.accounts.nodes.find(
    (node: { psRequests: { totalCount: number } }) => node.psRequests.totalCount > 3,
  );
  const { data: next } = await graph.run(
    'query ($id: ID!, $after: String) { account(id: $id) { psRequests(first: 200, after: $after) { nodes { number } pageInfo { hasPreviousPage } } } }',
    { id: account.salesforceId, after: account.psRequests.pageInfo.endCursor },
  );
  expect(next.account.psRequests.nodes).toHaveLength(account.psRequests.totalCount - 2);
  expect(next.account.psRequests.pageInfo.hasPreviousPage).toBe(true);
});
