import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ActorRecord, actorRecord, entryRecord } from '../../../src/features/audit/entry.ts';
import { Journal } from '../../../src/features/audit/journal/journal.ts';
import { Shipper } from '../../../src/features/audit/journal/shipper.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testActor } from '../../support/audit.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let databases: Databases;
let directory: string;
let tenants = 0;
let tenant: string;

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
});
afterAll(async () => {
  await databases.close();
  await database.drop();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
  tenant = `tenant-${(tenants += 1)}`;
});
afterEach(() => rmSync(directory, { recursive: true }));

const open = (maxBytes = 1_000_000): Journal => new Journal({ directory, maxBytes });
const NEVER_MS = 3_600_000;

function shipperOf(journal: Journal, rejected: number[] = []): Shipper {
  return new Shipper({
    journal,
    database: databases.audit,
    log: createLogger('silent'),
    nowMs: () => Date.now(),
    everyMs: NEVER_MS,
    onRejected: (entries) => rejected.push(entries),
  });
}

function note(journal: Journal, action: string): Promise<void> {
  const actor = testActor(tenant);
  const record: ActorRecord = actorRecord(actor);
  return journal.appendEntry(tenant, {
    ...entryRecord(actor, record, { action, outcome: 'ALLOWED' }).entry,
    at: 1_000,
  });
}

const stored = async (): Promise<string[]> => {
  const rows = await database.query<{ action: string }>(
    'select actions[1] as action from audit_logs where tenant = $1 order by sequence',
    [tenant],
  );
  return rows.map(({ action }) => action);
};
const files = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.journal'));

test('what was appended is in the file before the append resolves, and goes to PostgreSQL in its order, once', async () => {
  const journal = open();
  const noted = Promise.all(Array.from({ length: 700 }, (_, n) => note(journal, `a${n}`)));
  await noted;
  expect(readFileSync(join(directory, files()[0] ?? ''), 'utf8').split('\n')).toHaveLength(702);
  const shipper = shipperOf(journal);
  await shipper.ship();
  await shipper.ship();
  expect(await stored()).toEqual(Array.from({ length: 700 }, (_, n) => `a${n}`));
  await note(journal, 'later');
  await shipper.close();
  await journal.close();
  expect((await stored()).at(-1)).toBe('later');
  expect(files()).toEqual([]);
});

test('what an ended process has left is shipped by another, once, however many try, and without a torn last line', async () => {
  const dead = open();
  await note(dead, 'one');
  await note(dead, 'two');
  const path = join(directory, files()[0] ?? '');
  await shipperOf(dead).ship();
  await note(dead, 'three');
  const [, ...lines] = readFileSync(path, 'utf8').split('\n');
  // As if its process had been killed within the write of a fourth entry.
  writeFileSync(path, [JSON.stringify({ host: hostname(), pid: 2 ** 30, startMark: 'x' }), ...lines].join('\n'));
  appendFileSync(path, `${tenant}\tE\t{"n":4,"id":"`);
  const journals = [open(), open()];
  const shippers = journals.map((journal) => shipperOf(journal));
  await Promise.all(shippers.map((shipper) => shipper.ship()));
  expect(await stored()).toEqual(['one', 'two', 'three']);
  expect(files()).toHaveLength(2);
  await Promise.all(shippers.map((shipper) => shipper.close()));
  await Promise.all(journals.map((journal) => journal.close()));
});

test('leaves alone what a living process writes', async () => {
  const living = open();
  await note(living, 'one');
  const other = open();
  await shipperOf(other).ship();
  expect(await stored()).toEqual([]);
  await shipperOf(living).close();
  await living.close();
  await other.close();
});

test('keeps everything while PostgreSQL takes nothing, and catches up', async () => {
  const journal = open();
  const shipper = shipperOf(journal);
  await note(journal, 'one');
  await database.query('revoke insert on audit_logs from deployment_graph_app');
  try {
    await shipper.ship();
    await note(journal, 'two');
    await shipper.ship();
  } finally {
    await database.query('grant insert on audit_logs to deployment_graph_app');
  }
  expect(shipper.failingMs).toBeGreaterThanOrEqual(0);
  expect(await stored()).toEqual([]);
  await shipper.ship();
  expect(await stored()).toEqual(['one', 'two']);
  expect(shipper.failingMs).toBe(0);
  await shipper.close();
  await journal.close();
});

test('takes nothing beyond its bound', async () => {
  const journal = open(2_000);
  await note(journal, 'one');
  await expect(Promise.all(Array.from({ length: 10 }, (_, n) => note(journal, `too-many-${n}`)))).rejects.toMatchObject(
    { code: 'AUDIT_UNAVAILABLE' },
  );
  await journal.close();
});

test('an entry that PostgreSQL will never take does not keep back the others', async () => {
  const journal = open();
  const rejected: number[] = [];
  const shipper = shipperOf(journal, rejected);
  await note(journal, 'one');
  await journal.append(tenant, '"id":"no uuid"}');
  await note(journal, 'three');
  await shipper.ship();
  expect(await stored()).toEqual(['one', 'three']);
  expect(rejected).toEqual([1]);
  await shipper.close();
  await journal.close();
});

test('nobody can make the log leave out what it does not have, by saying that it was shipped', async () => {
  const journal = open();
  const shipper = shipperOf(journal);
  await note(journal, 'one');
  await shipper.ship();
  const id = files()[0]?.replace('.journal', '') ?? '';
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await client.query(`begin; set local role deployment_graph_app`);
    await client.query(`select set_config('app.tenant', $1, true)`, [tenant]);
    await client.query(
      `select append_audit(json_build_array(json_build_object('id', gen_random_uuid(), 'actions', array['forged'], 'outcome', 'ALLOWED',
         'n', 9000000000000000)), null, $1)`,
      [id],
    );
    await client.query('commit');
    await client.query(`begin; set local role deployment_graph_app`);
    await expect(client.query('select journal from audit_journals')).rejects.toMatchObject({ code: '42501' });
  } finally {
    await client.end();
  }
  await note(journal, 'two');
  await note(journal, 'three');
  await shipper.ship();
  await note(journal, 'four');
  // Begins at the beginning of the file, as after a restart.
  await shipperOf(journal).ship();
  expect(await stored()).toEqual(['one', 'forged', 'two', 'three', 'four']);
  await shipper.close();
  await journal.close();
});
