import { afterAll, beforeAll, expect, test } from 'vitest';
import { countEntries, type EntryChoice, selectEntries } from '../../../src/features/audit/queries.ts';
import { keepRetention } from '../../../src/features/audit/retention.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import {
  createTestDatabase,
  openTestDatabases,
  poolSettings,
  type TestDatabase,
  testScope,
} from '../../support/database.ts';

const ENTRIES = 40_000;
const NAMES = 2_000;
/** About one request and another each time. */
const PAIRS = 1_000;

let database: TestDatabase;
let databases: Databases;
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.loginUrl);
  const months = ["now() - interval '200 days'", 'now()'];
  for (const month of months) await database.query(`select ensure_audit_partition(${month})`);
  // One in twenty is a write, which tells the number of the request beside its id; the others asked for it by its number.
  await database.query(`
    insert into audit_logs (tenant, sequence, id, actions, resource_type, resource_id, outcome, occurred_at, created_at, details, commitment, hash, actor)
    select case when n % 2 = 0 then 'demo' else 'other' end, n, gen_random_uuid(), '{a}', 'PsRequest',
      case when n % 20 = 0 then 'a0X' || n % ${NAMES} else 'PSR-' || n % ${NAMES} end, 'ALLOWED', now(),
      case when n <= ${ENTRIES / 2} then ${months[0]} else now() end,
      case when n % 20 = 0 then json_build_object('names', json_build_array('PSR-' || n % ${NAMES})) end, sha256(''), sha256(''), 'somebody'
    from generate_series(1, ${ENTRIES}) n`);
  await database.query(`
    insert into audit_logs (tenant, sequence, id, actions, resource_type, resource_id, outcome, occurred_at, created_at, details, commitment, hash, actor)
    select 'demo', ${ENTRIES} + n, gen_random_uuid(), '{a}', 'PsRequest', 'PSR-9999 PSR-' || 10000 + n, 'ALLOWED', now(), now(),
      json_build_object('names', json_build_array('PSR-9999', 'PSR-' || 10000 + n)), sha256(''), sha256(''), 'somebody'
    from generate_series(1, ${PAIRS}) n`);
  await database.query('analyze');
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

const anything: EntryChoice = {
  ...{ actor: null, actions: null, resourceType: null, resource: null, outcomes: null, from: null, to: null },
};
const about = (name: string): EntryChoice => ({ ...anything, resource: { names: [name], subject: 'nobody' } });
const find = (choice: EntryChoice, before: number | null = null, limit = 21) =>
  databases.oltp.inTenant(testScope('demo'), (db) => selectEntries(db, choice, before, limit));

/** Milliseconds of the fastest of five. */
async function fastest(work: () => Promise<unknown>): Promise<number> {
  let fastestMs = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 5; n += 1) {
    const startedAtMs = performance.now();
    await work();
    fastestMs = Math.min(fastestMs, performance.now() - startedAtMs);
  }
  return fastestMs;
}

test('a record is found by its id and by its number, page after page, over months and within its tenant', async () => {
  const expected = Array.from({ length: ENTRIES / NAMES }, (_, n) => ENTRIES - n * NAMES - NAMES + 100);
  for (const name of ['a0X100', 'PSR-100']) {
    const first = await find(about(name), null, 15);
    const rest = await find(about(name), first.at(-1)?.sequence ?? null, 15);
    expect([...first, ...rest].map(({ sequence }) => sequence)).toEqual(expected);
    const count = databases.oltp.inTenant(testScope('demo'), (db) => countEntries(db, about(name)));
    expect(await count).toBe(expected.length);
    expect(await find({ ...about(name), resourceType: 'JiraIssue' })).toEqual([]);
  }
  expect(await find(about('PSR-101'))).toEqual([]);
  expect((await find(about('PSR-9999'))).map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 21 }, (_, n) => ENTRIES + PAIRS - n),
  );
  expect((await find(about('PSR-10007'))).map(({ sequence }) => sequence)).toEqual([ENTRIES + 7]);
});

test('looking for a record costs a small part of looking at every entry', async () => {
  const everyEntry = await fastest(() => find({ ...anything, outcomes: ['FAILED'] }));
  for (const name of ['PSR-100', 'a0X100', 'PSR-2', 'PSR-10007', 'unheard of'])
    expect(await fastest(() => find(about(name))), name).toBeLessThan(everyEntry / 2);
});

test('names go with the last entries that tell of their record', async () => {
  const names = (): Promise<unknown[]> => database.query(`select distinct tenant from audit_names`);
  expect(await names()).toEqual([{ tenant: 'demo' }]);
  await database.query(`delete from audit_logs where created_at > now() - interval '1 day'`);
  const pool = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  try {
    const removed = await keepRetention({ pool, key: new SigningKey(Buffer.alloc(32, 7)), retentionDays: 90 });
    expect(removed.map(({ tenant }) => tenant)).toEqual(['demo', 'other']);
  } finally {
    await pool.end();
  }
  expect(await names()).toEqual([]);
});
