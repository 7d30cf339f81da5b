import { afterAll, beforeAll, expect, test } from 'vitest';
import { AlertBook } from '../../../src/gateway/status/alert-book.ts';
import { readAlerts } from '../../../src/gateway/status/alert-readings.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';

let database: TestDatabase;
let databases: Databases;
const logged: string[] = [];
const log = createLogger('debug', { write: (line) => void logged.push(line) });
const book = new AlertBook({ clock: systemClock, log });
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.loginUrl, { maxConnections: 2, connectionTimeoutMs: 300 });
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

const hold = (until: Promise<void>): Promise<void> =>
  databases.oltp.inTenant(testScope('demo'), () => until, { deadlineMs: 20_000 });
const read = (): Promise<unknown> =>
  databases.oltp.inTenant(testScope('demo'), (db) => db.selectFrom('mentors').select('id').execute());
const alerts = (): string[] => {
  const quiet = { upstreams: [], quotas: [], hits: { ratio: 1, reads: 0 }, load: { eventLoop: 0, heap: 0 } };
  return book.evaluate(readAlerts({ ...quiet, pools: [databases.oltp.use] })).map(({ name }) => name);
};
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('a pool that stays full while requests ask for connections is an alert, and ends to be one with the first that gets one', async () => {
  const { promise: until, resolve: letGo } = Promise.withResolvers<void>();
  const holding = [hold(until), hold(until)];
  while (databases.oltp.use.size < 2) await pause(5);
  // Full, but nobody waits.
  await pause(100);
  expect(databases.oltp.use.exhaustedMs).toBe(0);
  expect(alerts()).toEqual(['pool-oltp']);

  await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(databases.oltp.use).toMatchObject({ waiting: 0 });
  expect(alerts()).toEqual(['pool-oltp']);
  await pause(5_000);
  await expect(read()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(databases.oltp.use.exhaustedMs).toBeGreaterThan(5_000);
  expect(alerts()).toEqual(['pool-oltp', 'pool-exhausted-oltp']);
  expect(logged.filter((line) => line.includes('pool-exhausted-oltp'))).toEqual([
    expect.stringContaining('All 2 connections of the pool `oltp` are taken'),
  ]);

  letGo();
  await Promise.all(holding);
  await read();
  expect(databases.oltp.use.exhaustedMs).toBe(0);
  expect(alerts()).toEqual([]);
}, 20_000);

test('a burst that is worked off at once is none', async () => {
  await Promise.all(Array.from({ length: 60 }, () => read()));
  expect(databases.oltp.use.exhaustedMs).toBe(0);
  expect(alerts()).toEqual([]);
});
