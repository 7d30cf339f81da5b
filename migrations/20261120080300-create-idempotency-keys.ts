import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table idempotency_keys (
      tenant text not null check (tenant <> ''),
      viewer_id text not null check (viewer_id <> ''),
      operation text not null,
      key text not null check (length(key) between 1 and 255),
      request_hash text not null check (request_hash ~ '^[0-9a-f]{64}$'),
      response jsonb,
      created_at timestamptz(3) not null default now(),
      last_used_at timestamptz(3) not null default now(),
      primary key (tenant, viewer_id, operation, key)
    )
  `.execute(db);
  await sql`create index idempotency_keys_by_age on idempotency_keys (created_at)`.execute(db);
  await sql`select protect_tenant_table('idempotency_keys', 'select, insert, update, delete')`.execute(db);
}
