import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { insertSampleData } from '../../../src/features/sample-data.ts';
import type { OperationPlan } from '../../../src/gateway/explain/plan-operation.ts';
import type { OperationReceipt } from '../../../src/gateway/explain/receipt-extension.ts';
import { openTestDatabases, testScope } from '../../support/database.ts';
import { type Example, readExamples } from '../../support/example.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const examples = readExamples();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  const databases = openTestDatabases(String(gateway.database?.url));
  const requests = gateway.salesforce
    .rows('PS_Request__c')
    .map((row) => ({ id: String(row.Id), number: String(row.Name) }));
  await insertSampleData(databases.oltp, { scope: testScope('demo'), requests });
  await databases.close();
});

afterAll(() => gateway.close());

beforeEach(() => gateway.clearCalls());

/** Headers of somebody who may ask for receipts and run the example. */
async function headersFor(role: Example['role'], mode: 'plan' | 'receipt') {
  const asker = role === 'VIEWER' && mode === 'receipt' ? 'ANALYST' : role;
  return { ...(await gateway.as(asker)), 'x-explain': mode };
}

async function planOf(document: string, variables: Example['variables'] = {}, role: Example['role'] = 'VIEWER') {
  const answer = await gateway.query(document, variables, await headersFor(role, 'plan'));
  expect(answer.errors).toEqual([]);
  expect(answer.status).toBe(200);
  expect(answer.data).toEqual({});
  return answer.extensions.explain as OperationPlan;
}

async function receiptOf(document: string, variables: Example['variables'] = {}, role: Example['role'] = 'VIEWER') {
  const answer = await gateway.query(document, variables, await headersFor(role, 'receipt'));
  expect(answer.errors).toEqual([]);
  return answer.extensions.receipt as OperationReceipt;
}

function expectContains({ sources }: OperationPlan, receipt: OperationReceipt): void {
  const spent = (source: 'SALESFORCE' | 'JIRA' | 'POSTGRES') => receipt.sources[source];
  const within = (name: string, value: number, range: { readonly min: number; readonly max: number }) =>
    expect(value >= range.min && value <= range.max, `${name}: ${value} in ${JSON.stringify(range)}`).toBe(true);
  within('Salesforce calls', spent('SALESFORCE')?.calls ?? 0, sources.SALESFORCE.calls);
  within('Salesforce billed', spent('SALESFORCE')?.billedCalls ?? 0, sources.SALESFORCE.billed);
  within('Jira calls', spent('JIRA')?.calls ?? 0, sources.JIRA.calls);
  within('Jira billed', spent('JIRA')?.billedCalls ?? 0, sources.JIRA.billed);
  within('PostgreSQL calls', spent('POSTGRES')?.calls ?? 0, sources.POSTGRES.calls);
  within('PostgreSQL statements', spent('POSTGRES')?.billedCalls ?? 0, sources.POSTGRES.statements);
}

describe('the plan of an example', () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    '%s is made without a call, and its range contains the receipt of the first and of the next run',
    async (_name, { document, variables, role }) => {
      const plan = await planOf(document, variables, role);
      expect(gateway.salesforce.calls.billed()).toBe(0);
      expect(gateway.jira.calls.count()).toBe(0);
      for (let run = 1; run <= 2; run += 1) {
        const receipt = await receiptOf(document, variables, role);
        expectContains(plan, receipt);
      }
      expect(plan.drivers.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThanOrEqual(
        plan.sources.SALESFORCE.calls.max + plan.sources.JIRA.calls.max + plan.sources.POSTGRES.calls.max,
      );
    },
  );
});
