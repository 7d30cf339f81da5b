import { type Kysely, sql } from 'kysely';

/** A request waits before it looks once more for what was under way when it began; and each step tells what its latest look found. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table erasure_requests add column not_before timestamptz(3) not null default now()`.execute(db);
  await sql`alter table erasure_steps add column last_rows bigint not null default 0 check (last_rows >= 0)`.execute(
    db,
  );
  // Between the first and the last batch of a look.
  await sql`alter table erasure_steps add column is_open boolean not null default false`.execute(db);
  // Whose subjects the hashes are, for whoever begins an erasure again after a backup was restored.
  await sql`alter table erasure_ledger add column of_tenant text not null check (of_tenant <> '')`.execute(db);
  await sql`
    create or replace function claim_erasure(worker uuid, lease_seconds integer, wanted uuid default null)
      returns table (tenant text, id uuid) language sql security definer as $$
      update erasure_requests claimed
      set claimed_by = worker, claimed_until = now() + make_interval(secs => lease_seconds)
      where (claimed.tenant, claimed.id) = (
        select free.tenant, free.id from erasure_requests free
        where free.status = 'RUNNING' and free.not_before <= now() and (wanted is null or free.id = wanted)
          and (free.claimed_until is null or free.claimed_until < now() or free.claimed_by = worker)
        order by free.not_before limit 1 for update skip locked)
      returning claimed.tenant, claimed.id
    $$
  `.execute(db);
  await sql`do ${sql.lit(`begin execute format('alter function claim_erasure(uuid, integer, uuid) set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
    db,
  );
}
