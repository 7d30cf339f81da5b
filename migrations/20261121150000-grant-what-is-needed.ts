import { type Kysely, sql } from 'kysely';

/**
 * What the two roles of the gateway may do, and nobody else anything. `deployment_graph_app` is for transactions of a tenant;
 * `deployment_graph_gateway`, which the gateway's login is a member of, for the little that belongs to no tenant. It may switch to the other, and
 * inherits nothing of it: outside of a transaction that names a tenant, the tables of tenants are refused.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Of functions that are yet to be made, too.
  await sql`alter default privileges revoke execute on functions from public`.execute(db);
  for (const signature of [
    'touch_updated_at()',
    'tell_ended_session()',
    'invalidate_cache(text[], bigint)',
    'session_by_token_hash(bytea)',
    'forget_ended_sessions(integer, integer)',
  ]) {
    await sql`revoke all on function ${sql.raw(signature)} from public`.execute(db);
  }
  // What is deleted with "for update skip locked" asks for the right to update some column.
  for (const grant of [
    'select, insert, update, delete on api_cache',
    'select, insert, delete, update (invalidated_at) on cache_invalidations',
    'select, insert, update on sync_cursors',
    'select, insert, delete, update (received_at) on webhook_deliveries',
    'select on ended_sessions',
    'execute on function invalidate_cache(text[], bigint)',
    'execute on function session_by_token_hash(bytea)',
    'execute on function forget_ended_sessions(integer, integer)',
  ]) {
    await sql`grant ${sql.raw(grant)} to deployment_graph_gateway`.execute(db);
  }

  // Until now the policy kept out one role, and let in whoever inherits its rights under another name.
  await sql`drop policy append_only on audit_logs`.execute(db);
  await sql`do ${sql.lit(`begin
    execute format('create policy append_only on audit_logs as restrictive for insert with check (current_user = %L)', current_user);
  end`)}`.execute(db);
}
