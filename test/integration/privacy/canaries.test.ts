import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchStores } from '../../support/dump.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

/** What nobody may ever read again, once it was a setting or a header. */
const secrets = {
  JIRA_API_TOKEN: 'canary-jira-token-5be1',
  SALESFORCE_CLIENT_SECRET: 'canary-client-secret-77aa',
  JIRA_WEBHOOK_SECRET: 'canary-jira-webhook-90cd',
  SALESFORCE_WEBHOOK_SECRET: 'canary-salesforce-webhook-12ef',
  redisPassword: 'canary-redis-password-31ab',
  databasePassword: 'canary-database-password-64bc',
  bearer: 'canary-bearer-token-00ff',
  cookie: 'canary-cookie-value-8d8d',
  variable: 'canary-variable-secret-4e4e',
};
/** What logs and metrics may not tell of people. */
const personal = { agent: 'canary-user-agent-2b2b', email: 'canary.person@private.example', name: 'Canary Personname' };
const everything = [...Object.values(secrets), ...Object.values(personal)];

let redis: TestRedis;
let withDatabase: TestGateway;
let without: TestGateway;
const answers: string[] = [];
beforeAll(async () => {
  redis = await createTestRedis();
  await redis.start();
  const common = {
    JIRA_BASE_URL: 'http://127.0.0.1:1',
    JIRA_EMAIL: personal.email,
    JIRA_API_TOKEN: secrets.JIRA_API_TOKEN,
    JIRA_WEBHOOK_SECRET: secrets.JIRA_WEBHOOK_SECRET,
    SALESFORCE_LOGIN_URL: 'http://127.0.0.1:1',
    SALESFORCE_CLIENT_ID: 'client',
    SALESFORCE_CLIENT_SECRET: secrets.SALESFORCE_CLIENT_SECRET,
    SALESFORCE_WEBHOOK_SECRET: secrets.SALESFORCE_WEBHOOK_SECRET,
  };
  withDatabase = await startTestGateway({ settings: { ...common, REDIS_URL: redis.url } });
  without = await startTestGateway({
    settings: {
      ...common,
      DATABASE_URL: `postgres://gateway:${secrets.databasePassword}@127.0.0.1:1/graph`,
      REDIS_URL: `redis://user:${secrets.redisPassword}@${redis.url.replace('redis://', '')}`,
    },
  });
  for (const gateway of [withDatabase, without]) await sendEverything(gateway);
}, 60_000);
afterAll(async () => {
  await without?.close();
  await withDatabase?.close();
  await redis?.kill();
});

/** Every kind of request, most of which have to fail. */
async function sendEverything(gateway: TestGateway): Promise<void> {
  const person = { 'user-agent': personal.agent, 'x-forwarded-for': personal.email };
  const requests: [path: string, init: RequestInit][] = [];
  const post = (body: unknown, headers: Record<string, string> = {}): void => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    requests.push([
      '/graphql',
      { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...person, ...headers } },
    ]);
  };
  for (const role of ['VIEWER', 'ADMIN'] as const) {
    const headers = await gateway.as(role);
    for (const query of [
      '{ viewer { id } psRequests(first: 2) { nodes { number owner { name } } } jiraIssues(first: 2) { nodes { key } } mentors(first: 2) { nodes { name } } }',
      '{ gatewayStatus { upstreams { source state lastError } alerts { message } } }',
      'mutation { createSession { session { id } } }',
      `mutation { submitAssessments(input: { assessments: [{ mentorId: "x", psRequestNumber: "PSR-00042", score: 3, comment: "${personal.name}" }] }) { created } }`,
      `mutation { erasePerson(input: { userIdentifier: "${personal.email}", evenIfUnknown: true, reason: "${personal.name} left" }) { requestId } }`,
      'mutation { exportPerson { rows } }',
    ])
      post({ query }, headers);
    const query = 'query ($a: Int) { psRequests(first: $a) { nodes { number } } }';
    post({ query, variables: { a: secrets.variable } }, headers);
    post({ query: '{ viewer { id } }', operationName: 'x', variables: { a: secrets.variable } }, headers);
  }
  post({ query: '{ viewer { id } }' }, { authorization: `Bearer ${secrets.bearer}` });
  post({ query: '{ viewer { id } }' }, { authorization: `Basic ${secrets.bearer}` });
  post({ query: '{ viewer { id } }' }, { cookie: `__Host-session=${secrets.cookie}; session=${secrets.cookie}` });
  post(`{"query": "${secrets.variable}`, { authorization: `Bearer ${secrets.bearer}` });
  post([{ query: secrets.variable }]);
  for (const path of ['/webhooks/jira', '/webhooks/salesforce', `/${secrets.variable}`]) {
    const headers = { 'content-type': 'application/json', 'x-hub-signature': `sha256=${secrets.bearer}`, ...person };
    requests.push([path, { method: 'POST', body: JSON.stringify({ a: personal.email }), headers }]);
  }
  for (const path of ['/readyz', '/livez', '/healthz', '/metrics', '/']) requests.push([path, { headers: person }]);
  for (const [path, init] of requests) {
    const response = await fetch(gateway.url + path, init);
    answers.push(
      `${path} ${init.method ?? 'GET'} ${String(init.body ?? '').slice(0, 60)}\n${[...response.headers].join('\n')}\n${await response.text()}`,
    );
  }
}

const found = (text: string, among: readonly string[]) => among.filter((canary) => text.includes(canary));
/** The first line of an answer is what was sent. */
const received = (answer: string) => answer.slice(answer.indexOf('\n'));

describe('secrets and personal data that were planted everywhere', () => {
  it('are in no answer, error, status or metric', () => {
    expect(answers.length).toBeGreaterThan(40);
    // Whoever sends a variable of the wrong type is told, with what they sent.
    const secret = everything.filter((canary) => canary !== secrets.variable);
    const leaks = answers.flatMap((answer) =>
      found(received(answer), secret).map((canary) => `${canary} in: ${answer}`),
    );
    expect(leaks).toEqual([]);
    // It would be found: what was sent is there to see.
    expect(answers.flatMap((answer) => found(answer, everything)).length).toBeGreaterThan(0);
  });

  it('are in no log line, whatever failed', () => {
    const lines = [...withDatabase.logLines, ...without.logLines].map((line) => JSON.stringify(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.filter((line) => found(line, everything).length > 0)).toEqual([]);
    const failures = lines.join('\n');
    for (const failure of ['PostgreSQL', 'Redis']) expect(failures).toContain(failure);
  });

  it('are in no row, no value in Redis and no file, audit log and requests of erasures included', async () => {
    const { database } = withDatabase;
    if (!database) throw new Error('The gateway has no database of its own.');
    const directories = [withDatabase.dataDirectory, without.dataDirectory];
    const search = () => searchStores({ database, redisUrl: redis.url, directories }, everything);
    expect(await search()).toEqual([]);
    await database.query(`insert into mentors (tenant, name, email) values ('demo', $1, $2)`, [
      personal.name,
      personal.email,
    ]);
    await redis.command('SET', 'deployment-graph:planted', Buffer.from(secrets.cookie).toString('hex'));
    const planted = (await search()).map(({ place, text }) => `${place}: ${text}`);
    for (const sighting of [
      `PostgreSQL mentors: ${personal.name}`,
      `PostgreSQL mentors: ${personal.email}`,
      `Redis deployment-graph:planted: ${secrets.cookie}`,
    ])
      expect(planted).toContain(sighting);
  });
});
