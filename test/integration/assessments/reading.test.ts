import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Databases } from '../../../src/platform/database.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase } from '../../support/database.ts';
import { askPostgres, statementsOf } from '../../support/postgres-graph.ts';

let database: TestDatabase;
let databases: Databases;

/** Ten mentors of the tenant `demo`: mentor n is assigned 3n requests and has assessed n of them. One of a stranger. */
beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url);
  await database.query(`
    insert into mentors (tenant, name, email, active)
    select 'demo', case when n <= 5 then 'Same Name' else 'Mentor ' || lpad(n::text, 2, '0') end, n || '@example.com', n % 2 = 0
    from generate_series(1, 10) n order by n`);
  await database.query(`
    insert into mentor_assignments (tenant, mentor_id, ps_request_number)
    select 'demo', n, 'PSR-' || lpad((n * 100 + r)::text, 5, '0') from generate_series(1, 10) n, generate_series(1, 3 * n) r`);
  await database.query(`
    insert into assessments (tenant, mentor_id, ps_request_number, score, comment)
    select 'demo', n, 'PSR-' || lpad((n * 100 + r)::text, 5, '0'), 1 + r % 5, 'comment ' || r
    from generate_series(1, 10) n, generate_series(1, n) r order by n, r`);
  await database.query(
    `insert into mentors (tenant, name, email) values ('other', 'Stranger', 'stranger@example.com')`,
  );
});

afterAll(async () => {
  await databases.close();
  await database.drop();
});

interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string;
}
interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
}

const mentorsOf = async <Mentors>(source: string, variables: Record<string, unknown> = {}): Promise<Mentors> => {
  const { data, errors } = await askPostgres<{ mentors: Mentors }>(databases, source, { variables });
  expect(errors).toBeUndefined();
  if (!data) throw new Error('The operation has no data.');
  return data.mentors;
};

describe('mentors', () => {
  it('come with their counts in one query for the whole page', async () => {
    const { data, receipt } = await askPostgres<{ mentors: { nodes: { email: string }[] } }>(
      databases,
      '{ mentors(first: 50) { nodes { email assignedCount openAssessmentCount } } }',
    );
    const nodes = data?.mentors.nodes ?? [];
    expect(nodes.toSorted((left, right) => Number.parseInt(left.email, 10) - Number.parseInt(right.email, 10))).toEqual(
      Array.from({ length: 10 }, (_, index) => ({
        email: `${index + 1}@example.com`,
        assignedCount: 3 * (index + 1),
        openAssessmentCount: 2 * (index + 1),
      })),
    );
    expect(statementsOf(receipt)).toBe(4);
  });

  it('cost no counting when no count is asked for', async () => {
    await database.query('select pg_stat_reset_single_table_counters($1::regclass)', ['mentor_assignments']);
    await mentorsOf('{ mentors { nodes { name } } }');
    const [{ scans } = {}] = await database.query(
      `select coalesce(seq_scan, 0) + coalesce(idx_scan, 0) as scans from pg_stat_user_tables where relname = 'mentor_assignments'`,
    );
    expect(Number(scans)).toBe(0);
  });

  it('are paged by name without a gap or a repeat, although names are equal and mentors are added', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 10; page += 1) {
      const mentors: Page<{ email: string }> = await mentorsOf(
        'query ($after: String) { mentors(first: 3, after: $after) { nodes { email } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      seen.push(...mentors.nodes.map(({ email }) => email));
      if (page === 1)
        await database.query(`insert into mentors (tenant, name, email) values ('demo', 'Aaron', 'aaron@example.com')`);
      if (!mentors.pageInfo.hasNextPage) break;
      after = mentors.pageInfo.endCursor;
    }
    await database.query(`delete from mentors where email = 'aaron@example.com'`);
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
    expect(seen.slice(0, 5)).toEqual([
      '6@example.com',
      '7@example.com',
      '8@example.com',
      '9@example.com',
      '10@example.com',
    ]);
  });

  it('are counted only when asked', async () => {
    const counted = await askPostgres(databases, '{ mentors(first: 2) { totalCount nodes { name } } }');
    expect(counted.data).toMatchObject({ mentors: { totalCount: 10 } });
    expect(statementsOf(counted.receipt)).toBe(8);
    const uncounted = await askPostgres(databases, '{ mentors(first: 2) { nodes { name } } }');
    expect(statementsOf(uncounted.receipt)).toBe(4);
  });

  it('of another tenant do not exist', async () => {
    const { data } = await askPostgres(databases, '{ mentors { nodes { name } totalCount } }', { tenant: 'other' });
    expect(data).toEqual({ mentors: { nodes: [{ name: 'Stranger' }], totalCount: 1 } });
  });
});

