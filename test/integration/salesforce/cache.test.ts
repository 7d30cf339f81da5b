import { afterEach, beforeEach, expect, test } from 'vitest';
import { listsTag, recordTag, sourceTag } from '../../../src/cache/tags.ts';
import type { Selection } from '../../../src/platform/selection.ts';
import { MovableClock } from '../../support/identity.ts';
import { connectSalesforce } from '../../support/salesforce-connection.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';
import { statementsIn } from '../../support/salesforce-statements.ts';

let clock: MovableClock;
let graph: SalesforceGraph;
beforeEach(async () => {
  clock = new MovableClock();
  graph = await startSalesforceGraph({ warm: true, clock, cacheParts: { coalesceWindowMs: 2 } });
});
afterEach(() => graph[Symbol.asyncDispose]());

const dashboard = (more = '') => /* GraphQL */ `{
  psRequests(first: 20, orderBy: { field: UPDATED_AT, direction: DESC }) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id number status goLiveDate ${more}
      account { name supportTier owner { name } }
      owner { name isActive }
      project { name projectManager { name } account { name } }
      steps { name sequence assignee { name } }
      cases { number owner { name } }
      jiraLinks { jiraKey linkType }
    }
  }
}`;

const asking = (...fields: string[]): { selection: Selection; args: Record<string, unknown> } => ({
  selection: { fields: new Map(fields.map((field) => [field, { fields: new Map() }])) },
  args: {},
});
const present = (object: Parameters<SalesforceGraph['standIn']['rows']>[0]) =>
  graph.standIn.rows(object).filter((row) => row.IsDeleted !== true);
const idsOf = (object: Parameters<SalesforceGraph['standIn']['rows']>[0], count: number) =>
  present(object)
    .slice(0, count)
    .map((row) => String(row.Id));

test('a dashboard that was read before costs no call, and says the same', async () => {
  const cold = await graph.run(dashboard());
  expect(cold.errors).toEqual([]);
  expect(graph.standIn.calls.billed()).toBe(2);
  expect(cold.receipt.calls.reduce((sum, call) => sum + call.billedCalls, 0)).toBe(2);
  graph.standIn.calls.clear();
  const warm = await graph.run(dashboard());
  expect(warm.data).toEqual(cold.data);
  expect(warm.errors).toEqual([]);
  expect(graph.standIn.calls.all).toEqual([]);
  expect(warm.receipt.calls).toEqual([]);
  expect(warm.receipt.cache).toMatchObject({ misses: 0, stale: 0 });
  expect(warm.receipt.cache.hits).toBeGreaterThan(20);
});

test('one more field costs one query, of that field for those records', async () => {
  const { data } = await graph.run(dashboard());
  graph.standIn.calls.clear();
  const more = await graph.run(dashboard('product'));
  expect(more.errors).toEqual([]);
  expect(graph.standIn.calls.billed()).toBe(1);
  const [statement, ...others] = statementsIn(graph.standIn.calls.all);
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ from: 'PS_Request__c', columns: ['Id', 'SystemModstamp', 'Product__c'] });
  const numbers = new Map(present('PS_Request__c').map((row) => [String(row.Name), String(row.Id)]));
  const asked = data.psRequests.nodes.map((node: { number: string }) => numbers.get(node.number));
  expect(statement?.ids.toSorted()).toEqual(asked.toSorted());
  for (const node of more.data.psRequests.nodes) {
    expect(node.product).toBe(present('PS_Request__c').find((row) => row.Name === node.number)?.Product__c);
  }
});

test('one more field of records that came along is read for those that lack it', async () => {
  const query = (fields: string) => `{ psRequests(first: 20) { nodes { owner { ${fields} } } } }`;
  const { data } = await graph.run(query('salesforceId name'));
  graph.standIn.calls.clear();
  const more = await graph.run(query('salesforceId name email'));
  const [statement, ...others] = statementsIn(graph.standIn.calls.all);
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ from: 'User', columns: ['Id', 'SystemModstamp', 'Email'] });
  const owners = data.psRequests.nodes.map((node: { owner: { salesforceId: string } }) => node.owner.salesforceId);
  expect(statement?.ids.toSorted()).toEqual([...new Set<string>(owners)].toSorted());
  expect(more.errors).toEqual([]);
});

