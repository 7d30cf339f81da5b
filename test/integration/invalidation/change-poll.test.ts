import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenRecordCache, openRecordCache } from '../../../src/cache/open-record-cache.ts';
import { ChangePoll, type ChangePollOptions, type SourceChange } from '../../../src/jobs/change-poll.ts';
import { RecentReads } from '../../../src/jobs/recent-reads.ts';
import { SyncCursors } from '../../../src/jobs/sync-cursors.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { readScope, ScriptedSource } from '../../support/cache-source.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { MovableClock } from '../../support/identity.ts';

const log = createLogger('silent');
const seconds = (count: number) => count * 1_000;
const idsTo = (count: number) => Array.from({ length: count }, (_, place) => `a${place + 1}`);

/** A source that tells what the test says, and what it was asked. */
class ToldChanges {
  changes: SourceChange[] = [];
  isComplete = true;
  failsWith: Error | null = null;
  pace: 'normal' | 'slow' | 'paused' = 'normal';
  readonly asked: number[] = [];
  /** Polls wait for it. */
  gate: Promise<unknown> = Promise.resolve();

  readonly polled: ChangePollOptions['polled'] = {
    source: 'SALESFORCE',
    feed: 'salesforce',
    types: ['Account'],
    tellsDeletions: true,
    pace: () => this.pace,
    poll: async (sinceMs) => {
      this.asked.push(sinceMs);
      const told = { changes: [...this.changes], highWaterMs: sinceMs, isComplete: this.isComplete };
      await this.gate;
      if (this.failsWith) throw this.failsWith;
      return told;
    },
  };
}

interface Instance {
  readonly cache: OpenRecordCache;
  readonly pool: pg.Pool;
  readonly poll: ChangePoll;
  read(ids: readonly string[]): Promise<unknown[]>;
}

let database: TestDatabase;
let clock: MovableClock;
let source: ScriptedSource;
let told: ToldChanges;
let opened: Instance[];
let pools: pg.Pool[];

beforeEach(async () => {
  database = await createTestDatabase();
  clock = new MovableClock();
  source = new ScriptedSource().fill(300);
  told = new ToldChanges();
  opened = [];
  pools = [];
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  for (const { cache, pool } of opened) await Promise.all([cache.close(), pool.end()]);
  await database.drop();
});

/** One that is read all the time unless told. */
async function openInstance(options: Partial<ChangePollOptions> = {}): Promise<Instance> {
  const settings = poolSettings(database.url);
  const cache = await openRecordCache({
    ttlDefaultSeconds: 300,
    ttlLongSeconds: 3_600,
    staleTtlSeconds: 86_400,
    maxEntries: 1_000,
    coalesceWindowMs: 0,
    redis: null,
    database: { url: database.url, settings },
    log,
    clock,
  });
  const pool = createPool('changes', database.url, settings, log);
  const cursors = new SyncCursors(pool);
  const reads = { lastAtMs: () => clock.now() };
  const common = { polled: told.polled, cursors, cache, reads, intervalMs: 0, clock, log };
  const instance: Instance = {
    cache,
    pool,
    poll: new ChangePoll({ ...common, ...options }),
    read: async (ids) => {
      const answers = await cache.readRecords({ kind: source.kind, ids, fields: ['Name'], scope: readScope() });
      return answers.map((answer) => (answer.kind === 'found' ? answer.values.Name : answer.kind));
    },
  };
  opened.push(instance);
  return instance;
}

function createPoolForTest(): pg.Pool {
  const pool = createPool('changes', database.url, poolSettings(database.url), log);
  pools.push(pool);
  return pool;
}

/** Time goes on afterwards: what is read in the very millisecond of a poll is confirmed by none. */
async function run({ poll }: Instance): Promise<Awaited<ReturnType<ChangePoll['run']>>> {
  const outcome = await poll.run(new AbortController().signal);
  clock.advanceMs(1);
  return outcome;
}
const changeOf = (id: string, stamp: string): SourceChange => ({ type: 'Account', id, stamp });

