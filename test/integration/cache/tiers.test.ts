import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type OpenRecordCache,
  openRecordCache,
  type RecordCacheOptions,
} from '../../../src/cache/open-record-cache.ts';
import { recordTag } from '../../../src/cache/tags.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { createLogger } from '../../../src/platform/log.ts';
import type { RedisClient } from '../../../src/platform/redis-client.ts';
import { readScope, ScriptedSource } from '../../support/cache-source.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { connectTestRedis, createTestRedis, type TestRedis } from '../../support/redis.ts';
import { createTcpGate, type TcpGate } from '../../support/tcp-gate.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';

const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Salesforce could not be reached.', { source: 'SALESFORCE' });

let database: TestDatabase;
let redis: TestRedis;
const clients: RedisClient[] = [];
let gate: TcpGate;
const opened: OpenRecordCache[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  redis = await createTestRedis();
});
afterAll(async () => {
  await redis.kill();
  await database.drop();
});
beforeEach(async () => {
  await redis.kill();
  await redis.start();
  await database.query('truncate api_cache, cache_invalidations');
  gate = await createTcpGate(Number(new URL(database.url).port));
  await gate.open();
});
afterEach(async () => {
  redis.thaw();
  await gate.open().catch(() => undefined);
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
  for (const client of clients.splice(0)) if (client.isOpen) client.destroy();
  await gate.shut();
});

async function connect(): Promise<RedisClient> {
  const client = await connectTestRedis(redis.url);
  clients.push(client);
  return client;
}

async function open(overrides: Partial<RecordCacheOptions> = {}): Promise<OpenRecordCache> {
  const cache = await openRecordCache({
    redis: overrides.redis === undefined ? await connect() : null,
    ttlDefaultSeconds: 300,
    ttlLongSeconds: 3_600,
    staleTtlSeconds: 86_400,
    maxEntries: 10_000,
    coalesceWindowMs: 0,
    database: { url: database.url, settings: poolSettings(database.url) },
    log: createLogger('silent'),
    ...overrides,
  });
  opened.push(cache);
  return cache;
}

function reader(cache: OpenRecordCache, source: ScriptedSource) {
  return async (ids: string[], fields = ['Name']) => {
    const scope = readScope();
    const startedAt = performance.now();
    const answers = await cache.readRecords({ kind: source.kind, ids, fields, scope });
    return { answers, scope, tookMs: performance.now() - startedAt };
  };
}

async function eventually(check: () => Promise<boolean> | boolean, withinMs = 5_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; ) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`It did not come to be within ${withinMs} ms.`);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a PostgreSQL that has not this version's tables yet", () => {
  it('is left alone without a complaint, and gets what was read meanwhile when it has them', async () => {
    await database.query('alter table api_cache rename to api_cache_later');
    await database.query('alter table cache_invalidations rename to cache_invalidations_later');
    const lines: string[] = [];
    const source = new ScriptedSource().fill(1);
    const migration = Promise.withResolvers<void>();
    const cache = await open({
      redis: null,
      database: { url: database.url, settings: poolSettings(database.url), migrated: migration.promise },
      log: createLogger('trace', { write: (line) => void lines.push(line) }),
    });
    await reader(cache, source)(['a1']);
    await cache.flush();
    await cache.settled();
    expect(cache.stats()).toMatchObject({
      tiers: [{ state: 'open', failures: 0 }],
      invalidations: { state: 'unknown' },
    });
    await database.query('alter table api_cache_later rename to api_cache');
    await database.query('alter table cache_invalidations_later rename to cache_invalidations');
    migration.resolve();
    await cache.settled();
    await reader(cache, source)(['a1']);
    await cache.flush();
    expect(cache.stats().tiers).toMatchObject([{ state: 'up', failures: 0 }]);
    expect(cache.stats().invalidations.state).not.toBe('unknown');
    expect(lines).toEqual([]);
  });
});

