import { afterAll, beforeAll, expect, test } from 'vitest';
import { toCursor } from '../../../src/platform/connection.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

let graph: SalesforceGraph;
beforeAll(async () => {
  graph = await startSalesforceGraph();
});
afterAll(() => graph[Symbol.asyncDispose]());

const user = '0055g000000000FAAQ';

test.each([
  ['psRequest(id: "nonsense") { id }', 'BAD_USER_INPUT'],
  ['psRequest(id: "") { id }', 'BAD_USER_INPUT'],
  ['psRequest(id: "PSR-") { id }', 'BAD_USER_INPUT'],
  ['psRequest(id: "PSR-00001\' OR Name != \'") { id }', 'BAD_USER_INPUT'],
  ['psRequest(id: "001A0000006Vm9rIAD") { id }', 'BAD_USER_INPUT'],
  ['psRequest(id: "001A0000006Vm9rIAC") { id }', 'BAD_USER_INPUT'],
  [`psRequest(id: "${toGlobalId('Account', '001A0000006Vm9rIAC')}") { id }`, 'BAD_USER_INPUT'],
  [`account(id: "${user}") { id }`, 'BAD_USER_INPUT'],
  ['project(id: "001A0000006Vm9r") { id }', 'BAD_USER_INPUT'],
  ['salesforceUser(id: "PSR-00001") { id }', 'BAD_USER_INPUT'],
  ['psRequests(first: -1) { nodes { id } }', 'BAD_USER_INPUT'],
  ['psRequests(first: 0) { nodes { id } }', 'BAD_USER_INPUT'],
  ['psRequests(first: 100000) { nodes { id } }', 'BAD_USER_INPUT'],
  ['psRequests(first: 1, last: 1) { nodes { id } }', 'BAD_USER_INPUT'],
  ['psRequests(after: "nonsense") { nodes { id } }', 'BAD_CURSOR'],
  [`psRequests(after: "${toCursor('accounts/Name/ASC', ['A', user])}") { nodes { id } }`, 'BAD_CURSOR'],
  [
    `psRequests(after: "${toCursor('psRequests/LastModifiedDate/DESC', ["2026' OR", user])}") { nodes { id } }`,
    'BAD_CURSOR',
  ],
  ['psRequests(filter: { goLiveDate: { from: "2026-02-01", to: "2026-01-01" } }) { nodes { id } }', 'BAD_USER_INPUT'],
  [
    'psRequests(filter: { updatedAt: { from: "2026-01-01T00:00:01Z", to: "2026-01-01T01:00:00+02:00" } }) { nodes { id } }',
    'BAD_USER_INPUT',
  ],
  ['psRequests(filter: { accountId: "nonsense" }) { nodes { id } }', 'BAD_USER_INPUT'],
  [`psRequests(filter: { projectId: "${user}" }) { nodes { id } }`, 'BAD_USER_INPUT'],
  [`psRequests(filter: { text: "${'x'.repeat(201)}" }) { nodes { id } }`, 'BAD_USER_INPUT'],
  [`psRequests(filter: { product: "${'x'.repeat(4001)}" }) { nodes { id } }`, 'BAD_USER_INPUT'],
  [`accounts(filter: { name: "${'x'.repeat(201)}" }) { nodes { id } }`, 'BAD_USER_INPUT'],
])('%s is refused as %s without a call', async (field, code) => {
  graph.standIn.calls.clear();
  const { errors } = await graph.run(`{ ${field} }`);
  expect(errors).toMatchObject([{ code }]);
  expect(errors[0]?.message.length).toBeGreaterThan(30);
  expect(graph.standIn.calls.all).toEqual([]);
});

test('a well-formed id that Salesforce does not know is null, without an error', async () => {
  const { data, errors } = await graph.run(
    '{ psRequest(id: "PSR-99999") { number } account(id: "001A0000006Vm9r") { name } user: salesforceUser(id: "005A0000006Vm9r") { name } }',
  );
  expect(errors).toEqual([]);
  expect(data).toEqual({ psRequest: null, account: null, user: null });
});

test('a made-up global id of a known type is null, without a call', async () => {
  graph.standIn.calls.clear();
  const { data, errors } = await graph.run('query ($id: ID!) { node(id: $id) { id } }', {
    id: toGlobalId('Account', 'nonsense'),
  });
  expect(errors).toEqual([]);
  expect(data.node).toBeNull();
  expect(graph.standIn.calls.all).toEqual([]);
});
