import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Databases } from '../../platform/database.ts';
import { checkIdempotencyKey, claimKey, type KeyPlace } from '../../platform/idempotency.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit, appendedJson, audited } from '../audit/append.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { AssessmentModel } from './model.ts';
import { type AssessmentRow, toAssessment } from './queries.ts';
import { placeOfComment } from './sealed-columns.ts';
import {
  type CheckedAssessment,
  checkSubmission,
  hashOfSubmission,
  type Problem,
  refusal,
  type SubmittedAssessment,
} from './submission.ts';

export interface Submission {
  readonly assessments: readonly SubmittedAssessment[];
  readonly idempotencyKey?: string | null | undefined;
  /** Who submits, for the audit log. */
  readonly actor: AuditActor;
  /** Keys of different viewers have nothing to do with each other. */
  readonly viewerId: string;
}

export interface SubmissionAnswer {
  /** In the order of the input. */
  readonly assessments: AssessmentModel[];
  readonly created: number;
  readonly updated: number;
}

/** The answer as it is stored with an idempotency key; comments are sealed. */
type StoredAnswer = readonly AssessmentRow[];

/**
 * Stores all of the assessments with their audit entry, or nothing: BEGIN, the tenant, the key, one statement for all, COMMIT.
 * The same key with the same assessments gives the stored answer again, without storing anything; with others IDEMPOTENCY_MISMATCH.
 * Throws BAD_USER_INPUT that names every assessment that is not acceptable; such an answer is not kept with the key.
 */
export async function submitAssessments(
  databases: Databases,
  scope: RequestScope,
  sealer: Sealer,
  submission: Submission,
): Promise<SubmissionAnswer> {
  const key = submission.idempotencyKey == null ? null : checkIdempotencyKey(submission.idempotencyKey);
  const { checked, problems } = checkSubmission(submission.assessments);
  if (problems.length > 0) {
    const unknown = await databases.oltp.inTenant(scope, (db) => findUnknownMentors(db, checked));
    throw refusal([...problems, ...unknownMentorProblems(unknown)]);
  }
  const place: KeyPlace | null =
    key === null ? null : { viewerId: submission.viewerId, operation: 'submitAssessments', key };
  const rows = await databases.oltp.inTenant(scope, async (db) => {
    const claim = place === null ? null : await claimKey(db, scope.tenant, place, hashOfSubmission(checked));
    if (claim?.kind !== 'answered') {
      return await store(db, submission.actor, sealed(checked, scope.tenant, sealer), place);
    }
    await appendAudit(db, submission.actor, submissionEvent(checked.length, true));
    return claim.answer as StoredAnswer;
  });
  const reading = { tenant: scope.tenant, sealer };
  const created = rows.filter((row) => row.version === 1).length;
  return { assessments: rows.map((row) => toAssessment(row, reading)), created, updated: rows.length - created };
}

function submissionEvent(assessments: number, isReplayed: boolean): AuditEvent {
  const details = { assessments, ...(isReplayed ? { replayed: true } : {}) };
  return { action: 'submitAssessments', resourceType: 'Assessment', outcome: 'ALLOWED', details };
}

/** Comments as they are stored, with the idempotency key too. */
function sealed(checked: readonly CheckedAssessment[], tenant: string, sealer: Sealer): CheckedAssessment[] {
  return checked.map((assessment) => {
    const { comment, mentor_id, ps_request_number } = assessment;
    if (comment === null) return assessment;
    return { ...assessment, comment: sealer.seal(comment, placeOfComment(tenant, mentor_id, ps_request_number)) };
  });
}

/** One statement: finds unknown mentors, stores everything with its audit entry if there are none, and keeps the answer with the key. */
async function store(
  db: Kysely<DB>,
  actor: AuditActor,
  checked: readonly CheckedAssessment[],
  place: KeyPlace | null,
): Promise<StoredAnswer> {
  const audit = appendedJson(actor, submissionEvent(checked.length, false));
  const keep =
    place === null
      ? sql``
      : sql`, kept as (
          update idempotency_keys set response = (select rows from answer)
          where viewer_id = ${place.viewerId} and operation = ${place.operation} and key = ${place.key}
            and not exists (select from unknown)
        )`;
  // Rows are locked in the order of the key, and the chain of the audit log after them, so that two overlapping submissions wait for each
  // other instead of locking each other out.
  const { rows } = await audited(
    sql<{ unknown: number[] | null; rows: StoredAnswer | null }>`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(checked)}::jsonb)
        as (index int, mentor_id bigint, ps_request_number text, score smallint, comment text)
    ), unknown as materialized (
      select index from input where not exists (select from mentors where mentors.id = input.mentor_id)
    ), stored as (
      insert into assessments (tenant, mentor_id, ps_request_number, score, comment)
      select ${actor.tenant}, mentor_id, ps_request_number, score, comment from input
      where not exists (select from unknown)
      order by mentor_id, ps_request_number
      on conflict (tenant, mentor_id, ps_request_number) do update set
        score = excluded.score, comment = excluded.comment, assessed_at = now(), version = assessments.version + 1
      returning id, mentor_id, ps_request_number, score, comment, assessed_at, version
    ), answer as materialized (
      select jsonb_agg(to_jsonb(stored) order by input.index) as rows
      from input join stored using (mentor_id, ps_request_number)
    )${keep}
    select (select rows from answer) as rows, (select array_agg(index order by index) from unknown) as unknown,
      case when (select rows from answer) is not null then append_audit(${audit.entries}::json, ${audit.identities}::json) end
  `.execute(db),
  );
  const result = rows[0];
  if (result?.unknown) throw refusal(unknownMentorProblems(result.unknown));
  return result?.rows ?? [];
}

async function findUnknownMentors(db: Kysely<DB>, checked: readonly CheckedAssessment[]): Promise<number[]> {
  const wellFormed = checked.filter(({ mentor_id }) => mentor_id !== 0);
  const ids = [...new Set(wellFormed.map(({ mentor_id }) => mentor_id))];
  const found = await db.selectFrom('mentors').select('id').where(sql<boolean>`id = any(${ids}::bigint[])`).execute();
  const known = new Set(found.map(({ id }) => id));
  return wellFormed.filter(({ mentor_id }) => !known.has(mentor_id)).map(({ index }) => index);
}

function unknownMentorProblems(indexes: readonly number[]): Problem[] {
  return indexes.map((index) => ({ index, field: 'mentorId', message: 'no such mentor' }));
}
