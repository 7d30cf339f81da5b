import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationPlan } from '../../../src/gateway/explain/plan-operation.ts';
import { readExamples } from '../../support/example.ts';
import { type ExplainedGateway, expectContains, startExplainedGateway } from '../../support/explained-gateway.ts';

const examples = readExamples();
let explained: ExplainedGateway;

beforeAll(async () => {
  explained = await startExplainedGateway();
});

afterAll(() => explained?.gateway.close());

/** The dearest driver of each example, and the argument that decides over it. */
const dearest: Readonly<Record<string, readonly [field: string, argument: string | null]>> = {
  'add-comment': ['Mutation.addJiraComment', null],
  'accounts-with-recent-requests': ['Account.psRequests', 'first'],
  'assessments-with-requests': ['Query.assessments', 'first'],
  dashboard: ['PsRequest.jiraIssues', 'first'],
  'go-live-calendar': ['Query.psRequests', 'first'],
  'issue-detail': ['JiraIssue.psRequest', null],
  'issues-in-progress': ['JiraIssue.psRequest', 'first'],
  mentors: ['Query.mentors', 'first'],
  'previous-page': ['Query.psRequests', 'last'],
  'production-risks': ['Query.psRequests', 'first'],
  'refresh-cards': ['Query.nodes', 'ids'],
  'request-detail': ['PsRequest.validationResults', null],
  search: ['Query.search', 'first'],
  'submit-assessments': ['Mutation.submitAssessments', null],
  'transition-issue': ['Mutation.transitionJiraIssue', null],
  'update-request': ['Mutation.updatePsRequest', null],
  'validation-overview': ['Query.validationRules', null],
  'validation-trend': ['Query.validationTrend', null],
};

/** What a receipt says when each source costs just what the plan expects while nothing is kept. */
function coldSources({ sources: { SALESFORCE, JIRA, POSTGRES } }: OperationPlan): object {
  const expected = {
    SALESFORCE: { calls: SALESFORCE.calls.cold, billedCalls: SALESFORCE.billed.cold },
    JIRA: { calls: JIRA.calls.cold, billedCalls: JIRA.billed.cold },
    POSTGRES: { calls: POSTGRES.calls.cold, billedCalls: POSTGRES.statements.cold },
  };
  return Object.fromEntries(Object.entries(expected).filter(([, { calls }]) => calls > 0));
}

describe('the plan of an example', () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    '%s costs nothing, its range contains the receipt of the first and of the next run, and the first costs what is expected of a cold one',
    async (name, { document, variables, role }) => {
      const { gateway, planOf, run } = explained;
      await explained.forgetAll();
      gateway.clearCalls();
      const plan = await planOf(document, variables, role);
      expect(gateway.salesforce.calls.billed()).toBe(0);
      expect(gateway.jira.calls.count()).toBe(0);
      const logged = gateway.logLines.findLast((line) => line.msg === 'operation answered');
      expect(logged?.cost).toEqual({});
      expect(plan.refused).toEqual([]);
      expect(plan.complete).toBe(true);
      for (let time = 1; time <= 2; time += 1) {
        const { answer, receipt } = await run(document, variables, role);
        expect(answer.errors).toEqual([]);
        expectContains(plan, receipt);
        if (time > 1) continue;
        expect(Object.keys(receipt.sources).toSorted()).toEqual(Object.keys(coldSources(plan)).toSorted());
        expect(receipt.sources).toMatchObject(coldSources(plan));
        expect(receipt.milliseconds).toBeGreaterThan(0);
      }
      const [driver] = plan.drivers;
      expect([driver?.field, driver?.argument?.name ?? null]).toEqual(dearest[name]);
      const { SALESFORCE, JIRA, POSTGRES } = plan.sources;
      const max = SALESFORCE.calls.max + JIRA.calls.max + POSTGRES.calls.max;
      expect(plan.drivers.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThanOrEqual(max);
    },
  );
});
