import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createValidationLoaders } from '../../../src/features/validation/loaders.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { emptySelection } from '../../../src/platform/selection.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { askPostgres, statementsOf } from '../../support/postgres-graph.ts';

let database: TestDatabase;
let databases: Databases;

const recordId = (n: number) => `a0R${String(n).padStart(15, '0')}`;

/** Five runs; run n has checked records 1 to n by the rules R1 and R2, n days ago. A stranger has one, too. */
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
  await database.query(`
    insert into validation_runs (tenant, status, time_frame, rule_ids, total_records, processed_records, valid_records,
      started_at, completed_at, started_by)
    select 'demo', 'COMPLETED', 'WEEK', '{R2,R1,R99}', n, n, n, now() - make_interval(days => n), now() - make_interval(days => n), 'tester'
    from generate_series(1, 5) n order by n`);
  await database.query(`
    insert into validation_results (tenant, run_id, rule_id, status, message, details, record_id, record_name, executed_at)
    select 'demo', n, rule, case when r % 3 = 0 then 'SKIPPED' when rule = 'R2' then 'FAIL' else 'PASS' end, rule || ' run ' || n,
      case when r = 1 then '{"found": 1}'::jsonb end, 'a0R' || lpad(r::text, 15, '0'), 'PSR-' || lpad(r::text, 5, '0'),
      now() - make_interval(days => n)
    from generate_series(1, 5) n, generate_series(1, n) r, unnest(array['R1', 'R2']) rule order by n, r, rule`);
  await database.query(`
    insert into validation_runs (tenant, status, time_frame, rule_ids) values ('other', 'RUNNING', 'DAY', '{R1}')`);
  await database.query(`
    insert into validation_results (tenant, run_id, rule_id, status, message, record_id)
    select 'other', id, 'R1', 'FAIL', 'secret', 'a0R000000000000001' from validation_runs where tenant = 'other'`);
});

afterAll(async () => {
  await databases.close();
  await database.drop();
});

const dataOf = async <Data>(
  source: string,
  variables: Record<string, unknown> = {},
  tenant = 'demo',
): Promise<Data> => {
  const { data, errors } = await askPostgres<Data>(databases, source, { variables, tenant });
  expect(errors).toBeUndefined();
  if (!data) throw new Error('The operation has no data.');
  return data;
};

describe('validation rules', () => {
  it('are the twelve of the code with what the tenant has set, in order', async () => {
    await database.query(`
      insert into validation_configurations (tenant, rule_id, enabled, config)
      values ('demo', 'R11', false, '{"staleAfterDays": 30}'), ('other', 'R1', false, '{}')`);
    const { validationRules } = await dataOf<{ validationRules: { id: string; description: string }[] }>(
      '{ validationRules { id name description severity enabled config } }',
    );
    expect(validationRules.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, n) => `R${n + 1}`));
    expect(validationRules[10]).toMatchObject({ enabled: false, config: { staleAfterDays: 30 } });
    expect(validationRules[0]).toMatchObject({ enabled: true, config: {}, severity: 'ERROR' });
    expect(validationRules[11]).toMatchObject({ config: { supportTiers: ['PREMIER', 'SIGNATURE'] } });
    for (const rule of validationRules) expect(rule.description).toMatch(/\.$/);
  });
});

