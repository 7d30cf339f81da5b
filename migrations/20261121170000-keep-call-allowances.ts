import { type Kysely, sql } from 'kysely';

/**
 * What each instance of the gateway last knew of the sources' call allowances, so that the next one knows it before its first call, whatever became of
 * Redis. No tenant's rows; they are of no use a day after they were written, and go then.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table upstream_quotas (
      allowance text not null check (allowance <> ''),
      instance uuid not null,
      known jsonb not null check (jsonb_typeof(known) = 'object'),
      written_at timestamptz(3) not null,
      primary key (allowance, instance)
    )
  `.execute(db);
  await sql`grant select, insert, update, delete on upstream_quotas to deployment_graph_gateway`.execute(db);
}
