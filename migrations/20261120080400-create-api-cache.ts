import { type Kysely, sql } from 'kysely';

/**
 * What sources answered, kept for the time when they don't: records and lists as the gateway's own user in the source sees them, so they
 * belong to no tenant. Logged, not `unlogged`: it is there for the day when several things fail at once, PostgreSQL's restart included.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table api_cache (
      key text primary key,
      source text not null,
      payload jsonb not null check (jsonb_typeof(payload) = 'object'),
      tags text[] not null,
      as_of bigint not null,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      stale_until timestamptz(3) not null,
      hits bigint not null default 0
    )
  `.execute(db);
  await sql`create index api_cache_by_tag on api_cache using gin (tags)`.execute(db);
  await sql`create index api_cache_by_stale_until on api_cache (stale_until)`.execute(db);

  await sql`
    create table cache_invalidations (
      id bigint not null,
      tag text not null,
      invalidated_at timestamptz(3) not null default now(),
      primary key (id, tag)
    )
  `.execute(db);
  await sql`create index cache_invalidations_by_time on cache_invalidations (invalidated_at)`.execute(db);

  // One order for all instances: the lock makes ids visible in the order in which they were given, so whoever has seen one has seen all
  // before it. Microseconds of the server's clock, so that a database made anew never gives an id that is lower than those before.
  // Answers what came after \`seen\`, this invalidation included, as the last.
  await sql`
    create function invalidate_cache(invalidated text[], seen bigint)
      returns table (id bigint, tag text) language plpgsql as $$
    declare
      next_id bigint;
    begin
      perform pg_advisory_xact_lock(7301884402118);
      select greatest(coalesce(max(i.id), 0) + 1, floor(extract(epoch from clock_timestamp()) * 1000000)::bigint)
        into next_id from cache_invalidations i;
      insert into cache_invalidations (id, tag) select next_id, t from unnest(invalidated) t on conflict do nothing;
      perform pg_notify('cache_invalidations', next_id::text);
      return query select i.id, i.tag from cache_invalidations i where i.id > seen order by i.id;
    end $$
  `.execute(db);
}
