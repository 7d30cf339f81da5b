import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, appendedJson } from '../../../src/features/audit/append.ts';
import { forgetUnused } from '../../../src/features/audit/forget-unused.ts';
import { keepRetention } from '../../../src/features/audit/retention.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { verifyAuditLog } from '../../../src/features/audit/verify-log.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testActor, testPseudonyms } from '../../support/audit.ts';
import {
  createTestDatabase,
  openTestDatabases,
  poolSettings,
  type TestDatabase,
  testScope,
} from '../../support/database.ts';

const key = new SigningKey(Buffer.alloc(32, 7));
let database: TestDatabase;
let databases: Databases;
let owner: pg.Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
  owner = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
});
afterAll(async () => {
  await owner.end();
  await databases.close();
  await database.drop();
});

const append = (tenant: string, actorId = 'maya'): Promise<void> =>
  databases.oltp.inTenant(testScope(tenant), (db) =>
    appendAudit(db, testActor(tenant, { actorId }), { action: 'a', outcome: 'ALLOWED' }),
  );

/** Moves all entries so many days into the past, as if they had been written then: partitions, times and hashes. */
async function age(days: number): Promise<void> {
  const partitions = await database.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'audit_logs'::regclass`,
  );
  await database.query(`create table aged as select * from audit_logs`);
  for (const { name } of partitions) await database.query(`drop table ${name}`);
  await database.query(`
    do $$
    declare entry aged; previous bytea;
    begin
      perform ensure_audit_partition(created_at - interval '${days} days') from aged;
      for entry in select * from aged order by tenant, sequence loop
        entry.created_at := entry.created_at - interval '${days} days';
        if entry.sequence = 1 then
          previous := sha256(convert_to('deployment-graph audit ' || entry.tenant, 'UTF8'));
        end if;
        previous := sha256(previous || convert_to(audit_text(entry.tenant, entry.sequence::text, entry.id::text,
          audit_text(variadic entry.actions), entry.resource_type, entry.resource_id, entry.outcome, entry.request_id, entry.client,
          round(extract(epoch from entry.occurred_at) * 1000)::bigint::text, round(extract(epoch from entry.created_at) * 1000)::bigint::text,
          entry.details::text, encode(entry.commitment, 'hex')), 'UTF8'));
        entry.hash := previous;
        insert into audit_logs select entry.*;
        update audit_heads set hash = previous, created_at = entry.created_at where tenant = entry.tenant;
      end loop;
    end $$;
    drop table aged`);
}

const countsByTenant = async (): Promise<Record<string, number>> => {
  const rows = await database.query<{ tenant: string; count: number }>(
    'select tenant, count(*)::int as count from audit_logs group by 1 order by 1',
  );
  return Object.fromEntries(rows.map(({ tenant, count }) => [tenant, count]));
};
const problems = async (): Promise<unknown[]> =>
  (await verifyAuditLog(owner, [], key, testPseudonyms)).flatMap(({ problem }) => problem ?? []);

test('whole months go once all of their entries are old, unless they are held, and every chain goes on from where it was cut', async () => {
  for (const tenant of ['free', 'free', 'held']) await append(tenant, 'left long ago');
  await age(200);
  for (const tenant of ['free', 'held']) await append(tenant);
  await database.query(`insert into audit_holds (tenant, reason) values ('held', 'a lawsuit')`);
  expect(await problems()).toEqual([]);

  expect(await keepRetention({ pool: owner, key, retentionDays: 300 })).toEqual([]);
  expect(await keepRetention({ pool: owner, key, retentionDays: 90 })).toEqual([{ tenant: 'free', entries: 2 }]);
  // One that is left, and one that tells of the removal.
  expect(await countsByTenant()).toEqual({ free: 2, held: 2 });
  expect(await problems()).toEqual([]);
  const told = await database.query(
    `select sequence::int, details from audit_logs where tenant = 'free' and actions = array['audit.removed']`,
  );
  expect(told).toMatchObject([{ sequence: 4, details: { sequence: 2, removed: 2 } }]);
  const names = await database.query(`select distinct tenant, owner from audit_identities`);
  expect(names.filter(({ tenant }) => tenant === 'free')).toHaveLength(1);
  expect(names.filter(({ tenant }) => tenant === 'held')).toHaveLength(2);

  expect(await keepRetention({ pool: owner, key, retentionDays: 90 })).toEqual([]);
  await database.query(`update audit_holds set released_at = now()`);
  expect(await keepRetention({ pool: owner, key, retentionDays: 90 })).toEqual([{ tenant: 'held', entries: 1 }]);
  expect(await problems()).toEqual([]);
  const left = await database.query(
    `select from pg_inherits where inhparent = 'audit_logs'::regclass and inhrelid::regclass::text < 'audit_logs_' || to_char(now(), 'YYYYMM')`,
  );
  expect(left).toEqual([]);
});

test('a removal that nobody signed, or of which no entry tells, is found', async () => {
  await database.query(`update audit_checkpoints set removed = removed + 1 where tenant = 'free'`);
  expect(await problems()).toMatchObject([
    { tenant: 'free', sequence: 2, message: expect.stringMatching(/not signed/) },
  ]);
  await database.query(`update audit_checkpoints set removed = removed - 1 where tenant = 'free'`);
  await database.query(`delete from audit_checkpoints where tenant = 'free'`);
  expect(await problems()).toMatchObject([{ tenant: 'free', sequence: 1, message: expect.stringMatching(/missing/) }]);
});

test('two instances that keep it at once do not get into each other’s way', async () => {
  await append('both');
  await Promise.all([1, 2, 3].map(() => keepRetention({ pool: owner, key, retentionDays: 90 })));
  await append('both');
  const next = await database.query(
    `select to_regclass('audit_logs_' || to_char(now() + interval '1 month', 'YYYYMM')) is not null as is_there`,
  );
  expect(next).toEqual([{ is_there: true }]);
});

const identitiesOf = (tenant: string) =>
  database.query('select kind from audit_identities where tenant = $1 order by 1', [tenant]);

test('whoever returns while names are forgotten keeps theirs, and so do records', async () => {
  const returns = (gate: Promise<void>): Promise<void> =>
    databases.oltp.inTenant(testScope('returning'), async (db) => {
      const record = { resourceType: 'PsRequest', resourceId: 'PSR-1', details: { names: ['PSR-1'] } };
      await appendAudit(db, testActor('returning'), { action: 'a', outcome: 'ALLOWED', ...record });
      appended.resolve();
      await gate;
    });
  let appended = Promise.withResolvers<void>();
  await returns(Promise.resolve());
  const before = await identitiesOf('returning');
  expect(before).toHaveLength(5);
  await database.query(`delete from audit_logs where tenant = 'returning'`);

  appended = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const returned = returns(gate.promise);
  await appended.promise;
  const forgotten = forgetUnused(owner, 'returning');
  await new Promise((resolve) => setTimeout(resolve, 300));
  gate.resolve();
  await Promise.all([returned, forgotten]);
  expect(await identitiesOf('returning')).toEqual(before);
  const names = () => database.query(`select name from audit_names where tenant = 'returning'`);
  expect(await names()).toEqual([{ name: 'PSR-1' }]);

  await database.query(`delete from audit_logs where tenant = 'returning'`);
  await forgetUnused(owner, 'returning');
  expect([...(await identitiesOf('returning')), ...(await names())]).toEqual([]);
});

test('what clients of nobody called themselves is kept as long as an entry has it, and missed if it goes before', async () => {
  const actor = { ...testActor('nobodys', { actorId: null, actorName: null, address: null, userAgent: null }) };
  const { entries } = appendedJson({ ...actor, client: null }, { action: 'a', outcome: 'DENIED' });
  const client = testPseudonyms.of('nobodys', 'client', 'laptop', null);
  const identity = testPseudonyms.seal('nobodys', { pseudonym: client, kind: 'client', owner: null }, 'laptop');
  // As entries had it once.
  const [entry] = JSON.parse(entries) as object[];
  await databases.oltp.inTenant(testScope('nobodys'), (db) =>
    sql`select append_audit(${JSON.stringify([{ ...entry, client }])}::json, ${JSON.stringify([identity])}::json)`.execute(
      db,
    ),
  );
  await forgetUnused(owner, 'nobodys');
  expect(await identitiesOf('nobodys')).toEqual([{ kind: 'client' }]);
  const found = async () =>
    (await problems()).filter((problem) => (problem as { tenant: string }).tenant === 'nobodys');
  expect(await found()).toEqual([]);
  await database.query(`delete from audit_identities where tenant = 'nobodys'`);
  expect(await found()).toMatchObject([{ sequence: 1, message: expect.stringMatching(/what 1 pseudonyms/) }]);
});
