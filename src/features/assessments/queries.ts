import { type Kysely, type Selectable, sql } from 'kysely';
import type { Assessments, DB } from '../../generated/database.ts';
import { GatewayError } from '../../platform/errors.ts';
import { toGlobalId } from '../../platform/global-id.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { AssessmentModel, MentorModel } from './model.ts';
import { placeOfComment, placeOfEmail } from './sealed-columns.ts';

/** Opens what is sealed of a tenant's rows. */
export interface RowReading {
  readonly tenant: string;
  readonly sealer: Sealer;
}

export interface MentorPosition {
  readonly name: string;
  readonly id: number;
}

interface MentorRow {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
  readonly assignedCount?: number;
  readonly openAssessmentCount?: number;
}

/** Which mentors: one page in the order of names, or the ones of these ids. */
export type MentorChoice =
  | { readonly kind: 'page'; readonly after: MentorPosition | null; readonly limit: number }
  | { readonly kind: 'ids'; readonly ids: readonly number[] };

/** Mentors and, if asked for, their counts: one statement, however many mentors. */
export async function selectMentors(
  db: Kysely<DB>,
  { tenant, sealer }: RowReading,
  choice: MentorChoice,
  withCounts: boolean,
): Promise<MentorModel[]> {
  let chosen = db.selectFrom('mentors').select(['tenant', 'id', 'name', 'email', 'active']);
  if (choice.kind === 'ids') {
    chosen = chosen.where(sql<boolean>`id = any(${choice.ids}::bigint[])`);
  } else {
    const { after } = choice;
    if (after) chosen = chosen.where(sql<boolean>`(name, id) > (${after.name}, ${after.id}::bigint)`);
    chosen = chosen.orderBy('name').orderBy('id').limit(choice.limit);
  }
  const counts = withCounts ? sql`, counted.assigned as "assignedCount", counted.open as "openAssessmentCount"` : sql``;
  const counting = withCounts
    ? sql`cross join lateral (
        select count(*)::int as assigned, (count(*) filter (where done.id is null))::int as open
        from mentor_assignments assigned
        left join assessments done on done.tenant = assigned.tenant and done.mentor_id = assigned.mentor_id
          and done.ps_request_number = assigned.ps_request_number
        where assigned.tenant = chosen.tenant and assigned.mentor_id = chosen.id
      ) counted`
    : sql``;
  const { rows } = await sql<MentorRow>`
    select chosen.id, chosen.name, chosen.email, chosen.active ${counts}
    from (${chosen}) chosen ${counting}
    order by chosen.name, chosen.id
  `.execute(db);
  return rows.map((row) => ({
    ...row,
    id: toGlobalId('Mentor', String(row.id)),
    nativeId: String(row.id),
    email: sealer.openIfKeyIsThere(row.email, placeOfEmail(tenant, row.id)) ?? unreadableAddress(),
  }));
}

/** As a property's value it is an error of this field of this mentor, and of nothing else. */
function unreadableAddress(): GatewayError {
  return new GatewayError(
    'FIELD_UNAVAILABLE',
    'The address was sealed by a key that is not at hand. An operator has to put the key into ENCRYPTION_KEYS_OLD again.',
    { source: 'POSTGRES' },
  );
}

export async function countMentors(db: Kysely<DB>): Promise<number> {
  const row = await db.selectFrom('mentors').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return row.count;
}

export type AssessmentRow = Pick<
  Selectable<Assessments>,
  'id' | 'mentor_id' | 'ps_request_number' | 'score' | 'comment' | 'assessed_at' | 'version'
>;

const assessmentColumns = [
  'id',
  'mentor_id',
  'ps_request_number',
  'score',
  'comment',
  'assessed_at',
  'version',
] as const;

export function toAssessment(row: AssessmentRow, { tenant, sealer }: RowReading): AssessmentModel {
  return {
    id: toGlobalId('Assessment', String(row.id)),
    nativeId: String(row.id),
    mentorId: String(row.mentor_id),
    psRequestNumber: row.ps_request_number,
    score: row.score,
    comment:
      row.comment === null
        ? null
        : sealer.openIfKeyIsThere(row.comment, placeOfComment(tenant, row.mentor_id, row.ps_request_number)),
    // Inside stored answers the time is JSON text with an offset; from a column it has this form already.
    assessedAt: new Date(row.assessed_at).toISOString(),
    version: row.version,
  };
}

/** One page of all assessments, or of one mentor's, newest first. `before` is the id of the last one of the page before. */
export async function selectAssessments(
  db: Kysely<DB>,
  reading: RowReading,
  filter: { readonly mentorId: number | null },
  before: number | null,
  limit: number,
): Promise<AssessmentModel[]> {
  let query = db.selectFrom('assessments').select(assessmentColumns);
  if (filter.mentorId !== null) query = query.where('mentor_id', '=', filter.mentorId);
  if (before !== null) query = query.where('id', '<', before);
  const rows = await query.orderBy('id', 'desc').limit(limit).execute();
  return rows.map((row) => toAssessment(row, reading));
}

export async function selectAssessmentsByIds(
  db: Kysely<DB>,
  reading: RowReading,
  ids: readonly number[],
): Promise<AssessmentModel[]> {
  const rows = await db
    .selectFrom('assessments')
    .select(assessmentColumns)
    .where(sql<boolean>`id = any(${ids}::bigint[])`)
    .execute();
  return rows.map((row) => toAssessment(row, reading));
}

export interface MentorPage {
  readonly mentorId: number;
  readonly before: number | null;
  readonly limit: number;
}

/** For every mentor its own page, newest first: one statement, however many mentors and whatever their pages. */
export async function selectAssessmentPages(
  db: Kysely<DB>,
  reading: RowReading,
  pages: readonly MentorPage[],
): Promise<AssessmentModel[][]> {
  const { rows } = await sql<AssessmentRow & { page: number }>`
    select asked.page::int as page, found.*
    from unnest(
      ${pages.map((page) => page.mentorId)}::bigint[],
      ${pages.map((page) => page.before)}::bigint[],
      ${pages.map((page) => page.limit)}::int[]
    ) with ordinality as asked (mentor_id, before, size, page)
    cross join lateral (
      select id, mentor_id, ps_request_number, score, comment, assessed_at, version
      from assessments
      where mentor_id = asked.mentor_id and (asked.before is null or id < asked.before)
      order by id desc
      limit asked.size
    ) found
    order by asked.page, found.id desc
  `.execute(db);
  const byPage = pages.map((): AssessmentModel[] => []);
  for (const row of rows) byPage[row.page - 1]?.push(toAssessment(row, reading));
  return byPage;
}

/** How many assessments each mentor has given; one statement. A mentor without any is missing. */
export async function countAssessments(
  db: Kysely<DB>,
  mentorIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom('assessments')
    .select((eb) => ['mentor_id', eb.fn.countAll<number>().as('count')])
    .where(sql<boolean>`mentor_id = any(${mentorIds}::bigint[])`)
    .groupBy('mentor_id')
    .execute();
  return new Map(rows.map((row) => [row.mentor_id, row.count]));
}

export async function countAllAssessments(db: Kysely<DB>): Promise<number> {
  const row = await db.selectFrom('assessments').select(db.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return row.count;
}
