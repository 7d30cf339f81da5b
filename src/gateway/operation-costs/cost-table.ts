import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { CostEntry, CostSums } from './cost-entry.ts';
import { percentileMs } from './duration-scale.ts';

const columns = sql`
  tenant, hour, operation_name, document_hash, client, executions, salesforce_calls, salesforce_billed_calls, jira_calls,
  jira_billed_calls, postgres_calls, postgres_statements, cache_hits, cache_misses, cache_stale, cache_coalesced, durations,
  whole_answers, whole_answer_durations
`;

/** What is added to a row of \`held\` that has the same key. */
const addUp = sql`
  on conflict (tenant, hour, operation_name, document_hash, client) do update set
    executions = held.executions + excluded.executions,
    salesforce_calls = held.salesforce_calls + excluded.salesforce_calls,
    salesforce_billed_calls = held.salesforce_billed_calls + excluded.salesforce_billed_calls,
    jira_calls = held.jira_calls + excluded.jira_calls,
    jira_billed_calls = held.jira_billed_calls + excluded.jira_billed_calls,
    postgres_calls = held.postgres_calls + excluded.postgres_calls,
    postgres_statements = held.postgres_statements + excluded.postgres_statements,
    cache_hits = held.cache_hits + excluded.cache_hits,
    cache_misses = held.cache_misses + excluded.cache_misses,
    cache_stale = held.cache_stale + excluded.cache_stale,
    cache_coalesced = held.cache_coalesced + excluded.cache_coalesced,
    durations = array(
      select coalesce(before, 0) + coalesce(more, 0)
      from unnest(held.durations, excluded.durations) with ordinality as counts (before, more, place) order by place
    ),
    whole_answers = held.whole_answers + excluded.whole_answers,
    whole_answer_durations = array(
      select coalesce(before, 0) + coalesce(more, 0)
      from unnest(held.whole_answer_durations, excluded.whole_answer_durations) with ordinality
        as counts (before, more, place) order by place
    )
`;

/** Adds entries of one tenant to what the table holds: one statement. Each key may occur once. */
export async function addOperationCosts(db: Kysely<DB>, tenant: string, entries: readonly CostEntry[]): Promise<void> {
  const rows = entries.map((entry) => ({
    hour: new Date(entry.hourMs).toISOString(),
    operation_name: entry.operationName,
    document_hash: entry.documentHash,
    client: entry.client,
    executions: entry.executions,
    whole_answers: entry.wholeAnswers,
    salesforce_calls: entry.salesforceCalls,
    salesforce_billed_calls: entry.salesforceBilledCalls,
    jira_calls: entry.jiraCalls,
    jira_billed_calls: entry.jiraBilledCalls,
    postgres_calls: entry.postgresCalls,
    postgres_statements: entry.postgresStatements,
    cache_hits: entry.cacheHits,
    cache_misses: entry.cacheMisses,
    cache_stale: entry.cacheStale,
    cache_coalesced: entry.cacheCoalesced,
    durations: entry.durations,
    whole_answer_durations: entry.wholeAnswerDurations,
  }));
  // In the order of the key, so that two instances never wait for each other's rows crosswise.
  await sql`
    insert into operation_costs as held (${columns})
    select ${tenant}::text, added.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as added (
      hour timestamptz, operation_name text, document_hash text, client text, executions bigint,
      salesforce_calls bigint, salesforce_billed_calls bigint, jira_calls bigint, jira_billed_calls bigint,
      postgres_calls bigint, postgres_statements bigint, cache_hits bigint, cache_misses bigint, cache_stale bigint,
      cache_coalesced bigint, durations bigint[], whole_answers bigint, whole_answer_durations bigint[]
    )
    order by hour, operation_name, document_hash, client
    ${addUp}
  `.execute(db);
}

