import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecordCache, openRecordCache } from '../../../src/cache/open-record-cache.ts';
import type { ListKind } from '../../../src/cache/record-kind.ts';
import { recordTag } from '../../../src/cache/tags.ts';
import { createLogger } from '../../../src/platform/log.ts';
import type { RedisClient } from '../../../src/platform/redis-client.ts';
import { readScope, ScriptedSource } from '../../support/cache-source.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { connectTestRedis, createTestRedis, type TestRedis } from '../../support/redis.ts';
import { createTcpGate, type TcpGate } from '../../support/tcp-gate.ts';

let database: TestDatabase;
let redis: TestRedis;
const clients: RedisClient[] = [];
let gate: TcpGate;
let source: ScriptedSource;
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
  source = new ScriptedSource().fill(20);
});
afterEach(async () => {
  redis.thaw();
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
  for (const client of clients.splice(0)) if (client.isOpen) client.destroy();
  await gate.shut().catch(() => undefined);
});

async function open(redisUrl: string | null, databaseUrl = database.url): Promise<OpenRecordCache> {
  const client = redisUrl === null ? null : await connectTestRedis(redisUrl);
  if (client) clients.push(client);
  const cache = await openRecordCache({
    ttlDefaultSeconds: 300,
    ttlLongSeconds: 3_600,
    staleTtlSeconds: 86_400,
    maxEntries: 1_000,
    redis: client,
    database: { url: databaseUrl, settings: poolSettings(databaseUrl, { connectionTimeoutMs: 300 }) },
    log: createLogger('silent'),
  });
  opened.push(cache);
  return cache;
}

async function nameOf(cache: OpenRecordCache, id = 'a1'): Promise<unknown> {
  const [answer] = await cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: readScope() });
  return answer?.kind === 'found' ? answer.values.Name : answer;
}

/** Changes the record at its source, as a mutation of that instance does. */
async function change(cache: OpenRecordCache, name: string, id = 'a1'): Promise<void> {
  source.records.set(id, { Name: name });
  await cache.invalidate([recordTag('Account', id)]);
}

async function seesWithinASecond(cache: OpenRecordCache, name: string): Promise<void> {
  const deadline = Date.now() + 1_000;
  let seen: unknown;
  do {
    seen = await nameOf(cache);
    if (seen === name) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  } while (Date.now() < deadline);
  expect(seen).toBe(name);
}

