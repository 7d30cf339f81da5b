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
    expect(graph.standIn.calls.all.map((call) => call.path.split('?')[0])).toEqual(
      Array(2).fill('/services/data/v62.0/composite'),
    );
    expect(graph.standIn.calls.billed()).toBe(2);
    expect(receipt.calls.reduce((sum, call) => sum + call.billedCalls, 0)).toBe(2);
  },
);
