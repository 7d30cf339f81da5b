import { KEY_RETENTION_HOURS } from '../../platform/idempotency.ts';
import type { KeeperQuery } from './looking-after.ts';

const BATCH = 1_000;
/** Of one round; the rest waits for the next. */
const MAX_BATCHES = 50;
/** A write is remembered for longer than any key: of two changes from the same state the second is refused so long. */
const KEPT_DAYS = 30;

/** Forgets keys whose time is over and writes that ended long ago, of all tenants, in small bites. How many rows have gone. */
export async function cleanUp(query: KeeperQuery, signal: AbortSignal): Promise<number> {
  const keys = await deleteAll(query, signal, DELETE_KEYS, [BATCH, KEY_RETENTION_HOURS]);
  return keys + (await deleteAll(query, signal, DELETE_WRITES, [BATCH, KEPT_DAYS]));
}

async function deleteAll(
  query: KeeperQuery,
  signal: AbortSignal,
  text: string,
  values: readonly unknown[],
): Promise<number> {
  let gone = 0;
  for (let batch = 0; batch < MAX_BATCHES && !signal.aborted; batch += 1) {
    const rows = await query(text, values);
    gone += rows.length;
    if (rows.length < BATCH) break;
  }
  return gone;
}

/** A key that still waits for its answer stays, however old it is: with it gone, the same change could be sent again. */
const DELETE_KEYS = `
  delete from idempotency_keys where (tenant, viewer_id, operation, key) in (
    select tenant, viewer_id, operation, key from idempotency_keys
    where created_at < now() - make_interval(hours => $2)
      and (response is not null or claimed_until is null or claimed_until < now())
    order by created_at limit $1 for update skip locked)
  returning true`;

const DELETE_WRITES = `
  delete from upstream_writes where (tenant, id) in (
    select tenant, id from upstream_writes where resolved_at < now() - make_interval(days => $2)
    order by resolved_at limit $1 for update skip locked)
  returning true`;
