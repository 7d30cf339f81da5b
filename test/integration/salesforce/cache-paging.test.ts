import { expect, test } from 'vitest';
import { listsTag, recordTag } from '../../../src/cache/tags.ts';
import { MovableClock } from '../../support/identity.ts';
import { connectSalesforce } from '../../support/salesforce-connection.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

const page = /* GraphQL */ `
  query Page($first: Int, $after: String, $last: Int, $before: String, $orderBy: PsRequestOrder) {
    psRequests(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy) {
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      edges { cursor node { salesforceId number updatedAt } }
    }
  }
`;
const byNumber = { field: 'NUMBER', direction: 'DESC' };

interface Edge {
  readonly cursor: string;
  readonly node: { readonly salesforceId: string; readonly number: string };
}

const numbersIn = (edges: readonly Edge[]) => edges.map(({ node }) => node.number);
const openGraph = () => startSalesforceGraph({ warm: true, clock: new MovableClock() });

async function insert(graph: SalesforceGraph, count: number): Promise<void> {
  const connection = await connectSalesforce(graph.standIn);
  const OwnerId = String(graph.standIn.rows('User')[0]?.Id);
  for (let row = 0; row < count; row += 1) {
    await connection.sobject('PS_Request__c').create({ Status__c: 'Draft', OwnerId });
  }
}

test('pages that were read before are walked to and fro without a call', async () => {
  await using graph = await openGraph();
  const { data: first } = await graph.run(page, { first: 10, orderBy: byNumber });
  const { endCursor } = first.psRequests.pageInfo;
  const { data: second } = await graph.run(page, { first: 10, after: endCursor, orderBy: byNumber });
  const back = { last: 10, before: second.psRequests.pageInfo.startCursor, orderBy: byNumber };
  const { data: again } = await graph.run(page, back);
  expect(again.psRequests.edges).toEqual(first.psRequests.edges);
  graph.standIn.calls.clear();
  expect((await graph.run(page, { first: 10, orderBy: byNumber })).data).toEqual(first);
  expect((await graph.run(page, { first: 10, after: endCursor, orderBy: byNumber })).data).toEqual(second);
  expect((await graph.run(page, back)).data).toEqual(again);
  expect(graph.standIn.calls.all).toEqual([]);
});

test('rows that are inserted between two pages neither repeat nor hide any, cached or read anew', async () => {
  await using graph = await openGraph();
  const { data: first } = await graph.run(page, { first: 10, orderBy: byNumber });
  const before = numbersIn(first.psRequests.edges);
  await insert(graph, 3);
  // The first page is still the cached one; the second is read beyond its end.
  const after = first.psRequests.pageInfo.endCursor;
  const { data: second } = await graph.run(page, { first: 10, after, orderBy: byNumber });
  expect(numbersIn(second.psRequests.edges).some((number) => before.includes(number))).toBe(false);
  await graph.cache.invalidate([listsTag('PsRequest')]);
  const { data: fresh } = await graph.run(page, { first: 10, orderBy: byNumber });
  expect(numbersIn(fresh.psRequests.edges).slice(3)).toEqual(before.slice(0, 7));
  const next = { first: 10, after: fresh.psRequests.pageInfo.endCursor, orderBy: byNumber };
  const { data: following } = await graph.run(page, next);
  const walked = [...numbersIn(fresh.psRequests.edges), ...numbersIn(following.psRequests.edges)];
  expect(new Set(walked).size).toBe(20);
  expect(walked).toEqual(walked.toSorted().reverse());
  const back = { last: 10, before: following.psRequests.pageInfo.startCursor, orderBy: byNumber };
  expect(numbersIn((await graph.run(page, back)).data.psRequests.edges)).toEqual(numbersIn(fresh.psRequests.edges));
});

test('a cached page goes on from where its last row was when it was read, though the row has moved since', async () => {
  await using graph = await openGraph();
  const orderBy = { field: 'UPDATED_AT', direction: 'DESC' };
  const { data: first } = await graph.run(page, { first: 5, orderBy });
  const last: Edge = first.psRequests.edges.at(-1);
  const connection = await connectSalesforce(graph.standIn);
  await connection.sobject('PS_Request__c').update({ Id: last.node.salesforceId, Product__c: 'Moved' });
  await graph.cache.invalidate([recordTag('PsRequest', last.node.salesforceId)]);
  const { data: cached } = await graph.run(page, { first: 5, orderBy });
  expect(cached.psRequests.pageInfo).toEqual(first.psRequests.pageInfo);
  expect(cached.psRequests.edges.at(-1).node.updatedAt).not.toBe(first.psRequests.edges.at(-1).node.updatedAt);
  const { data: second } = await graph.run(page, { first: 5, after: cached.psRequests.pageInfo.endCursor, orderBy });
  const shown = numbersIn(first.psRequests.edges);
  expect(numbersIn(second.psRequests.edges).some((number) => shown.includes(number))).toBe(false);
});

test('a record that was deleted since its page was read is left out of it', async () => {
  await using graph = await openGraph();
  const { data: first } = await graph.run(page, { first: 5, orderBy: byNumber });
  const [gone] = first.psRequests.edges as readonly [Edge, ...Edge[]];
  await (await connectSalesforce(graph.standIn)).sobject('PS_Request__c').destroy(gone.node.salesforceId);
  await graph.cache.invalidate([recordTag('PsRequest', gone.node.salesforceId)]);
  const { data, errors } = await graph.run(page, { first: 5, orderBy: byNumber });
  expect(errors).toEqual([]);
  expect(numbersIn(data.psRequests.edges)).toEqual(numbersIn(first.psRequests.edges).slice(1));
});

test('one question asked in several ways is one list', async () => {
  await using graph = await openGraph();
  const id = String(graph.standIn.rows('Account').find((row) => row.IsDeleted !== true)?.Id);
  const ask = (filter: object, orderBy?: object) =>
    graph.run(
      'query ($filter: PsRequestFilter, $orderBy: PsRequestOrder) { psRequests(first: 3, filter: $filter, orderBy: $orderBy) { nodes { number } } }',
      {
        filter,
        orderBy,
      },
    );
  await ask({ accountId: id, status: ['DRAFT', 'CLOSED'], text: null });
  graph.standIn.calls.clear();
  await ask({ status: ['CLOSED', 'DRAFT', 'CLOSED'], accountId: id.slice(0, 15), product: '  ' });
  await ask({ accountId: id, status: ['DRAFT', 'CLOSED'] }, { direction: 'DESC', field: 'UPDATED_AT' });
  expect(graph.standIn.calls.all).toEqual([]);
});

test('a filter that is longer than any key may be is cached like others, and told apart from them', async () => {
  await using graph = await openGraph();
  const industries = Array.from({ length: 300 }, (_, index) => `Industry ${index}`);
  const ask = (industry: readonly string[]) =>
    graph.run(
      'query ($industry: [String!]) { accounts(filter: { industry: $industry }) { totalCount nodes { name } } }',
      { industry },
    );
  const real = graph.standIn.rows('Account').find((row) => row.Industry && row.IsDeleted !== true);
  expect((await ask(industries)).data.accounts).toEqual({ totalCount: 0, nodes: [] });
  const some = await ask([...industries, String(real?.Industry)]);
  expect(some.data.accounts.totalCount).toBeGreaterThan(0);
  graph.standIn.calls.clear();
  expect((await ask([...industries, String(real?.Industry)])).data).toEqual(some.data);
  expect(graph.standIn.calls.all).toEqual([]);
});
