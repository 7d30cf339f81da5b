// biome-ignore-all lint/plugin: names of partitions come from the catalogue of PostgreSQL, and match a pattern.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { type Checkpoint, REMOVED_ACTION, signCheckpoint } from './checkpoint.ts';
import { forgetUnused } from './forget-unused.ts';
import { inOwnerTransaction, lockRemovals } from './owner-transaction.ts';
import type { SigningKey } from './signing-key.ts';

export interface RetentionOptions {
  /** Of the user that owns the tables. */
  readonly pool: pg.Pool;
  readonly key: SigningKey;
  /** Days that an entry is kept at least; months go as a whole. */
  readonly retentionDays: number;
}

interface Removed {
  readonly tenant: string;
  readonly entries: number;
}

/**
 * Removes the months of the audit log that are past retention, by the database's clock, and makes the partition of the next month. Entries of
 * a tenant under a hold stay. Each removal leaves a signed checkpoint, which the chain goes on from, and an entry that tells of it. One
 * instance at a time; answers what was removed.
 */
export async function keepRetention({ pool, key, retentionDays }: RetentionOptions): Promise<readonly Removed[]> {
  await inOwnerTransaction(pool, async (client) => {
    await client.query(`select ensure_audit_partition(now()), ensure_audit_partition(now() + interval '1 month')`);
  });
  const removed: Removed[] = [];
  for (;;) {
    // A transaction for each: while a partition goes nobody can append.
    const gone = await inOwnerTransaction(pool, async (client) => {
      await lockRemovals(client);
      for (const partition of await expiredPartitions(client, retentionDays)) {
        const going = await removePartition(client, partition, key);
        if (going !== null) return going;
      }
      return null;
    });
    if (gone === null) break;
    removed.push(...gone);
  }
  for (const tenant of new Set(removed.map((one) => one.tenant))) await forgetUnused(pool, tenant);
  return removed;
}

/** Months that have been past retention without being removed, those that are held aside. `pool`: of the gateway's login, or of the owner. */
export async function countOverdueMonths(pool: Pick<pg.Pool, 'query'>, keptDays: number): Promise<number> {
  const { rows } = await pool.query<{ overdue: number }>('select overdue_audit_months($1) as overdue', [keptDays]);
  return rows[0]?.overdue ?? 0;
}

async function expiredPartitions(client: pg.ClientBase, retentionDays: number): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from (
       select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'audit_logs'::regclass and c.relname ~ '^audit_logs_[0-9]{6}$'
     ) partitions
     where (to_date(right(name, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC' <= now() - make_interval(days => $1)
     order by name`,
    [retentionDays],
  );
  return rows.map(({ name }) => name);
}

/** Null: everything in it is held. */
async function removePartition(
  client: pg.ClientBase,
  partition: string,
  key: SigningKey,
): Promise<readonly Removed[] | null> {
  const { rows } = await client.query<{
    tenant: string;
    sequence: number;
    hash: string;
    entries: number;
    held: boolean;
  }>(
    `select last.tenant, last.sequence, encode(l.hash, 'hex') as hash, last.entries,
       exists (select from audit_holds h where h.tenant = last.tenant and h.released_at is null)
         -- What is held earlier must stay with what follows it, or its chain would have a hole.
         or exists (select from audit_logs e where e.tenant = last.tenant and e.sequence < last.first) as held
     from (select tenant, min(sequence) as first, max(sequence) as sequence, count(*) as entries from ${partition} group by tenant) last
     join ${partition} l on l.tenant = last.tenant and l.sequence = last.sequence order by last.tenant`,
  );
  const going = rows.filter(({ held }) => !held);
  for (const { tenant, sequence, hash, entries: removed } of going)
    await leaveCheckpoint(client, key, { tenant, sequence, hash, removed });
  if (going.length === rows.length) await client.query(`drop table ${partition}`);
  else if (going.length === 0) return null;
  else await client.query(`delete from ${partition} where tenant = any($1)`, [going.map(({ tenant }) => tenant)]);
  return going.map(({ tenant, entries }) => ({ tenant, entries }));
}

/** In the transaction that removes a tenant's entries up to `sequence`: where its chain goes on from, and the entry that tells of it. */
export async function leaveCheckpoint(
  client: pg.ClientBase,
  key: SigningKey,
  gone: Pick<Checkpoint, 'tenant' | 'sequence' | 'hash' | 'removed'>,
): Promise<void> {
  const { tenant, ...details } = gone;
  const { key: keyId, signature } = signCheckpoint(key, gone);
  await client.query(
    `insert into audit_checkpoints (tenant, sequence, hash, removed, key, signature) values ($1, $2, decode($3, 'hex'), $4, $5, $6)`,
    [tenant, gone.sequence, gone.hash, gone.removed, keyId, signature],
  );
  const entry = {
    id: randomUUID(),
    actions: [REMOVED_ACTION],
    resourceType: 'AuditEntry',
    outcome: 'ALLOWED',
    details,
  };
  await client.query(`select set_config('app.tenant', $1, true)`, [tenant]);
  await client.query('select append_audit($1::json)', [JSON.stringify([entry])]);
}
