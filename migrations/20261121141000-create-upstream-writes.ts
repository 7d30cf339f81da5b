import { type Kysely, sql } from 'kysely';

/**
 * Writes to Salesforce and Jira: one row is committed before anything is sent, and tells the outcome afterwards. A row that has no outcome once
 * its lease has run out is looked after by whoever comes first. `actor` is sealed, and goes when the outcome is known.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table upstream_writes (
      tenant text not null check (tenant <> ''),
      id uuid not null,
      operation text not null check (operation <> ''),
      source text not null check (source in ('SALESFORCE', 'JIRA')),
      resource_type text not null,
      resource_id text not null,
      state text not null check (state in ('SENDING', 'UNKNOWN', 'DONE', 'NOT_DONE', 'UNDECIDED')),
      intent jsonb not null,
      details jsonb not null,
      based_on timestamptz(3),
      result jsonb,
      actor text,
      request_id text not null,
      sent_at timestamptz(3) not null default now(),
      conclusive_at timestamptz(3) not null,
      lease_until timestamptz(3) not null,
      resolved_at timestamptz(3),
      primary key (tenant, id),
      check ((resolved_at is null) = (state in ('SENDING', 'UNKNOWN')))
    )
  `.execute(db);
  // Of two changes that were made from the same state of a record, one goes through: Salesforce's own check knows whole seconds only.
  await sql`
    create unique index upstream_writes_one_from_each_state on upstream_writes (tenant, source, resource_id, based_on)
      where based_on is not null and state in ('SENDING', 'UNKNOWN', 'DONE')
  `.execute(db);
  await sql`create index upstream_writes_unresolved on upstream_writes (lease_until) where resolved_at is null`.execute(
    db,
  );
  await sql`create index upstream_writes_by_age on upstream_writes (resolved_at)`.execute(db);
  await sql`select protect_tenant_table('upstream_writes', 'select, insert, update')`.execute(db);

  await sql`
    alter table idempotency_keys add column claim_id uuid, add column claimed_until timestamptz(3)
  `.execute(db);
  await sql`
    create unique index idempotency_keys_by_claim on idempotency_keys (tenant, claim_id) where claim_id is not null
  `.execute(db);
  // Whoever looks after what was left behind looks at every tenant, as the owner, which FORCE binds like everybody else.
  for (const table of ['upstream_writes', 'idempotency_keys']) {
    await sql`do ${sql.lit(`begin execute format('create policy keeper on ${table} to %I using (true)', current_user); end`)}`.execute(
      db,
    );
  }
}