describe('validation runs', () => {
  it('come newest first, with their rules in the order of the run, retired ones too', async () => {
    interface Run {
      readonly totalRecords: number;
      readonly rules: readonly { id: string; name: string }[];
    }
    const { data, receipt } = await askPostgres<{ validationRuns: { nodes: Run[] } }>(
      databases,
      '{ validationRuns(first: 2) { totalCount nodes { totalRecords startedBy rules { id name } } pageInfo { hasNextPage } } }',
    );
    expect(data).toMatchObject({ validationRuns: { totalCount: 5, pageInfo: { hasNextPage: true } } });
    const nodes = data?.validationRuns.nodes;
    expect(nodes?.map(({ totalRecords }) => totalRecords)).toEqual([5, 4]);
    expect(nodes?.[0]?.rules.map(({ id }) => id)).toEqual(['R2', 'R1', 'R99']);
    expect(nodes?.[0]?.rules[2]?.name).toBe('Retired rule R99');
    // The runs, their number, and the configuration of the rules once for all runs.
    expect(statementsOf(receipt)).toBe(12);
  });

  it('are found by id; an unknown one is null, and one of another tenant is unknown', async () => {
    const { validationRuns } = await dataOf<{ validationRuns: { nodes: { id: string }[] } }>(
      '{ validationRuns(first: 1) { nodes { id } } }',
    );
    const id = validationRuns.nodes[0]?.id;
    const source = 'query ($id: ID!) { validationRun(id: $id) { id status } }';
    expect(await dataOf(source, { id })).toEqual({ validationRun: { id, status: 'COMPLETED' } });
    expect(await dataOf(source, { id }, 'other')).toEqual({ validationRun: null });
    const { errors, receipt } = await askPostgres(databases, source, { variables: { id: 'run 1' } });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(receipt.calls).toEqual([]);
  });

  it('bring a page of results each, filtered and counted, with one query for all runs and filters', async () => {
    interface Run {
      readonly totalRecords: number;
      readonly all: { readonly nodes: readonly unknown[] };
      readonly failed: {
        readonly totalCount: number;
        readonly nodes: readonly { message: string }[];
        readonly pageInfo: { readonly hasNextPage: boolean };
      };
      readonly ofR1: { readonly totalCount: number };
    }
    const { data, receipt } = await askPostgres<{ validationRuns: { nodes: Run[] } }>(
      databases,
      `{ validationRuns(first: 5) { nodes { totalRecords
        all: results(first: 100) { nodes { recordName rule { id } } }
        failed: results(first: 2, status: FAIL) { totalCount nodes { status message } pageInfo { hasNextPage } }
        ofR1: results(first: 100, ruleId: "R1") { totalCount } } } }`,
    );
    const runs = data?.validationRuns.nodes ?? [];
    expect(runs).toHaveLength(5);
    for (const run of runs) {
      const n = run.totalRecords;
      const failed = n - Math.floor(n / 3);
      expect(run.all.nodes).toHaveLength(2 * n);
      expect(run.failed.totalCount).toBe(failed);
      expect(run.failed.nodes).toHaveLength(Math.min(2, failed));
      expect(run.failed.nodes.every(({ message }) => message === `R2 run ${n}`)).toBe(true);
      expect(run.failed.pageInfo.hasNextPage).toBe(failed > 2);
      expect(run.ofR1.totalCount).toBe(n);
    }
    // Runs, results, counts, configuration: four transactions of one query each.
    expect(statementsOf(receipt)).toBe(16);
  });

  it('refuse results of a rule that does not exist', async () => {
    const { errors } = await askPostgres(
      databases,
      '{ validationRuns(first: 1) { nodes { results(ruleId: "R77") { totalCount } } } }',
    );
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: 'ruleId' } });
  });

  it('page through results without a gap or a repeat', async () => {
    interface Results {
      readonly nodes: readonly { id: string }[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const answer: { validationRuns: { nodes: { results: Results }[] } } = await dataOf(
        'query ($after: String) { validationRuns(first: 1) { nodes { results(first: 3, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } } } }',
        { after },
      );
      const results = answer.validationRuns.nodes[0]?.results;
      if (!results) throw new Error('There is no run.');
      seen.push(...results.nodes.map(({ id }) => id));
      after = results.pageInfo.hasNextPage ? results.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
  });
});