describe('what one instance read', () => {
  it('is there for another through Redis alone', async () => {
    const source = new ScriptedSource().fill(3);
    source.names.set('ACME', 'a1');
    const first = await open({ database: null });
    await reader(first, source)(['ACME', 'a2', 'x9']);
    await first.flush();
    const second = await open({ database: null });
    const { answers, scope } = await reader(second, source)(['ACME', 'a2', 'x9']);
    expect(answers).toMatchObject([
      { id: 'a1', values: { Name: 'Account 1' }, state: 'fresh' },
      { id: 'a2' },
      { kind: 'absent', reason: 'notFound' },
    ]);
    expect(source.calls).toHaveLength(1);
    expect(scope.receipt.cache).toMatchObject({ hits: 3, misses: 0 });
  });

  it('is there for another through PostgreSQL alone, with every field that anyone read', async () => {
    const source = new ScriptedSource().fill(3);
    const first = await open({ redis: null });
    const second = await open({ redis: null });
    await Promise.all([reader(first, source)(['a1'], ['Name']), reader(second, source)(['a1'], ['Industry'])]);
    await first.flush();
    await second.flush();
    const third = await open({ redis: null });
    const { answers } = await reader(third, source)(['a1'], ['Name', 'Industry']);
    expect(answers).toMatchObject([{ values: { Name: 'Account 1', Industry: 'Retail' }, state: 'fresh' }]);
    expect(source.calls).toHaveLength(2);
  });

  it('survives a flush of Redis and a restart while the source is down', async () => {
    const source = new ScriptedSource().fill(50);
    const ids = [...source.records.keys()];
    const first = await open();
    await reader(first, source)(ids, ['Name', 'Industry', 'Phone']);
    await first.close();
    opened.length = 0;
    await redis.command('FLUSHALL');
    source.failsWith = down;
    const second = await open({ ttlDefaultSeconds: 1 });
    await pause(1_100);
    const { answers, scope } = await reader(second, source)(ids, ['Name', 'Industry', 'Phone']);
    expect(
      answers.every((answer) => answer.kind === 'found' && answer.values.Phone === null && answer.values.Name),
    ).toBe(true);
    expect(answers.every((answer) => answer.kind === 'found' && answer.state === 'stale')).toBe(true);
    expect(scope.freshness.staleUses).toHaveLength(50);
  });

  it('is written in the shape that operators look at', async () => {
    const source = new ScriptedSource().fill(1);
    const cache = await open({ redis: null });
    await reader(cache, source)(['a1']);
    await cache.flush();
    const [row] = await database.query<Record<string, unknown>>(
      `select key, source, payload -> 'Name' ->> 0 as name, tags, hits, expires_at - created_at as fresh, stale_until - expires_at as stale from api_cache`,
    );
    expect(row).toMatchObject({
      key: 'SALESFORCE|Account|a1',
      source: 'SALESFORCE',
      name: 'Account 1',
      tags: ['source:SALESFORCE', 'Account', 'Account:a1'],
    });
    const other = await open({ redis: null });
    await reader(other, source)(['a1']);
    await other.flush();
    expect(await database.query('select hits::int from api_cache')).toEqual([{ hits: 1 }]);
  });

  it('keeps what PostgreSQL can not hold out of it, and everything else in', async () => {
    const source = new ScriptedSource().fill(2);
    source.records.set('a1', { Name: 'NUL \0 and half \ud83d' });
    const cache = await open({ redis: null });
    await reader(cache, source)(['a1', 'a2', 'bad\0id']);
    await cache.flush();
    expect(await database.query('select key from api_cache')).toEqual([{ key: 'SALESFORCE|Account|a2' }]);
    expect(cache.stats().tiers).toMatchObject([{ name: 'postgres', state: 'up', written: 1, writesDropped: 2 }]);
    expect((await reader(cache, source)(['a1'])).answers).toMatchObject([
      { values: { Name: 'NUL \0 and half \ud83d' } },
    ]);
  });
});

