import { type Kysely, sql } from 'kysely';

/**
 * Sessions, by the hash of their token. Whoever shows a token is looked up before the tenant is known, and what has ended is removed for all
 * tenants at once; each of the two has a policy of its own that opens no more rows than that. A session ends by losing its row: whatever
 * removes it tells every instance, because the trigger does.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table user_sessions (
      tenant text not null check (tenant <> ''),
      id bigint generated always as identity,
      token_hash bytea not null unique check (octet_length(token_hash) = 32),
      viewer_id text not null check (viewer_id <> ''),
      name text,
      email text,
      roles text[] not null check (cardinality(roles) > 0),
      user_agent text check (length(user_agent) <= 300),
      token_issued_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now(),
      last_accessed_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      primary key (tenant, id),
      check (expires_at > created_at)
    )
  `.execute(db);
  await sql`create index user_sessions_by_viewer on user_sessions (tenant, viewer_id, last_accessed_at desc)`.execute(
    db,
  );
  await sql`create index user_sessions_by_expiry on user_sessions (expires_at)`.execute(db);
  await sql`create index user_sessions_by_last_access on user_sessions (last_accessed_at)`.execute(db);
  await sql`select protect_tenant_table('user_sessions', 'select, insert, update, delete')`.execute(db);

  await sql`
    create policy by_token on user_sessions for select
      using (token_hash = decode(nullif(current_setting('app.session_token_hash', true), ''), 'hex'))
  `.execute(db);
  const ended = sql`
    (expires_at <= now()
      or last_accessed_at <= now() - make_interval(secs => nullif(current_setting('app.session_idle_seconds', true), '')::float8))
    and nullif(current_setting('app.session_idle_seconds', true), '') is not null
  `;
  await sql`create policy ended_for_select on user_sessions for select using (${ended})`.execute(db);
  await sql`create policy ended_for_delete on user_sessions for delete using (${ended})`.execute(db);

  // Of no tenant: nothing but hashes of tokens that are good for nothing any more.
  await sql`
    create table ended_sessions (
      token_hash bytea primary key,
      ended_at timestamptz(3) not null default clock_timestamp()
    )
  `.execute(db);
  await sql`create index ended_sessions_by_time on ended_sessions (ended_at)`.execute(db);
  await sql`grant select, insert, update, delete on ended_sessions to deployment_graph_app`.execute(db);

  await sql`
    create function tell_ended_session() returns trigger language plpgsql as $$
    begin
      insert into ended_sessions (token_hash) values (old.token_hash)
        on conflict (token_hash) do update set ended_at = clock_timestamp();
      perform pg_notify('ended_sessions', encode(old.token_hash, 'hex'));
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger tell_ended after delete on user_sessions
      for each row when (old.expires_at > now()) execute function tell_ended_session()
  `.execute(db);
  await sql`
    create trigger tell_changed after update of token_hash, tenant, viewer_id, roles, expires_at on user_sessions
      for each row execute function tell_ended_session()
  `.execute(db);

  // Both set what their policy asks for until their transaction ends, which is the call itself.
  await sql`
    create function session_by_token_hash(shown bytea)
      returns table (
        tenant text, id bigint, viewer_id text, name text, email text, roles text[],
        remaining_ms float8, idle_ms float8
      ) language plpgsql as $$
    begin
      perform set_config('role', 'deployment_graph_app', true),
        set_config('app.session_token_hash', encode(shown, 'hex'), true);
      return query
        select s.tenant, s.id, s.viewer_id, s.name, s.email, s.roles,
          (extract(epoch from s.expires_at - clock_timestamp()) * 1000)::float8,
          (extract(epoch from clock_timestamp() - s.last_accessed_at) * 1000)::float8
        from user_sessions s where s.token_hash = shown;
    end $$
  `.execute(db);
  await sql`
    create function forget_ended_sessions(idle_seconds integer, most integer)
      returns integer language plpgsql as $$
    declare
      forgotten integer;
    begin
      perform set_config('role', 'deployment_graph_app', true),
        set_config('app.session_idle_seconds', idle_seconds::text, true);
      delete from user_sessions s using (
        select d.tenant, d.id from user_sessions d
        where d.expires_at <= now() or d.last_accessed_at <= now() - make_interval(secs => idle_seconds)
        limit most
      ) doomed
      where s.tenant = doomed.tenant and s.id = doomed.id;
      get diagnostics forgotten = row_count;
      delete from ended_sessions e where e.ended_at <= now() - interval '1 hour';
      return forgotten;
    end $$
  `.execute(db);
}