test('fewer fields, the same records one by one, and by other names, are all held already', async () => {
  const { data } = await graph.run(dashboard());
  graph.standIn.calls.clear();
  const [node] = data.psRequests.nodes;
  const short = await graph.run('{ psRequests(first: 20) { nodes { number } } }');
  expect(short.data.psRequests.nodes[0].number).toBe(node.number);
  const row = present('PS_Request__c').find(({ Name }) => Name === node.number);
  const id18 = String(row?.Id);
  for (const id of [node.id, id18, id18.slice(0, 15), node.number, String(node.number).toLowerCase()]) {
    const { data: one } = await graph.run('query ($id: ID!) { psRequest(id: $id) { status account { name } } }', {
      id,
    });
    expect(one.psRequest).toEqual({ status: node.status, account: node.account && { name: node.account.name } });
  }
  expect(graph.standIn.calls.all).toEqual([]);
});

test('a hundred equal requests under way cost the calls of one', async () => {
  const answers = await Promise.all(Array.from({ length: 100 }, () => graph.run(dashboard())));
  expect(graph.standIn.calls.billed()).toBe(2);
  for (const { errors, data, receipt } of answers) {
    expect(errors).toEqual([]);
    expect(data).toEqual(answers[0]?.data);
    expect(receipt.calls).toHaveLength(2);
  }
});

test('records that different requests ask for within the window share a call', async () => {
  const ids = idsOf('Account', 30);
  const answers = await Promise.all(
    ids.map(async (id, index) => {
      await new Promise((resolve) => setTimeout(resolve, index % 2));
      return graph.run('query ($id: ID!) { account(id: $id) { name } }', { id });
    }),
  );
  expect(answers.every(({ data }) => typeof data.account.name === 'string')).toBe(true);
  expect(graph.standIn.calls.billed()).toBeLessThanOrEqual(2);
});

test('past its time everything is served once more, named as stale, and renewed once in the background', async () => {
  const first = await graph.run(dashboard());
  graph.standIn.calls.clear();
  clock.advanceMs(305_000);
  const [stale, again] = await Promise.all([graph.run(dashboard()), graph.run(dashboard())]);
  for (const answer of [stale, again]) {
    expect(answer.data).toEqual(first.data);
    expect(answer.freshness.staleUses.length).toBeGreaterThan(20);
    expect(answer.freshness.staleUses.every(({ reason }) => reason === 'REVALIDATING')).toBe(true);
    expect(answer.freshness.staleUses.some(({ type }) => type === 'PsRequest[] pages')).toBe(true);
  }
  await expect.poll(() => graph.cache.stats().inFlight).toBe(0);
  expect(graph.standIn.calls.billed()).toBeLessThanOrEqual(3);
  graph.standIn.calls.clear();
  const renewed = await graph.run(dashboard());
  expect(renewed.freshness.staleUses).toEqual([]);
  expect(graph.standIn.calls.all).toEqual([]);
});

test('long past its time a page is read anew, with everything in it, in as many calls as at first', async () => {
  await graph.run(dashboard());
  clock.advanceMs(7_200_000);
  graph.standIn.calls.clear();
  const { errors, freshness } = await graph.run(dashboard());
  expect(errors).toEqual([]);
  expect(freshness.staleUses).toEqual([]);
  expect(graph.standIn.calls.billed()).toBe(2);
});

test('whoever takes nothing that is held reads everything once, not once for each level', async () => {
  await graph.run(dashboard());
  graph.standIn.calls.clear();
  clock.advanceMs(1_000);
  const { errors, freshness } = await graph.run(dashboard(), {}, undefined, { maxAgeSeconds: 0 });
  expect(errors).toEqual([]);
  expect(graph.standIn.calls.billed()).toBe(2);
  expect(freshness.oldestReadAtMs).toBe(clock.now());
});

