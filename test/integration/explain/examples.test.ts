import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  'validation-overview': ['Query.validationRules', null],
  'validation-trend': ['Query.validationTrend', null],
};

describe('the plan of an example', () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    '%s costs nothing, and its range contains the receipt of the first and of the next run',
    async (name, { document, variables, role }) => {
      const { gateway, planOf, run } = explained;
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
