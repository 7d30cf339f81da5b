import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { sized } from '../../support/test-size.ts';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const requestDocument = 'query ($id: ID!) { psRequest(id: $id) { number status } }';
const issueDocument = 'query ($key: String!) { jiraIssue(key: $key) { key summary } }';
const requestNumber = (index: number) => `PSR-${String(index + 1).padStart(5, '0')}`;

test('503 from everything: at most 1.2 calls for each read of a client, and every mutation takes effect exactly once', async () => {
  gateway = await startTestGateway();
  const started = gateway;
  const reads = sized({ small: 100, full: 1_000 });
  const mutations = 20;
  const mentors = await started.query('{ mentors(first: 2) { nodes { id } } }');
  const mentorId = mentors.data.mentors.nodes[0].id as string;
  const operator = await started.as('OPERATOR');
  started.clearCalls();
  for (const standIn of [started.salesforce, started.jira])
    standIn.faults.add({ kind: 'status', status: 503, path: standIn === started.jira ? '/rest/' : '/services/data' });

  const readAnswers = [];
  for (let at = 0; at < reads; at += 10) {
    const some = Array.from({ length: 10 }, (_, index) => at + index).map((index) =>
      index % 2 === 0
        ? started.query(requestDocument, { id: requestNumber(index) })
        : started.query(issueDocument, { key: `PSD-${index}` }),
    );
    readAnswers.push(...(await Promise.all(some)));
  }
  for (const { status, errors } of readAnswers) {
    expect(status).toBe(200);
    expect(errors[0]?.extensions.code).toBe('UPSTREAM_UNAVAILABLE');
  }
  const calls = started.salesforce.calls.count() + started.jira.calls.count();
  expect(calls).toBeGreaterThan(0);
  expect(calls).toBeLessThanOrEqual(1.2 * reads);

  // Mutations change PostgreSQL only; what they show of Salesforce fails, which must not make anybody do them again.
  const submit = (index: number) =>
    started.query(
      `mutation ($input: SubmitAssessmentsInput!) {
        submitAssessments(input: $input) { created updated assessments { score version psRequest { number } } }
      }`,
      {
        input: {
          idempotencyKey: `once-${index}`,
          assessments: [{ mentorId, psRequestNumber: requestNumber(300 + index), score: 3, comment: `once ${index}` }],
        },
      },
      operator,
    );
  await Promise.all(Array.from({ length: mutations }, (_, index) => submit(index)));
  await Promise.all(Array.from({ length: mutations }, (_, index) => submit(index)));
  // Through the graph, because comments are sealed in their table.
  const kept = await started.query(
    'query ($mentorId: ID!) { assessments(first: 200, mentorId: $mentorId) { nodes { comment version } pageInfo { hasNextPage } } }',
    { mentorId },
  );
  expect(kept.data.assessments.pageInfo.hasNextPage).toBe(false);
  const rows = (kept.data.assessments.nodes as { comment: string | null; version: number }[]).filter(({ comment }) =>
    comment?.startsWith('once '),
  );
  expect(rows.map(({ comment }) => comment).toSorted()).toEqual(
    Array.from({ length: mutations }, (_, index) => `once ${index}`).toSorted(),
  );
  expect(new Set(rows.map(({ version }) => version)).size).toBe(1);
});

const closedSeconds = sized({ small: 3, full: 30 });

test('429 with Retry-After on one endpoint of Jira: nothing is sent there meanwhile, and the others go on', async () => {
  gateway = await startTestGateway();
  const started = gateway;
  const search = (word: string) =>
    started.query('query ($text: String!) { jiraIssues(first: 5, filter: { text: $text }) { nodes { key } } }', {
      text: word,
    });
  await search('upgrade');
  started.clearCalls();
  started.jira.faults.add({
    kind: 'status',
    status: 429,
    path: '/search/jql',
    times: 1,
    headers: { 'Retry-After': String(closedSeconds), 'RateLimit-Reason': 'jira-burst-based' },
  });
  const refusedAtMs = performance.now();
  const first = await search('release');
  expect(first.errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', source: 'JIRA' });
  expect(started.jira.calls.count('/search/jql')).toBe(1);

  let asked = 0;
  while (performance.now() - refusedAtMs < closedSeconds * 1_000 - 500) {
    await pause(closedSeconds * 20);
    const refused = await search(`word ${asked}`);
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_RATE_LIMITED', source: 'JIRA' });
    const other = await started.query(issueDocument, { key: `PSD-${++asked}` });
    expect(other.errors).toEqual([]);
    const salesforce = await started.query(requestDocument, { id: requestNumber(asked) });
    expect(salesforce.errors).toEqual([]);
  }
  expect(asked).toBeGreaterThan(3);
  expect(started.jira.calls.count('/search/jql')).toBe(1);
  await expect
    .poll(async () => (await search('afterwards')).errors.length, {
      timeout: closedSeconds * 1_000 + 15_000,
      interval: 500,
    })
    .toBe(0);
  // As long as it was told, and not shorter.
  const [, second] = started.jira.calls.all.filter(({ path }) => path.includes('/search/jql'));
  const firstCall = started.jira.calls.all.find(({ path }) => path.includes('/search/jql'));
  expect((second?.startedAtMs ?? 0) - (firstCall?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(closedSeconds * 1_000);
});
