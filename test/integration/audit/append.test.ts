import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, probeAudit } from '../../../src/features/audit/append.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { testActor } from '../../support/audit.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';

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

const sequencesOf = async (tenant: string): Promise<number[]> => {
  const rows = await database.query<{ sequence: string }>(
    'select sequence from audit_logs where tenant = $1 order by sequence',
    [tenant],
  );
  return rows.map(({ sequence }) => Number(sequence));
};

test('appends to the chain of its tenant, together with the change or not at all', async () => {
  const actor = testActor('together');
  const append = (db: Parameters<typeof appendAudit>[0]) =>
    appendAudit(db, actor, { action: 'first', outcome: 'ALLOWED' }, { action: 'second', outcome: 'DENIED' });
  await databases.oltp.inTenant(testScope('together'), append);
  const undone = databases.oltp.inTenant(testScope('together'), async (db) => {
    await append(db);
    throw new Error('the change failed');
  });
  await expect(undone).rejects.toThrow('the change failed');
  await databases.oltp.inTenant(testScope('together'), append);
  expect(await sequencesOf('together')).toEqual([1, 2, 3, 4]);
});

test('gives every entry its own number when many append at once', async () => {
  const actor = testActor('crowd');
  await Promise.all(
    Array.from({ length: 40 }, () =>
      databases.oltp.inTenant(testScope('crowd'), (db) => appendAudit(db, actor, { action: 'x', outcome: 'ALLOWED' })),
    ),
  );
  expect(await sequencesOf('crowd')).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
});

test('a probe leaves nothing behind', async () => {
  await databases.oltp.inTenant(testScope('probed'), (db) => probeAudit(db, testActor('probed')));
  expect(await sequencesOf('probed')).toEqual([]);
});

test('no name, address or personal detail stands in the tables as it is', async () => {
  await databases.oltp.inTenant(testScope('private'), (db) =>
    appendAudit(db, testActor('private'), {
      action: 'revokeAllSessions',
      resourceType: 'Person',
      resourceId: 'someone-else',
      outcome: 'ALLOWED',
      personal: { note: 'secret-note' },
    }),
  );
  const dump = JSON.stringify([
    await database.query(`select * from audit_logs where tenant = 'private'`),
    await database.query(`select * from audit_identities where tenant = 'private'`),
  ]);
  for (const value of ['maya', 'Maya', '192.0.2.7', 'curl', 'someone-else', 'secret-note'])
    expect(dump).not.toContain(value);
  const kinds = await database.query(
    `select kind from audit_identities where tenant = 'private' group by kind order by 1`,
  );
  expect(kinds.map((row) => row.kind)).toEqual(['address', 'client', 'name', 'person', 'userAgent']);
});

test.for([
  [`insert into audit_logs select * from audit_logs`, 'insert'],
  [`update audit_logs set outcome = 'DENIED'`, 'update'],
  ['delete from audit_logs', 'delete'],
  ['truncate audit_logs', 'truncate'],
  [`update audit_heads set sequence = 0`, 'update of heads'],
  ['delete from audit_identities', 'delete of identities'],
  [`select ensure_audit_partition(now())`, 'partition'],
])("the gateway's role can not write past the function: %s", async ([statement]) => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`begin; set local role deployment_graph_app; set local app.tenant = 'together'`);
    await expect(client.query(statement ?? '')).rejects.toMatchObject({ code: '42501' });
  } finally {
    await client.end();
  }
});

test('refuses within three seconds, and stores nothing, while the right to append is gone or the log is locked', async () => {
  const attempt = () =>
    databases.oltp.inTenant(testScope('refused'), (db) =>
      appendAudit(db, testActor('refused'), { action: 'x', outcome: 'ALLOWED' }),
    );
  const probe = () =>
    databases.oltp.inTenant(testScope('refused'), async (db) => {
      await probeAudit(db, testActor('refused'));
    });
  await database.query('revoke insert on audit_logs from deployment_graph_app');
  try {
    await expect(attempt()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expect(probe()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  } finally {
    await database.query('grant insert on audit_logs to deployment_graph_app');
  }
  const locker = new pg.Client({ connectionString: database.superuserUrl });
  await locker.connect();
  await locker.query('begin; lock table audit_logs in access exclusive mode');
  const startedAt = performance.now();
  try {
    await expect(attempt()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  } finally {
    await locker.end();
  }
  expect(performance.now() - startedAt).toBeLessThan(3_000);
  expect(await sequencesOf('refused')).toEqual([]);
});

test('is written while every connection of the requests is taken', async () => {
  const narrow = openTestDatabases(database.url, { maxConnections: 1 });
  try {
    const taken = narrow.oltp.inTenant(testScope('busy'), (db) => sql`select pg_sleep(1)`.execute(db));
    const waiting = narrow.oltp.inTenant(testScope('busy'), (db) => sql`select 1`.execute(db));
    await narrow.audit.inTenant(testScope('busy'), (db) =>
      appendAudit(db, testActor('busy'), { action: 'x', outcome: 'ALLOWED' }),
    );
    expect(narrow.oltp.use.waiting).toBe(1);
    await Promise.all([taken, waiting]);
  } finally {
    await narrow.close();
  }
  expect(await sequencesOf('busy')).toEqual([1]);
});
