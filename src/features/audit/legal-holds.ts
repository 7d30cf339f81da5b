import type pg from 'pg';
import type { AuditActor } from './actor.ts';
import { appendAsOwner } from './operator.ts';
import { inOwnerTransaction, lockRemovals } from './owner-transaction.ts';

/** While a tenant has one that is not released, nothing of it goes by age, and the tenant can't be removed. */
export interface LegalHold {
  readonly tenant: string;
  readonly id: number;
  readonly reason: string;
  /** RFC 3339. */
  readonly placedAt: string;
  readonly releasedAt: string | null;
}

/** Longest reason, in characters; the database's own bound. */
export const MAX_REASON_LENGTH = 500;

/** Of one tenant or, for null, of all; those in force before those that were released, the latest first. `pool`: of the owner. */
export async function listHolds(pool: Pick<pg.Pool, 'query'>, tenant: string | null): Promise<readonly LegalHold[]> {
  const { rows } = await pool.query<LegalHold>(
    `select tenant, id, reason, placed_at as "placedAt", released_at as "releasedAt" from audit_holds
     where $1::text is null or tenant = $1 order by released_at nulls first, placed_at desc, tenant, id`,
    [tenant],
  );
  return rows;
}

/** Whether the gateway has ever written anything of that tenant down. */
export async function isKnownTenant(pool: Pick<pg.Pool, 'query'>, tenant: string): Promise<boolean> {
  const { rowCount } = await pool.query('select from audit_heads where tenant = $1', [tenant]);
  return (rowCount ?? 0) > 0;
}

/** Holds everything of the actor's tenant from now on, with an entry in its log; a removal that has begun is waited for. Answers the number of the hold. */
export async function placeHold(pool: pg.Pool, actor: AuditActor, reason: string): Promise<number> {
  return await inOwnerTransaction(pool, async (client) => {
    await lockRemovals(client);
    const { rows } = await client.query<{ id: number }>(
      'insert into audit_holds (tenant, reason) values ($1, $2) returning id',
      [actor.tenant, reason],
    );
    const id = rows[0]?.id ?? 0;
    await appendAsOwner(client, actor, { action: 'legalHold.placed', ...entryOf(id) });
    return id;
  });
}

/** Releases one hold of the actor's tenant or, for null, all, with an entry for each. Answers their numbers. */
export async function releaseHolds(pool: pg.Pool, actor: AuditActor, id: number | null): Promise<readonly number[]> {
  return await inOwnerTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `update audit_holds set released_at = now()
       where tenant = $1 and released_at is null and ($2::bigint is null or id = $2) returning id`,
      [actor.tenant, id],
    );
    const released = rows.map((row) => row.id).sort((left, right) => left - right);
    for (const one of released) await appendAsOwner(client, actor, { action: 'legalHold.released', ...entryOf(one) });
    return released;
  });
}

function entryOf(id: number) {
  return { resourceType: 'LegalHold', resourceId: String(id), outcome: 'ALLOWED' } as const;
}
