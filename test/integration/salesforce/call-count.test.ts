import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type SalesforceGraph, startSalesforceGraph } from '../../support/salesforce-graph.ts';

let graph: SalesforceGraph;
beforeAll(async () => {
  graph = await startSalesforceGraph();
});
afterAll(() => graph[Symbol.asyncDispose]());
beforeEach(() => graph.standIn.calls.clear());

const dashboard = /* GraphQL */ `
  query Dashboard($first: Int!) {
    psRequests(first: $first) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id number status goLiveDate changeWindow { start end }
        account { name supportTier owner { name } }
        owner { name isActive }
        technicalLead { name }
        project { name projectManager { name email } account { name } }
        steps { name sequence status assignee { name } }
        cases { number subject owner { name } account { name } }
        jiraLinks { jiraKey linkType }
      }
    }
  }
`;

test.each([50, 200])(
  'the dashboard of %i requests with everything about them costs two billed calls',
  async (first) => {
    const { data, errors, receipt } = await graph.run(dashboard, { first });
    expect(errors).toEqual([]);
    expect(data.psRequests.nodes).toHaveLength(first);
    expect(graph.standIn.calls.all.map((call) => call.path)).toEqual(Array(2).fill('/services/data/v62.0/composite'));
    expect(graph.standIn.calls.billed()).toBe(2);
    expect(receipt.calls.reduce((sum, call) => sum + call.billedCalls, 0)).toBe(2);
    expect(receipt.calls.reduce((sum, call) => sum + call.records, 0)).toBeGreaterThan(first * 2);
  },
);

test('a hundred aliases cost what one field costs', async () => {
  const numbers = graph.standIn
    .rows('PS_Request__c')
    .filter((row) => row.IsDeleted !== true)
    .slice(0, 100);
  const aliases = numbers.map((row, index) => `a${index}: psRequest(id: "${row.Id}") { number account { name } }`);
  const { data, errors } = await graph.run(`{ ${aliases.join('\n')} }`);
  expect(errors).toEqual([]);
  expect(Object.values<{ number: string }>(data).map(({ number }) => number)).toEqual(numbers.map((row) => row.Name));
  expect(graph.standIn.calls.all).toHaveLength(1);
  graph.standIn.calls.clear();
  const same = Array.from({ length: 100 }, (_, index) => `a${index}: psRequests(first: 5) { nodes { number } }`);
  expect((await graph.run(`{ ${same.join('\n')} }`)).errors).toEqual([]);
  expect(graph.standIn.calls.all).toHaveLength(1);
});

test('fragments, directives and interfaces make the same batches', async () => {
  const id = String(graph.standIn.rows('PS_Request__c').find((row) => row.IsDeleted !== true)?.Id);
  const { data: known } = await graph.run(`{ psRequest(id: "${id}") { id } }`);
  graph.standIn.calls.clear();
  const { data, errors } = await graph.run(
    /* GraphQL */ `
      query ($id: ID!, $no: Boolean = false) {
        node(id: $id) { id ... on PsRequest { ...People steps @include(if: $no) { name } description @skip(if: true) } }
      }
      fragment People on PsRequest { owner { name } approver: approvedBy { ... on SalesforceUser { name } } ... @include(if: true) { account { name } } }
    `,
    { id: known.psRequest.id },
  );
  expect(errors).toEqual([]);
  expect(data.node.owner.name).toEqual(expect.any(String));
  expect(graph.standIn.calls.all).toHaveLength(1);
  const soql = decodeURIComponent(graph.standIn.calls.all[0]?.path ?? '');
  expect(soql).toContain('Approved_By__r.Name');
  expect(soql).not.toContain('Description__c');
});

test('requests that arrive together share their calls, and each has the cost on its receipt', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => graph.run(dashboard, { first: 10 })));
  expect(answers.every(({ errors }) => errors.length === 0)).toBe(true);
  expect(graph.standIn.calls.billed()).toBe(2);
  for (const { receipt } of answers) expect(receipt.calls).toHaveLength(2);
});

test('one level of different questions is one call', async () => {
  await graph.run(
    '{ psRequests(first: 2) { nodes { number } } accounts(first: 2) { nodes { name } } account(id: "001A0000006Vm9r") { name } }',
  );
  expect(graph.standIn.calls.billed()).toBe(1);
});
