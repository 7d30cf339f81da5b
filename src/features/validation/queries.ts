import { type Kysely, type Selectable, sql } from 'kysely';
import type { DB, ValidationResults, ValidationRuns } from '../../generated/database.ts';
import type { TimeFrame, ValidationRunStatus, ValidationStatus } from '../../generated/graphql.ts';
import { toGlobalId } from '../../platform/global-id.ts';
import type { ValidationResultModel, ValidationRunModel } from './model.ts';
import type { Configurations } from './rule-configuration.ts';

export async function selectConfigurations(db: Kysely<DB>): Promise<Configurations> {
  const rows = await db.selectFrom('validation_configurations').select(['rule_id', 'enabled', 'config']).execute();
  return new Map(
    rows.map((row) => [row.rule_id, { enabled: row.enabled, config: row.config as Record<string, unknown> }]),
  );
}

type RunRow = Selectable<Omit<ValidationRuns, 'tenant' | 'updated_at'>>;

const runColumns = [
  'id',
  'status',
  'time_frame',
  'rule_ids',
  'total_records',
  'valid_records',
  'invalid_records',
  'processed_records',
  'started_at',
  'completed_at',
  'started_by',
] as const;

function toRun(row: RunRow): ValidationRunModel {
  return {
    id: toGlobalId('ValidationRun', String(row.id)),
    nativeId: String(row.id),
    // The table's constraints allow no other values.
    status: row.status as ValidationRunStatus,
    timeFrame: row.time_frame as TimeFrame,
    ruleIds: row.rule_ids,
    totalRecords: row.total_records,
    validRecords: row.valid_records,
    invalidRecords: row.invalid_records,
    processedRecords: row.processed_records,
    startedAt: row.started_at,
    completedAt: row.completed_at,
    startedBy: row.started_by,
  };
}

/** One page of runs, the newest first. `before` is the id of the last one of the page before. */
export async function selectRuns(db: Kysely<DB>, before: number | null, limit: number): Promise<ValidationRunModel[]> {
  let query = db.selectFrom('validation_runs').select(runColumns);
  if (before !== null) query = query.where('id', '<', before);
  return (await query.orderBy('id', 'desc').limit(limit).execute()).map(toRun);
}

export async function selectRunsByIds(db: Kysely<DB>, ids: readonly number[]): Promise<ValidationRunModel[]> {
  const query = db.selectFrom('validation_runs').select(runColumns).where(sql<boolean>`id = any(${ids}::bigint[])`);
  return (await query.execute()).map(toRun);
}

export async function countRuns(db: Kysely<DB>): Promise<number> {
  const query = db.selectFrom('validation_runs').select(db.fn.countAll<number>().as('count'));
  return (await query.executeTakeFirstOrThrow()).count;
}

type ResultRow = Selectable<Omit<ValidationResults, 'tenant' | 'run_id'>>;

const resultColumns = [
  'id',
  'rule_id',
  'status',
  'message',
  'details',
  'record_id',
  'record_name',
  'executed_at',
] as const;

function toResult(row: ResultRow): ValidationResultModel {
  return {
    id: toGlobalId('ValidationResult', String(row.id)),
    nativeId: String(row.id),
    ruleId: row.rule_id,
    status: row.status as ValidationStatus,
    message: row.message,
    details: row.details as Record<string, unknown> | null,
    executedAt: row.executed_at,
    recordId: row.record_id,
    recordName: row.record_name,
  };
}

export async function selectResultsByIds(db: Kysely<DB>, ids: readonly number[]): Promise<ValidationResultModel[]> {
  const query = db
    .selectFrom('validation_results')
    .select(resultColumns)
    .where(sql<boolean>`id = any(${ids}::bigint[])`);
  return (await query.execute()).map(toResult);
}

/** Which results of a run, and from where on. */
export interface ResultPage {
  readonly runId: number;
  readonly status: ValidationStatus | null;
  readonly ruleId: string | null;
  /** Id of the last one of the page before. */
  readonly after: number | null;
  readonly limit: number;
}

/** For every run its own page in the order in which the results were found: one statement, however many runs and whatever their pages. */
export async function selectResultPages(
  db: Kysely<DB>,
  pages: readonly ResultPage[],
): Promise<ValidationResultModel[][]> {
  const { rows } = await sql<ResultRow & { page: number }>`
    select asked.page::int as page, found.*
    from unnest(
      ${pages.map((page) => page.runId)}::bigint[],
      ${pages.map((page) => page.status)}::text[],
      ${pages.map((page) => page.ruleId)}::text[],
      ${pages.map((page) => page.after)}::bigint[],
      ${pages.map((page) => page.limit)}::int[]
    ) with ordinality as asked (run_id, status, rule_id, after, size, page)
    cross join lateral (
      select id, rule_id, status, message, details, record_id, record_name, executed_at
      from validation_results
      where run_id = asked.run_id
        and (asked.status is null or status = asked.status)
        and (asked.rule_id is null or rule_id = asked.rule_id)
        and (asked.after is null or id > asked.after)
      order by id
      limit asked.size
    ) found
    order by asked.page, found.id
  `.execute(db);
  const byPage = pages.map((): ValidationResultModel[] => []);
  for (const row of rows) byPage[row.page - 1]?.push(toResult(row));
  return byPage;
}

/** How many results each of the choices has in all, in their order; one statement. */
export async function countResults(
  db: Kysely<DB>,
  choices: readonly Pick<ResultPage, 'runId' | 'status' | 'ruleId'>[],
): Promise<number[]> {
  const { rows } = await sql<{ count: number }>`
    select (
      select count(*) from validation_results
      where run_id = asked.run_id
        and (asked.status is null or status = asked.status)
        and (asked.rule_id is null or rule_id = asked.rule_id)
    ) as count
    from unnest(
      ${choices.map((choice) => choice.runId)}::bigint[],
      ${choices.map((choice) => choice.status)}::text[],
      ${choices.map((choice) => choice.ruleId)}::text[]
    ) with ordinality as asked (run_id, status, rule_id, place)
    order by asked.place
  `.execute(db);
  return rows.map((row) => row.count);
}

/** The newest result of each rule for each record, in the order of the rules' ids; one statement, however many records. */
export async function selectNewestResults(
  db: Kysely<DB>,
  recordIds: readonly string[],
): Promise<ValidationResultModel[]> {
  const query = db
    .selectFrom('validation_results')
    .select(resultColumns)
    .distinctOn(['record_id', 'rule_id'])
    .where(sql<boolean>`record_id = any(${recordIds}::text[])`)
    .orderBy('record_id')
    .orderBy('rule_id')
    .orderBy('executed_at', 'desc')
    .orderBy('id', 'desc');
  return (await query.execute()).map(toResult);
}
