import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import { sealAgain } from '../../platform/sealing/seal-again.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { assessmentSealedColumns } from './sealed-columns.ts';

const mentors: readonly (readonly [name: string, active: boolean])[] = [
  ['Amara Okafor', true],
  ['Bjørn Lindqvist', true],
  ['Carmen Ruiz-Ortega', true],
  ['Daniel O’Hara', true],
  ['Eszter Kovács', true],
  ['Farid Haddad', true],
  ['Greta Baumann', true],
  ['Hiroshi Tanaka', true],
  ['Ines Moreau', false],
  ['Jakub Nowak', true],
  ['Kavya Raman', true],
  ['Liam Fitzgerald', false],
];

const comments: readonly (string | null)[] = [
  'Runbook followed step by step; handover was complete.',
  'Good preparation, but the rollback was not rehearsed.',
  null,
  'Customer was informed late about the change window.',
  'Smooth go-live. 👏',
  'Jira and Salesforce disagreed on the version until the last day.',
  null,
  'UAT sign-off came after the deployment; needs a talk.',
];

const ASSESSED = 250;
/** Mentors, the requests that they are to assess, and what they have assessed; in the tenant of the transaction. */
export async function insertSampleAssessments(
  db: Kysely<DB>,
  tenant: string,
  requestNumbers: readonly string[],
  now: Date,
  sealer: Sealer,
): Promise<void> {
  const { rows: inserted } = await sql<{ id: number }>`
    insert into mentors (tenant, name, email, active)
    select ${tenant}, name, email, active
    from jsonb_to_recordset(${JSON.stringify(mentorRows())}::jsonb) as (place int, name text, email text, active boolean)
    order by place returning id
  `.execute(db);
  const assigned = assignmentRows(
    inserted.map(({ id }) => id),
    requestNumbers,
  );
  await sql`
    insert into mentor_assignments (tenant, mentor_id, ps_request_number)
    select ${tenant}, mentor_id, number
    from jsonb_to_recordset(${JSON.stringify(assigned)}::jsonb) as (mentor_id bigint, number text)
  `.execute(db);
  await sql`
    insert into assessments (tenant, mentor_id, ps_request_number, score, comment, assessed_at)
    select ${tenant}, mentor_id, number, score, comment, ${now.toISOString()}::timestamptz - make_interval(hours => hours_ago)
    from jsonb_to_recordset(${JSON.stringify(assessmentRows(assigned))}::jsonb)
      as (place int, mentor_id bigint, number text, score int, comment text, hours_ago int)
    order by place
  `.execute(db);
  for (const column of assessmentSealedColumns) await sealAgain(db, tenant, column, sealer, '0', ASSESSED);
}

function mentorRows() {
  return mentors.map(([name, active], place) => ({
    place,
    name,
    active,
    email: `${name
      .normalize('NFD')
      .replace(/[^A-Za-z ]/g, '')
      .toLowerCase()
      .replaceAll(' ', '.')}@example.com`,
  }));
}

interface AssignmentRow {
  readonly mentor_id: number;
  readonly number: string;
}

/** Every request but each ninth has a mentor; the last mentor has none, as a newcomer. */
function assignmentRows(mentorIds: readonly number[], requestNumbers: readonly string[]): AssignmentRow[] {
  const working = mentorIds.slice(0, -1);
  return requestNumbers.flatMap((number, place) => {
    const mentorId = working[(place * 7) % working.length];
    return place % 9 === 8 || mentorId === undefined ? [] : [{ mentor_id: mentorId, number }];
  });
}

function assessmentRows(assigned: readonly AssignmentRow[]) {
  return assigned.slice(0, ASSESSED).map((assignment, place) => ({
    ...assignment,
    place,
    score: [4, 5, 3, 4, 2, 5, 4, 1, 3, 5][(place * 3) % 10],
    comment: comments[(place * 5) % comments.length],
    hours_ago: (ASSESSED - place) * 5,
  }));
}
