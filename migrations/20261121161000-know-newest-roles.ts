import { type Kysely, sql } from 'kysely';

/**
 * What the newest token of each person said, so that an older one can not bring back roles that are gone. Sessions learn whether the issuer vouches for the
 * address, and get room for what is sealed of the person.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table known_roles (
      tenant text not null check (tenant <> ''),
      viewer_id text not null check (viewer_id <> ''),
      roles text[] not null check (cardinality(roles) > 0),
      token_issued_at timestamptz(3) not null,
      primary key (tenant, viewer_id)
    )
  `.execute(db);
  await sql`create index known_roles_by_issue on known_roles (tenant, token_issued_at)`.execute(db);
  // Of people who are signed in already it is what their newest session began with.
  await sql`alter table user_sessions no force row level security`.execute(db);
  await sql`
    insert into known_roles (tenant, viewer_id, roles, token_issued_at)
    select distinct on (tenant, viewer_id) tenant, viewer_id, roles, token_issued_at
    from user_sessions order by tenant, viewer_id, token_issued_at desc, cardinality(roles)
  `.execute(db);
  await sql`alter table user_sessions force row level security`.execute(db);
  await sql`select protect_tenant_table('known_roles', 'select, insert, update, delete')`.execute(db);

  await sql`alter table user_sessions drop constraint user_sessions_user_agent_check`.execute(db);
  // 18 characters of prefix, and 4/3 of 4 bytes a character with nonce and tag.
  await sql`alter table user_sessions add constraint user_sessions_user_agent_check check (length(user_agent) <= 1656)`.execute(
    db,
  );
  await sql`alter table user_sessions add column email_verified boolean not null default false`.execute(db);
  await sql`drop function session_by_token_hash(bytea)`.execute(db);
  await sql`
    create function session_by_token_hash(shown bytea)
      returns table (
        tenant text, id bigint, viewer_id text, name text, email text, roles text[],
        remaining_ms float8, idle_ms float8, email_verified boolean
      ) language plpgsql as $$
    begin
      perform set_config('role', 'deployment_graph_app', true),
        set_config('app.session_token_hash', encode(shown, 'hex'), true);
      return query
        select s.tenant, s.id, s.viewer_id, s.name, s.email, s.roles,
          (extract(epoch from s.expires_at - clock_timestamp()) * 1000)::float8,
          (extract(epoch from clock_timestamp() - s.last_accessed_at) * 1000)::float8,
          s.email_verified
        from user_sessions s where s.token_hash = shown;
    end $$
  `.execute(db);
  await sql`revoke all on function session_by_token_hash(bytea) from public`.execute(db);
  await sql`grant execute on function session_by_token_hash(bytea) to deployment_graph_gateway`.execute(db);
}
