import { type Kysely, sql } from 'kysely';

/** What people have set for themselves, one row each; the version counts its changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table preferences (
      tenant text not null check (tenant <> ''),
      viewer_id text not null check (viewer_id <> ''),
      preferences jsonb not null check (jsonb_typeof(preferences) = 'object' and octet_length(preferences::text) <= 131072),
      version integer not null check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (tenant, viewer_id)
    )
  `.execute(db);
  await sql`create trigger touch before update on preferences for each row execute function touch_updated_at()`.execute(
    db,
  );
  await sql`select protect_tenant_table('preferences', 'select, insert, update, delete')`.execute(db);
}
