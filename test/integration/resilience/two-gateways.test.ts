import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { bearerOf, beginSession } from '../../support/signed-in.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';

let redis: TestRedis;
let database: TestDatabase;
let surroundings: Surroundings;
let gateways: TestGateway[] = [];

beforeAll(async () => {
  redis = await createTestRedis();
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
});
afterAll(async () => {
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});
beforeEach(() => redis.start());
afterEach(async () => {
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
  await redis.kill();
});

async function startTwo(redisUrl: string | null): Promise<readonly [TestGateway, TestGateway]> {
  const settings = {
    ...surroundings.settings,
    DATABASE_URL: database.url,
    ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
  };
  const start = () => startTestGateway({ settings, responseCacheBytes: 16_000_000 });
  const [one, other] = [await start(), await start()];
  gateways = [one, other];
  return [one, other];
}

const assessmentsDocument = `{ assessments(first: 5) { nodes { comment } } }`;
let changes = 0;

/** Submits a new comment on the first gateway, as an operator. */
async function submit(on: TestGateway): Promise<string> {
  changes += 1;
  const comment = `change ${changes}`;
  const mentors = await on.query('{ mentors(first: 1) { nodes { id } } }');
  const token = await surroundings.identity.tokenFor('OPERATOR');
  const answer = await on.query(
    `mutation ($input: SubmitAssessmentsInput!) { submitAssessments(input: $input) { created } }`,
    {
      input: {
        assessments: [
          {
            mentorId: mentors.data.mentors.nodes[0].id,
            psRequestNumber: `PSR-${90_000 + changes}`,
            score: 5,
            comment,
          },
        ],
      },
    },
    { authorization: `Bearer ${token}` },
  );
  expect(answer.data).toEqual({ submitAssessments: { created: 1 } });
  return comment;
}

function comments({ data }: GraphqlAnswer): string[] {
  return (data.assessments.nodes as { comment: string }[]).map(({ comment }) => comment);
}

async function expectSeenWithinASecond(on: TestGateway, comment: string): Promise<void> {
  const deadline = performance.now() + 1_000;
  let seen: string[] = [];
  while (performance.now() < deadline) {
    seen = comments(await on.query(assessmentsDocument));
    if (seen.includes(comment)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(seen).toContain(comment);
}

/** A change in Jira itself that an administrator tells one gateway of. */
async function expectInvalidationIsSeen(one: TestGateway, other: TestGateway): Promise<void> {
  const document = '{ jiraIssue(key: "PSD-7") { summary } }';
  const summaryOn = async (on: TestGateway): Promise<string> => (await on.query(document)).data.jiraIssue.summary;
  const before = await summaryOn(one);
  expect(await summaryOn(other)).toBe(before);
  changes += 1;
  const summary = `summary ${changes}`;
  surroundings.jira.updateIssue('PSD-7', { summary });
  expect(await summaryOn(other)).toBe(before);
  const answer = await one.query(
    'mutation { invalidateCache(input: { tags: ["JiraIssue:PSD-7"] }) { invalidated } }',
    {},
    { authorization: `Bearer ${await surroundings.identity.tokenFor('ADMIN')}` },
  );
  expect(answer.errors).toEqual([]);
  expect(await summaryOn(one)).toBe(summary);
  await expect.poll(() => summaryOn(other), { timeout: 1_000, interval: 20 }).toBe(summary);
}

async function expectChangesAreSeen(one: TestGateway, other: TestGateway): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    // Both hold the answer as it was, and give it without executing anything.
    for (const gateway of [one, other]) {
      await gateway.query(assessmentsDocument);
      expect((await gateway.query(assessmentsDocument)).headers.get('cache-status')).toContain('hit');
    }
    const comment = await submit(one);
    expect(comments(await one.query(assessmentsDocument))).toContain(comment);
    await expectSeenWithinASecond(other, comment);
    await expectInvalidationIsSeen(one, other);
  }
}

test('a change through one gateway is seen by the other within a second, with Redis', async () => {
  await expectChangesAreSeen(...(await startTwo(redis.url)));
});

test('a change through one gateway is seen by the other within a second, through PostgreSQL alone', async () => {
  await expectChangesAreSeen(...(await startTwo(null)));
});

test('a change through one gateway is seen by the other within a second, with Redis killed in the middle', async () => {
  const [one, other] = await startTwo(redis.url);
  await expectChangesAreSeen(one, other);
  await redis.kill();
  await expectChangesAreSeen(one, other);
});

test('what a person changes of their own through one gateway is in the next answer of the other, though the same query from before is under way there', async () => {
  const [one, other] = await startTwo(redis.url);
  const person = await bearerOf(surroundings, { subject: 'between-two', roles: ['OPERATOR'] });
  const ended = await beginSession(one, person);
  // An unseen text has Salesforce asked, which is slow.
  const query = `{ viewer { preferences sessions { id } } psRequests(first: 3, filter: { text: "zztwo" }) { nodes { id } } }`;
  const ownOf = ({ data }: GraphqlAnswer) => ({
    preferences: data.viewer.preferences,
    sessions: (data.viewer.sessions as { id: string }[]).map(({ id }) => id),
  });
  surroundings.salesforce.faults.add({ kind: 'slow', delayMs: 1_500 });
  const before = other.query(query, {}, person);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const { errors } = await one.query(
    `mutation ($id: ID!) {
      updatePreferences(input: { patch: { theme: "dark" }, version: 0 }) { viewer { id } }
      revokeSession(input: { id: $id }) { viewer { id } } }`,
    { id: ended.id },
    person,
  );
  expect(errors).toEqual([]);
  const after = await other.query(query, {}, person);
  surroundings.salesforce.faults.clear();
  expect(ownOf(await before)).toEqual({ preferences: {}, sessions: [ended.id] });
  expect(ownOf(after)).toEqual({ preferences: { theme: 'dark' }, sessions: [] });
});
