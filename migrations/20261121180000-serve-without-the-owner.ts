import { type Kysely, sql } from 'kysely';

/**
 * What instances do for all tenants, as functions that the gateway's login may call, so that it never needs the owner's password: each
 * answers or removes as little as the job needs. Only retention, which removes months of the audit log, stays with the owner.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A start tells by this table whether the database fits it.
  await sql`grant select on kysely_migration to deployment_graph_gateway`.execute(db);

  await sql`
    create function audit_heads_of_all() returns table (tenant text, sequence bigint, hash text, at timestamptz)
      language sql stable security definer as $$
      select h.tenant, h.sequence, encode(h.hash, 'hex'), h.created_at from audit_heads h where h.sequence > 0
    $$
  `.execute(db);
  // Only where the write stands: what it says is read in a transaction of its tenant.
  await sql`
    create function take_over_writes(lease_seconds double precision, most integer) returns table (tenant text, id uuid)
      language sql security definer as $$
      update upstream_writes taken set lease_until = now() + make_interval(secs => lease_seconds)
      where (taken.tenant, taken.id) in (
        select open.tenant, open.id from upstream_writes open where open.resolved_at is null and open.lease_until <= now()
        order by open.lease_until limit most for update skip locked)
      returning taken.tenant, taken.id
    $$
  `.execute(db);
  // A key that still waits for its answer stays, however old it is: with it gone, the same change could be sent again.
  await sql`
    create function forget_idempotency_keys(kept_hours integer, most integer) returns bigint
      language sql security definer as $$
      with gone as (
        delete from idempotency_keys where (tenant, viewer_id, operation, key) in (
          select old.tenant, old.viewer_id, old.operation, old.key from idempotency_keys old
          where old.created_at < now() - make_interval(hours => greatest(kept_hours, 24))
            and (old.response is not null or old.claimed_until is null or old.claimed_until < now())
          order by old.created_at limit most for update skip locked)
        returning true
      ) select count(*) from gone
    $$
  `.execute(db);
  await sql`
    create function forget_writes(kept_days integer, most integer) returns bigint language sql security definer as $$
      with gone as (
        delete from upstream_writes where (tenant, id) in (
          select old.tenant, old.id from upstream_writes old
          where old.resolved_at < now() - make_interval(days => greatest(kept_days, 7))
          order by old.resolved_at limit most for update skip locked)
        returning true
      ) select count(*) from gone
    $$
  `.execute(db);
  // Months that retention should have removed already; one that holds entries of tenants under a legal hold alone does not count.
  await sql`
    create function overdue_audit_months(kept_days integer) returns integer language plpgsql stable security definer as $$
    declare
      month text;
      is_overdue boolean;
      overdue integer := 0;
    begin
      for month in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'audit_logs'::regclass and c.relname ~ '^audit_logs_[0-9]{6}$'
          and (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC' <= now() - make_interval(days => kept_days)
      loop
        execute format('select exists (select from %I e where not exists (
          select from audit_holds h where h.tenant = e.tenant and h.released_at is null))', month) into is_overdue;
        overdue := overdue + is_overdue::int;
      end loop;
      return overdue;
    end $$
  `.execute(db);

  for (const signature of [
    'audit_heads_of_all()',
    'take_over_writes(double precision, integer)',
    'forget_idempotency_keys(integer, integer)',
    'forget_writes(integer, integer)',
    'overdue_audit_months(integer)',
  ]) {
    await sql`do ${sql.lit(`begin execute format('alter function ${signature} set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
      db,
    );
    await sql`revoke all on function ${sql.raw(signature)} from public`.execute(db);
    await sql`grant execute on function ${sql.raw(signature)} to deployment_graph_gateway`.execute(db);
  }
}