/** Polls once, so that what is read from now on is covered, and reads everything. */
async function beginCovered(...instances: readonly Instance[]): Promise<void> {
  for (const instance of instances) {
    await run(instance);
    await instance.read(idsTo(300));
  }
  source.calls.length = 0;
}

describe('a poll that finds nothing changed', () => {
  test('keeps three hundred records fresh past their time limit without a single read, in both instances', async () => {
    const [one, other] = [await openInstance(), await openInstance({ intervalMs: seconds(60) })];
    await beginCovered(one, other);
    clock.advanceMs(seconds(250));
    expect(await run(one)).toBe('done');
    expect(await run(other)).toBe('idle');
    clock.advanceMs(seconds(250));
    expect((await one.read(idsTo(300))).length).toBe(300);
    expect((await other.read(idsTo(300))).length).toBe(300);
    expect(source.calls).toEqual([]);
  });

  test('renews nothing that was read before the first poll', async () => {
    const one = await openInstance();
    await one.read(['a1']);
    clock.advanceMs(seconds(100));
    await run(one);
    clock.advanceMs(seconds(250));
    await one.read(['a1']);
    expect(source.calls.length).toBe(2);
  });
});

describe('a poll that finds a change', () => {
  test('has that record read again once in each instance, and nothing else', async () => {
    const [one, other] = [await openInstance(), await openInstance({ intervalMs: seconds(60) })];
    await beginCovered(one, other);
    source.records.set('a7', { Name: 'Changed' });
    told.changes = [changeOf('a7', 'stamp 1')];
    clock.advanceMs(seconds(250));
    await run(one);
    clock.advanceMs(seconds(200));
    expect((await one.read(idsTo(300)))[6]).toBe('Changed');
    expect(source.calls).toEqual([{ ids: ['a7'], fields: ['Name'] }]);
    await expect.poll(async () => (await other.read(['a7']))[0], { timeout: 1_500 }).toBe('Changed');
    // Its own time limit has it read again too, before it has heard.
    await expect.poll(() => other.cache.invalidations.seenLogId).toBe(one.cache.invalidations.seenLogId);
    await run(other);
    expect((await other.read(idsTo(300)))[6]).toBe('Changed');
    expect(source.calls.filter(({ ids }) => ids.some((id) => id !== 'a7'))).toEqual([]);
  });

  test('invalidates once what it is told again, and once more what changed again', async () => {
    const one = await openInstance();
    await beginCovered(one);
    const reads: number[] = [];
    for (const stamp of ['stamp 1', 'stamp 1', 'stamp 2', 'stamp 2']) {
      told.changes = [changeOf('a7', stamp)];
      await run(one);
      await one.read(['a7']);
      reads.push(source.calls.length);
    }
    expect(reads).toEqual([1, 1, 2, 2]);
  });

  test('remembers in the database what it was told, for the instance that polls next', async () => {
    const [one, other] = [await openInstance(), await openInstance()];
    await beginCovered(one);
    told.changes = [changeOf('a7', 'stamp 1')];
    await run(one);
    await one.read(['a7']);
    await run(other);
    await one.read(['a7']);
    expect(source.calls.length).toBe(1);
  });

  test('shows a deleted record as absent', async () => {
    const one = await openInstance();
    await beginCovered(one);
    source.records.delete('a7');
    told.changes = [changeOf('a7', 'deleted')];
    await run(one);
    expect(await one.read(['a7', 'a8'])).toEqual(['absent', 'Account 8']);
  });
});

test('a deletion that its source keeps silent about shows after three time limits, however often it is asked', async () => {
  const one = await openInstance({ polled: { ...told.polled, tellsDeletions: false } });
  await beginCovered(one);
  source.records.delete('a7');
  for (let elapsed = 0; elapsed < 850; elapsed += 50) {
    clock.advanceMs(seconds(50));
    await run(one);
  }
  expect(await one.read(['a7'])).toEqual(['Account 7']);
  expect(source.calls).toEqual([]);
  // The last half minute of it, one may be served once more while it is read.
  clock.advanceMs(seconds(85));
  await run(one);
  expect(await one.read(['a7'])).toEqual(['absent']);
});

