import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createPool } from '../../../src/platform/database-pool.ts';
import { PostgresQuotaStore } from '../../../src/upstream/postgres-quota-store.ts';
import { QuotaLedger } from '../../../src/upstream/quota-ledger.ts';
import type { QuotaLedgerOptions } from '../../../src/upstream/quota-ledger-options.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { collectingLog, type LogLine, ManualClock } from '../../support/upstream.ts';

const HOUR_MS = 3_600_000;

interface Instance {
  readonly ledger: QuotaLedger;
  readonly lines: readonly LogLine[];
  /** Statements that wrote. */
  writes(): number;
  observe(used: number, resetsAtMs?: number): void;
}

let database: TestDatabase;
const pools: pg.Pool[] = [];
const ledgers: QuotaLedger[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(ledgers.splice(0).map((ledger) => ledger.close()));
  await database.query('truncate upstream_quotas');
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

/** As one gateway process without Redis has it, by a user that owns nothing. The clock is shared. */
async function startInstance(
  clock: ManualClock,
  { url = database.loginUrl, ...options }: Partial<QuotaLedgerOptions> & { readonly url?: string } = {},
): Promise<Instance> {
  const { log, lines } = collectingLog();
  const pool = createPool('quotas', url, poolSettings(url, { maxConnections: 1, connectionTimeoutMs: 300 }), log);
  pools.push(pool);
  let writes = 0;
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  pool.query = ((config: pg.QueryConfig) => {
    if (config.text.includes('insert')) writes += 1;
    return query(config);
  }) as never;
  const lastingStore = new PostgresQuotaStore({
    pool,
    instanceId: randomUUID(),
    migrated: Promise.resolve(),
    log,
    budgetMs: 300,
    pauseMs: 300,
  });
  await Promise.resolve();
  const ledger = new QuotaLedger({ source: 'SALESFORCE', clock, log, lastingStore, lastingIntervalMs: 50, ...options });
  await ledger.recall();
  ledgers.push(ledger);
  return {
    ledger,
    lines,
    writes: () => writes,
    observe: (used, resetsAtMs) => ledger.observe({ used, limit: 10_000, resetsAtMs: resetsAtMs ?? null }),
  };
}

const keptUsed = async (): Promise<readonly number[]> =>
  (
    await database.query<{ used: number }>(
      `select (known -> 'reading' ->> 'used')::int as used from upstream_quotas order by written_at`,
    )
  ).map(({ used }) => used);

describe('a quota ledger that is kept in PostgreSQL', () => {
  it('tells the next instance what the last one was told, before its first call', async () => {
    const clock = new ManualClock();
    const one = await startInstance(clock, { lastingIntervalMs: 60_000 });
    one.observe(9_999);
    await expect.poll(keptUsed).toEqual([9_999]);
    clock.advance(60_000);
    const next = await startInstance(clock);
    expect(next.ledger.refusal('interactive', 1)).toMatchObject({
      code: 'UPSTREAM_QUOTA_EXHAUSTED',
      details: { resetsAt: new Date(clock.now() - 60_000 + 24 * HOUR_MS).toISOString() },
    });
    expect(next.ledger.snapshot()).toMatchObject({ used: 9_999, limit: 10_000, pressure: 'exhausted' });
  });

  it('blocks nobody once the window that it was read in is over', async () => {
    const clock = new ManualClock();
    const [rolling, ending] = [await startInstance(clock), await startInstance(clock, { source: 'JIRA' })];
    rolling.observe(9_999);
    ending.observe(10_000, clock.now() + HOUR_MS);
    await expect.poll(keptUsed).toHaveLength(2);
    clock.advance(HOUR_MS - 1);
    const before = await startInstance(clock, { source: 'JIRA' });
    expect(before.ledger.refusal('interactive', 1)).toMatchObject({ retryAfterSeconds: 1 });
    clock.advance(1);
    expect(before.ledger.refusal('interactive', 1)).toBeNull();
    expect((await startInstance(clock, { source: 'JIRA' })).ledger.refusal('interactive', 1)).toBeNull();
    expect((await startInstance(clock)).ledger.pressure()).toBe('exhausted');
    clock.advance(23 * HOUR_MS);
    expect((await startInstance(clock)).ledger.refusal('background', 1)).toBeNull();
  });

  it('lets instances without Redis hear each other', async () => {
    const clock = new ManualClock();
    const [one, two] = [await startInstance(clock), await startInstance(clock)];
    one.observe(7_500);
    two.ledger.snapshot();
    await expect.poll(() => two.ledger.snapshot().used).toBe(7_500);
    expect(two.ledger.refusal('background', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
  });

  it('counts calls of a killed instance that no reading can have counted, and the budget that it spent', async () => {
    const clock = new ManualClock();
    const budget = { dailyBudgetCalls: 100 };
    const one = await startInstance(clock, budget);
    one.observe(9_000);
    for (let call = 0; call < 95; call += 1) one.ledger.hold(1);
    await expect
      .poll(() => database.query(`select known ->> 'uncountedCalls' as calls from upstream_quotas`))
      .toEqual([{ calls: '95' }]);
    clock.advance(60_000);
    const next = await startInstance(clock, budget);
    expect(next.ledger.snapshot().used).toBe(9_095);
    expect(next.ledger.pressure()).toBe('critical');
    next.observe(9_096);
    expect(next.ledger.snapshot().used).toBe(9_096);
  });

  it('is written once in an interval however many answers come, but at once when the pressure changes', async () => {
    const clock = new ManualClock();
    const one = await startInstance(clock, { lastingIntervalMs: 400 });
    const startedAt = performance.now();
    for (let used = 1; used <= 60; used += 1) {
      one.observe(used);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(one.writes()).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - startedAt) / 400));
    const two = await startInstance(clock, { lastingIntervalMs: 60_000, allowance: 'SALESFORCE:two' });
    const before = two.writes();
    two.observe(100);
    await expect.poll(() => two.writes()).toBe(before + 1);
    two.observe(101);
    two.observe(8_000);
    await expect.poll(keptUsed).toContain(8_000);
    expect(two.writes()).toBe(before + 2);
  });

  it('is not written when there is nothing new', async () => {
    const one = await startInstance(new ManualClock());
    one.observe(5);
    await expect.poll(keptUsed).toEqual([5]);
    const before = one.writes();
    for (let look = 0; look < 20; look += 1) {
      one.ledger.snapshot();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(one.writes()).toBe(before);
  });

  it('is written at the end, and cleared of what is older than a day', async () => {
    const clock = new ManualClock();
    const one = await startInstance(clock, { lastingIntervalMs: 60_000 });
    one.observe(10);
    await expect.poll(keptUsed).toEqual([10]);
    one.observe(11);
    await one.ledger.close();
    expect(await keptUsed()).toEqual([11]);
    clock.advance(26 * HOUR_MS);
    (await startInstance(clock)).observe(1);
    await expect.poll(keptUsed).toEqual([1]);
  });

  it('passes over garbage and what belongs to another organisation', async () => {
    const clock = new ManualClock();
    const other = await startInstance(clock, { allowance: 'SALESFORCE:other' });
    other.observe(9_999);
    await database.query(`insert into upstream_quotas values ('SALESFORCE', $1, '{"reading": {"used": -1}}', $2)`, [
      randomUUID(),
      new Date(clock.now()).toISOString(),
    ]);
    await expect.poll(keptUsed).toContain(9_999);
    const { ledger, lines } = await startInstance(clock);
    expect(ledger.snapshot()).toMatchObject({ used: null, pressure: 'normal' });
    expect(lines).toEqual([]);
  });

  it('holds nobody up while PostgreSQL is away, and says so once', async () => {
    const clock = new ManualClock();
    const startedAt = performance.now();
    const one = await startInstance(clock, { url: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    one.observe(7_500);
    const askedAt = performance.now();
    expect(one.ledger.refusal('background', 1)?.code).toBe('UPSTREAM_QUOTA_EXHAUSTED');
    expect(performance.now() - askedAt).toBeLessThan(50);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const said = one.lines.filter(({ msg }) => msg.includes('PostgreSQL can not keep the call allowances'));
    expect(said).toHaveLength(1);
  });
});
