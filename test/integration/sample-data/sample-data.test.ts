import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { insertSampleData } from '../../../src/features/sample-data.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { testSealer } from '../../support/keys.ts';

let database: TestDatabase;
let databases: Databases;
const requests = generateCompany().salesforce.PS_Request__c.map((row) => ({
  id: String(row.Id),
  number: String(row.Name),
}));

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
});

afterEach(() =>
  database.query('truncate mentors, mentor_assignments, assessments, validation_runs, validation_results'),
);

afterAll(async () => {
  await databases.close();
  await database.drop();
});

const insert = (now?: Date) =>
  insertSampleData(databases.oltp, { scope: testScope('demo'), requests, sealer: testSealer, ...(now ? { now } : {}) });

describe('the sample data', () => {
  it('is inserted once, also when two gateways start at the same time', async () => {
    expect((await Promise.all([insert(), insert()])).toSorted()).toEqual([false, true]);
    expect(await insert()).toBe(false);
    const [counts] = await database.query(`
      select (select count(*)::int from mentors) as mentors, (select count(*)::int from assessments) as assessments,
        (select count(*)::int from validation_runs) as runs`);
    expect(counts).toEqual({ mentors: 12, assessments: 250, runs: 8 });
  });

  it('is sealed where the columns are', async () => {
    await insert();
    const plain = await database.query(`
      select email from mentors where email not like 'sealed:1:%' or email_index is null
      union all select comment from assessments where comment not like 'sealed:1:%'`);
    expect(plain).toEqual([]);
    const [found] = await database.query<{ name: string }>('select name from mentors where email_index = $1', [
      testSealer.blindIndex('mentors.email', 'kavya.raman@example.com'),
    ]);
    expect(found?.name).toBe('Kavya Raman');
  });

  it('refers to requests that exist, and gives each of them results', async () => {
    await insert();
    const numbers = await database.query<{ ps_request_number: string }>(
      'select distinct ps_request_number from assessments',
    );
    const known = new Map(requests.map(({ id, number }) => [number, id]));
    expect(numbers.filter((row) => !known.has(row.ps_request_number))).toEqual([]);
    const records = await database.query<{ record_id: string; record_name: string }>(
      'select distinct record_id, record_name from validation_results',
    );
    expect(records).toHaveLength(requests.length);
    for (const record of records) expect(known.get(record.record_name)).toBe(record.record_id);
  });

  it('holds nothing from the future and nothing older than the last weeks', async () => {
    await insert();
    const [span] = await database.query(`
      select max(executed_at) <= now() as past, min(executed_at) > now() - interval '30 days' as recent,
        (select max(assessed_at) <= now() from assessments) as assessed from validation_results`);
    expect(span).toEqual({ past: true, recent: true, assessed: true });
  });

  it('counts in its runs what its results say', async () => {
    await insert();
    const wrong = await database.query(`
      select r.id from validation_runs r join lateral (
        select count(distinct record_id) as processed, count(distinct record_id) filter (where status = 'FAIL') as invalid
        from validation_results where run_id = r.id) c on true
      where c.processed <> r.processed_records or c.invalid <> r.invalid_records or r.valid_records <> c.processed - c.invalid`);
    expect(wrong).toEqual([]);
  });

  it('is equal for equal requests and times', async () => {
    const read = async () => {
      await insert(new Date('2026-11-20T09:30:00Z'));
      const rows = await database.query(`
        select m.email_index, a.ps_request_number, a.score, a.comment is null as silent, a.assessed_at from assessments a join mentors m on m.id = a.mentor_id order by a.id`);
      const results = await database.query(
        'select rule_id, record_id, status, message, executed_at from validation_results order by id',
      );
      await database.query('truncate mentors, mentor_assignments, assessments, validation_runs, validation_results');
      return { rows, results };
    };
    expect(await read()).toEqual(await read());
  });
});
