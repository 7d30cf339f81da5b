import { readFileSync } from 'node:fs';
import type { GraphQLError } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Databases } from '../../../src/platform/database.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase } from '../../support/database.ts';
import { askPostgres, statementsOf } from '../../support/postgres-graph.ts';

let database: TestDatabase;
let databases: Databases;
let mentorIds: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  databases = openTestDatabases(database.url, { maxConnections: 20 });
  const rows = await database.query<{ id: string }>(
    `insert into mentors (tenant, name, email) select t, 'Mentor ' || n, n || '@example.com'
     from (values ('demo'), ('other')) tenants (t), generate_series(1, 10) n order by t, n returning id, tenant`,
  );
  mentorIds = rows.map(({ id }) => toGlobalId('Mentor', String(id)));
});

afterEach(() => database.query('truncate assessments, idempotency_keys'));

afterAll(async () => {
  await databases.close();
  await database.drop();
});

const SUBMIT = `mutation ($input: SubmitAssessmentsInput!) {
  submitAssessments(input: $input) {
    created updated assessments { id psRequestNumber score comment version assessedAt mentor { id } }
  }
}`;

/** Without the mentors, which would be read after the submission. */
const SUBMIT_ALONE = SUBMIT.replace('mentor { id }', '');

interface Input {
  mentorId: string;
  psRequestNumber: string;
  score: number;
  comment?: string | null;
}

interface Submitted {
  readonly submitAssessments: { readonly assessments: readonly (Input & { mentor: { id: string } })[] };
}

const submit = (
  assessments: readonly Input[],
  idempotencyKey?: string,
  as: { tenant?: string; viewerId?: string } = {},
) => askPostgres<Submitted>(databases, SUBMIT, { ...as, variables: { input: { assessments, idempotencyKey } } });

/** The n-th pair of mentor and request. */
const one = (n: number, changes: Partial<Input> = {}): Input => ({
  mentorId: mentorIds[n % 10] ?? '',
  psRequestNumber: `PSR-${String(Math.floor(n / 10) + 1).padStart(5, '0')}`,
  score: 1 + (n % 5),
  comment: `comment ${n}`,
  ...changes,
});
const some = (count: number) => Array.from({ length: count }, (_, n) => one(n));
/** Runs the work on connections whose every statement the server writes to its log, and reads them there. */
async function countingStatements<Result>(work: (logging: Databases) => Promise<Result>) {
  const { serverLog } = inject('postgres');
  const name = new URL(database.url).pathname.slice(1);
  await database.query(`alter database ${name} set log_statement = 'all'`);
  const logging = openTestDatabases(database.url);
  const logged = () => readFileSync(serverLog, 'utf8').length;
  try {
    await logging.health();
    const from = logged();
    const result = await work(logging);
    const lines = readFileSync(serverLog, 'utf8')
      .slice(from)
      .matchAll(/LOG: {2}(?:statement|execute [^:]*): ([^\n]*)/g);
    // A text of several statements is one line of the log, and counts for each of them.
    const statements = [...lines].flatMap(([, text = '']) => text.split(';').map((statement) => statement.trim()));
    return { result, statements };
  } finally {
    await logging.close();
    await database.query(`alter database ${name} reset log_statement`);
  }
}

/** Which of the submitted assessments an answer names. */
function problemsOf(errors: readonly GraphQLError[] | undefined): readonly { index: number; field: string }[] {
  const [failure] = errors ?? [];
  if (!(failure?.originalError instanceof GatewayError)) throw new Error(`No refusal: ${failure?.message}`);
  return failure.originalError.details.problems as { index: number; field: string }[];
}

const stored = async () =>
  Number((await database.query<{ n: number }>('select count(*)::int as n from assessments'))[0]?.n);

