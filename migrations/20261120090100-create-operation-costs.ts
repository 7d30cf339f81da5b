import { type Kysely, sql } from 'kysely';

/**
 * What operations cost, by the hour, operation and client. Instances add to the same rows. Durations are counts of a fixed scale and not
 * percentiles, because percentiles of several instances can't be put together.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table operation_costs (
      tenant text not null check (tenant <> ''),
      hour timestamptz(3) not null check (date_trunc('hour', hour, 'UTC') = hour),
      operation_name text not null check (char_length(operation_name) between 1 and 100),
      document_hash text not null check (document_hash ~ '^[0-9a-f]{0,64}$'),
      client text not null check (char_length(client) between 1 and 100),
      executions bigint not null check (executions >= 0),
      salesforce_calls bigint not null,
      salesforce_billed_calls bigint not null,
      jira_calls bigint not null,
      jira_billed_calls bigint not null,
      postgres_calls bigint not null,
      postgres_statements bigint not null,
      cache_hits bigint not null,
      cache_misses bigint not null,
      cache_stale bigint not null,
      cache_coalesced bigint not null,
      durations bigint[] not null,
      primary key (tenant, hour, operation_name, document_hash, client)
    )
  `.execute(db);
  await sql`select protect_tenant_table('operation_costs', 'select, insert, update, delete')`.execute(db);
}
