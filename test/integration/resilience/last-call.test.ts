import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';

const DOCUMENT = 'query ($id: ID!) { psRequest(id: $id) { number product } }';
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let redis: TestRedis;
let surroundings: Surroundings;
let viewer: Record<string, string>;
let ids: readonly string[];
const children: GatewayProcess[] = [];
/** The second process has to open what the first has sealed. */
const keys = {
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  AUDIT_PSEUDONYM_KEY: randomBytes(32).toString('base64'),
};

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
  await redis.start();
  surroundings = await startSurroundings([database.url]);
  viewer = { authorization: `Bearer ${await surroundings.identity.tokenFor('VIEWER')}` };
  ids = surroundings.salesforce
    .rows('PS_Request__c')
    .flatMap(({ Id, IsDeleted }) => (IsDeleted === true ? [] : [String(Id)]));
});
afterAll(async () => {
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  await surroundings?.[Symbol.asyncDispose]();
  await redis?.kill();
  await database?.drop();
});

async function start(settings: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const child = await startGatewayProcess({
    ...surroundings.settings,
    ...keys,
    DATABASE_URL: database.url,
    CHANGE_POLL_INTERVAL: '1',
    ...settings,
  });
  children.push(child);
  return child;
}

const ask = (url: string, place: number) => sendOperation(url, DOCUMENT, { id: ids[place] }, viewer);
const calls = () => surroundings.salesforce.calls.all;
const billed = () => calls().reduce((sum, call) => sum + call.billed, 0);
const keptUsed = async (): Promise<number> =>
  (
    await database.query<{ used: number }>(
      `select max((known -> 'reading' ->> 'used')::int) as used from upstream_quotas where allowance like 'SALESFORCE%'`,
    )
  )[0]?.used ?? 0;

/** What is kept of the allowances is answered half a second after it was asked for. */
async function startWhilePostgresIsSlow<Started>(startOne: () => Promise<Started>): Promise<Started> {
  const holder = new pg.Client({ connectionString: database.superuserUrl });
  await holder.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table upstream_quotas in access exclusive mode');
    const starting = startOne();
    const waiting = () =>
      database.query(`select from pg_stat_activity where application_name = 'deployment-graph/quotas'
        and datname = current_database() and wait_event_type = 'Lock'`);
    await expect.poll(waiting, { timeout: 30_000, interval: 20 }).not.toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await holder.query('commit');
    return await starting;
  } finally {
    await holder.end();
  }
}

describe.each([
  { name: 'without Redis', settings: () => ({}), place: 0 },
  { name: 'whose Redis was flushed', settings: () => ({ REDIS_URL: redis.url }), place: 10 },
])('a gateway $name that is killed while one call of the organisation is left', ({ settings, place }) => {
  test('is followed by one that leaves it that call, serves what is kept and says when there is room again', async () => {
    const limit = 100_000 + place;
    await database.query('truncate upstream_quotas');
    surroundings.salesforce.setUsage(100, limit);
    const first = await start(settings());
    const before = await ask(first.url, place);
    expect(before.errors).toEqual([]);
    // What else the organisation does takes all but two calls; the gateway hears of it with the one before the last.
    surroundings.salesforce.setUsage(limit - 2, limit);
    const heardAfterMs = Date.now();
    expect((await ask(first.url, place + 1)).errors).toEqual([]);
    // Sooner than the interval, since the next process would have to know.
    await expect.poll(keptUsed, { timeout: 2_000, interval: 20 }).toBe(limit - 1);
    await expect
      .poll(() => database.query('select from api_cache where position($1 in key) > 0', [ids[place]]), {
        timeout: 5_000,
      })
      .not.toEqual([]);
    first.signal('SIGKILL');
    await first.ended;
    await redis.command('FLUSHALL');
    surroundings.salesforce.calls.clear();

    const next = await startWhilePostgresIsSlow(() => start(settings()));
    const kept = await ask(next.url, place);
    expect(kept.data).toEqual(before.data);
    const refused = await ask(next.url, place + 2);
    expect(refused.data).toEqual({ psRequest: null });
    expect(refused.errors).toMatchObject([
      { path: ['psRequest'], extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', source: 'SALESFORCE' } },
    ]);
    const resetsAtMs = Date.parse(String(refused.errors[0]?.extensions.resetsAt));
    expect(resetsAtMs).toBeGreaterThan(heardAfterMs + 24 * HOUR_MS - 1_000);
    expect(resetsAtMs).toBeLessThanOrEqual(Date.now() + 24 * HOUR_MS);
    // Long enough for a poll that would be due.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(billed()).toBe(0);
    expect(calls()).toEqual([]);
    next.signal('SIGKILL');
    await next.ended;
  });
});
