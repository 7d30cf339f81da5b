import { type Kysely, sql } from 'kysely';

/** What the cache is told of changes elsewhere: how far each source was asked for them, and which notices have been taken. No tenant's rows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sync_cursors (
      source text primary key,
      high_water timestamptz(3),
      recent jsonb not null default '[]' check (jsonb_typeof(recent) = 'array'),
      types text[] not null default '{}',
      covered_since timestamptz(3),
      confirmed_until timestamptz(3),
      invalidation_id bigint not null default 0,
      polled_at timestamptz(3),
      claimed_by uuid,
      claimed_until timestamptz(3),
      check ((claimed_by is null) = (claimed_until is null)),
      check ((covered_since is null) = (confirmed_until is null))
    )
  `.execute(db);
  await sql`
    create table webhook_deliveries (
      source text not null,
      delivery text not null check (length(delivery) between 1 and 255),
      received_at timestamptz(3) not null default now(),
      primary key (source, delivery)
    )
  `.execute(db);
  await sql`create index webhook_deliveries_by_age on webhook_deliveries (received_at)`.execute(db);
}
