import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Databases, openDatabases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createTestDatabase, poolSettings, type TestDatabase, testScope } from '../../support/database.ts';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

let database: TestDatabase;
let proxy: TcpProxy;
let opened: Databases[];

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(Number(new URL(database.url).port));
  opened = [];
});

afterEach(async () => {
  proxy.pass();
  await Promise.all(opened.splice(0).map((databases) => databases.close()));
});

afterAll(async () => {
  await proxy.close();
  await database.drop();
});

interface Changes {
  readonly maxConnections?: number;
  readonly connectionTimeoutMs?: number;
  readonly deadlineMs?: number;
}

/** The tiers behind the proxy, which passes everything on until told otherwise. */
const open = ({ deadlineMs, ...changes }: Changes = {}) => {
  const url = new URL(database.url);
  url.port = String(proxy.port);
  const settings = poolSettings(url.href, changes);
  const databases = openDatabases({
    oltp: settings,
    olap: settings,
    embeddedUrl: null,
    log: createLogger('silent'),
    ...(deadlineMs === undefined ? {} : { deadlinesMs: { oltp: deadlineMs, olap: deadlineMs } }),
  });
  opened.push(databases);
  return databases;
};

const ask = (databases: Databases, scope = testScope('demo')) =>
  databases.oltp.inTenant(
    scope,
    async (db) => (await sql<{ answer: number }>`select 42 as answer`.execute(db)).rows[0]?.answer,
  );

const hold = (databases: Databases, milliseconds: number) =>
  databases.oltp.inTenant(testScope('demo'), (db) => sql`select pg_sleep(${milliseconds / 1000})`.execute(db));

async function millisecondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => undefined);
  return performance.now() - startedAt;
}

describe('a tenant transaction', () => {
  it('gives bigint and counts as number, timestamptz as RFC 3339 text in UTC, and date as text', async () => {
    const row = await open().oltp.inTenant(testScope('demo'), async (db) => {
      await sql`set local timezone = 'Asia/Kolkata'`.execute(db);
      const { rows } = await sql`select 9007199254740991::bigint as big, count(*) as count, date '2026-02-28' as day,
        timestamptz '2026-11-20 23:30:00.120+05:30' as instant, '{"a": [1]}'::jsonb as json, null::timestamptz as nothing`.execute(
        db,
      );
      return rows[0];
    });
    expect(row).toEqual({
      big: 9007199254740991,
      count: 1,
      day: '2026-02-28',
      instant: '2026-11-20T18:00:00.120Z',
      json: { a: [1] },
      nothing: null,
    });
  });

  it('refuses a bigint that a number can not hold instead of changing it', async () => {
    const work = open().oltp.inTenant(testScope('demo'), (db) =>
      sql`select 9007199254740993::bigint as big`.execute(db),
    );
    await expect(work).rejects.toMatchObject({ cause: { message: expect.stringContaining('too large') } });
  });

  it('puts every statement onto the receipt of its request', async () => {
    const scope = testScope('demo');
    await ask(open(), scope);
    expect(scope.receipt.calls.map(({ source, operation, billedCalls }) => [source, operation, billedCalls])).toEqual([
      ['POSTGRES', 'sql', 2],
      ['POSTGRES', 'sql', 1],
      ['POSTGRES', 'sql', 1],
    ]);
  });

  it('stores nothing of work that fails, and passes its error on', async () => {
    const databases = open();
    const failure = new Error('changed my mind');
    const work = databases.oltp.inTenant(testScope('demo'), async (db) => {
      await db.insertInto('mentors').values({ tenant: 'demo', name: 'Nobody', email: 'nobody@example.com' }).execute();
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await database.query('select * from mentors')).toEqual([]);
  });

  it('fails when the work swallowed the failure of a statement, instead of reporting a commit that was none', async () => {
    const work = open().oltp.inTenant(testScope('demo'), async (db) => {
      await db.insertInto('mentors').values({ tenant: 'demo', name: 'Nobody', email: 'nobody@example.com' }).execute();
      await sql`select 1 / 0`.execute(db).catch(() => undefined);
    });
    await expect(work).rejects.toThrow('rolled back');
    expect(await database.query('select * from mentors')).toEqual([]);
  });

  it('refuses to write through the analytics tier', async () => {
    const work = open().olap.inTenant(testScope('demo'), (db) =>
      db.insertInto('mentors').values({ tenant: 'demo', name: 'Nobody', email: 'nobody@example.com' }).execute(),
    );
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: { code: '25006' } });
  });

  it('does nothing for a request that has ended, and gives its place in line back', async () => {
    const databases = open({ maxConnections: 1 });
    const holding = hold(databases, 300);
    const controller = new AbortController();
    const waiting = ask(databases, testScope('demo', controller.signal));
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await holding;
    expect(await ask(databases)).toBe(42);
    expect(databases.oltp.use).toMatchObject({ size: 1, idle: 1, waiting: 0 });
  });
});

