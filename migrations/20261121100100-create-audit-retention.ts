import { type Kysely, sql } from 'kysely';

/** Where chains begin after old entries were removed, and for whom nothing may be removed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table audit_checkpoints (
      tenant text not null check (tenant <> ''),
      sequence bigint not null check (sequence >= 1),
      hash bytea not null check (octet_length(hash) = 32),
      removed bigint not null check (removed >= 1),
      created_at timestamptz(3) not null default now(),
      key text not null,
      signature text not null,
      primary key (tenant, sequence)
    )
  `.execute(db);
  await sql`
    create table audit_holds (
      tenant text not null check (tenant <> ''),
      id bigint generated always as identity,
      reason text not null check (length(reason) between 1 and 500),
      placed_at timestamptz(3) not null default now(),
      released_at timestamptz(3),
      primary key (tenant, id)
    )
  `.execute(db);
  for (const table of ['audit_checkpoints', 'audit_holds']) {
    await sql`select protect_tenant_table(${table}::regclass, 'select')`.execute(db);
    await sql`do ${sql.lit(`begin execute format('create policy keeper on ${table} to %I using (true)', current_user); end`)}`.execute(
      db,
    );
  }
}