describe('an invalidation on one instance', () => {
  it('is seen by the other within a second, with Redis', async () => {
    const [one, two] = [await open(redis.url), await open(redis.url)];
    expect([await nameOf(one), await nameOf(two)]).toEqual(['Account 1', 'Account 1']);
    await change(one, 'Changed');
    expect(await nameOf(one)).toBe('Changed');
    await seesWithinASecond(two, 'Changed');
  });

  it('is seen by the other within a second, without Redis', async () => {
    const [one, two] = [await open(null), await open(null)];
    await nameOf(one);
    await nameOf(two);
    await change(two, 'Changed');
    expect(await nameOf(two)).toBe('Changed');
    await seesWithinASecond(one, 'Changed');
  });

  it.each(['killed', 'frozen'] as const)(
    'is seen by the other within a second when Redis was %s in the middle',
    async (how) => {
      const [one, two] = [await open(redis.url), await open(redis.url)];
      await nameOf(one);
      await nameOf(two);
      await change(one, 'First');
      await seesWithinASecond(two, 'First');
      if (how === 'killed') await redis.kill();
      else redis.freeze();
      await change(one, 'Second');
      expect(await nameOf(one)).toBe('Second');
      await seesWithinASecond(two, 'Second');
      if (how === 'killed') await redis.start();
      else redis.thaw();
      await change(two, 'Third');
      await seesWithinASecond(one, 'Third');
    },
  );

  it('is seen when nobody can listen, as through a pooler of connections', async () => {
    const [one, two] = [await open(null), await open(null)];
    await nameOf(one);
    await nameOf(two);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'deployment-graph/cache-listener' and datname = current_database()`,
    );
    await change(one, 'Changed');
    await seesWithinASecond(two, 'Changed');
  });

  it('is seen through Redis while PostgreSQL is away, and logged when it is back', async () => {
    const [one, two] = [
      await open(redis.url, gate.through(database.url)),
      await open(redis.url, gate.through(database.url)),
    ];
    await nameOf(one);
    await nameOf(two);
    await gate.shut();
    await change(one, 'Changed');
    expect(await nameOf(one)).toBe('Changed');
    await seesWithinASecond(two, 'Changed');
    expect(one.stats().invalidations.unlogged).toBe(1);
    await gate.open();
    for (const deadline = Date.now() + 5_000; Date.now() < deadline && one.stats().invalidations.unlogged > 0; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await database.query('select tag from cache_invalidations')).toEqual([{ tag: 'Account:a1' }]);
  });

  it('keeps an old value out that Redis still holds because it was frozen, in instances started later too', async () => {
    const one = await open(redis.url);
    await nameOf(one);
    await one.flush();
    redis.freeze();
    await change(one, 'Changed');
    redis.thaw();
    const later = await open(redis.url);
    expect(await nameOf(later)).toBe('Changed');
    expect(later.stats().tiers[0]).toMatchObject({ name: 'redis', refused: 1 });
  });

  it('does not keep the value that was read after it from surviving a restart', async () => {
    const one = await open(null);
    await nameOf(one);
    await change(one, 'Changed');
    await nameOf(one);
    await one.close();
    opened.length = 0;
    const later = await open(null);
    expect(await nameOf(later)).toBe('Changed');
    expect(source.calls).toHaveLength(2);
  });

  it('takes the rows out of PostgreSQL that it has made worthless', async () => {
    const one = await open(null);
    await one.readRecords({ kind: source.kind, ids: ['a1', 'a2', 'a3'], fields: ['Name'], scope: readScope() });
    await one.flush();
    await one.invalidate([recordTag('Account', 'a2')]);
    await expect
      .poll(() => database.query('select key from api_cache order by key'))
      .toEqual([{ key: 'SALESFORCE|Account|a1' }, { key: 'SALESFORCE|Account|a3' }]);
  });

  it('gets its place in one order from all instances at once', async () => {
    const caches = await Promise.all([open(null), open(null), open(null)]);
    await Promise.all(Array.from({ length: 60 }, (_, n) => (caches[n % 3] as OpenRecordCache).invalidate([`T:${n}`])));
    const rows = await database.query<{ ids: number; tags: number }>(
      'select count(distinct id)::int as ids, count(distinct tag)::int as tags from cache_invalidations',
    );
    expect(rows).toEqual([{ ids: 60, tags: 60 }]);
  });
});

describe('a change of which it is known what the record is now', () => {
  const asked: string[] = [];
  const lists: ListKind = {
    source: 'SALESFORCE',
    type: 'Account',
    name: 'byIndustry',
    freshness: 'default',
    maxListsPerFetch: 1,
    isConcerned: (key, { ids }, changes) =>
      changes.some(({ id, values }) => !values || (values.Industry === key) !== ids.includes(id)),
    fetch: async (keys) => {
      asked.push(...keys);
      return new Map(keys.map((key) => [key, { kind: 'found' as const, ids: key === 'Retail' ? ['a1'] : [] }]));
    },
  };
  const read = (cache: OpenRecordCache, key: string) =>
    cache.readLists({ kind: lists, keys: [key], fields: ['Name'], scope: readScope() });
  const now = (id: string, Industry: string) => [{ type: 'Account', id, values: { Industry } }];
  beforeEach(() => void asked.splice(0));

  it('leaves lists that it does not concern to the other instance, and to one that starts afterwards', async () => {
    const [one, other] = [await open(null), await open(null)];
    for (const key of ['Retail', 'Energy']) await read(one, key);
    await one.flush();
    await other.invalidate([], now('a2', 'Energy'));
    await other.invalidate([], now('a3', 'Mining'));
    const third = await open(null);
    for (const cache of [one, third]) {
      await expect.poll(() => cache.invalidations.seenLogId, { timeout: 1_000 }).toBe(other.invalidations.seenLogId);
    }
    asked.length = 0;
    for (const cache of [one, other, third]) await read(cache, 'Retail');
    expect(asked).toEqual([]);
    for (const cache of [one, other, third]) await read(cache, 'Energy');
    // What the first of them has read the others find in PostgreSQL, once it is there.
    expect(asked[0]).toBe('Energy');
  });

  it('has all lists read again once one of many is not explained', async () => {
    const [one, other] = [await open(null), await open(null)];
    await read(one, 'Retail');
    await other.invalidate([], now('a2', 'Energy'));
    await other.invalidate([], [{ type: 'Account', id: 'a3' }]);
    await other.invalidate([], now('a2', 'Energy'));
    await expect.poll(() => one.invalidations.seenLogId, { timeout: 1_000 }).toBe(other.invalidations.seenLogId);
    await read(one, 'Retail');
    expect(asked).toEqual(['Retail', 'Retail']);
  });

  it('is heard through Redis while PostgreSQL is away', async () => {
    const away = gate.through(database.url);
    const [one, other] = [await open(redis.url, away), await open(redis.url, away)];
    for (const key of ['Retail', 'Energy']) await read(one, key);
    await gate.shut();
    const before = one.invalidations.sequence;
    await other.invalidate([], now('a2', 'Energy'));
    await expect.poll(() => one.invalidations.sequence, { timeout: 1_000 }).toBeGreaterThan(before);
    asked.length = 0;
    for (const key of ['Retail', 'Energy']) await read(one, key);
    expect(asked).toEqual(['Energy']);
  });
});