describe('a pool under stress', () => {
  it('answers DATABASE_UNAVAILABLE in bounded time when every connection is taken, and leaves the other tier alone', async () => {
    const databases = open({ maxConnections: 2, connectionTimeoutMs: 200 });
    const holding = [hold(databases, 1_000), hold(databases, 1_000)];
    const waitedMs = await millisecondsOf(
      expect(ask(databases)).rejects.toMatchObject({
        code: 'DATABASE_UNAVAILABLE',
        source: 'POSTGRES',
        retryAfterSeconds: 1,
      }),
    );
    expect(waitedMs).toBeLessThan(900);
    const analytics = databases.olap.inTenant(testScope('demo'), (db) => sql`select 1 as one`.execute(db));
    expect((await analytics).rows).toEqual([{ one: 1 }]);
    const waiting = ask(databases).catch(() => undefined);
    expect(await databases.health()).toMatchObject({
      state: 'degraded',
      detail: expect.stringContaining('DB_POOL_SIZE'),
    });
    await waiting;
    await Promise.all(holding);
    expect(await ask(databases)).toBe(42);
  });

  it('turns a crowd away at once instead of letting the line grow without end', async () => {
    const databases = open({ maxConnections: 1, connectionTimeoutMs: 300 });
    const crowd = await Promise.allSettled(Array.from({ length: 200 }, () => hold(databases, 50)));
    const refused = crowd.filter(
      (result) => result.status === 'rejected' && /requests wait for one already/.test(result.reason.message),
    );
    expect(refused.length).toBeGreaterThanOrEqual(149);
    expect(await ask(databases)).toBe(42);
  });

  it('has the server stop a statement that takes too long, and uses the connection again', async () => {
    const databases = open({ maxConnections: 1, deadlineMs: 600 });
    await expect(hold(databases, 10_000)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', cause: { code: '57014' } });
    expect(await ask(databases)).toBe(42);
    const sleeping = await database.query(
      `select 1 from pg_stat_activity where state = 'active' and query like '%pg_sleep(%' and pid <> pg_backend_pid()`,
    );
    expect(sleeping).toEqual([]);
  });

  it('answers in bounded time while the server hangs, and recovers when it is back', async () => {
    const databases = open({ maxConnections: 2, connectionTimeoutMs: 300, deadlineMs: 800 });
    expect(await ask(databases)).toBe(42);
    proxy.hang();
    const times = await Promise.all(
      Array.from({ length: 10 }, () =>
        millisecondsOf(expect(ask(databases)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })),
      ),
    );
    expect(Math.max(...times)).toBeLessThan(2_500);
    expect(await databases.health()).toMatchObject({
      name: 'postgres',
      state: 'down',
      detail: expect.stringContaining('DATABASE_URL'),
    });
    proxy.pass();
    expect(await ask(databases)).toBe(42);
    expect(await databases.health()).toEqual({ name: 'postgres', state: 'up', standIn: false });
  });

  it('survives a connection that breaks in the middle of a transaction', async () => {
    const databases = open({ maxConnections: 1 });
    const work = databases.oltp.inTenant(testScope('demo'), async (db) => {
      proxy.cut();
      await sql`select 1`.execute(db);
    });
    await expect(work).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(ask(databases)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    proxy.pass();
    expect(await ask(databases)).toBe(42);
  });

  it('survives idle connections that break', async () => {
    const databases = open();
    await Promise.all([ask(databases), ask(databases), ask(databases)]);
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 100));
    proxy.pass();
    expect(await ask(databases)).toBe(42);
  });

  it('says nothing of users, passwords and addresses in what may reach a client', async () => {
    const url = new URL(database.url);
    url.password = 'canary-1f77';
    const settings = poolSettings(url.href);
    const databases = openDatabases({ oltp: settings, olap: settings, embeddedUrl: null, log: createLogger('silent') });
    opened.push(databases);
    const failure = await ask(databases).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'DATABASE_UNAVAILABLE', cause: { code: '28P01' } });
    const told = `${(failure as Error).message} ${JSON.stringify(await databases.health())}`;
    expect(told).not.toMatch(/canary|127\.0\.0\.1|gateway"|test_/);
  });
});
