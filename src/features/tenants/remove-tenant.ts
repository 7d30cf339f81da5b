// biome-ignore-all lint/plugin: names of tables come from the inventory and the catalogue of PostgreSQL.
import type pg from 'pg';
import type { AuditActor } from '../audit/actor.ts';
import { REMOVED_ACTION } from '../audit/checkpoint.ts';
import { appendAsOwner } from '../audit/operator.ts';
import { inOwnerTransaction, lockRemovals } from '../audit/owner-transaction.ts';
import { leaveCheckpoint } from '../audit/retention.ts';
import type { SigningKey } from '../audit/signing-key.ts';
import { keptTables, tablesOfTenants } from './tenant-tables.ts';

/** Why a tenant may not be removed now; the message tells what to do. */
class TenantKept extends Error {}

/** What there is of a tenant, by table; those that stay with its name and without anything it did are left out, as are tables without rows. */
export type TenantRows = ReadonlyMap<string, number>;

export interface TenantRemoval {
  /** Rows that have gone, by table. */
  readonly rows: TenantRows;
  /** The last entry of its log, which a signed checkpoint tells of; null: it had none. */
  readonly chain: { readonly sequence: number; readonly hash: string } | null;
}

/** Counts. Throws TenantKept when it could not be removed as things are. `pool`: of the owner. */
export async function countTenant(pool: pg.Pool, tenant: string): Promise<TenantRows> {
  return await inOwnerTransaction(pool, async (client) => {
    await enterTenant(client, tenant);
    const counts = new Map<string, number>();
    for (const table of await removableTables(client)) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*) as count from ${table} where tenant = $1 ${butTombstone(table)}`,
        [tenant],
      );
      if (rows[0] && rows[0].count > 0) counts.set(table, rows[0].count);
    }
    await requireRemovable(client, tenant);
    return counts;
  });
}

/**
 * Removes every row of a tenant in one transaction: all of it, or nothing. Row-level security shows the transaction no other tenant's rows. Its log ends with a signed
 * checkpoint and an entry that says so; who has removed it is told in the log of the actor's tenant, which is another. Throws TenantKept.
 */
export async function removeTenant(
  pool: pg.Pool,
  key: SigningKey,
  actor: AuditActor,
  tenant: string,
): Promise<TenantRemoval> {
  const sessions = await endSessions(pool, tenant);
  return await inOwnerTransaction(pool, async (client) => {
    await lockRemovals(client);
    await enterTenant(client, tenant);
    // Nobody appends to its log from here on.
    await client.query('select from audit_heads where tenant = $1 for update', [tenant]);
    await requireRemovable(client, tenant);
    const { rows: last } = await client.query<{ sequence: number; hash: string; action: string }>(
      `select sequence, encode(hash, 'hex') as hash, actions[1] as action from audit_logs where tenant = $1 order by sequence desc limit 1`,
      [tenant],
    );
    const removed = new Map<string, number>(sessions > 0 ? [['user_sessions', sessions]] : []);
    for (const table of await removableTables(client)) {
      const { rowCount } = await client.query(`delete from ${table} where tenant = $1 ${butUnderWay(table)}`, [tenant]);
      if (rowCount) removed.set(table, (removed.get(table) ?? 0) + rowCount);
    }
    // What had begun before the first look may have been committed after it.
    await requireRemovable(client, tenant);
    const entries = removed.get('audit_logs') ?? 0;
    const chain = last[0] && entries > 0 ? { sequence: last[0].sequence, hash: last[0].hash } : null;
    if (chain) await leaveCheckpoint(client, key, { tenant, ...chain, removed: entries });
    const rows = [...removed.values()].reduce((sum, count) => sum + count, 0);
    if (rows > 0)
      await appendAsOwner(client, actor, {
        action: 'tenant.removed',
        resourceType: 'Tenant',
        resourceId: tenant,
        outcome: 'ALLOWED',
        details: { rows, ...(chain ?? {}) },
      });
    return { rows: removed, chain };
  });
}

/** First of all and by itself, so that all instances hear of it at once, and nobody goes on in the meantime. */
async function endSessions(pool: pg.Pool, tenant: string): Promise<number> {
  return await inOwnerTransaction(pool, async (client) => {
    await enterTenant(client, tenant);
    await requireRemovable(client, tenant);
    const { rowCount } = await client.query('delete from user_sessions where tenant = $1', [tenant]);
    return rowCount ?? 0;
  });
}

async function enterTenant(client: pg.ClientBase, tenant: string): Promise<void> {
  await client.query(`select set_config('app.tenant', $1, true)`, [tenant]);
}

async function removableTables(client: pg.ClientBase): Promise<readonly string[]> {
  return (await tablesOfTenants(client)).filter((table) => !keptTables.includes(table));
}

async function requireRemovable(client: pg.ClientBase, tenant: string): Promise<void> {
  const { rows } = await client.query<{ holds: number; writes: number; erasures: number }>(
    `select (select count(*) from audit_holds where tenant = $1 and released_at is null) as holds,
       (select count(*) from upstream_writes where tenant = $1 and resolved_at is null) as writes,
       (select count(*) from erasure_requests where tenant = $1 and status <> 'COMPLETED') as erasures`,
    [tenant],
  );
  const { holds = 0, writes = 0, erasures = 0 } = rows[0] ?? {};
  if (holds > 0)
    throw new TenantKept(
      `${tenant} is under ${holds} legal hold(s), so nothing of it may be removed. \`npm run legal-hold -- list ${tenant}\` shows them.`,
    );
  if (writes > 0)
    throw new TenantKept(
      `Of ${writes} change(s) that ${tenant} made in a source it is not known yet what became of them. Gateways find out within minutes of the source being there; try again then.`,
    );
  if (erasures > 0)
    throw new TenantKept(
      `${erasures} erasure(s) of people of ${tenant} are under way, which also reach beyond its rows. Try again when they are complete.`,
    );
}

/** Without what is under way, which has come since it was looked for and forbids the removal. */
function butUnderWay(table: string): string {
  if (table === 'upstream_writes') return 'and resolved_at is not null';
  return table === 'erasure_requests' ? `and status = 'COMPLETED'` : butTombstone(table);
}

/** The entry that tells of a removal before this one, while nothing came after it, is all that is left of a log. */
function butTombstone(table: string): string {
  if (table !== 'audit_logs') return '';
  return `and not (actions[1] = '${REMOVED_ACTION}' and sequence = (
      select c.sequence + 1 from audit_checkpoints c join audit_heads h on h.tenant = c.tenant and h.sequence = c.sequence + 1
      where c.tenant = audit_logs.tenant order by c.sequence desc limit 1)
    and not exists (select from audit_logs earlier where earlier.tenant = audit_logs.tenant and earlier.sequence < audit_logs.sequence))`;
}
