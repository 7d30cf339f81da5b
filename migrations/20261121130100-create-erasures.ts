import { type Kysely, sql } from 'kysely';

/**
 * Requests to erase people, the work on each of them step by step, and keyed hashes by which what was erased is known again wherever it
 * turns up. Nothing here names anybody once a request is done.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table erasure_requests (
      tenant text not null check (tenant <> ''),
      id uuid not null,
      status text not null check (status in ('RUNNING', 'COMPLETED')),
      subject text,
      reason text not null,
      pseudonym text not null check (pseudonym ~ '^erased:[0-9a-f]{16}$'),
      requested_by text,
      replayed boolean not null default false,
      requested_at timestamptz(3) not null default now(),
      completed_at timestamptz(3),
      problem text,
      proof jsonb,
      proof_signature text,
      claimed_by uuid,
      claimed_until timestamptz(3),
      primary key (tenant, id),
      check ((claimed_by is null) = (claimed_until is null)),
      check ((status = 'COMPLETED') = (completed_at is not null)),
      check (status <> 'COMPLETED' or (subject is null and proof is not null and proof_signature is not null))
    )
  `.execute(db);
  await sql`
    create index erasure_requests_running on erasure_requests (requested_at) where status = 'RUNNING'
  `.execute(db);
  await sql`
    create table erasure_steps (
      tenant text not null,
      request_id uuid not null,
      step text not null,
      rows bigint not null default 0 check (rows >= 0),
      runs integer not null default 0 check (runs >= 0),
      round integer not null default 0 check (round >= 0),
      done_at timestamptz(3) not null default now(),
      primary key (tenant, request_id, step),
      foreign key (tenant, request_id) references erasure_requests (tenant, id) on delete cascade
    )
  `.execute(db);
  await sql`
    create table erasure_ledger (
      sequence bigint generated always as identity unique,
      kind text not null check (kind in ('subject', 'email', 'jira', 'salesforce', 'name')),
      hash text not null check (hash ~ '^[0-9a-f]{64}$'),
      words smallint check (words between 1 and 20),
      request_id uuid not null,
      erased_at timestamptz(3) not null default now(),
      primary key (request_id, kind, hash),
      check ((kind = 'name') = (words is not null))
    )
  `.execute(db);
  await sql`
    create table person_exports (
      tenant text not null check (tenant <> ''),
      id bigint generated always as identity,
      actor text not null check (actor ~ '^[0-9a-f]{64}$'),
      exported_at timestamptz(3) not null default now(),
      primary key (tenant, id)
    )
  `.execute(db);
  await sql`create index person_exports_by_actor on person_exports (tenant, actor, exported_at)`.execute(db);

  await sql`select protect_tenant_table('erasure_requests', 'select, insert, update')`.execute(db);
  await sql`select protect_tenant_table('erasure_steps', 'select, insert, update')`.execute(db);
  await sql`select protect_tenant_table('person_exports', 'select, insert, delete')`.execute(db);
  await sql`grant select, insert on erasure_ledger to deployment_graph_app`.execute(db);

  // Whoever takes over work does not know whose it is: the function looks at the requests of all tenants, and tells no more than it has to.
  await sql`do ${sql.lit(`begin execute format('create policy keeper on erasure_requests to %I using (true)', current_user); end`)}`.execute(
    db,
  );
  await sql`
    create function claim_erasure(worker uuid, lease_seconds integer, wanted uuid default null)
      returns table (tenant text, id uuid) language sql security definer as $$
      update erasure_requests claimed
      set claimed_by = worker, claimed_until = now() + make_interval(secs => lease_seconds)
      where (claimed.tenant, claimed.id) = (
        select free.tenant, free.id from erasure_requests free
        where free.status = 'RUNNING' and (wanted is null or free.id = wanted)
          and (free.claimed_until is null or free.claimed_until < now() or free.claimed_by = worker)
        order by free.requested_at limit 1 for update skip locked)
      returning claimed.tenant, claimed.id
    $$
  `.execute(db);
  await sql`do ${sql.lit(`begin execute format('alter function claim_erasure(uuid, integer, uuid) set search_path to %I, pg_temp', current_schema()); end`)}`.execute(
    db,
  );
  await sql`revoke all on function claim_erasure(uuid, integer, uuid) from public`.execute(db);
  await sql`grant execute on function claim_erasure(uuid, integer, uuid) to deployment_graph_app`.execute(db);
}
