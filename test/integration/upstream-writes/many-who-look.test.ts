import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WriteConclusions } from '../../../src/features/upstream-writes/write-conclusion.ts';
import { notDone, type WriteOutcome } from '../../../src/features/upstream-writes/write-outcome.ts';
import { TAKE_OVER_WRITES } from '../../../src/features/upstream-writes/write-store.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { testActor } from '../../support/audit.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';

let database: TestDatabase;
let databases: Databases;

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url, { maxConnections: 10 });
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});

/** Left behind a minute ago. */
const leave = async (tenant: string) => {
  const id = randomUUID();
  await database.query(
    `insert into upstream_writes (tenant, id, operation, source, resource_type, resource_id, state, intent, details, request_id,
       conclusive_at, lease_until)
     values ($1, $2::uuid, 'updatePsRequest', 'SALESFORCE', 'PsRequest', ($2::uuid)::text, 'SENDING', '{"names":[]}', '{}', 'r', now(), now() - interval '1 minute')`,
    [tenant, id],
  );
  return id;
};

test('of many who find out about a write one stores what became of it, with one audit entry, and all answer the same', async () => {
  const id = await leave('demo');
  const conclusions = new WriteConclusions(databases.oltp);
  const write = { id, operation: 'updatePsRequest', record: { type: 'PsRequest', id, names: [] }, details: {} };
  const done: WriteOutcome = { outcome: 'DONE', result: { psRequestId: id } };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      conclusions.conclude(
        testScope('demo'),
        testActor('demo'),
        write,
        n % 2 === 0 ? done : notDone('SALESFORCE', 'UPSTREAM_TIMEOUT'),
      ),
    ),
  );
  expect(new Set(outcomes.map(({ outcome }) => outcome)).size).toBe(1);
  const entries = await database.query(`select 1 from audit_logs where details->>'writeId' = $1`, [id]);
  expect(entries).toHaveLength(1);
});

test('who looks after what was left behind takes different writes, of every tenant, each once until the lease is over', async () => {
  const left = await Promise.all(Array.from({ length: 30 }, (_, n) => leave(n % 2 === 0 ? 'demo' : 'other')));
  const rounds = await Promise.all(
    Array.from({ length: 6 }, () => database.query<{ id: string }>(TAKE_OVER_WRITES, [60, 10])),
  );
  const taken = rounds.flat().map(({ id }) => id);
  expect(taken.toSorted()).toEqual(left.toSorted());
  expect(await database.query(TAKE_OVER_WRITES, [60, 10])).toEqual([]);
});