/** Charges what one client was charged to another, who may have been charged for the same already: it is added up. Answers how many rows there were. */
export async function moveOperationCosts(db: Kysely<DB>, tenant: string, from: string, to: string): Promise<number> {
  // As whoever adds to them does it: in the order of the key.
  const { rows } = await sql<{ moved: number }>`
    with theirs as materialized (
      select * from operation_costs where tenant = ${tenant} and client = ${from}
      order by hour, operation_name, document_hash for update
    ), gone as (
      delete from operation_costs g using theirs
      where g.tenant = theirs.tenant and g.hour = theirs.hour and g.operation_name = theirs.operation_name
        and g.document_hash = theirs.document_hash and g.client = theirs.client
    ), added as (
      insert into operation_costs as held (${columns})
      select tenant, hour, operation_name, document_hash, ${to}::text, executions, salesforce_calls, salesforce_billed_calls,
        jira_calls, jira_billed_calls, postgres_calls, postgres_statements, cache_hits, cache_misses, cache_stale, cache_coalesced,
        durations, whole_answers, whole_answer_durations
      from theirs order by hour, operation_name, document_hash
      ${addUp}
    )
    select count(*)::int as moved from theirs
  `.execute(db);
  return rows[0]?.moved ?? 0;
}

/** Removes hours that ended before an instant. */
export async function forgetOperationCosts(db: Kysely<DB>, beforeMs: number): Promise<void> {
  await db.deleteFrom('operation_costs').where('hour', '<', new Date(beforeMs).toISOString()).execute();
}

/** What one operation of one client has cost over a span of hours. */
export interface OperationCost extends CostSums {
  readonly operationName: string;
  readonly documentHash: string;
  readonly client: string;
  /** Of the executions. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  /** Of the answers that were given whole. */
  readonly wholeAnswerP50Ms: number | null;
  readonly wholeAnswerP95Ms: number | null;
}

/** The tenant's operations since an instant, those with most billed calls first; an hour that has begun before counts whole. */
export async function selectOperationCosts(db: Kysely<DB>, sinceMs: number, limit: number): Promise<OperationCost[]> {
  const { rows } = await sql<
    CostSums &
      Record<'operationName' | 'documentHash' | 'client', string> &
      Record<'durations' | 'wholeAnswerDurations', number[] | null>
  >`
    with chosen as (
      select * from operation_costs where hour > ${new Date(sinceMs).toISOString()}::timestamptz - interval '1 hour'
    ), added as (
      select operation_name, document_hash, client, array_agg(count order by place) as durations,
        array_agg(whole_count order by place) as whole_answer_durations from (
        select operation_name, document_hash, client, place,
          coalesce(sum(count), 0)::bigint as count, coalesce(sum(whole_count), 0)::bigint as whole_count
        from chosen, unnest(durations, whole_answer_durations) with ordinality as counts (count, whole_count, place)
        group by operation_name, document_hash, client, place
      ) by_place group by operation_name, document_hash, client
    )
    select operation_name as "operationName", document_hash as "documentHash", client,
      sum(executions)::bigint as executions, sum(whole_answers)::bigint as "wholeAnswers",
      sum(salesforce_calls)::bigint as "salesforceCalls", sum(salesforce_billed_calls)::bigint as "salesforceBilledCalls",
      sum(jira_calls)::bigint as "jiraCalls", sum(jira_billed_calls)::bigint as "jiraBilledCalls",
      sum(postgres_calls)::bigint as "postgresCalls", sum(postgres_statements)::bigint as "postgresStatements",
      sum(cache_hits)::bigint as "cacheHits", sum(cache_misses)::bigint as "cacheMisses",
      sum(cache_stale)::bigint as "cacheStale", sum(cache_coalesced)::bigint as "cacheCoalesced",
      added.durations, added.whole_answer_durations as "wholeAnswerDurations"
    from chosen left join added using (operation_name, document_hash, client)
    group by operation_name, document_hash, client, added.durations, added.whole_answer_durations
    order by sum(salesforce_billed_calls) + sum(jira_billed_calls) desc, operation_name, document_hash, client
    limit ${limit}
  `.execute(db);
  return rows.map(({ durations, wholeAnswerDurations, ...row }) => {
    const [counts, wholeCounts] = [durations, wholeAnswerDurations].map((some) => (some ?? []).map(Number));
    return {
      ...row,
      p50Ms: percentileMs(counts ?? [], 0.5),
      p95Ms: percentileMs(counts ?? [], 0.95),
      wholeAnswerP50Ms: percentileMs(wholeCounts ?? [], 0.5),
      wholeAnswerP95Ms: percentileMs(wholeCounts ?? [], 0.95),
    };
  });
}