test('what does not exist is believed for a while, then asked for again', async () => {
  const ask = () => graph.run('{ psRequest(id: "PSR-99999") { number } account(id: "001000000000001AAA") { name } }');
  expect((await ask()).data).toEqual({ psRequest: null, account: null });
  const { calls } = graph.standIn;
  expect(calls.billed()).toBe(1);
  await ask();
  expect(calls.billed()).toBe(1);
  clock.advanceMs(60_000);
  await ask();
  expect(calls.billed()).toBe(2);
});

test('an invalidated record is read again, and nothing else is', async () => {
  await graph.run(dashboard());
  const { data } = await graph.run('{ psRequests(first: 20) { nodes { salesforceId product } } }');
  const [{ salesforceId }] = data.psRequests.nodes;
  await (await connectSalesforce(graph.standIn))
    .sobject('PS_Request__c')
    .update({ Id: salesforceId, Product__c: 'Changed' });
  graph.standIn.calls.clear();
  await graph.cache.invalidate([recordTag('PsRequest', salesforceId)]);
  const { data: after } = await graph.run('{ psRequests(first: 20) { nodes { salesforceId product } } }');
  expect(after.psRequests.nodes[0]).toEqual({ salesforceId, product: 'Changed' });
  const [statement, ...others] = statementsIn(graph.standIn.calls.all);
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ from: 'PS_Request__c', ids: [salesforceId] });
});

test('lists of a type are read again when they are invalidated, and those of one parent alone when it is known whose child has changed', async () => {
  const [one = '', other = ''] = idsOf('PS_Request__c', 2);
  const ask = () =>
    graph.run(`{ a: psRequest(id: "${one}") { steps { name } } b: psRequest(id: "${other}") { steps { name } } }`);
  await ask();
  graph.standIn.calls.clear();
  const change = { type: 'DeploymentStep', id: 'a0S5g0000000099EAA', values: { PS_Request__c: one } };
  await graph.cache.invalidate([recordTag('PsRequest', one)], [change]);
  await ask();
  const steps = statementsIn(graph.standIn.calls.all).filter(({ from }) => from === 'PS_Deployment_Step__c');
  expect(steps.map(({ ids }) => ids)).toEqual([[one]]);
  graph.standIn.calls.clear();
  await graph.cache.invalidate([listsTag('DeploymentStep')]);
  await ask();
  expect(statementsIn(graph.standIn.calls.all).map(({ from, ids }) => [from, ids.toSorted()])).toEqual([
    ['PS_Deployment_Step__c', [one, other].toSorted()],
  ]);
});

test('an answer tells by which tags it can be invalidated, also where it found nothing', async () => {
  const [account = ''] = idsOf('Account', 1);
  const { tags } = await graph.run(
    `{ account(id: "${account}") { psRequests(first: 1) { nodes { id } } } psRequest(id: "PSR-99999") { id } accounts(first: 1) { totalCount } }`,
  );
  expect(tags.isComplete).toBe(true);
  for (const tag of [
    sourceTag('SALESFORCE'),
    recordTag('Account', account),
    listsTag('PsRequest'),
    listsTag('Account'),
    recordTag('PsRequest', 'PSR-99999'),
  ]) {
    expect([...tags.tags]).toContain(tag);
  }
});

test('a hidden field is never asked for, and no warm value of it is shown', async () => {
  const query = '{ psRequests(first: 5) { nodes { number risk } } }';
  await graph.run(query);
  graph.standIn.hideField('PS_Request__c', 'Risk__c');
  // Some other question finds out.
  await graph.run('{ psRequests(first: 3) { nodes { risk } } }');
  graph.standIn.calls.clear();
  const { data, errors } = await graph.run(query);
  expect(data.psRequests.nodes.map(({ risk }: { risk: unknown }) => risk)).toEqual(Array(5).fill(null));
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['FIELD_UNAVAILABLE']));
  expect(graph.standIn.calls.all).toEqual([]);
});

test('loaders tell an id of 15 characters and one of 18 as one record', async () => {
  const [id = ''] = idsOf('Account', 1);
  await graph.loaders().accountById.load(id, asking('name'));
  graph.standIn.calls.clear();
  expect(await graph.loaders().accountById.load(id.slice(0, 15), asking('name'))).toMatchObject({ salesforceId: id });
  expect(graph.standIn.calls.all).toEqual([]);
});
