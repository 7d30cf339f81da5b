import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionRecord } from '../../../src/features/access/session.ts';
import { SessionTouches } from '../../../src/features/access/session-touches.ts';
import type { Database, Databases } from '../../../src/platform/database.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let databases: Databases;
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

/** A session that was used last an hour ago. */
async function storedSession(tenant: string): Promise<SessionRecord> {
  const [row] = await database.query<{ id: string }>(
    `insert into user_sessions (tenant, token_hash, viewer_id, roles, token_issued_at, created_at, last_accessed_at, expires_at)
     values ($1, sha256(random()::text::bytea), 'maya', '{VIEWER}', now(), now() - interval '2 hours', now() - interval '1 hour', now() + interval '1 day')
     returning id`,
    [tenant],
  );
  const viewer = { id: 'maya', name: null, email: null, tenant, roles: ['VIEWER'] } as const;
  return { id: Number(row?.id), viewer };
}

const secondsSinceUse = async ({ id, viewer }: SessionRecord): Promise<number> => {
  const [row] = await database.query<{ age: number }>(
    'select extract(epoch from now() - last_accessed_at)::float8 as age from user_sessions where tenant = $1 and id = $2',
    [viewer.tenant, id],
  );
  return row?.age ?? Number.NaN;
};

/** Counts transactions; while it is away all of them fail. */
function countingDatabase(): Pick<Database, 'inTenant'> & { transactions: number; isAway: boolean } {
  const counting = {
    transactions: 0,
    isAway: false,
    inTenant: ((scope, work, options) => {
      counting.transactions += 1;
      if (counting.isAway) return Promise.reject(new Error('away'));
      return databases.oltp.inTenant(scope, work, options);
    }) as Database['inTenant'],
  };
  return counting;
}

test('a thousand uses of many sessions are one transaction for each tenant, with the time of the last use of each', async () => {
  const counting = countingDatabase();
  const touches = new SessionTouches(counting);
  const [a, b, elsewhere] = [await storedSession('north'), await storedSession('north'), await storedSession('south')];
  const nowMs = performance.now();
  for (let use = 0; use < 1_000; use += 1) touches.note(a, nowMs - 60_000 + use * 50);
  touches.note(b, nowMs - 600_000);
  touches.note(elsewhere, nowMs);
  expect(await touches.write()).toBe(3);
  expect(counting.transactions).toBe(2);
  expect(await secondsSinceUse(a)).toBeCloseTo(10, -1);
  expect(await secondsSinceUse(b)).toBeCloseTo(600, -1.5);
  expect(await secondsSinceUse(elsewhere)).toBeLessThan(5);
  expect(await touches.write()).toBe(0);
  expect(counting.transactions).toBe(2);
});

test('what could not be written waits, so that a session in use does not end for it, and an older use undoes no newer one', async () => {
  const counting = countingDatabase();
  const touches = new SessionTouches(counting);
  const session = await storedSession('north');
  counting.isAway = true;
  const usedAtMs = performance.now();
  touches.note(session, usedAtMs);
  await expect(touches.write()).rejects.toThrow('away');
  expect(touches.lastUseOf(session)).toBe(usedAtMs);
  counting.isAway = false;
  expect(await touches.write()).toBe(1);
  expect(await secondsSinceUse(session)).toBeLessThan(5);
  touches.note(session, usedAtMs - 1_800_000);
  await touches.write();
  expect(await secondsSinceUse(session)).toBeLessThan(60);
});
