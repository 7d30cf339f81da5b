import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Fault } from '../../../src/standins/kit/fault.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

// Each test meets a gateway that has learnt nothing of the failures before, and has not earned a retry yet.
let graph: SalesforceGraph;
beforeEach(async () => {
  graph = await startSalesforceGraph({ deadlineMs: 400 });
});
afterEach(() => graph[Symbol.asyncDispose]());

const internals = /SELECT|FROM|127\.0\.0\.1|ECONN|socket|html|undici|jsforce|at \//i;

test.each<[string, Fault, string]>([
  ['a server that is down', { kind: 'down' }, 'UPSTREAM_UNAVAILABLE'],
  ['a server that hangs', { kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
  ['a server slower than the deadline', { kind: 'slow', delayMs: 2_000 }, 'UPSTREAM_TIMEOUT'],
  [
    '503 as JSON',
    { kind: 'status', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }] },
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    '503 as HTML',
    { kind: 'status', status: 503, body: '<html>maintenance</html>', contentType: 'text/html' },
    'UPSTREAM_UNAVAILABLE',
  ],
  [
    '200 as HTML',
    { kind: 'status', status: 200, body: '<html>Log in</html>', contentType: 'text/html' },
    'UPSTREAM_BAD_RESPONSE',
  ],
  ['an answer that is cut off', { kind: 'truncated' }, 'UPSTREAM_BAD_RESPONSE'],
  ['a connection reset in the answer', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
  ['an answer without end', { kind: 'oversize' }, 'UPSTREAM_BAD_RESPONSE'],
  [
    'the daily limit',
    {
      kind: 'status',
      status: 403,
      body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
    },
    'UPSTREAM_QUOTA_EXHAUSTED',
  ],
  [
    'the limit of concurrent calls',
    {
      kind: 'status',
      status: 403,
      body: [
        {
          errorCode: 'REQUEST_LIMIT_EXCEEDED',
          message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
        },
      ],
    },
    'UPSTREAM_RATE_LIMITED',
  ],
])('%s costs the fields that need it one error each, after one call', async (_what, fault, code) => {
  graph.standIn.calls.clear();
  graph.standIn.faults.add(fault);
  const startedAt = performance.now();
  const { data, errors, receipt } = await graph.run(
    '{ psRequests(first: 5) { nodes { number } } account(id: "001A0000006Vm9r") { name } }',
  );
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  expect(data).toEqual({ psRequests: null, account: null });
  expect(errors.map(({ path, code: found }) => [path, found])).toEqual([
    ['psRequests', code],
    ['account', code],
  ]);
  for (const { message } of errors) expect(message).not.toMatch(internals);
  expect(graph.standIn.calls.all).toHaveLength(1);
  expect(receipt.calls).toHaveLength(1);
  graph.standIn.faults.clear();
  const next = await graph.run('{ psRequests(first: 1) { nodes { number } } }');
  if (code !== 'UPSTREAM_QUOTA_EXHAUSTED' && code !== 'UPSTREAM_RATE_LIMITED') expect(next.errors).toEqual([]);
  else {
    // Salesforce asked to be left alone, and is.
    expect(next.errors).toMatchObject([{ path: 'psRequests', code }]);
    expect(graph.standIn.calls.all).toHaveLength(1);
  }
});

test('a part of a composite call that fails costs only its own field', async () => {
  const empty = { totalSize: 0, done: true, records: [] };
  const unavailable = [{ errorCode: 'SERVER_UNAVAILABLE', message: 'down' }];
  graph.standIn.faults.add({
    kind: 'status',
    path: '/composite',
    times: 1,
    status: 200,
    body: {
      compositeResponse: [
        { referenceId: 'part0', httpStatusCode: 200, httpHeaders: {}, body: empty },
        { referenceId: 'part1', httpStatusCode: 503, httpHeaders: {}, body: unavailable },
        { referenceId: 'part2', httpStatusCode: 200, httpHeaders: {}, body: empty },
      ],
    },
  });
  const { data, errors } = await graph.run(
    '{ psRequests(first: 2) { nodes { steps { name } cases { subject } jiraLinks { jiraKey } } } }',
  );
  expect(data.psRequests.nodes).toEqual(Array(2).fill({ steps: [], cases: null, jiraLinks: [] }));
  expect(errors.map(({ path, code }) => [path, code])).toEqual([
    ['psRequests.nodes.0.cases', 'UPSTREAM_UNAVAILABLE'],
    ['psRequests.nodes.1.cases', 'UPSTREAM_UNAVAILABLE'],
  ]);
});

test('a composite answer that lacks a part is a bad answer', async () => {
  const problem = [{ errorCode: 'LIMIT_EXCEEDED', message: 'too many operations' }];
  graph.standIn.faults.add({
    kind: 'status',
    path: '/composite',
    times: 1,
    status: 200,
    body: { compositeResponse: [{ referenceId: null, httpStatusCode: 400, httpHeaders: {}, body: problem }] },
  });
  const { errors } = await graph.run('{ psRequests(first: 1) { nodes { steps { name } cases { subject } } } }');
  expect(errors.map(({ path, code }) => [path, code])).toEqual([
    ['psRequests.nodes.0.steps', 'UPSTREAM_BAD_RESPONSE'],
    ['psRequests.nodes.0.cases', 'UPSTREAM_BAD_RESPONSE'],
  ]);
});

test('a locator that expires between pages fails the list, which is never silently short', async () => {
  await using small = await startSalesforceGraph({ maxPageRows: 200 });
  const loaders = small.loaders();
  const selection = { fields: new Map([['name', { fields: new Map() }]]) };
  const ids = small.standIn.rows('PS_Request__c').map((row) => String(row.Id));
  small.standIn.faults.add({
    kind: 'status',
    path: '/query/',
    status: 400,
    body: [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }],
  });
  const outcomes = await Promise.allSettled(
    ids.map((id) => loaders.stepsByPsRequestId.load(id, { selection, args: {} })),
  );
  expect(
    outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'UPSTREAM_UNAVAILABLE'),
  ).toBe(true);
});

