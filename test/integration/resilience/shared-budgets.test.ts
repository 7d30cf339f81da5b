import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Allowance } from '../../../src/gateway/limits/budgets/allowance.ts';
import { SharedCounts } from '../../../src/gateway/limits/budgets/shared-counts.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { connectTestRedis, createTestRedis, type TestRedis } from '../../support/redis.ts';

const window = { name: 'test-minute', limit: 100, seconds: 60 };
let redis: TestRedis;
let opened: AsyncDisposableStack;

beforeEach(async () => {
  opened = new AsyncDisposableStack();
  redis = await createTestRedis();
  opened.defer(() => redis.kill());
});
afterEach(async () => {
  redis.thaw();
  await opened.disposeAsync();
});

/** What one instance counts. */
async function instance(): Promise<Allowance> {
  const client = await connectTestRedis(redis.url);
  opened.defer(() => client.destroy());
  const shared = new SharedCounts(client, createLogger('silent'));
  opened.defer(() => shared.close());
  return new Allowance(window, systemClock, shared);
}

/** Uses up 10 and tells how much is left, and how long that took. */
function useTen(allowance: Allowance): { readonly left: number; readonly milliseconds: number } {
  const startedAt = performance.now();
  allowance.use('alice', 10);
  const { remaining } = allowance.standing('alice');
  return { left: remaining, milliseconds: performance.now() - startedAt };
}

test('what one instance counted holds in the others, and each counts further', async () => {
  await redis.start();
  const [first, second] = [await instance(), await instance()];
  useTen(first);
  await first.tell();
  useTen(second);
  await second.tell();
  expect(second.standing('alice').remaining).toBe(80);
  useTen(first);
  await first.tell();
  expect(first.standing('alice').remaining).toBe(70);
  expect(first.standing('bob').remaining).toBe(100);
});

test('a Redis that is away, hangs or dies holds nobody up; each instance counts alone, and tells what it counted afterwards', async () => {
  const first = await instance();
  expect(useTen(first).left).toBe(90);
  await first.tell();
  await redis.start();
  await expect
    .poll(
      async () => {
        useTen(first);
        await first.tell();
        return redis.command('KEYS', '*test-minute*');
      },
      { timeout: 10_000, interval: 200 },
    )
    .toHaveLength(1);
  redis.freeze();
  const used = first.standing('alice').remaining;
  const startedAt = performance.now();
  const telling = first.tell();
  const { left, milliseconds } = useTen(first);
  expect(left).toBe(used - 10);
  expect(milliseconds).toBeLessThan(20);
  await Promise.all([telling, first.tell()]);
  // One budget of 100 ms, and nothing after it.
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(useTen(first).left).toBe(used - 20);
  redis.thaw();
  await pause(1_500);
  await first.tell();
  const second = await instance();
  second.use('alice', 1);
  await second.tell();
  expect(second.standing('alice').remaining).toBeLessThanOrEqual(first.standing('alice').remaining);
  await redis.kill();
  useTen(first);
  await first.tell();
  expect(first.standing('alice').remaining).toBeLessThan(used - 20);
});
