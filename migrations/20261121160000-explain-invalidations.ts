import { type Kysely, sql } from 'kysely';

/**
 * Why the lists of a type were invalidated, where it is known: what has happened to which records, as `RecordChange[]`. Beside
 * `invalidate_cache`, which instances of the version before go on calling; what they log has no explanation.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table cache_invalidations
      add column changes jsonb check (changes is null or jsonb_typeof(changes) = 'array')
  `.execute(db);
  await sql`create index cache_invalidations_explained on cache_invalidations (id) where changes is not null`.execute(
    db,
  );

  // The order is given as in `invalidate_cache`. `explained`: changes by tag.
  await sql`
    create function log_invalidation(invalidated text[], explained jsonb, seen bigint)
      returns table (id bigint, tag text, changes jsonb) language plpgsql as $$
    declare
      next_id bigint;
    begin
      perform pg_advisory_xact_lock(7301884402118);
      select greatest(coalesce(max(i.id), 0) + 1, floor(extract(epoch from clock_timestamp()) * 1000000)::bigint)
        into next_id from cache_invalidations i;
      insert into cache_invalidations (id, tag, changes)
        select next_id, t, explained -> t from unnest(invalidated) t on conflict do nothing;
      perform pg_notify('cache_invalidations', next_id::text);
      return query select i.id, i.tag, i.changes from cache_invalidations i where i.id > seen order by i.id;
    end $$
  `.execute(db);
  await sql`revoke all on function log_invalidation(text[], jsonb, bigint) from public`.execute(db);
  await sql`grant execute on function log_invalidation(text[], jsonb, bigint) to deployment_graph_gateway`.execute(db);
  // Explanations that tell of somebody who is erased are taken out again.
  await sql`grant update (changes) on cache_invalidations to deployment_graph_gateway`.execute(db);
}
