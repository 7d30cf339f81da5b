import { expect } from 'vitest';
import { insertSampleData } from '../../src/features/sample-data.ts';
import type { OperationPlan } from '../../src/gateway/explain/plan-operation.ts';
import type { OperationReceipt } from '../../src/gateway/explain/receipt-extension.ts';
import type { RoleName } from '../../src/platform/settings.ts';
import { openTestDatabases, testScope } from './database.ts';
import { startTestGateway, type TestGateway } from './gateway.ts';
import { testSealer } from './keys.ts';
import type { GraphqlAnswer } from './send-operation.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A gateway with sample rows, and questions to it with the header `x-explain`. */
export interface ExplainedGateway {
  readonly gateway: TestGateway;
  /** The plan; fails the test when the answer is not that of a plan. */
  planOf(document: string, variables?: Variables, role?: RoleName): Promise<OperationPlan>;
  /** Runs it as somebody who may see receipts. */
  run(
    document: string,
    variables?: Variables,
    role?: RoleName,
  ): Promise<{ answer: GraphqlAnswer; receipt: OperationReceipt }>;
  /** Makes the next run a cold one: nothing that was read of Salesforce and Jira is used again. */
  forgetAll(): Promise<void>;
}

export async function startExplainedGateway(): Promise<ExplainedGateway> {
  // Plans are for what costs much, too.
  const gateway = await startTestGateway({ settings: { OPERATION_MAX_COST: '1000000' } });
  const databases = openTestDatabases(String(gateway.database?.url));
  const requests = gateway.salesforce
    .rows('PS_Request__c')
    .map((row) => ({ id: String(row.Id), number: String(row.Name) }));
  await insertSampleData(databases.oltp, { scope: testScope('demo'), requests, sealer: testSealer });
  await databases.close();
  return {
    gateway,
    planOf: async (document, variables = {}, role = 'VIEWER') => {
      const answer = await gateway.query(document, variables, { ...(await gateway.as(role)), 'x-explain': 'plan' });
      expect(answer.errors).toEqual([]);
      expect(answer.status).toBe(200);
      expect(answer.data).toEqual({});
      return answer.extensions.explain as OperationPlan;
    },
    run: async (document, variables = {}, role = 'ANALYST') => {
      const asker = await gateway.as(role === 'VIEWER' ? 'ANALYST' : role);
      const answer = await gateway.query(document, variables, { ...asker, 'x-explain': 'receipt' });
      return { answer, receipt: answer.extensions.receipt as OperationReceipt };
    },
    forgetAll: async () => {
      const forget = `mutation { ${['SALESFORCE', 'JIRA']
        .map((source) => `${source}: invalidateCache(input: { source: ${source} }) { invalidated }`)
        .join(' ')} }`;
      const answer = await gateway.query(forget, {}, await gateway.as('ADMIN'));
      expect(answer.errors).toEqual([]);
    },
  };
}

/** What a receipt holds lies in the ranges of the plan. */
export function expectContains({ sources }: OperationPlan, receipt: OperationReceipt, what = ''): void {
  const { SALESFORCE, JIRA, POSTGRES } = receipt.sources;
  const facts = [
    ['Salesforce calls', SALESFORCE?.calls, sources.SALESFORCE.calls],
    ['Salesforce billed calls', SALESFORCE?.billedCalls, sources.SALESFORCE.billed],
    ['Jira calls', JIRA?.calls, sources.JIRA.calls],
    ['Jira billed calls', JIRA?.billedCalls, sources.JIRA.billed],
    ['PostgreSQL calls', POSTGRES?.calls, sources.POSTGRES.calls],
    ['PostgreSQL statements', POSTGRES?.billedCalls, sources.POSTGRES.statements],
  ] as const;
  const wrong = facts.filter(([, spent = 0, { min, max }]) => spent < min || spent > max);
  expect(
    wrong.map(([name, spent = 0, range]) => `${name}: ${spent}, planned ${JSON.stringify(range)}`),
    what,
  ).toEqual([]);
}
