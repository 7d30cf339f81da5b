import { expect, test } from 'vitest';
import { startSalesforceGraph } from '../../support/salesforce-graph.ts';

const requests = '{ psRequests(first: 3) { nodes { number risk account { name region } } } }';

test('hidden fields are named at the start and answer FIELD_UNAVAILABLE, and nothing else suffers', async () => {
  await using graph = await startSalesforceGraph({
    prepare: (standIn) => {
      standIn.hideField('PS_Request__c', 'Risk__c');
      standIn.hideField('Account', 'Region__c');
    },
  });
  expect(graph.source.health()).toMatchObject({
    state: 'degraded',
    detail: expect.stringContaining('Account.Region__c, PS_Request__c.Risk__c'),
  });
  expect(JSON.stringify(graph.logLines)).toContain('PS_Request__c.Risk__c');
  const { data, errors } = await graph.run(
    '{ psRequests(first: 3, filter: { status: [SCHEDULED] }) { nodes { number risk account { name region } } } }',
  );
  expect(data.psRequests.nodes).toHaveLength(3);
  for (const node of data.psRequests.nodes) {
    expect(node).toMatchObject({ number: expect.stringMatching(/^PSR-/), risk: null });
    if (node.account) expect(node.account).toMatchObject({ name: expect.any(String), region: null });
  }
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['FIELD_UNAVAILABLE']));
  expect(errors.filter(({ path }) => path.endsWith('.risk'))).toHaveLength(3);
  expect(graph.standIn.calls.all).toHaveLength(1);
});

test('a hidden reference costs the relation, and a hidden key of a list the list', async () => {
  await using graph = await startSalesforceGraph({
    prepare: (standIn) => {
      standIn.hideField('PS_Request__c', 'Account__c');
      standIn.hideField('PS_Deployment_Step__c', 'PS_Request__c');
      standIn.hideField('PS_Deployment_Step__c', 'Sequence__c');
    },
  });
  const { data, errors } = await graph.run(
    '{ psRequests(first: 1) { nodes { number account { name } steps { name } cases { number } } } }',
  );
  expect(data.psRequests.nodes[0]).toMatchObject({ account: null, steps: null, cases: expect.any(Array) });
  expect(errors.map(({ path, code }) => [path, code])).toEqual([
    ['psRequests.nodes.0.account', 'FIELD_UNAVAILABLE'],
    ['psRequests.nodes.0.steps', 'FIELD_UNAVAILABLE'],
  ]);
  const byAccount = await graph.run('{ accounts(first: 2) { nodes { name psRequests { totalCount } } } }');
  expect(byAccount.data.accounts.nodes.map((node: { psRequests: unknown }) => node.psRequests)).toEqual([null, null]);
  expect(byAccount.errors).toMatchObject([{ code: 'FIELD_UNAVAILABLE' }, { code: 'FIELD_UNAVAILABLE' }]);
});

test.each([
  ['a filter', 'psRequests(filter: { risk: [HIGH] })'],
  ['an order', 'psRequests(orderBy: { field: GO_LIVE_DATE, direction: ASC })'],
  ['a span', 'psRequests(filter: { goLiveDate: { from: "2026-01-01" } })'],
])('%s by a hidden field costs its list, without a call', async (_what, field) => {
  await using graph = await startSalesforceGraph({
    prepare: (standIn) => {
      standIn.hideField('PS_Request__c', 'Risk__c');
      standIn.hideField('PS_Request__c', 'Go_Live_Date__c');
    },
  });
  const { errors } = await graph.run(`{ ${field} { nodes { number } } }`);
  expect(errors).toMatchObject([{ path: 'psRequests', code: 'FIELD_UNAVAILABLE' }]);
  expect(graph.standIn.calls.all).toEqual([]);
});

test('text is looked for in the columns that are shown', async () => {
  await using graph = await startSalesforceGraph({
    prepare: (standIn) => standIn.hideField('PS_Request__c', 'Product__c'),
  });
  const { data, errors } = await graph.run('{ psRequests(filter: { text: "PSR-0001" }) { totalCount } }');
  expect(errors).toEqual([]);
  expect(data.psRequests.totalCount).toBeGreaterThan(0);
});

test('a field that is hidden while the gateway runs is found out once, and the question asked again without it', async () => {
  await using graph = await startSalesforceGraph();
  graph.standIn.hideField('PS_Request__c', 'Risk__c');
  const answers = await Promise.all([graph.run(requests), graph.run(requests), graph.run(requests)]);
  for (const { data, errors } of answers) {
    expect(data.psRequests.nodes.map((node: { risk: unknown }) => node.risk)).toEqual([null, null, null]);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['FIELD_UNAVAILABLE']));
  }
  // The question (one for all three), the description of the org, the question again.
  expect(graph.standIn.calls.billed()).toBe(3);
  graph.standIn.calls.clear();
  await graph.run(requests);
  expect(graph.standIn.calls.billed()).toBe(1);
});

test('a field of a record that comes along is found out in the same way', async () => {
  await using graph = await startSalesforceGraph();
  graph.standIn.hideField('Account', 'Region__c');
  const { data, errors } = await graph.run(requests);
  expect(data.psRequests.nodes).toHaveLength(3);
  expect(errors.length).toBeGreaterThan(0);
  expect(errors.every(({ path, code }) => path.endsWith('region') && code === 'FIELD_UNAVAILABLE')).toBe(true);
});

test('a source that can not be reached at the start serves as soon as it can', async () => {
  await using graph = await startSalesforceGraph({
    describeRetryMs: 20,
    prepare: (standIn) => standIn.faults.add({ kind: 'down' }),
  });
  expect(graph.source.health().state).toBe('down');
  expect((await graph.run(requests)).errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE' }]);
  graph.standIn.faults.clear();
  graph.standIn.hideField('PS_Request__c', 'Risk__c');
  await expect.poll(() => graph.source.health().detail, { timeout: 20_000 }).toContain('Risk__c');
  expect((await graph.run('{ psRequests(first: 1) { nodes { number } } }')).errors).toEqual([]);
});

test('a query that Salesforce refuses although the org shows its fields is not followed by a description each time', async () => {
  await using graph = await startSalesforceGraph();
  graph.standIn.faults.add({
    kind: 'status',
    path: '/query',
    status: 400,
    body: [{ errorCode: 'INVALID_FIELD', message: "No such column 'Name' on entity 'PS_Request__c'" }],
  });
  for (let request = 0; request < 5; request += 1) {
    expect((await graph.run(requests)).errors).toMatchObject([{ path: 'psRequests', code: 'UPSTREAM_REJECTED' }]);
  }
  expect(graph.standIn.calls.count('/query')).toBe(5);
  expect(graph.standIn.calls.count('/composite')).toBe(1);
  expect(JSON.stringify(graph.logLines)).toContain("No such column 'Name'");
});