describe('the assessments of mentors', () => {
  it("are each mentor's own first ones, the newest first, in one query for all mentors and both aliases", async () => {
    interface MentorAnswer {
      readonly email: string;
      readonly few: Page<{ psRequestNumber: string; mentor: { email: string } }>;
      readonly many: Page<unknown>;
    }
    const { data, receipt } = await askPostgres<{ mentors: { nodes: MentorAnswer[] } }>(
      databases,
      `{ mentors(first: 50) { nodes { email
        few: assessments(first: 2) { nodes { psRequestNumber mentor { email } } pageInfo { hasNextPage } totalCount }
        many: assessments(first: 100) { nodes { score } } } } }`,
    );
    const nodes = data?.mentors.nodes ?? [];
    expect(nodes).toHaveLength(10);
    for (const node of nodes) {
      const n = Number.parseInt(node.email, 10);
      const newest = [n, n - 1].filter((r) => r > 0).map((r) => `PSR-${String(n * 100 + r).padStart(5, '0')}`);
      expect(node.few.nodes.map(({ psRequestNumber }) => psRequestNumber)).toEqual(newest);
      expect(node.few.nodes.every(({ mentor }) => mentor.email === node.email)).toBe(true);
      expect(node.few.pageInfo.hasNextPage).toBe(n > 2);
      expect(node.few.totalCount).toBe(n);
      expect(node.many.nodes).toHaveLength(n);
    }
    // Mentors, assessments, their totals, and the mentors again from the other side: four transactions of one query each.
    expect(statementsOf(receipt)).toBe(16);
  });

  it('are paged with cursors of their own list only', async () => {
    const mentors = await mentorsOf<{ edges: { cursor: string }[]; nodes: { id: string; email: string }[] }>(
      '{ mentors(first: 50) { edges { cursor } nodes { id email } } }',
    );
    const ten = mentors.nodes.find(({ email }) => email === '10@example.com');
    const read = (after: string | null | undefined) =>
      askPostgres<{ assessments: Page<{ psRequestNumber: string }> }>(
        databases,
        'query ($id: ID!, $after: String) { assessments(mentorId: $id, first: 4, after: $after) { nodes { psRequestNumber } pageInfo { endCursor hasNextPage } totalCount } }',
        { variables: { id: ten?.id, after } },
      );
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await read(after);
      if (!data) throw new Error('The page has no data.');
      const page = data.assessments;
      expect(page.totalCount).toBe(10);
      seen.push(...page.nodes.map(({ psRequestNumber }) => psRequestNumber));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => `PSR-${String(1010 - index).padStart(5, '0')}`));
    const foreign = await read(mentors.edges[0]?.cursor);
    expect(foreign.errors?.[0]?.originalError).toMatchObject({ code: 'BAD_CURSOR' });
  });

  it('cost their own field only when the page can not be asked for', async () => {
    const { data, errors } = await askPostgres(
      databases,
      '{ mentors(first: 2) { nodes { name assessments(first: -1) { nodes { id } } } } }',
    );
    expect(data).toMatchObject({ mentors: { nodes: [{ assessments: null }, { assessments: null }] } });
    expect(errors?.map((error) => error.originalError)).toMatchObject([
      { code: 'BAD_USER_INPUT' },
      { code: 'BAD_USER_INPUT' },
    ]);
  });

  it('are none for a mentor who does not exist, and bad input for an id of another kind, without asking PostgreSQL', async () => {
    const source = 'query ($id: ID!) { assessments(mentorId: $id) { nodes { id } totalCount } }';
    const unknown = await askPostgres(databases, source, { variables: { id: toGlobalId('Mentor', '424242') } });
    expect(unknown.data).toEqual({ assessments: { nodes: [], totalCount: 0 } });
    const huge = await askPostgres(databases, source, {
      variables: { id: toGlobalId('Mentor', '99999999999999999999') },
    });
    expect(huge.data).toEqual({ assessments: { nodes: [], totalCount: 0 } });
    for (const id of ['PSR-00042', toGlobalId('Account', '1'), '']) {
      const refused = await askPostgres(databases, source, { variables: { id } });
      expect(refused.errors?.[0]?.originalError).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(refused.receipt.calls).toEqual([]);
    }
  });
});
