import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationPlan } from '../../../src/gateway/explain/plan-operation.ts';
import { type ExplainedGateway, startExplainedGateway } from '../../support/explained-gateway.ts';
import { startTestGateway } from '../../support/gateway.ts';

let explained: ExplainedGateway;

beforeAll(async () => {
  explained = await startExplainedGateway();
});

afterAll(() => explained?.gateway.close());

const calls = () => explained.gateway.salesforce.calls.billed() + explained.gateway.jira.calls.count();
const page = '{ psRequests(first: 3) { nodes { number } } }';
const submit = `mutation Submit($input: SubmitAssessmentsInput!) { submitAssessments(input: $input) { created } }`;
const input = { assessments: [{ mentorId: 'TWVudG9yOjE', psRequestNumber: 'PSR-00031', score: 5 }] };

describe('the header x-explain', () => {
  it('is refused with 400 when it asks for something else, naming what it takes', async () => {
    const { gateway } = explained;
    gateway.clearCalls();
    const answer = await gateway.query(page, {}, { ...(await gateway.as('ADMIN')), 'x-explain': 'analyze' });
    expect(answer.status).toBe(400);
    expect(answer.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', accepted: ['plan', 'receipt'] });
    expect(answer.errors[0]?.message).toMatch(/`plan`.*`receipt`/);
    expect(calls()).toBe(0);
  });

  it('gives a receipt to analysts only, and runs nothing for others who ask for one', async () => {
    const { gateway } = explained;
    gateway.clearCalls();
    const refused = await gateway.query(page, {}, { ...(await gateway.as('VIEWER')), 'x-explain': 'receipt' });
    expect(refused.status).toBe(403);
    expect(refused.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect(calls()).toBe(0);
    const given = await gateway.query(page, {}, { ...(await gateway.as('ANALYST')), 'x-explain': 'receipt' });
    expect(given.data.psRequests.nodes).toHaveLength(3);
    expect(given.extensions.receipt).toMatchObject({
      sources: { SALESFORCE: { calls: 1, billedCalls: 1, records: 4 } },
    });
  });

  it.each([
    ['no-cache', 1],
    ['max-age=0', 1],
    ['max-age=600', 0],
    ['no-store', 0],
  ])('obeys `Cache-Control: %s`: the receipt has %i calls', async (cacheControl, calls) => {
    const { gateway } = explained;
    const analyst = { ...(await gateway.as('ANALYST')), 'x-explain': 'receipt' };
    await gateway.query(page, {}, analyst);
    const given = await gateway.query(page, {}, { ...analyst, 'cache-control': cacheControl });
    const { sources } = given.extensions.receipt as { sources: { SALESFORCE?: { calls: number } } };
    expect(sources.SALESFORCE?.calls ?? 0).toBe(calls);
  });

  it('tells nobody anything without valid credentials', async () => {
    const headers = { authorization: 'Bearer forged', 'x-explain': 'plan' };
    const answer = await explained.gateway.query(page, {}, headers);
    expect(answer.status).toBe(401);
    expect(answer.extensions).toEqual({});
  });

  it('adds nothing to an answer when it is absent', async () => {
    const { gateway } = explained;
    const answer = await gateway.query(page, {}, await gateway.as('ANALYST'));
    expect(answer.extensions.receipt).toBeUndefined();
    expect(answer.extensions.explain).toBeUndefined();
  });

  it('is served by GET too', async () => {
    const { gateway } = explained;
    const headers = { ...(await gateway.as('VIEWER')), 'x-explain': 'plan', 'apollo-require-preflight': 'true' };
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(page)}`, { headers });
    const body = (await response.json()) as { extensions: { explain: OperationPlan } };
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(body.extensions.explain.sources.SALESFORCE.calls).toEqual({ min: 0, cold: 1, max: 2 });
  });
});

describe('a plan', () => {
  it('is parsed and validated as usual', async () => {
    const { gateway } = explained;
    const headers = { ...(await gateway.as('VIEWER')), 'x-explain': 'plan' };
    const unknown = await gateway.query('{ nothing }', {}, headers);
    expect(unknown.errors[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
    expect(unknown.extensions.explain).toBeUndefined();
    const accept = { ...headers, accept: 'application/graphql-response+json' };
    const wrong = await gateway.query('query Q($first: Int!) { psRequests(first: $first) { totalCount } }', {}, accept);
    expect(wrong.status).toBe(400);
    expect(wrong.data).toBeUndefined();
    expect(wrong.errors[0]).toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
    expect(wrong.errors[0]?.message).toContain('$first');
  });

  it('of a mutation changes nothing', async () => {
    const { gateway, planOf } = explained;
    const before = await gateway.database?.query('select count(*) from assessments');
    const plan = await planOf(submit, { input }, 'OPERATOR');
    expect(plan.sources.POSTGRES).toMatchObject({
      calls: { min: 3, cold: 3, max: 3 },
      statements: { min: 4, cold: 4, max: 4 },
    });
    expect(await gateway.database?.query('select count(*) from assessments')).toEqual(before);
    const withKey = await planOf(submit, { input: { ...input, idempotencyKey: 'k' } }, 'OPERATOR');
    expect(withKey.sources.POSTGRES.calls).toEqual({ min: 3, cold: 4, max: 4 });
  });

  it('refuses a field to whom nobody knows with the words of its execution', async () => {
    const { gateway } = explained;
    const [plan, run] = [
      await gateway.query(submit, { input }, { 'x-explain': 'plan' }),
      await gateway.query(submit, { input }),
    ];
    const error = run.errors[0];
    expect(error?.extensions.code).toBe('UNAUTHENTICATED');
    expect(plan.extensions).toMatchObject({
      explain: { refused: [{ path: 'submitAssessments', code: 'UNAUTHENTICATED', message: error?.message }] },
    });
  });

  it('of a field that the caller may not have names the role, and costs nothing', async () => {
    const trend = '{ mine: validationTrend(timeFrame: WEEK) { day } viewer { id } }';
    const refused = await explained.planOf(trend, {}, 'VIEWER');
    expect(refused.sources.POSTGRES.calls).toEqual({ min: 0, cold: 0, max: 0 });
    expect(refused.refused).toMatchObject([{ path: 'mine', code: 'FORBIDDEN' }]);
    expect(refused.refused[0]?.message).toContain('ANALYST');
    expect((await explained.planOf(trend, {}, 'ANALYST')).sources.POSTGRES.calls).toEqual({
      min: 3,
      cold: 3,
      max: 3,
    });
    const mutation = await explained.planOf(submit, { input }, 'ANALYST');
    expect(mutation.refused).toMatchObject([{ path: 'submitAssessments', code: 'FORBIDDEN' }]);
    expect(mutation.drivers).toEqual([]);
  });

  it('of arguments that would be refused tells so, as the field would', async () => {
    const plan = await explained.planOf(
      '{ psRequests(first: 500) { nodes { number } } jiraIssue(key: "no key") { key } search(text: "?") { __typename } }',
    );
    expect(plan.refused.map(({ path, code }) => [path, code])).toEqual([
      ['psRequests', 'BAD_USER_INPUT'],
      ['jiraIssue', 'BAD_USER_INPUT'],
      ['search', 'BAD_USER_INPUT'],
    ]);
    expect(plan.refused[0]?.message).toContain('`first` is 500');
    expect(plan.sources.SALESFORCE.calls.max + plan.sources.JIRA.calls.max).toBe(0);
  });

  it('leaves out what @skip leaves out', async () => {
    const document =
      'query Q($steps: Boolean!) { psRequests { nodes { number steps @include(if: $steps) { name } } } }';
    const asksFor = async (steps: boolean) =>
      (await explained.planOf(document, { steps })).drivers.map(({ field }) => field);
    expect(await asksFor(false)).toEqual(['Query.psRequests']);
    expect(await asksFor(true)).toEqual(['Query.psRequests', 'PsRequest.steps']);
  });

  it('names the argument that drives a cost, its value and the field that has it', async () => {
    const document = 'query Q($n: Int) { page: psRequests(first: $n) { nodes { steps { name } jiraIssues { key } } } }';
    const [dearest] = (await explained.planOf(document, { n: 200 })).drivers;
    expect(dearest).toMatchObject({
      path: 'page.nodes.jiraIssues',
      field: 'PsRequest.jiraIssues',
      source: 'JIRA',
      calls: 13,
    });
    expect(dearest?.argument).toEqual({
      field: 'Query.psRequests',
      path: 'page',
      name: 'first',
      value: 200,
      isDefault: false,
    });
    expect(dearest?.says).toBe(
      'PsRequest.jiraIssues asks Jira for up to 1200 keys, in up to 13 calls, which adds up to 13 calls. How many is decided by `first` of page: 200.',
    );
    const byDefault = (await explained.planOf(document)).drivers.find(({ source }) => source === 'JIRA');
    expect(byDefault?.argument).toMatchObject({ value: 20, isDefault: true });
  });

  it('is never taken for the answer of the operation by a cache of answers', async () => {
    await using gateway = await asDisposable(startTestGateway({ responseCacheBytes: 1_000_000 }));
    const viewer = await gateway.as('VIEWER');
    for (let time = 0; time < 2; time += 1) {
      const plan = await gateway.query(page, {}, { ...viewer, 'x-explain': 'plan' });
      expect(plan.data).toEqual({});
      expect((await gateway.query(page, {}, viewer)).data.psRequests.nodes).toHaveLength(3);
    }
  });

  it('of a mutation leaves the answers that are kept, which the mutation itself would not', async () => {
    await using gateway = await asDisposable(startTestGateway({ responseCacheBytes: 1_000_000 }));
    const operator = await gateway.as('OPERATOR');
    const mentors = async () => {
      const { headers } = await gateway.query('{ mentors(first: 1) { nodes { name } } }', {}, operator);
      return headers.get('cache-status')?.includes('deployment-graph; hit');
    };
    expect([await mentors(), await mentors()]).toEqual([false, true]);
    const plan = await gateway.query(submit, { input }, { ...operator, 'x-explain': ' PLAN' });
    expect(plan.extensions.explain).toBeDefined();
    expect(await mentors()).toBe(true);
    await gateway.query(submit, { input }, { ...operator, 'x-explain': 'receipt' });
    expect(await mentors()).toBe(false);
  });
});

async function asDisposable(opening: ReturnType<typeof startTestGateway>) {
  const gateway = await opening;
  return Object.assign(gateway, { [Symbol.asyncDispose]: () => gateway.close() });
}