describe('Redis in every bad state', () => {
  it('is not needed at the start, and used as soon as it is there', async () => {
    await redis.kill();
    const source = new ScriptedSource().fill(2);
    const cache = await open();
    const read = reader(cache, source);
    expect((await read(['a1'])).answers).toMatchObject([{ kind: 'found' }]);
    expect(cache.stats().tiers[0]).toMatchObject({ name: 'redis', state: 'open' });
    await redis.start();
    await eventually(() => cache.stats().tiers[0]?.state === 'up');
    await read(['a2']);
    await cache.flush();
    expect(await redis.command('DBSIZE')).toBe(1);
  });

  it('is missed once, not waited for, when it is killed', async () => {
    const source = new ScriptedSource().fill(100);
    const cache = await open();
    const read = reader(cache, source);
    await read(['a1']);
    await redis.kill();
    for (let n = 2; n <= 60; n += 1) {
      const { answers, tookMs } = await read([`a${n}`]);
      expect(answers).toMatchObject([{ kind: 'found', state: 'fresh' }]);
      expect(tookMs).toBeLessThan(1_000);
    }
  });

  it('costs its budget once when it is frozen, and nothing after, until it answers again', async () => {
    const source = new ScriptedSource().fill(200);
    const cache = await open({ database: null });
    const read = reader(cache, source);
    await read(['a1']);
    redis.freeze();
    const first = await Promise.all([read(['a2']), read(['a3']), read(['a4'])]);
    for (const { tookMs } of first) expect(tookMs).toBeLessThan(600);
    const took: number[] = [];
    for (let n = 5; n <= 100; n += 1) took.push((await read([`a${n}`])).tookMs);
    // Alone a probe costs its budget; nobody waits for one.
    expect(took.filter((ms) => ms > 90)).toEqual([]);
    expect(cache.stats().tiers[0]).toMatchObject({ state: 'open' });
    redis.thaw();
    await eventually(() => cache.stats().tiers[0]?.state === 'up');
  });

  it('is filled again after a flush', async () => {
    const source = new ScriptedSource().fill(2);
    const cache = await open({ maxEntries: 1 });
    const read = reader(cache, source);
    await read(['a1']);
    await cache.flush();
    await redis.command('FLUSHALL');
    await read(['a2']);
    const { answers } = await read(['a1']);
    expect(answers).toMatchObject([{ values: { Name: 'Account 1' }, state: 'fresh' }]);
    expect(source.calls).toHaveLength(2);
  });

  it.each([
    ['no JSON at all', 'SET', '\u0001\u0002not json'],
    ['JSON of another kind', 'SET', '[1,2,3]'],
    ['null', 'SET', 'null'],
    ['another version of the format', 'SET', '{"$":{"v":99,"kind":"found","id":"a1","names":[]},"Name":["Old",1,1]}'],
    ['another record', 'SET', '{"$":{"v":1,"kind":"found","id":"a2","names":[]},"Name":["Wrong",9e15,9e15]}'],
    ['a reading without a time', 'SET', '{"$":{"v":1,"kind":"found","id":"a1","names":[]},"Name":["Bad"]}'],
    ['a prototype', 'SET', '{"__proto__":{"v":1},"$":{"v":1,"kind":"absent","reason":"because"}}'],
    ['something too large', 'SET', `"${'x'.repeat(2_000_000)}"`],
    ['a list', 'RPUSH', 'value'],
  ])('takes %s for a miss, and counts it', async (what, command, value) => {
    const source = new ScriptedSource().fill(1);
    const cache = await open({ database: null });
    await redis.command(command, 'deployment-graph:1::SALESFORCE|Account|a1', value);
    const { answers } = await reader(cache, source)(['a1']);
    expect(answers).toMatchObject([{ kind: 'found', values: { Name: 'Account 1' } }]);
    const [stats] = cache.stats().tiers;
    expect(stats).toMatchObject({ hits: 0, misses: 1, garbage: what === 'a list' ? 0 : 1 });
  });
});

describe('a time from the future', () => {
  it('makes no value fresh for ever', async () => {
    const source = new ScriptedSource().fill(1);
    const cache = await open({ database: null });
    const text = `{"$":{"v":1,"kind":"found","id":"a1","names":[]},"Name":["Future",${Date.now() + 3_600_000},0]}`;
    await redis.command('SET', 'deployment-graph:1::SALESFORCE|Account|a1', text);
    source.failsWith = down;
    expect((await reader(cache, source)(['a1'])).answers).toEqual([{ kind: 'failed', error: down }]);
    source.failsWith = null;
    expect((await reader(cache, source)(['a1'])).answers).toMatchObject([{ values: { Name: 'Account 1' } }]);
  });
});

