import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chargedPeople, formerClientOf } from '../../../src/gateway/operation-costs/client-name.ts';
import { searchStores } from '../../support/dump.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { testSealer } from '../../support/keys.ts';
import { companyWith, plantRows } from '../../support/planted-person.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

const { company, person } = companyWith('Zacharina Quellbrunn', 'zacharina@canary.example');
const canaries = ['Zacharina', 'Quellbrunn', person.email];
const SETTLE_MS = 1_500;

const READ = `query ($request: ID!, $issue: String!, $user: ID!) {
  psRequest(id: $request) { number description owner { salesforceId name email title } }
  jiraIssue(key: $issue) { summary description assignee { accountId displayName email } comments(first: 5) { body author { displayName email } } }
  salesforceUser(id: $user) { name email }
  mentors(first: 100) { nodes { name email active } }
  assessments(first: 100) { nodes { psRequestNumber comment mentor { name } } }
}`;
const ERASE = `mutation ($input: ErasePersonInput!) { erasePerson(input: $input) {
  requestId sessionsDeleted auditEntriesPseudonymised erasure { status problem erased { store count } } } }`;
const STATE = `query ($id: ID!) { erasure(requestId: $id) { status problem completedAt proof proofIsValid proofSignature erased { store count } } }`;

let redis: TestRedis;
let first: TestGateway;
let second: TestGateway;
let subject: string;

beforeAll(async () => {
  redis = await createTestRedis();
  await redis.start();
  const common = { company, erasureSettleMs: SETTLE_MS, responseCacheBytes: 10_000_000 };
  first = await startTestGateway({ ...common, settings: { REDIS_URL: redis.url } });
  second = await startTestGateway({
    ...common,
    settings: { REDIS_URL: redis.url, DATABASE_URL: databaseOf(first).url },
  });
  subject = await subjectOf(first, 'VIEWER');
  await plantRows(databaseOf(first), person, subject);
  await plantCosts();
}, 60_000);
afterAll(async () => {
  await second?.close();
  await first?.close();
  await redis?.kill();
});

/** As instances write them, also those that were in memory when somebody was erased. */
const plantCosts = () =>
  databaseOf(first).query(
    `insert into operation_costs (tenant, hour, operation_name, document_hash, client, executions, salesforce_calls, salesforce_billed_calls,
       jira_calls, jira_billed_calls, postgres_calls, postgres_statements, cache_hits, cache_misses, cache_stale, cache_coalesced, durations)
     select 'demo', date_trunc('hour', now(), 'UTC'), 'Planted', '', unnest($1::text[]), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, array_fill(1, array[36])`,
    [[...charged(), 'zacharina-quellbrunn laptop']],
  );

const databaseOf = (gateway: TestGateway) => {
  if (!gateway.database) throw new Error('The gateway has no database of its own.');
  return gateway.database;
};
async function subjectOf(gateway: TestGateway, role: 'VIEWER' | 'ADMIN'): Promise<string> {
  const { data } = await gateway.query('{ viewer { id } }', {}, await gateway.as(role));
  return (data as { viewer: { id: string } }).viewer.id;
}
/** Whom the person's operations are charged to, by the key and from before there was one. */
const charged = () => {
  const viewer = { tenant: 'demo', id: subject };
  return [chargedPeople(testSealer)(viewer), formerClientOf(viewer)];
};
const variables = { request: person.requestNumber, issue: person.issueKey, user: person.salesforceId };
const read = async (gateway: TestGateway) =>
  JSON.stringify(await gateway.query(READ, variables, await gateway.as('VIEWER')));
const stores = () =>
  searchStores({ database: databaseOf(first), redisUrl: redis.url, directories: directories() }, canaries);
