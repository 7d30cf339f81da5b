import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { quantile } from '../../support/quantiles.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { sized } from '../../support/test-size.ts';

const requests = sized({ small: 60, full: 600 });
let redis: TestRedis;
let gateway: TestGateway | undefined;

beforeEach(async () => {
  redis = await createTestRedis();
});
afterEach(async () => {
  redis.thaw();
  await gateway?.close();
  gateway = undefined;
  await redis.kill();
});

async function start(): Promise<TestGateway> {
  gateway = await startTestGateway({ settings: { REDIS_URL: redis.url }, responseCacheBytes: 16_000_000 });
  return gateway;
}

const document = `query ($id: ID!, $key: String!) {
  psRequest(id: $id) { number status account { name } }
  jiraIssue(key: $key) { key summary }
}`;

/** Milliseconds of each request, one after the other, a third of them for something new. Each has to be answered completely. */
async function askAll({ query }: TestGateway, from: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < requests; index += 1) {
    const number = index % 3 === 0 ? from + index : from;
    const startedAt = performance.now();
    const answer = await query(document, {
      id: `PSR-${String((number % 350) + 1).padStart(5, '0')}`,
      key: `PSD-${(number % 200) + 1}`,
    });
    times.push(performance.now() - startedAt);
    expect({ status: answer.status, errors: answer.errors }).toEqual({ status: 200, errors: [] });
  }
  return times;
}

/** Beside the same requests without a fault: every reader of Redis may wait once for as long as it is given, and no request after that. */
function expectOneHiccupAtMost(times: readonly number[], healthy: readonly number[]): void {
  const normalMs = Math.max(20, 3 * quantile(healthy, 0.95));
  const slow = times.filter((time) => time > normalMs + 50);
  expect(slow.length, `slow requests: ${slow.map(Math.round).join(', ')} ms`).toBeLessThanOrEqual(2);
  expect(Math.max(...times)).toBeLessThan(normalMs + 250);
}

test('Redis that is not there at the start fails and holds up no request, and is used as soon as it is there', async () => {
  const started = await start();
  const first = await askAll(started, 0);
  const second = await askAll(started, 100);
  expectOneHiccupAtMost(first.slice(1), second);
  await redis.start();
  await expect.poll(() => redis.command('DBSIZE'), { timeout: 20_000, interval: 200 }).not.toBe(undefined);
  await expect
    .poll(
      async () => {
        await askAll(started, 200);
        return Number(await redis.command('DBSIZE'));
      },
      { timeout: 30_000, interval: 300 },
    )
    .toBeGreaterThan(0);
});

const faults: readonly (readonly [string, () => Promise<void> | void])[] = [
  ['killed', () => redis.kill()],
  ['frozen', () => redis.freeze()],
  ['flushed', async () => void (await redis.command('FLUSHALL'))],
  ['full of garbage', fillWithGarbage],
];

/** Every value becomes something that no tier has written: bytes at random, JSON of another shape, another type of Redis. */
async function fillWithGarbage(): Promise<void> {
  const keys = (await redis.command('KEYS', '*')) as string[];
  expect(keys.length).toBeGreaterThan(0);
  for (const [index, key] of keys.entries()) {
    await redis.command('DEL', key);
    if (index % 4 === 0) await redis.command('SET', key, '\u0000\u0001garbage\uffff');
    else if (index % 4 === 1) await redis.command('SET', key, '{"value":{"kind":"found","values":42},"expires":null}');
    else if (index % 4 === 2) await redis.command('SET', key, 'null');
    else await redis.command('LPUSH', key, 'a', 'b');
  }
}

describe('Redis that in the middle of the work is', () => {
  test.each(faults)('%s fails no request and holds up none but the first', async (_what, strike) => {
    await redis.start();
    const started = await start();
    await askAll(started, 0);
    const healthy = await askAll(started, 50);
    // What is written behind an answer is there by now, so that there is something to lose and to spoil.
    await expect.poll(() => redis.command('DBSIZE'), { timeout: 10_000 }).not.toBe(0);
    await pause(200);
    await strike();
    // From another instance nothing is in memory: what it takes from Redis is what the fault left there.
    const other = await startTestGateway({ settings: settingsOf(started), responseCacheBytes: 16_000_000 });
    try {
      expectOneHiccupAtMost(await askAll(started, 100), healthy);
      const firstOfOther = await askAll(other, 50);
      expectOneHiccupAtMost(firstOfOther.slice(1), healthy);
    } finally {
      await other.close();
    }
    redis.thaw();
  });
});

/** What makes a second gateway share the first one's upstreams, database and Redis. */
function settingsOf({ salesforce, jira, identity, database }: TestGateway): Readonly<Record<string, string>> {
  return {
    REDIS_URL: redis.url,
    DATABASE_URL: database?.url ?? '',
    SALESFORCE_LOGIN_URL: salesforce.url,
    SALESFORCE_CLIENT_ID: salesforce.clientId,
    SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
    JIRA_BASE_URL: jira.url,
    JIRA_EMAIL: jira.email,
    JIRA_API_TOKEN: jira.apiToken,
    OIDC_ISSUER: identity.issuer,
    OIDC_AUDIENCE: identity.audience,
    ANONYMOUS_ROLE: 'analyst',
  };
}

test('an instance has two connections, one to ask and one to listen, also after Redis was away', async () => {
  await redis.start();
  const started = await start();
  const connections = async (): Promise<number> =>
    String(await redis.command('CLIENT', 'LIST')).match(/ name=deployment-graph /g)?.length ?? 0;
  await expect.poll(connections).toBe(2);
  await askAll(started, 0);
  expect(await connections()).toBe(2);
  await redis.kill();
  await redis.start();
  await expect.poll(connections, { timeout: 5_000 }).toBe(2);
  await started.close();
  gateway = undefined;
  await expect.poll(connections).toBe(0);
});