describe('PostgreSQL in bad states', () => {
  it('is not needed to answer, loses nothing that waits, and is used again when it is back', async () => {
    const source = new ScriptedSource().fill(30);
    const settings = poolSettings(gate.through(database.url), { connectionTimeoutMs: 300 });
    const cache = await open({ redis: null, database: { url: gate.through(database.url), settings } });
    const read = reader(cache, source);
    await read(['a1']);
    await gate.shut();
    for (let n = 2; n <= 20; n += 1) expect((await read([`a${n}`])).answers).toMatchObject([{ kind: 'found' }]);
    await eventually(() => cache.stats().tiers[0]?.state === 'open');
    expect((await read(['a21'])).tookMs).toBeLessThan(200);
    await gate.open();
    await eventually(async () => (await database.query('select 1 from api_cache')).length === 21);
  });

  it('costs its budget once when it hangs, holds up neither invalidations nor the end, and nothing after', async () => {
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    const source = new ScriptedSource().fill(60);
    const cache = await open({ database: { url: url.href, settings: poolSettings(url.href) } });
    const other = await open({ database: { url: url.href, settings: poolSettings(url.href) } });
    const read = reader(cache, source);
    await read(['a1']);
    await reader(other, source)(['a1']);
    proxy.hang();
    expect((await read(['a2'])).tookMs).toBeLessThan(1_000);
    const took: number[] = [];
    for (let n = 3; n <= 50; n += 1) took.push((await read([`a${n}`])).tookMs);
    expect(took.filter((ms) => ms > 200)).toEqual([]);
    source.records.set('a1', { Name: 'Changed' });
    const startedAt = performance.now();
    await cache.invalidate([recordTag('Account', 'a1')]);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    await eventually(async () => {
      const [answer] = (await reader(other, source)(['a1'])).answers;
      return answer?.kind === 'found' && answer.values.Name === 'Changed';
    }, 1_000);
    const closingAt = performance.now();
    await Promise.all(opened.splice(0).map((one) => one.close()));
    expect(performance.now() - closingAt).toBeLessThan(8_000);
    await proxy.close();
  });

  it('is not there at the start, and what others have stored is believed only once their invalidations are known', async () => {
    const source = new ScriptedSource().fill(1);
    const first = await open();
    await reader(first, source)(['a1']);
    await first.flush();
    source.records.set('a1', { Name: 'Changed' });
    await redis.freeze();
    await first.invalidate([recordTag('Account', 'a1')]);
    redis.thaw();
    await gate.shut();
    const settings = poolSettings(gate.through(database.url), { connectionTimeoutMs: 300 });
    const second = await open({ database: { url: gate.through(database.url), settings } });
    expect((await reader(second, source)(['a1'])).answers).toMatchObject([{ values: { Name: 'Changed' } }]);
  });
});

describe('cleaning', () => {
  it('takes expired entries out of PostgreSQL and keeps the others', async () => {
    const { CacheCleaner } = await import('../../../src/cache/cache-cleaner.ts');
    const pg = await import('pg');
    const pool = new pg.default.Pool({ connectionString: database.url, max: 1 });
    await database.query(`insert into api_cache (key, source, payload, tags, as_of, expires_at, stale_until)
      select 'k' || n, 'JIRA', '{}', '{}', 0, now(), now() + case when n <= 2500 then -1 else 1 end * interval '1 hour' from generate_series(1, 2510) n`);
    await database.query(
      `insert into cache_invalidations (id, tag, invalidated_at) values (1, 't', now() - interval '3 days'), (2, 't', now())`,
    );
    const cleaner = new CacheCleaner({ pool, log: createLogger('silent'), keepInvalidationsSeconds: 172_800 });
    await cleaner.clean();
    expect(await database.query('select count(*)::int as left from api_cache')).toEqual([{ left: 10 }]);
    expect(await database.query('select id::int from cache_invalidations')).toEqual([{ id: 2 }]);
    await cleaner.close();
    await pool.end();
  });
});