test('a client that goes away ends the call that only it waited for', async () => {
  graph.standIn.faults.add({ kind: 'hang' });
  const leaving = new AbortController();
  const answer = graph.run('{ psRequests(first: 5) { nodes { number } } }', {}, leaving.signal);
  setTimeout(() => leaving.abort(), 20);
  const startedAt = performance.now();
  expect((await answer).errors).toMatchObject([{ code: 'REQUEST_TIMEOUT' }]);
  expect(performance.now() - startedAt).toBeLessThan(390);
});

test('a client that goes away leaves the call to others who wait for it', async () => {
  graph.standIn.faults.add({ kind: 'slow', delayMs: 100, times: 1 });
  graph.standIn.calls.clear();
  const leaving = new AbortController();
  const query = '{ psRequests(first: 5) { nodes { number } } }';
  const both = Promise.all([graph.run(query, {}, leaving.signal), graph.run(query)]);
  setTimeout(() => leaving.abort(), 20);
  const [, staying] = await both;
  expect(staying.errors).toEqual([]);
  expect(staying.data.psRequests.nodes).toHaveLength(5);
  expect(graph.standIn.calls.all).toHaveLength(1);
});

test('health tells what is wrong while it is, and not afterwards', async () => {
  expect(graph.source.health()).toMatchObject({ name: 'salesforce', state: 'up', standIn: true });
  graph.standIn.faults.add({ kind: 'down' });
  await graph.run('{ psRequests(first: 1) { nodes { number } } }');
  expect(graph.source.health()).toMatchObject({
    state: 'down',
    detail: expect.stringContaining('UPSTREAM_UNAVAILABLE'),
  });
  graph.standIn.faults.clear();
  await graph.run('{ psRequests(first: 1) { nodes { number } } }');
  expect(graph.source.health().state).toBe('up');
});
