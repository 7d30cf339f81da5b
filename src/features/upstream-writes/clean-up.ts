import { KEY_RETENTION_HOURS } from '../../platform/idempotency.ts';
import type { KeeperQuery } from './looking-after.ts';

const BATCH = 1_000;
/** Of one round; the rest waits for the next. */
const MAX_BATCHES = 50;
/** A write is remembered for longer than any key: of two changes from the same state the second is refused so long. */
const KEPT_DAYS = 30;

/** Forgets keys whose time is over and writes that ended long ago, of all tenants, in small bites. How many rows have gone. */
export async function cleanUp(query: KeeperQuery, signal: AbortSignal): Promise<number> {
  const keys = await deleteAll(query, signal, 'select forget_idempotency_keys($1, $2) as gone', KEY_RETENTION_HOURS);
  return keys + (await deleteAll(query, signal, 'select forget_writes($1, $2) as gone', KEPT_DAYS));
}

async function deleteAll(query: KeeperQuery, signal: AbortSignal, text: string, kept: number): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < MAX_BATCHES && !signal.aborted; batch += 1) {
    const [row] = await query<{ gone: number }>(text, [kept, BATCH]);
    const gone = Number(row?.gone ?? 0);
    total += gone;
    if (gone < BATCH) break;
  }
  return total;
}
