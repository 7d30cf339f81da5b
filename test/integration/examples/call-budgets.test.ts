import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertSampleData } from '../../../src/features/sample-data.ts';
import { openTestDatabases, testScope } from '../../support/database.ts';
import { type CallBudget, type Example, readExamples } from '../../support/example.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { testSealer } from '../../support/keys.ts';

const examples = readExamples();
let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startTestGateway();
  const databases = openTestDatabases(String(gateway.database?.url));
  const requests = gateway.salesforce
    .rows('PS_Request__c')
    .map((row) => ({ id: String(row.Id), number: String(row.Name) }));
  await insertSampleData(databases.oltp, { scope: testScope('demo'), requests, sealer: testSealer });
  await databases.close();
  gateway.clearCalls();
});

afterEach(() => gateway.close());

/** Calls to PostgreSQL that the request's receipt holds, as the gateway logs it. */
function countPostgresCalls(): number {
  const line = gateway.logLines.findLast((candidate) => candidate.msg === 'operation answered');
  const cost = line?.cost as { POSTGRES?: { calls: number } } | undefined;
  if (!cost) throw new Error('The gateway logged no cost for the operation.');
  return cost.POSTGRES?.calls ?? 0;
}

async function run(example: Example) {
  const answer = await gateway.query(example.document, example.variables, await gateway.as(example.role));
  const cost: CallBudget = {
    salesforce: gateway.salesforce.calls.billed(),
    jira: gateway.jira.calls.count(),
    postgres: countPostgresCalls(),
  };
  return { answer, cost };
}

/** Lists in an answer, wherever they are. */
function listsOf(value: unknown): unknown[][] {
  if (Array.isArray(value)) return [value, ...value.flatMap(listsOf)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listsOf) : [];
}

describe('the examples', () => {
  it('are at least ten', () => {
    expect(examples.length).toBeGreaterThanOrEqual(10);
  });

  it.each(examples.map((example) => [example.name, example] as const))(
    '%s answers without an error, cold, within its budget of calls',
    async (_name, example) => {
      const { answer, cost } = await run(example);
      expect(answer.errors).toEqual([]);
      for (const [root, value] of Object.entries(answer.data as Record<string, unknown>)) {
        expect(value, `${root} is empty`).not.toBeNull();
      }
      expect(
        listsOf(answer.data).every((list) => list.length === 0),
        'every list of the answer is empty',
      ).toBe(listsOf(answer.data).length === 0);
      for (const source of ['salesforce', 'jira', 'postgres'] as const) {
        expect(
          cost[source],
          `${source} calls, budget ${JSON.stringify(example.budget)}, cost ${JSON.stringify(cost)}`,
        ).toBeLessThanOrEqual(example.budget[source]);
      }
    },
  );
});
