import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { connectTestRedis, createTestRedis, type TestRedis } from '../../support/redis.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';
import { createTcpGate, type TcpGate } from '../../support/tcp-gate.ts';
import { sendNotice } from '../../support/webhooks.ts';

const SECRET = 'salesforce-secret-of-the-test';
const ACCOUNT = 'query($id: ID!) { account(id: $id) { name } }';

let database: TestDatabase;
let redis: TestRedis;
let surroundings: Surroundings;
let gate: TcpGate;
let id: string;
let delivery = 0;
const started: TestGateway[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  await redis.start();
  surroundings = await startSurroundings([database.url]);
});
beforeEach(async () => {
  gate = await createTcpGate(Number(new URL(database.url).port));
  await gate.open();
  const row = surroundings.salesforce.rows('Account').find(({ IsDeleted }) => IsDeleted !== true);
  id = String(row?.Id);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((gateway) => gateway.close()));
  await gate.shut().catch(() => undefined);
});
afterAll(async () => {
  await surroundings[Symbol.asyncDispose]();
  await redis.kill();
  await database.drop();
});

async function start(): Promise<TestGateway> {
  const gateway = await startTestGateway({
    settings: {
      ...surroundings.settings,
      REDIS_URL: redis.url,
      SALESFORCE_WEBHOOK_SECRET: SECRET,
      DATABASE_URL: gate.through(database.url),
    },
    responseCacheBytes: 8_000_000,
  });
  started.push(gateway);
  // Stored answers are given from the second answer on, when the media type is known.
  await gateway.query('{ psRequests(first: 1) { nodes { id } } }');
  return gateway;
}

async function nameAt(gateway: TestGateway): Promise<unknown> {
  const { data } = await gateway.query(ACCOUNT, { id });
  return (data as { account: { name: string } | null } | null)?.account?.name;
}

function rename(name: string): void {
  surroundings.salesforce.updateRow('Account', id, { Name: name });
}

function tell(gateway: TestGateway, name = `notice-${(delivery += 1)}`): Promise<Response> {
  return sendNotice(gateway.url, 'salesforce', SECRET, {
    id: name,
    changes: [{ object: 'Account', id, changeType: 'UPDATE' }],
  });
}

it('takes no whole answer from Redis before it knows what was invalidated', async () => {
  const one = await start();
  await nameAt(one);
  await expect.poll(async () => (await one.query(ACCOUNT, { id })).headers.get('cache-status')).toContain('hit');
  await new Promise((resolve) => setTimeout(resolve, 200));
  rename('Renamed while another listened');
  expect((await tell(one)).status).toBe(204);
  await gate.shut();

  const other = await start();

  expect(await nameAt(other)).toBe('Renamed while another listened');
});

it('takes no notice for good that PostgreSQL could not keep, so that it is heeded by an instance that starts after all others ended', async () => {
  const one = await start();
  await nameAt(one);
  await expect.poll(async () => (await one.query(ACCOUNT, { id })).headers.get('cache-status')).toContain('hit');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await gate.shut();
  rename('Renamed while nobody could write it down');

  const refused = await tell(one, 'sent twice');
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await nameAt(one)).toBe('Renamed while nobody could write it down');

  started.splice(started.indexOf(one), 1);
  await one.close();
  await gate.open();
  const next = await start();
  await expect.poll(async () => (await tell(next, 'sent twice')).status, { timeout: 5_000 }).toBe(204);
  expect(await nameAt(next)).toBe('Renamed while nobody could write it down');
});

it('heeds what an instance that has ended could not have written down, without being told again', async () => {
  const one = await start();
  await nameAt(one);
  await expect.poll(async () => (await one.query(ACCOUNT, { id })).headers.get('cache-status')).toContain('hit');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await gate.shut();
  rename('Renamed and told once');
  expect((await tell(one)).status).toBe(503);
  started.splice(started.indexOf(one), 1);
  await one.close();
  await gate.open();

  const next = await start();
  expect(await nameAt(next)).toBe('Renamed and told once');
  await expect
    .poll(async () => (await database.query(`select from cache_invalidations where tag = 'Account:${id}'`)).length)
    .toBeGreaterThan(0);
  const client = await connectTestRedis(redis.url);
  await expect.poll(() => client.exists('deployment-graph:invalidations-unlogged')).toBe(0);
  client.destroy();
});
