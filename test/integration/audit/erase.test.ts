import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendAudit, appendedJson } from '../../../src/features/audit/append.ts';
import { erasedPersonIn } from '../../../src/features/audit/chain.ts';
import { pseudonymiseAuditOf } from '../../../src/features/audit/erase.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { testActor, testPseudonyms } from '../../support/audit.ts';
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

const erase = (tenant: string, person: string, max?: number): Promise<number> =>
  databases.oltp.inTenant(testScope(tenant), (db) =>
    pseudonymiseAuditOf(db, testActor(tenant, { actorId: 'admin', actorName: null }), person, max),
  );

test('an erased person is in no entry, theirs or about them, and everybody else still is', async () => {
  await databases.oltp.inTenant(testScope('t'), async (db) => {
    await appendAudit(db, testActor('t'), { action: 'a', outcome: 'ALLOWED', personal: { note: 'hers' } });
    await appendAudit(db, testActor('t', { actorId: 'boss', actorName: 'The Boss' }), {
      action: 'revokeAllSessions',
      resourceType: 'Person',
      resourceId: 'maya',
      outcome: 'ALLOWED',
    });
  });
  expect(await erase('t', 'maya')).toBe(2);
  expect(await erase('t', 'maya')).toBe(0);
  const rows = await database.query(
    `select sequence::int, actor is null as actor, address is null as address, salt is null as salt, personal is null as personal,
       subject is null as subject, subject_salt is null as subject_salt, actor_erased_by::int, subject_erased_by::int
     from audit_logs where tenant = 't' order by sequence`,
  );
  const gone = { actor: true, address: true, salt: true, personal: true };
  expect(rows).toMatchObject([
    { sequence: 1, ...gone, subject: true, actor_erased_by: 3, subject_erased_by: null },
    { sequence: 2, actor: false, address: false, salt: false, subject: true, subject_salt: true, subject_erased_by: 3 },
    { sequence: 3, actor: false },
  ]);
  const owners = await database.query(`select distinct owner from audit_identities where tenant = 't'`);
  const left = ['boss', 'admin'].map((person) => testPseudonyms.ofPerson('t', person));
  expect(owners.map(({ owner }) => owner).sort()).toEqual(left.sort());
});

test('counts what it did, and goes on where it stopped', async () => {
  await databases.oltp.inTenant(testScope('many'), (db) =>
    appendAudit(
      db,
      testActor('many'),
      { action: 'a', outcome: 'ALLOWED' },
      { action: 'b', outcome: 'ALLOWED' },
      { action: 'c', outcome: 'ALLOWED' },
    ),
  );
  expect([await erase('many', 'maya', 2), await erase('many', 'maya', 2), await erase('many', 'maya', 2)]).toEqual([
    2, 1, 0,
  ]);
  const told = await database.query(`select actions, details::text as details from audit_logs
    where tenant = 'many' and actions = array['audit.pseudonymised'] order by sequence`);
  const people = [erasedPersonIn('many', testPseudonyms.ofPerson('many', 'maya'))];
  expect(told.map(({ details }) => JSON.parse(String(details)))).toEqual([
    { entries: 2, people },
    { entries: 1, people },
  ]);
});

test('takes nobody out of the log without an entry that tells of whom, whatever the caller says', async () => {
  const person = testPseudonyms.ofPerson('silent', 'maya');
  const asGateway = (entry: string, most: number) =>
    databases.oltp.inTenant(testScope('silent'), (db) =>
      sql<{ done: number }>`select erase_from_audit(${person}, ${entry}::json, ${most})::int as done`.execute(db),
    );
  const names = () => database.query(`select from audit_identities where tenant = 'silent' and owner = $1`, [person]);
  const event = { action: 'a', outcome: 'ALLOWED' } as const;
  await databases.oltp.inTenant(testScope('silent'), (db) => appendAudit(db, testActor('silent'), event, event));
  for (const most of [0, -1])
    await expect(asGateway('{}', most)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/at least one entry/) },
    });
  const { length } = await names();
  expect(length).toBeGreaterThan(0);
  expect(await database.query(`select from audit_erasures where tenant = 'silent'`)).toEqual([]);

  // Of those that are left it is still told who they are.
  expect((await asGateway('{}', 1)).rows).toEqual([{ done: 1 }]);
  expect(await names()).toHaveLength(length);
  expect((await asGateway('{"actions":["psRequest"],"details":{"entries":0},"outcome":"DENIED"}', 5)).rows).toEqual([
    { done: 1 },
  ]);
  expect(await names()).toEqual([]);
  const [{ erased_at: at } = {}] = await database.query(`select erased_at from audit_erasures where tenant = 'silent'`);
  expect((await asGateway('{}', 5)).rows).toEqual([{ done: 0 }]);
  expect(await database.query(`select erased_at from audit_erasures where tenant = 'silent'`)).toEqual([
    { erased_at: at },
  ]);
  const told = await database.query(
    `select actions, outcome, details from audit_logs where tenant = 'silent' and sequence > 2 order by sequence`,
  );
  const entry = {
    actions: ['audit.pseudonymised'],
    outcome: 'ALLOWED',
    details: { entries: 1, people: [erasedPersonIn('silent', person)] },
  };
  expect(told).toEqual([entry, entry]);
});

test('an entry that was on its way while its person was erased arrives without them, and a later one with them', async () => {
  const arrive = async (at: number): Promise<void> => {
    const { entries, identities } = appendedJson(testActor('late'), { action: 'a', outcome: 'ALLOWED' });
    const [entry] = JSON.parse(entries) as object[];
    const dated = (JSON.parse(identities) as object[]).map((identity) => ({ ...identity, at }));
    await databases.oltp.inTenant(testScope('late'), (db) =>
      sql`select append_audit(${JSON.stringify([{ ...entry, at, n: 1 }])}::json, ${JSON.stringify(dated)}::json, ${randomUUID()}::uuid)`.execute(
        db,
      ),
    );
  };
  await arrive(Date.now() - 60_000);
  await erase('late', 'maya');
  await arrive(Date.now() - 60_000);
  const hers = await database.query(`select from audit_identities where tenant = 'late' and owner = $1`, [
    testPseudonyms.ofPerson('late', 'maya'),
  ]);
  expect(hers).toEqual([]);
  await arrive(Date.now() + 60_000);
  const actors = await database.query(
    `select actor is not null as known from audit_logs where tenant = 'late' and actions = array['a'] order by sequence`,
  );
  expect(actors.map(({ known }) => known)).toEqual([false, false, true]);
});