describe('the newest results of a record', () => {
  it('are one for each rule, in the order of the rules, with one query for all records', async () => {
    const scope = testScope('demo');
    const loader = createValidationLoaders(databases, scope).newestResultsByRecordId;
    const request = { selection: emptySelection, args: {} };
    const [first, third, never] = (await Promise.all(
      [recordId(1), recordId(3), recordId(777), recordId(1)].map((id) => loader.load(id, request)),
    )) as { ruleId: string; message: string; status: string; details: unknown }[][];
    expect(first?.map(({ ruleId, message }) => [ruleId, message])).toEqual([
      ['R1', 'R1 run 1'],
      ['R2', 'R2 run 1'],
    ]);
    expect(first?.[0]?.details).toEqual({ found: 1 });
    expect(third?.map(({ message, status }) => [message, status])).toEqual([
      ['R1 run 3', 'SKIPPED'],
      ['R2 run 3', 'SKIPPED'],
    ]);
    expect(never).toEqual([]);
    expect(statementsOf(scope.receipt)).toBe(4);
  });

  it('are found through an index, not by reading every result', async () => {
    await database.query(`
      insert into validation_results (tenant, run_id, rule_id, status, message, record_id)
      select 'demo', 1, 'R' || r, 'PASS', 'bulk', 'a0B' || lpad(n::text, 15, '0') from generate_series(1, 4000) n, generate_series(1, 5) r`);
    await database.query('analyze validation_results');
    const plan = await databases.oltp.inTenant(testScope('demo'), async (db) => {
      const { sql } = await import('kysely');
      const { rows } = await sql<{ 'QUERY PLAN': string }>`
        explain select distinct on (record_id, rule_id) id from validation_results
        where record_id = any(${[recordId(1), recordId(2)]}::text[])
        order by record_id, rule_id, executed_at desc, id desc`.execute(db);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });
    expect(plan).toContain('validation_results_newest');
    expect(plan).not.toContain('Seq Scan');
    await database.query(`delete from validation_results where message = 'bulk'`);
  });
});

describe('the validation trend', () => {
  it('has a point for every day in UTC, zeros on days without results, today last', async () => {
    const { validationTrend } = await dataOf<{ validationTrend: { day: string }[] }>(
      '{ validationTrend(timeFrame: WEEK) { day pass fail skipped failureRate } }',
    );
    const days = Array.from({ length: 7 }, (_, n) =>
      new Date(Date.now() - (6 - n) * 86_400_000).toISOString().slice(0, 10),
    );
    expect(validationTrend.map(({ day }) => day)).toEqual(days);
    // Run n was n days ago; of its records each third is skipped by both rules, the others pass R1 and fail R2.
    const expected = days.map((day, index) => {
      const n = 6 - index;
      const decided = n >= 1 && n <= 5 ? n - Math.floor(n / 3) : 0;
      const skipped = n >= 1 && n <= 5 ? 2 * Math.floor(n / 3) : 0;
      return { day, pass: decided, fail: decided, skipped, failureRate: decided === 0 ? 0 : 0.5 };
    });
    expect(validationTrend).toEqual(expected);
  });

  it('covers 1, 7, 30 and 365 days, and one rule alone when asked', async () => {
    for (const [timeFrame, length] of [
      ['DAY', 1],
      ['WEEK', 7],
      ['MONTH', 30],
      ['YEAR', 365],
    ] as const) {
      const { validationTrend } = await dataOf<{ validationTrend: unknown[] }>(
        'query ($t: TimeFrame!) { validationTrend(timeFrame: $t) { day } }',
        {
          t: timeFrame,
        },
      );
      expect(validationTrend).toHaveLength(length);
    }
    const { validationTrend } = await dataOf<{ validationTrend: { fail: number; pass: number }[] }>(
      '{ validationTrend(timeFrame: MONTH, ruleId: "R1") { fail pass } }',
    );
    expect(validationTrend.reduce((sum, { fail }) => sum + fail, 0)).toBe(0);
    expect(validationTrend.reduce((sum, { pass }) => sum + pass, 0)).toBe(12);
  });

  it('uses the analytics pool', async () => {
    const broken = openTestDatabases(database.url);
    try {
      let used = '';
      const spied: Databases = {
        ...broken,
        oltp: { ...broken.oltp, inTenant: () => Promise.reject(new Error('the wrong pool')) },
        olap: {
          use: broken.olap.use,
          inTenant: (scope, work, options) => {
            used = 'olap';
            return broken.olap.inTenant(scope, work, options);
          },
        },
      };
      const { errors } = await askPostgres(spied, '{ validationTrend(timeFrame: DAY) { day } }');
      expect(errors).toBeUndefined();
      expect(used).toBe('olap');
    } finally {
      await broken.close();
    }
  });

  it('shows nothing of another tenant', async () => {
    const { validationTrend } = await dataOf<{ validationTrend: { fail: number }[] }>(
      '{ validationTrend(timeFrame: MONTH) { fail } }',
      {},
      'nobody',
    );
    expect(validationTrend.every(({ fail }) => fail === 0)).toBe(true);
  });
});