describe('a poll that fails', () => {
  test('renews nothing, and the next one asks from the same place and makes up for it', async () => {
    const one = await openInstance();
    await beginCovered(one);
    clock.advanceMs(seconds(200));
    told.failsWith = new GatewayError('UPSTREAM_TIMEOUT', 'Salesforce did not answer.');
    await expect(run(one)).rejects.toThrow('Salesforce did not answer.');
    clock.advanceMs(seconds(150));
    await one.read(['a1']);
    expect(source.calls.length).toBe(1);
    told.failsWith = null;
    await run(one);
    expect(told.asked[2]).toBe(told.asked[1]);
    await one.read(idsTo(300));
    expect(source.calls.length).toBe(1);
  });

  test('because PostgreSQL did not take what it invalidated, renews nothing', async () => {
    const one = await openInstance();
    const renewals: unknown[] = [];
    const unlogged = { ...one.cache.stats(), invalidations: { state: 'poll' as const, unlogged: 1 } };
    const cache = { ...one.cache, invalidations: one.cache.invalidations, stats: () => unlogged };
    const two = await openInstance({ cache: { ...cache, renew: (types) => void renewals.push(types) } });
    await expect(run(two)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(renewals).toEqual([]);
  });
});

test('when more has changed than is told, everything of these types is read again', async () => {
  const one = await openInstance();
  await beginCovered(one);
  told.isComplete = false;
  await run(one);
  await one.read(idsTo(2));
  expect(source.calls).toEqual([{ ids: ['a1', 'a2'], fields: ['Name'] }]);
});

test('after a pause of more than an hour it begins anew instead of asking for all of it', async () => {
  const one = await openInstance();
  await beginCovered(one);
  clock.advanceMs(seconds(3_700));
  const resumedAtMs = clock.now();
  await run(one);
  expect(told.asked.at(-1)).toBe(resumedAtMs);
  await one.read(['a1']);
  expect(source.calls.length).toBe(1);
});

test('after a poll by a clock that is far ahead it begins anew, and believes nothing that was confirmed', async () => {
  const [ahead, one] = [await openInstance(), await openInstance()];
  await beginCovered(one);
  clock.advanceMs(seconds(3_000));
  await run(ahead);
  clock.advanceMs(-seconds(2_750));
  const resumedAtMs = clock.now();
  await run(one);
  expect(told.asked.at(-1)).toBe(resumedAtMs);
  clock.advanceMs(seconds(250));
  await one.read(['a1']);
  expect(source.calls.length).toBe(1);
});

test('while its source is down or almost out of calls it is not asked, and afterwards it is again', async () => {
  const one = await openInstance();
  told.pace = 'paused';
  expect(await run(one)).toBe('paused');
  expect(told.asked).toEqual([]);
  told.pace = 'normal';
  expect(await run(one)).toBe('done');
});

test('while its allowance is tight a source is asked five times less often', async () => {
  const one = await openInstance({ intervalMs: 300 });
  await run(one);
  told.pace = 'slow';
  await pause(500);
  expect(await run(one)).toBe('idle');
  told.pace = 'normal';
  expect(await run(one)).toBe('done');
});

describe('while nobody reads', () => {
  test('a source is not asked, and afterwards for all that has changed meanwhile', async () => {
    const reads = new RecentReads(clock);
    const one = await openInstance({ reads });
    expect(await run(one)).toBe('paused');
    reads.note('SALESFORCE');
    await beginCovered(one);
    clock.advanceMs(seconds(880));
    expect(await run(one)).toBe('done');
    const confirmedAtMs = clock.now();
    clock.advanceMs(seconds(30));
    for (let look = 0; look < 20; look += 1) {
      expect(await run(one)).toBe('paused');
      clock.advanceMs(seconds(60));
    }
    expect(told.asked).toHaveLength(2);
    source.records.set('a7', { Name: 'Changed meanwhile' });
    told.changes = [changeOf('a7', 'stamp 1')];
    reads.note('SALESFORCE');
    await one.read(['a1', 'a2']);
    // More than their time limit ago they were confirmed last.
    expect(source.calls).toEqual([{ ids: ['a1', 'a2'], fields: ['Name'] }]);
    expect(await run(one)).toBe('done');
    expect(told.asked.at(-1)).toBeLessThanOrEqual(confirmedAtMs);
    expect((await one.read(idsTo(300)))[6]).toBe('Changed meanwhile');
    expect(source.calls.slice(1)).toEqual([{ ids: ['a7'], fields: ['Name'] }]);
  });

  test('through one instance but through another, it is asked as ever', async () => {
    const [unread, read] = [new RecentReads(clock), new RecentReads(clock)];
    const one = await openInstance({ reads: unread });
    const other = await openInstance({ reads: read, intervalMs: seconds(60) });
    read.note('SALESFORCE');
    expect(await run(other)).toBe('done');
    expect(await run(one)).toBe('done');
    clock.advanceMs(seconds(901));
    expect([await run(one), await run(other)]).toEqual(['paused', 'paused']);
    read.note('SALESFORCE');
    expect(await run(other)).toBe('idle');
    expect(await run(one)).toBe('done');
  });

  test('of this source, reads of another one do not count', async () => {
    const reads = new RecentReads(clock);
    const one = await openInstance({ reads });
    reads.note('JIRA');
    expect(await run(one)).toBe('paused');
    expect(told.asked).toEqual([]);
  });
});

test('an instance that is read all the time tells the others so once a minute', async () => {
  const reads = new RecentReads(clock);
  const cursors = new SyncCursors(createPoolForTest());
  const written: number[] = [];
  const noteRead = cursors.noteRead.bind(cursors);
  cursors.noteRead = async (name, readAtMs) => {
    written.push(readAtMs);
    await noteRead(name, readAtMs);
  };
  const one = await openInstance({ reads, cursors });
  const beganAtMs = clock.now();
  for (let look = 0; look < 19; look += 1) {
    reads.note('SALESFORCE');
    await run(one);
    clock.advanceMs(seconds(10) - 1);
  }
  expect(written).toEqual([0, 60, 120, 180].map((age) => beganAtMs + seconds(age)));
});

test('an instance that has not heard of the invalidations of a poll renews nothing by it', async () => {
  const one = await openInstance();
  const renewals: unknown[] = [];
  const deaf = { ...one.cache.invalidations, seenLogId: 0 };
  const cache = { ...one.cache, invalidations: deaf, renew: () => void renewals.push('renewed') };
  const two = await openInstance({ intervalMs: seconds(60), cache: cache as unknown as ChangePollOptions['cache'] });
  told.changes = [changeOf('a7', 'stamp 1')];
  await run(one);
  expect(await run(two)).toBe('idle');
  expect(renewals).toEqual([]);
});

test('types that the poll before did not ask for are known from this one on, and renewed by nothing from before', async () => {
  const one = await openInstance();
  await beginCovered(one);
  clock.advanceMs(seconds(100));
  const both = { ...told.polled, types: ['Project', 'Account'] };
  await run(await openInstance({ polled: both }));
  const covered = await database.query<{ since: Date }>('select covered_since as since from sync_cursors');
  expect(covered.map(({ since }) => new Date(since).getTime())).toEqual([clock.now() - 1]);
});

describe('two instances', () => {
  test('that come at the same time poll once', async () => {
    const instances = [
      await openInstance({ intervalMs: seconds(60) }),
      await openInstance({ intervalMs: seconds(60) }),
    ];
    expect((await Promise.all(instances.map(run))).sort()).toEqual(['done', 'idle']);
    expect(told.asked.length).toBe(1);
  });

  test('take over from each other when one ends in the middle of a poll, and what it would bring late is not kept', async () => {
    const [one, other] = [await openInstance({ leaseMs: 300 }), await openInstance({ leaseMs: 300 })];
    const { promise, resolve } = Promise.withResolvers<void>();
    told.gate = promise;
    const stuck = run(one);
    await expect.poll(() => told.asked.length).toBe(1);
    expect(await run(other)).toBe('idle');
    await pause(350);
    told.gate = Promise.resolve();
    expect(await run(other)).toBe('done');
    resolve();
    await expect(stuck).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });
});
