import { expect, test } from 'vitest';
import type { Selection } from '../../../src/platform/selection.ts';
import { startSalesforceGraph } from '../../support/salesforce-graph.ts';
import { idOf, smallOrg } from '../../support/small-salesforce-org.ts';

const asking = (...fields: string[]): { selection: Selection; args: Record<string, unknown> } => ({
  selection: { fields: new Map(fields.map((field) => [field, { fields: new Map() }])) },
  args: {},
});

const bigOrg = (requests: number, stepsEach: number) =>
  smallOrg({
    User: [{ Name: 'Integration User', Username: 'integration@example.com', IsActive: true }],
    PS_Request__c: Array.from({ length: requests }, (_, index) => ({
      Name: `PSR-${String(index + 1).padStart(5, '0')}`,
      Status__c: 'Draft',
      OwnerId: idOf('User', 1),
    })),
    PS_Deployment_Step__c: Array.from({ length: requests * stepsEach }, (_, index) => ({
      Name: `step ${index}`,
      PS_Request__c: idOf('PS_Request__c', (index % requests) + 1),
      Sequence__c: Math.floor(index / requests),
      Status__c: 'Done',
    })),
  });

test('six thousand ids are asked for in composite calls, whose parts stay within the limits', async () => {
  await using graph = await startSalesforceGraph({ company: bigOrg(6_000, 0) });
  const loaders = graph.loaders();
  const models = await Promise.all(
    Array.from({ length: 6_000 }, (_, index) =>
      loaders.psRequestById.load(idOf('PS_Request__c', index + 1), asking('number')),
    ),
  );
  expect(models.map((model) => model?.number)).toEqual(
    Array.from({ length: 6_000 }, (_, index) => `PSR-${String(index + 1).padStart(5, '0')}`),
  );
  expect(graph.standIn.calls.billed()).toBe(1);
  const parts: { url: string }[] = JSON.parse(graph.standIn.calls.all[0]?.body ?? '{}').compositeRequest;
  expect(parts).toHaveLength(3);
  for (const { url } of parts) expect(decodeURIComponent(url).length).toBeLessThan(100_100);
});

test('more queries than one composite call takes go in several, side by side', async () => {
  await using graph = await startSalesforceGraph({ company: bigOrg(12_000, 0) });
  const loaders = graph.loaders();
  const models = await Promise.all(
    Array.from({ length: 12_000 }, (_, index) =>
      loaders.psRequestById.load(idOf('PS_Request__c', index + 1), asking('number')),
    ),
  );
  expect(models.every((model) => model !== null)).toBe(true);
  expect(graph.standIn.calls.all.map(({ path }) => path)).toEqual(Array(2).fill('/services/data/v62.0/composite'));
});

test('children beyond one page are all read, in order, each with its own parent', async () => {
  await using graph = await startSalesforceGraph({ company: bigOrg(100, 50), maxPageRows: 700 });
  const { data, errors } = await graph.run(
    '{ psRequests(first: 100) { nodes { salesforceId steps { sequence psRequest { salesforceId } } } } }',
  );
  expect(errors).toEqual([]);
  for (const node of data.psRequests.nodes) {
    expect(node.steps.map((step: { sequence: number }) => step.sequence)).toEqual(
      Array.from({ length: 50 }, (_, index) => index),
    );
    expect(
      new Set(node.steps.map((step: { psRequest: { salesforceId: string } }) => step.psRequest.salesforceId)),
    ).toEqual(new Set([node.salesforceId]));
  }
  // The page of requests, and eight pages of 5,000 steps.
  expect(graph.standIn.calls.billed()).toBe(9);
});

test('a chunk of ids that fails costs only its own ids', async () => {
  await using graph = await startSalesforceGraph({ company: bigOrg(4_000, 0) });
  const loaders = graph.loaders();
  const records = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => ({
      Id: idOf('PS_Request__c', from + index + 1),
      Name: `PSR-${from + index + 1}`,
    }));
  graph.standIn.faults.add({
    kind: 'status',
    path: '/composite',
    status: 200,
    body: {
      compositeResponse: [
        {
          referenceId: 'part0',
          httpStatusCode: 200,
          httpHeaders: {},
          body: { totalSize: 2_000, done: true, records: records(0, 2_000) },
        },
        {
          referenceId: 'part1',
          httpStatusCode: 400,
          httpHeaders: {},
          body: [{ errorCode: 'QUERY_TIMEOUT', message: 'too long' }],
        },
      ],
    },
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 4_000 }, (_, index) =>
      loaders.psRequestById.load(idOf('PS_Request__c', index + 1), asking('number')),
    ),
  );
  expect(outcomes.slice(0, 2_000).every((outcome) => outcome.status === 'fulfilled')).toBe(true);
  expect(
    outcomes
      .slice(2_000)
      .every((outcome) => outcome.status === 'rejected' && outcome.reason.code === 'UPSTREAM_TIMEOUT'),
  ).toBe(true);
});