const directories = () => [first, second].map(({ dataDirectory }) => dataDirectory);
async function untilCompleted(gateway: TestGateway, id: string) {
  for (const deadline = Date.now() + 20_000; ; ) {
    const { data, errors } = await gateway.query(STATE, { id }, await gateway.as('ADMIN'));
    expect(errors).toEqual([]);
    const { erasure } = data as { erasure: Record<string, unknown> & { status: string } };
    if (erasure.status === 'COMPLETED') return erasure;
    if (Date.now() > deadline) throw new Error(`Not completed: ${JSON.stringify(erasure)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

describe('erasing a person', () => {
  it('is refused for a text by which nobody is known, a name above all, unless the administrator insists', async () => {
    const headers = await first.as('ADMIN');
    const ask = (input: object) => first.query(ERASE, { input: { reason: 'asked for', ...input } }, headers);
    for (const [input, argument] of [
      [{ userIdentifier: person.name }, 'input.userIdentifier'],
      [{ userIdentifier: 'zacharina@canary.exmaple' }, 'input.userIdentifier'],
      [{ userIdentifier: person.email, alsoKnownAs: [subject, 'user-viewre'] }, 'input.alsoKnownAs[1]'],
    ] as const) {
      const { errors } = await ask(input);
      expect(errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument });
      expect(errors[0]?.message).toContain('evenIfUnknown');
    }
    expect(await databaseOf(first).query('select id from erasure_requests')).toEqual([]);
    const { data, errors } = await ask({ userIdentifier: 'gone-long-ago', evenIfUnknown: true });
    expect(errors).toEqual([]);
    const { requestId } = (data as { erasePerson: { requestId: string } }).erasePerson;
    expect(await untilCompleted(first, requestId)).toMatchObject({ proofIsValid: true });
  });

  it('takes them out of every store, and nothing that is read afterwards brings them back', async () => {
    for (const gateway of [first, second, first]) expect(await read(gateway)).toContain('Zacharina');
    // As an instance explains that an issue has changed.
    const explained = [{ type: 'JiraIssue', id: '1', values: { summary: `Handover from ${person.name}` } }];
    await databaseOf(first).query('insert into cache_invalidations (id, tag, changes) values (1, $1, $2)', [
      'JiraIssue[]',
      JSON.stringify(explained),
    ]);
    // Searches keep what was searched for, however it was written.
    for (const text of ['quellbrunn, zacharina', 'ZACHARINA-QUELLBRUNN', person.email.toUpperCase()])
      await first.query(
        'query ($text: String!) { jiraIssues(first: 3, filter: { text: $text }) { nodes { key } } accounts(first: 3, filter: { name: $text }) { nodes { id } } }',
        { text },
        await first.as('VIEWER'),
      );
    await new Promise((resolve) => setTimeout(resolve, 600));
    const before = (await stores()).map(({ place }) => place.replace(/deployment-graph:1.*?\|([\w[\] ]+)\|.*/, '$1'));
    // What the search has to find, or it proves nothing.
    for (const place of [
      'PostgreSQL mentors',
      'PostgreSQL operation_costs',
      'PostgreSQL assessments',
      'PostgreSQL api_cache',
      'PostgreSQL cache_invalidations',
      'Redis SalesforceUser',
      'Redis JiraIssue',
      'Redis JiraIssue[] search',
      'Redis Account[] pages',
    ])
      expect(before).toContain(place);

    const input = {
      userIdentifier: person.email.toUpperCase(),
      alsoKnownAs: [subject],
      reason: `Left; asked by ${person.email}`,
    };
    const { data, errors } = await first.query(ERASE, { input }, await first.as('ADMIN'));
    expect(errors).toEqual([]);
    const { erasePerson } = data as {
      erasePerson: {
        requestId: string;
        erasure: { status: string; problem: unknown; erased: { store: string; count: number }[] };
      };
    };
    expect(erasePerson.erasure).toMatchObject({ status: 'RUNNING', problem: null });
    const counts = Object.fromEntries(erasePerson.erasure.erased.map(({ store, count }) => [store, count]));
    expect(counts).toMatchObject({
      mentors: 1,
      comments: 1,
      'idempotency keys': 1,
      pseudonyms: 5 + (counts.costs ?? 0),
    });
    expect(counts['records in PostgreSQL']).toBeGreaterThan(0);
    expect(counts['records in Redis']).toBeGreaterThan(0);

    expect(await databaseOf(first).query('select 1 from operation_costs where client = any($1)', [charged()])).toEqual(
      [],
    );

    await plantCosts();

    // Sources still show the person, at every moment until it is done and afterwards.
    for (let round = 0; round < 5; round += 1)
      for (const gateway of [first, second]) {
        const answer = await read(gateway);
        if (round > 0) for (const canary of canaries) expect(answer).not.toContain(canary);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    const done = await untilCompleted(second, erasePerson.requestId);
    expect(done).toMatchObject({ proofIsValid: true, problem: null });
    expect(await stores()).toEqual([]);
    const costs = await databaseOf(first).query(
      `select client, sum(executions)::int as executions, sum(durations[1])::int as quick from operation_costs where operation_name = 'Planted' group by 1`,
    );
    expect(costs).toEqual([{ client: expect.stringMatching(/^erased:[0-9a-f]{16}$/), executions: 6, quick: 6 }]);

    const answer = await read(second);
    expect(answer).toContain(
      `"assignee":{"accountId":"${person.accountId}","displayName":"Erased person","email":null}`,
    );
    expect(answer).toContain(
      `"owner":{"salesforceId":"${person.salesforceId}","name":"Erased person","email":null,"title":null}`,
    );
    expect(answer).toContain('Handover from [erased]');
    expect(answer).toContain('Ask [erased] ([erased]) before the go-live.');
    expect(answer).toContain('Written by [erased]');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await stores()).toEqual([]);

    // Their client goes on calling itself after them; what it costs is written at the latest when the instance ends.
    const named = { ...(await second.as('VIEWER')), 'apollographql-client-name': 'zacharina-quellbrunn laptop' };
    expect((await second.query('query ByLaptop { viewer { id } }', {}, named)).errors).toEqual([]);
    await second.close();
    const chargedTo = await databaseOf(first).query(
      `select client from operation_costs where operation_name = 'ByLaptop'`,
    );
    expect(chargedTo).toEqual([{ client: charged()[0] }]);
  }, 60_000);
});
