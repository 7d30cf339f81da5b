import { afterEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { MovableClock } from '../../support/identity.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { sized } from '../../support/test-size.ts';

const clients = sized({ small: 100, full: 500 });
const issueDocument = '{ jiraIssue(key: "PSD-1") { key summary } }';
const requestDocument = '{ psRequest(id: "PSR-00042") { number status } }';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

function askAtOnce(started: TestGateway, document: string): Promise<GraphqlAnswer[]> {
  return Promise.all(Array.from({ length: clients }, () => started.query(document)));
}

function expectAllComplete(answers: readonly GraphqlAnswer[], data: unknown): void {
  expect(answers).toHaveLength(clients);
  for (const answer of answers) expect({ data: answer.data, errors: answer.errors }).toEqual({ data, errors: [] });
}

describe.each([
  ['records alone', 0],
  ['whole answers too', 16_000_000],
])('with a cache of %s', (_what, responseCacheBytes) => {
  test(`${clients} clients at once on a key that has expired make one call to its source`, async () => {
    const clock = new MovableClock();
    gateway = await startTestGateway({ clock, responseCacheBytes });
    const issue = (await gateway.query(issueDocument)).data;
    const request = (await gateway.query(requestDocument)).data;
    expect(issue.jiraIssue.key).toBe('PSD-1');
    expect(request.psRequest.number).toBe('PSR-00042');
    gateway.clearCalls();
    expectAllComplete(await askAtOnce(gateway, issueDocument), issue);
    expectAllComplete(await askAtOnce(gateway, requestDocument), request);
    expect([gateway.jira.calls.count(), gateway.salesforce.calls.count()]).toEqual([0, 0]);
    // Beyond its time limit and beyond the window within which it would be served while it is renewed.
    clock.advanceMs(3_600_000);
    expectAllComplete(await askAtOnce(gateway, issueDocument), issue);
    expectAllComplete(await askAtOnce(gateway, requestDocument), request);
    expect([gateway.jira.calls.count(), gateway.salesforce.calls.count()]).toEqual([1, 1]);
  });

  test(`${clients} clients at once on a key that nobody asked for yet make one call to its source`, async () => {
    gateway = await startTestGateway({ responseCacheBytes });
    const answers = await askAtOnce(gateway, issueDocument);
    expectAllComplete(answers, answers[0]?.data);
    expect(answers[0]?.data.jiraIssue.key).toBe('PSD-1');
    expect(gateway.jira.calls.count('/issue')).toBe(1);
  });
});

test('a hundred calls that find the session expired sign in again once, and all are answered', async () => {
  gateway = await startTestGateway();
  const numbers = gateway.salesforce
    .rows('PS_Request__c')
    .filter(({ IsDeleted }) => IsDeleted !== true)
    .slice(0, 100)
    .map(({ Name }) => String(Name));
  await gateway.query(requestDocument);
  const signIns = gateway.salesforce.signIns;
  gateway.clearCalls();
  gateway.salesforce.expireSessions();
  const started = gateway;
  const answers = await Promise.all(
    numbers.map((number) => started.query('query ($id: ID!) { psRequest(id: $id) { number status } }', { id: number })),
  );
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  expect(answers.map(({ data }) => data.psRequest.number)).toEqual(numbers);
  expect(gateway.salesforce.signIns - signIns).toBe(1);
});
