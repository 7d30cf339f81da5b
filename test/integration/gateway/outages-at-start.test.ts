import { afterEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { createTcpGate, type TcpGate } from '../../support/tcp-gate.ts';

interface Ready {
  readonly http: number;
  readonly status: string;
  readonly states: Readonly<Record<string, string>>;
}

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(settings: Record<string, string>): Promise<TestGateway> {
  const gateway = await startTestGateway({ settings });
  cleanUps.push(() => gateway.close());
  return gateway;
}

async function gate(targetPort: number): Promise<TcpGate> {
  const made = await createTcpGate(targetPort);
  cleanUps.push(() => made.shut());
  return made;
}

async function readiness(gateway: TestGateway): Promise<Ready> {
  const response = await fetch(`${gateway.url}/readyz`);
  const body = (await response.json()) as { status: string; dependencies: { name: string; state: string }[] };
  return {
    http: response.status,
    status: body.status,
    states: Object.fromEntries(body.dependencies.map(({ name, state }) => [name, state])),
  };
}

/** Nothing listens on port 1. */
const nowhere = 'http://127.0.0.1:1';

describe('a start without Salesforce', () => {
  test('serves the rest, and says what is missing', async () => {
    const gateway = await start({
      SALESFORCE_LOGIN_URL: nowhere,
      SALESFORCE_CLIENT_ID: 'gateway',
      SALESFORCE_CLIENT_SECRET: 'no-secret',
    });
    expect(await readiness(gateway)).toMatchObject({
      http: 200,
      status: 'degraded',
      states: { salesforce: 'down', jira: 'up' },
    });
    const { status, data, errors } = await gateway.query(
      '{ psRequest(id: "PSR-00042") { number } jiraIssues(first: 1) { nodes { key } } mentors(first: 1) { nodes { name } } }',
    );
    expect(status).toBe(200);
    expect(data.psRequest).toBeNull();
    expect(data.jiraIssues.nodes).toHaveLength(1);
    expect(data.mentors).not.toBeNull();
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['psRequest'],
        extensions: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', source: 'SALESFORCE' }),
      }),
    ]);
  });
});

describe('a start without Jira', () => {
  test('serves the rest, and says what is missing', async () => {
    const gateway = await start({ JIRA_BASE_URL: nowhere, JIRA_EMAIL: 'a@example.com', JIRA_API_TOKEN: 'no-token' });
    expect(await readiness(gateway)).toMatchObject({
      http: 200,
      status: 'degraded',
      states: { salesforce: 'up', jira: 'down' },
    });
    const { data, errors } = await gateway.query('{ psRequest(id: "PSR-00042") { number jiraIssues { key } } }');
    expect(data.psRequest).toEqual({ number: 'PSR-00042', jiraIssues: null });
    expect(errors.map(({ path, extensions }) => [path, extensions.source])).toEqual([
      [['psRequest', 'jiraIssues'], 'JIRA'],
    ]);
  });
});

describe('a start without Redis', () => {
  test('serves everything, and says that the shared tier is missing', async () => {
    const gateway = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await readiness(gateway)).toMatchObject({ http: 200, status: 'degraded', states: { redis: 'down' } });
    expect((await gateway.query('{ psRequest(id: "PSR-00042") { number } }')).errors).toEqual([]);
  });
});

describe('a start without the identity provider', () => {
  test('lets nobody in by token, and says so', async () => {
    const gateway = await start({ OIDC_ISSUER: nowhere, OIDC_AUDIENCE: 'gateway' });
    expect(await readiness(gateway)).toMatchObject({ http: 200, status: 'degraded', states: { identity: 'down' } });
    const refused = await gateway.query('{ __typename }');
    expect(refused.status).toBe(401);
  });
});

describe('a start without PostgreSQL', () => {
  test('is not ready, serves what needs no PostgreSQL, and recovers by itself', async () => {
    const database: TestDatabase = await createTestDatabase();
    cleanUps.push(() => database.drop());
    const network = await gate(Number(new URL(database.url).port));
    const gateway = await start({ DATABASE_URL: network.through(database.url) });

    expect(await readiness(gateway)).toMatchObject({ http: 503, status: 'unready', states: { postgres: 'down' } });
    const document = '{ psRequest(id: "PSR-00042") { number } mentors(first: 1) { nodes { name } } }';
    const without = await gateway.query(document);
    expect(without.status).toBe(200);
    expect(without.data).toEqual({ psRequest: { number: 'PSR-00042' }, mentors: null });
    expect(without.errors).toEqual([
      expect.objectContaining({
        path: ['mentors'],
        extensions: expect.objectContaining({ code: 'DATABASE_UNAVAILABLE', source: 'POSTGRES' }),
      }),
    ]);
    expect(JSON.stringify(without)).not.toContain('127.0.0.1');

    await network.open();
    await expect
      .poll(() => readiness(gateway), { timeout: 20_000, interval: 200 })
      .toMatchObject({ http: 200, status: 'ready' });
    const recovered = await gateway.query(document);
    expect(recovered.errors).toEqual([]);
    expect(recovered.data.mentors.nodes).toHaveLength(1);

    await network.shut();
    await expect.poll(() => readiness(gateway), { timeout: 10_000, interval: 200 }).toMatchObject({ http: 503 });
  });
});