describe('submitting assessments', () => {
  it.each([1, 7, 1_000])('stores %i with at most five statements, as the server counts them', async (count) => {
    const variables = { input: { assessments: some(count), idempotencyKey: `key-${count}` } };
    const answer = await countingStatements((logging) => askPostgres(logging, SUBMIT_ALONE, { variables }));
    expect(answer.result.errors).toBeUndefined();
    expect(answer.statements).toHaveLength(5);
    expect(answer.statements[0]).toMatch(/^begin/);
    expect(answer.statements[4]).toBe('commit');
    expect(statementsOf(answer.result.receipt)).toBe(5);
    expect(answer.result.data).toMatchObject({ submitAssessments: { created: count, updated: 0 } });
    expect(await stored()).toBe(count);
  });

  it('answers in the order of the input, also when rows are stored in another', async () => {
    const input = some(200).toReversed();
    const { data } = await submit(input);
    const answered = data?.submitAssessments.assessments;
    expect(answered?.map((row) => [row.mentor.id, row.psRequestNumber, row.score, row.comment])).toEqual(
      input.map((row) => [row.mentorId, row.psRequestNumber, row.score, row.comment]),
    );
  });

  it('replaces what a mentor has for a request already, and counts its version up', async () => {
    await submit(some(3));
    const { data } = await submit([one(5), one(1, { score: 5, comment: null })]);
    expect(data).toMatchObject({
      submitAssessments: {
        created: 1,
        updated: 1,
        assessments: [{ version: 1 }, { version: 2, score: 5, comment: null }],
      },
    });
    expect(await stored()).toBe(4);
  });

  it('names every assessment that is not acceptable, and stores none', async () => {
    const strangers = await database.query<{ id: string }>(`select id from mentors where tenant = 'other' limit 1`);
    const input = [
      one(0),
      one(1, { mentorId: toGlobalId('Mentor', String(strangers[0]?.id)) }),
      one(2, { score: 0 }),
      one(3, { score: 6 }),
      one(4, { psRequestNumber: 'psr-1' }),
      one(0, { score: 2 }),
      one(6, { mentorId: 'nobody' }),
      one(7, { comment: 'x'.repeat(4_001) }),
      one(8, { comment: 'a\0b' }),
      one(9, { comment: '\ud800' }),
      one(10),
    ];
    const { errors } = await submit(input);
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'BAD_USER_INPUT' });
    const problems = problemsOf(errors);
    expect(problems.map(({ index, field }) => `${index} ${field}`)).toEqual([
      '1 mentorId',
      '2 score',
      '3 score',
      '4 psRequestNumber',
      '5 psRequestNumber',
      '6 mentorId',
      '7 comment',
      '8 comment',
      '9 comment',
    ]);
    expect(errors?.[0]?.message).toContain('assessments[1].mentorId: no such mentor');
    expect(await stored()).toBe(0);
  });

  it('names unknown mentors alone as well, and does not use the key up for it', async () => {
    const unknown = toGlobalId('Mentor', '999999');
    const { errors } = await submit(
      [one(0), one(1, { mentorId: unknown }), one(2), one(13, { mentorId: unknown })],
      'key',
    );
    const problems = problemsOf(errors);
    expect(problems.map(({ index }) => index)).toEqual([1, 3]);
    expect(await stored()).toBe(0);
    expect((await submit([one(0)], 'key')).data).toMatchObject({ submitAssessments: { created: 1 } });
  });

  it('refuses an empty list, more than 1,000, and a key that is no key, without a statement', async () => {
    for (const [input, key] of [
      [[], undefined],
      [some(1_001), undefined],
      [some(1), ''],
      [some(1), 'x'.repeat(256)],
      [some(1), 'with space'],
    ] as const) {
      const { errors, receipt } = await submit(input, key);
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(statementsOf(receipt)).toBe(0);
    }
  });

  it('takes quotes, backslashes, emoji and SQL in comments as text', async () => {
    const comments = [`O'Hara "said"`, 'back\\slash \\n', '👩‍🚀 ₤', `'; drop table assessments; --`, '{"a": null}', ''];
    const { data } = await submit(comments.map((comment, n) => one(n, { comment })));
    expect(data?.submitAssessments.assessments.map(({ comment }) => comment)).toEqual(comments);
  });

  it('lets overlapping submissions in opposite orders both through', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => submit(n % 2 === 0 ? some(300) : some(300).toReversed())),
    );
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
    const versions = await database.query('select distinct version from assessments');
    expect(versions).toEqual([{ version: 12 }]);
  });
});

describe('a submission with an idempotency key', () => {
  it('is stored once when it is sent fifty times at once, and answered alike each time', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit(some(20), 'same')));
    const bodies = new Set(answers.map(({ data, errors }) => JSON.stringify([data, errors])));
    expect(bodies.size).toBe(1);
    expect(answers[0]?.data).toMatchObject({ submitAssessments: { created: 20, updated: 0 } });
    expect(await database.query('select distinct version from assessments')).toEqual([{ version: 1 }]);
  });

  it('gets its first answer again later, although the rows have changed, and over new connections', async () => {
    const first = await submit(some(2), 'kept');
    await submit([one(0, { score: 5, comment: 'changed since' })]);
    const reopened = openTestDatabases(database.url);
    try {
      const variables = { input: { assessments: some(2), idempotencyKey: 'kept' } };
      const again = await askPostgres(reopened, SUBMIT, { variables });
      expect(again.data).toEqual(first.data);
    } finally {
      await reopened.close();
    }
    const rows = await database.query('select comment from assessments where version = 2');
    expect(rows).toEqual([{ comment: expect.stringMatching(/^sealed:1:[0-9a-f]{8}:/) }]);
  });

  it('is refused when the key came with other assessments before, also in another order', async () => {
    await submit(some(2), 'used');
    for (const other of [[one(0)], [one(0), one(1, { score: 3 })], some(2).toReversed()]) {
      const { errors } = await submit(other, 'used');
      expect(errors?.[0]?.originalError).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    }
    expect(await stored()).toBe(2);
  });

  it('has nothing to do with the same key of another viewer', async () => {
    await submit([one(0)], 'mine');
    const { data } = await submit([one(1)], 'mine', { viewerId: 'kavya' });
    expect(data).toMatchObject({ submitAssessments: { created: 1 } });
  });

  it('has nothing to do with the same key of another tenant', async () => {
    await submit([one(0)], 'mine');
    const [row] = await database.query<{ id: string }>(`select id from mentors where tenant = 'other' limit 1`);
    const foreign = [one(0, { mentorId: toGlobalId('Mentor', String(row?.id)), score: 2 })];
    const { data } = await submit(foreign, 'mine', { tenant: 'other' });
    expect(data).toMatchObject({ submitAssessments: { created: 1 } });
  });
});
