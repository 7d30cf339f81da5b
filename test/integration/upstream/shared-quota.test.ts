import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRedisClient, type RedisClient } from '../../../src/platform/redis-client.ts';
import { QuotaLedger } from '../../../src/upstream/quota-ledger.ts';
import type { QuotaLedgerOptions } from '../../../src/upstream/quota-ledger-options.ts';
import { RedisQuotaStore } from '../../../src/upstream/redis-quota-store.ts';
import { createTestRedis, type TestRedis } from '../../support/redis.ts';
import { collectingLog, failureOf, type LogLine, ManualClock, upstreamUnderTest } from '../../support/upstream.ts';

interface Instance {
  readonly ledger: QuotaLedger;
  readonly lines: readonly LogLine[];
  observe(used: number, resetsAtMs?: number): void;
}

let redis: TestRedis;
const closing: (() => void)[] = [];
beforeAll(async () => {
  redis = await createTestRedis();
  await redis.start();
});
afterEach(async () => {
  for (const close of closing.splice(0)) close();
  redis.thaw();
  await redis.command('FLUSHALL');
});
afterAll(() => redis.kill());

/** As one gateway process has it. The clock is shared: what differs between instances is what they know. */
async function startInstance(
  instanceId: string,
  clock: ManualClock,
  options: Partial<QuotaLedgerOptions> = {},
): Promise<Instance> {
  const { log, lines } = collectingLog();
  const client: RedisClient = createRedisClient(redis.url, log);
  await client.connect();
  const store = new RedisQuotaStore({ redis: client, instanceId, log, pauseMs: 300 });
  const ledger = new QuotaLedger({ source: 'SALESFORCE', clock, log, store, exchangeIntervalMs: 20, ...options });
  await ledger.open();
  closing.push(() => {
    void ledger.close();
    client.destroy();
  });
  return {
    ledger,
    lines,
    observe: (used, resetsAtMs) => ledger.observe({ used, limit: 10_000, resetsAtMs: resetsAtMs ?? null }),
  };
}

/** Asks as a busy instance does, which also makes it listen to the others. */
async function eventually(ledger: QuotaLedger, condition: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 5_000;
  while (!condition() && performance.now() < giveUpAt) {
    ledger.refusal('interactive', 1);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(condition()).toBe(true);
}

describe('a quota ledger shared through Redis', () => {
  it('tells every instance what one of them was told', async () => {
    const clock = new ManualClock();
    const [one, two] = [await startInstance('one', clock), await startInstance('two', clock)];
    one.observe(7_500);
    await eventually(two.ledger, () => two.ledger.pressure() === 'critical');
    expect(two.ledger.snapshot()).toMatchObject({ used: 7_500, limit: 10_000 });
    expect(two.ledger.refusal('background', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
  });

  it('tells a new instance at its start, so that it does not begin blind', async () => {
    const clock = new ManualClock();
    const one = await startInstance('one', clock);
    one.observe(8_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const late = await startInstance('late', clock);
    expect(late.ledger.pressure()).toBe('exhausted');
    const { upstream } = upstreamUnderTest({ quota: late.ledger, clock, monotonicMs: clock.monotonicMs });
    let calls = 0;
    const call = { operation: 'search', receipts: [], idempotentRead: true } as const;
    const failure = await failureOf(upstream.call(call, async () => (calls += 1)));
    expect(failure).toMatchObject({ code: 'UPSTREAM_QUOTA_EXHAUSTED', details: { resetsAt: expect.any(String) } });
    expect(calls).toBe(0);
  });

  it('goes by the newest reading, and by the highest count of a window', async () => {
    const clock = new ManualClock();
    const [one, two] = [await startInstance('one', clock), await startInstance('two', clock)];
    const resetsAtMs = clock.now() + 3_600_000;
    one.observe(5_000, resetsAtMs);
    clock.advance(1_000);
    two.observe(4_000, resetsAtMs);
    await eventually(two.ledger, () => two.ledger.snapshot().used === 5_000);
    clock.advance(1_000);
    two.observe(5_200, resetsAtMs);
    await eventually(one.ledger, () => one.ledger.snapshot().used === 5_200);
    clock.advance(3_600_000);
    two.observe(10, resetsAtMs + 3_600_000);
    await eventually(one.ledger, () => one.ledger.snapshot().used === 10);
  });

  it('counts what other instances have under way', async () => {
    const clock = new ManualClock();
    const [one, two] = [await startInstance('one', clock), await startInstance('two', clock)];
    one.observe(7_990);
    const releases = Array.from({ length: 10 }, () => one.ledger.hold(1));
    await eventually(two.ledger, () => two.ledger.snapshot().used === 8_000);
    expect(two.ledger.refusal('interactive', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    for (const release of releases) release();
  });

  it('holds one budget for all instances, also for the calls of those that ended', async () => {
    const clock = new ManualClock();
    const budget = { dailyBudgetCalls: 100 };
    const one = await startInstance('one', clock, budget);
    for (let call = 0; call < 60; call += 1) one.ledger.hold(1)();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await one.ledger.close();
    const two = await startInstance('two', clock, budget);
    expect(two.ledger.pressure()).toBe('normal');
    for (let call = 0; call < 39; call += 1) two.ledger.hold(1)();
    expect(two.ledger.refusal('interactive', 1)).toBeNull();
    two.ledger.hold(1)();
    expect(two.ledger.refusal('interactive', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
  });

  it('works by itself while Redis is frozen or full of garbage, and shares again afterwards', async () => {
    const clock = new ManualClock();
    const [one, two] = [await startInstance('one', clock), await startInstance('two', clock)];
    redis.freeze();
    one.observe(5_700);
    const startedAt = performance.now();
    expect(one.ledger.refusal('interactive', 1)).toBeNull();
    expect(one.ledger.pressure()).toBe('tight');
    expect(performance.now() - startedAt).toBeLessThan(100);
    await eventually(one.ledger, () => one.lines.some(({ msg }) => msg.includes('Redis can not share')));
    redis.thaw();
    await eventually(one.ledger, () => one.lines.some(({ msg }) => msg.includes('again')));
    await eventually(two.ledger, () => two.ledger.pressure() === 'tight');
    await redis.command('SET', 'upstream-quota:SALESFORCE', 'garbage');
    one.observe(7_300);
    expect(one.ledger.pressure()).toBe('critical');
    await redis.command('DEL', 'upstream-quota:SALESFORCE');
    await redis.command('HSET', 'upstream-quota:SALESFORCE', 'three', '{"reading":{"used":-1}}');
    await eventually(two.ledger, () => two.ledger.pressure() === 'critical');
    expect(await redis.command('HKEYS', 'upstream-quota:SALESFORCE')).not.toContain('three');
  });

  it('leaves keys that end by themselves', async () => {
    const one = await startInstance('one', new ManualClock());
    one.observe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(Number(await redis.command('PTTL', 'upstream-quota:SALESFORCE'))).toBeGreaterThan(86_400_000);
  });
});
