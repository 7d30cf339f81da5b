import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { TimeFrame, ValidationStatus } from '../../generated/graphql.ts';
import { ruleDefinitions } from './rules.ts';

interface SampleRun {
  readonly daysAgo: number;
  readonly timeFrame: TimeFrame;
  readonly startedBy: string;
  /** A run that broke off has checked only half of its requests. */
  readonly failed: boolean;
}

const runs: readonly SampleRun[] = [
  { daysAgo: 28, timeFrame: 'MONTH', startedBy: 'nightly schedule', failed: false },
  { daysAgo: 21, timeFrame: 'WEEK', startedBy: 'nightly schedule', failed: false },
  { daysAgo: 14, timeFrame: 'WEEK', startedBy: 'nightly schedule', failed: true },
  { daysAgo: 13, timeFrame: 'WEEK', startedBy: 'greta.baumann@example.com', failed: false },
  { daysAgo: 7, timeFrame: 'WEEK', startedBy: 'nightly schedule', failed: false },
  { daysAgo: 3, timeFrame: 'DAY', startedBy: 'kavya.raman@example.com', failed: false },
  { daysAgo: 1, timeFrame: 'DAY', startedBy: 'nightly schedule', failed: false },
  { daysAgo: 0, timeFrame: 'MONTH', startedBy: 'nightly schedule', failed: false },
];

const failures: Readonly<Record<string, string>> = {
  R1: 'Approved by its own owner.',
  R2: 'No linked Jira issue exists and is visible.',
  R3: 'A blocking issue is still open.',
  R4: 'Deployed, but not every Jira issue is done.',
  R5: 'The fix version of an issue differs from the version of the request.',
  R6: 'The go-live date lies outside the change window.',
  R7: 'The owner is no longer active.',
  R8: 'The project ends before the go-live date.',
  R9: 'Another request links the same issue.',
  R10: 'An issue names another request in its own field.',
  R11: 'No Jira update for more than 14 days.',
  R12: 'The step of the UAT sign-off is not done.',
};

const REQUESTS_PER_RUN = 60;
/** The newest run checks every request, so that each one has results to show. */
const NEWEST_RUN_DAYS_AGO = 0;

interface RequestName {
  readonly id: string;
  readonly number: string;
}

/** Runs of the last four weeks with their results; in the tenant of the transaction. */
export async function insertSampleValidation(
  db: Kysely<DB>,
  tenant: string,
  requests: readonly RequestName[],
  now: Date,
): Promise<void> {
  for (const [number, run] of runs.entries()) {
    const offset = (number * 45) % Math.max(1, requests.length);
    const chosen =
      run.daysAgo === NEWEST_RUN_DAYS_AGO
        ? requests
        : [...requests, ...requests].slice(offset, offset + Math.min(REQUESTS_PER_RUN, requests.length));
    await insertRun(db, tenant, run, number, chosen, now);
  }
}

async function insertRun(
  db: Kysely<DB>,
  tenant: string,
  run: SampleRun,
  runNumber: number,
  requests: readonly RequestName[],
  now: Date,
): Promise<void> {
  const startedAt = new Date(now.getTime() - run.daysAgo * 86_400_000);
  const completedAt = new Date(startedAt.getTime() + 95_000);
  const processed = run.failed ? requests.slice(0, Math.floor(requests.length / 2)) : requests;
  const results = processed.flatMap((request, place) =>
    ruleDefinitions.map((rule, ruleNumber) => {
      const status = statusOf(place, ruleNumber, runNumber);
      return {
        rule_id: rule.id,
        status,
        message: messageOf(rule.id, status),
        record_id: request.id,
        record_name: request.number,
      };
    }),
  );
  const invalid = new Set(results.filter(({ status }) => status === 'FAIL').map((result) => result.record_id)).size;
  const { id } = await db
    .insertInto('validation_runs')
    .values({
      tenant,
      status: run.failed ? 'FAILED' : 'COMPLETED',
      time_frame: run.timeFrame,
      rule_ids: ruleDefinitions.map((rule) => rule.id),
      total_records: requests.length,
      processed_records: processed.length,
      valid_records: processed.length - invalid,
      invalid_records: invalid,
      started_at: startedAt.toISOString(),
      completed_at: completedAt.toISOString(),
      started_by: run.startedBy,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql`
    insert into validation_results (tenant, run_id, rule_id, status, message, record_id, record_name, executed_at)
    select ${tenant}, ${id}, rule_id, status, message, record_id, record_name, ${completedAt.toISOString()}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb)
      as (rule_id text, status text, message text, record_id text, record_name text)
  `.execute(db);
}

/** About one in twenty fails and as many are skipped; which ones changes a little from run to run. */
function statusOf(place: number, ruleNumber: number, runNumber: number): ValidationStatus {
  const dice = (place * 37 + ruleNumber * 101 + (place % 5 === 0 ? runNumber * 13 : 0)) % 100;
  if (dice < 5) return 'FAIL';
  return dice < 10 ? 'SKIPPED' : 'PASS';
}

function messageOf(ruleId: string, status: ValidationStatus): string {
  if (status === 'PASS') return 'Satisfied.';
  return status === 'SKIPPED' ? 'Does not apply to a request in this status.' : (failures[ruleId] ?? 'Broken.');
}
