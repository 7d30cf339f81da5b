import { afterAll, beforeAll, expect, test } from 'vitest';
import { redisBytes } from '../../../src/cache/responses/redis-bytes.ts';
import { SharedAnswers } from '../../../src/cache/responses/shared-answers.ts';
import { StoredAnswer } from '../../../src/cache/responses/stored-answer.ts';
import { TierBreaker } from '../../../src/cache/tier-breaker.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createRedisClient, type RedisClient, startConnecting } from '../../../src/platform/redis-client.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';

let server: TestRedis;
let client: RedisClient;
let breaker: TierBreaker;
let answers: SharedAnswers;

beforeAll(async () => {
  server = await createTestRedis();
  await server.start();
  client = createRedisClient(server.url, createLogger('silent'));
  await startConnecting(client, 5_000);
  breaker = new TierBreaker({
    budgetMs: 100,
    probeIntervalMs: 100,
    probe: () => client.ping(),
    onChange: () => undefined,
  });
  answers = new SharedAnswers({ store: redisBytes(client), breaker, clock: systemClock });
});
afterAll(async () => {
  breaker?.close();
  if (client?.isOpen) client.destroy();
  await server?.kill();
});

const body = JSON.stringify({ data: { text: 'größer 😀 '.repeat(2_000) } });
const answerFor = (ms: number): StoredAnswer =>
  new StoredAnswer(Buffer.from(body), {
    readAtMs: Date.now(),
    freshUntilMs: Date.now() + ms,
    isPrivate: false,
    dependsOnRole: false,
    tags: ['A:1'],
    asOf: 0,
    plainCalls: {},
  });

test('an answer comes back from Redis as the bytes that it was, compressed there, and goes when it is no longer fresh', async () => {
  const key = `responses-in-redis ${Math.random()}`;
  expect(await answers.get(key)).toBeNull();
  await answers.put(key, answerFor(60_000));
  const found = await answers.get(key);
  expect(found?.body.toString()).toBe(body);
  await answers.put(key, answerFor(150));
  expect(await answers.get(key)).not.toBeNull();
  await expect.poll(() => answers.get(key), { timeout: 5_000 }).toBeNull();
});

test('garbage under its key is a miss', async () => {
  const key = `garbage ${Math.random()}`;
  const keysBefore = new Set(await client.keys('deployment-graph:answer:*'));
  await answers.put(key, answerFor(60_000));
  const [stored] = (await client.keys('deployment-graph:answer:*')).filter((name) => !keysBefore.has(name));
  if (!stored) throw new Error('Nothing was stored.');
  // No one who looks into Redis learns the key from its name.
  expect(stored).not.toContain('garbage');
  expect(await client.pTTL(stored)).toBeGreaterThan(0);
  for (const garbage of ['', '<html>', 'DGR1', `DGR1\x00\x00\x00\x02{}`]) {
    await client.set(stored, garbage);
    expect(await answers.get(key)).toBeNull();
  }
  expect(breaker.failures).toBe(0);
});

test('a frozen Redis is waited for once, and used again when it is back', async () => {
  const key = `frozen ${Math.random()}`;
  await answers.put(key, answerFor(60_000));
  server.freeze();
  try {
    const startedAt = performance.now();
    for (let turn = 0; turn < 50; turn += 1) expect(await answers.get(key)).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(breaker.failures).toBe(1);
  } finally {
    server.thaw();
  }
  await expect.poll(() => answers.get(key), { timeout: 5_000 }).not.toBeNull();
});
