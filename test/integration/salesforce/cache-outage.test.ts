import { afterEach, beforeEach, expect, test } from 'vitest';
import { MovableClock } from '../../support/identity.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

let clock: MovableClock;
let graph: SalesforceGraph;
beforeEach(async () => {
  clock = new MovableClock();
  graph = await startSalesforceGraph({ warm: true, clock, deadlineMs: 500, cacheParts: { coalesceWindowMs: 2 } });
});
afterEach(() => graph[Symbol.asyncDispose]());

const operations = [
  '{ psRequests(first: 5) { totalCount pageInfo { endCursor } nodes { number account { name owner { name } } steps { name } cases { number } jiraLinks { jiraKey } } } }',
  '{ accounts(first: 5) { nodes { name psRequests(first: 2) { totalCount nodes { number } } } } }',
  '{ psRequest(id: "PSR-00007") { number project { name } } }',
  '{ psRequest(id: "PSR-99999") { number } }',
];

test('with Salesforce down, everything seen before is served complete, and says how old it is and why', async () => {
  const healthy = await Promise.all(operations.map((operation) => graph.run(operation)));
  graph.standIn.faults.add({ kind: 'down' });
  clock.advanceMs(7_200_000);
  for (const [index, operation] of operations.entries()) {
    const { data, errors, freshness } = await graph.run(operation);
    expect(errors).toEqual([]);
    expect(data).toEqual(healthy[index]?.data);
    expect(freshness.staleUses.length).toBeGreaterThan(0);
    for (const use of freshness.staleUses) {
      expect(use).toMatchObject({ source: 'SALESFORCE', state: 'STALE', reason: 'UPSTREAM_UNAVAILABLE' });
      expect(use.ageSeconds).toBe(7_200);
    }
  }
  const unseen = await graph.run('{ psRequest(id: "PSR-00008") { number } }');
  expect(unseen.errors).toMatchObject([{ path: 'psRequest', code: 'UPSTREAM_UNAVAILABLE' }]);
});

test('what is held of a record stays, when a field that was never read can not be read', async () => {
  const { data } = await graph.run('{ psRequests(first: 3) { nodes { number } } }');
  graph.standIn.faults.add({ kind: 'down' });
  const more = await graph.run('{ psRequests(first: 3) { nodes { number product account { name } } } }');
  expect(more.data.psRequests.nodes).toEqual(
    data.psRequests.nodes.map((node: object) => ({ ...node, product: null, account: null })),
  );
  expect(more.errors.map(({ path, code }) => `${path} ${code}`).toSorted()).toEqual(
    [0, 1, 2].flatMap((index) =>
      ['account', 'product'].map((field) => `psRequests.nodes.${index}.${field} UPSTREAM_UNAVAILABLE`),
    ),
  );
});

test('a client that takes nothing stale gets null, or the failure, as it demands', async () => {
  const query = '{ psRequests(first: 3) { totalCount nodes { number } } psRequest(id: "PSR-00007") { number } }';
  await graph.run(query);
  graph.standIn.faults.add({ kind: 'down' });
  clock.advanceMs(7_200_000);
  const nothing = await graph.run(query, {}, undefined, { onStale: 'NULL' });
  expect(nothing.errors).toEqual([]);
  expect(nothing.data).toEqual({ psRequests: null, psRequest: null });
  const failed = await graph.run(query, {}, undefined, { onStale: 'FAIL' });
  expect(failed.errors.map(({ path, code }) => [path, code])).toEqual([
    ['psRequests', 'UPSTREAM_UNAVAILABLE'],
    ['psRequest', 'UPSTREAM_UNAVAILABLE'],
  ]);
});

test('a black hole is asked a few times; then answers come at once, until a probe finds it mended', async () => {
  await graph.run(operations[0] ?? '');
  graph.standIn.faults.add({ kind: 'hang' });
  clock.advanceMs(7_200_000);
  for (let request = 0; request < 12; request += 1) await graph.run(operations[0] ?? '');
  const callsUntilOpen = graph.standIn.calls.all.length;
  const startedAt = performance.now();
  const { errors } = await graph.run(operations[0] ?? '');
  expect(errors).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(400);
  expect(graph.standIn.calls.all.length).toBe(callsUntilOpen);
  expect(graph.source.upstream.status()).toMatchObject({ state: expect.stringMatching(/DOWN|DEGRADED|OPEN/i) });
  graph.standIn.faults.clear();
  await expect
    .poll(async () => (await graph.run(operations[0] ?? '')).freshness.staleUses.length, {
      timeout: 20_000,
      interval: 250,
    })
    .toBe(0);
});

test('a part of a composite call that fails leaves stale what it would have renewed, and nothing else', async () => {
  const query = '{ psRequests(first: 2) { nodes { steps { name } cases { subject } jiraLinks { jiraKey } } } }';
  const first = await graph.run(query);
  clock.advanceMs(7_200_000);
  graph.standIn.faults.add({
    kind: 'status',
    path: '/composite',
    times: 1,
    status: 200,
    body: {
      compositeResponse: [0, 1, 2].map((part) => ({
        referenceId: `part${part}`,
        httpStatusCode: 503,
        httpHeaders: {},
        body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }],
      })),
    },
  });
  const { data, errors, freshness } = await graph.run(query);
  expect(errors).toEqual([]);
  expect(data).toEqual(first.data);
  const types = new Set(freshness.staleUses.map(({ type }) => type));
  expect(types.has('DeploymentStep[] byPsRequest')).toBe(true);
  expect(types.has('PsRequest[] pages')).toBe(false);
});

test('retries stay within a fifth of the reads while Salesforce answers 503 to everything', async () => {
  graph.standIn.faults.add({ kind: 'status', status: 503, body: 'down', contentType: 'text/plain' });
  const reads = 60;
  for (let read = 0; read < reads; read += 1) {
    await graph.run('query ($id: ID!) { psRequest(id: $id) { number } }', {
      id: `PSR-${String(read).padStart(5, '0')}`,
    });
  }
  expect(graph.standIn.calls.all.length).toBeLessThanOrEqual(reads * 1.2);
});

test('what Salesforce says of its allowance is known', async () => {
  graph.standIn.setUsage(17, 15_000);
  await graph.run(operations[2] ?? '');
  expect(graph.source.usage).toMatchObject({ usedCalls: 18, allowedCalls: 15_000 });
});
