import type pg from 'pg';
import type { RedisClient } from '../platform/redis-client.ts';
import { isMaskedText, ownTags } from './masked-entries.ts';
import type { RecordMask } from './record-mask.ts';

const BATCH = 500;
const ANSWERS = 'deployment-graph:answer:';
/** No type of records: only text is looked at. */
const OTHER = { type: '', recordType: '' };
/** All that the gateway keeps in Redis begins so. */
const OURS = 'deployment-graph:*';

/** What was removed from a shared store, and the tags under which other instances have to forget it too. */
export interface RemovedEntries {
  readonly entries: number;
  readonly tags: readonly string[];
}

/**
 * Removes from `api_cache` what the mask changes, and explanations of invalidations that tell of it. Looks at every row, batch by batch; rejects
 * when PostgreSQL fails.
 */
export async function removeMaskedFromPostgres(pool: pg.Pool, mask: RecordMask): Promise<RemovedEntries> {
  const tags = new Set<string>();
  let entries = 0;
  await removeMaskedExplanations(pool, mask);
  for (let after = ''; ; ) {
    const { rows } = await pool.query<{ key: string; text: string; tags: string[] }>(
      'select key, payload::text as text, tags from api_cache where key > $1 order by key limit $2',
      [after, BATCH],
    );
    const masked = rows.filter(({ key, text }) => isMaskedText(mask, key, text));
    for (const row of masked) for (const tag of ownTags(row.key, row.tags)) tags.add(tag);
    if (masked.length > 0) {
      const keys = masked.map(({ key }) => key);
      entries += (await pool.query('delete from api_cache where key = any($1)', [keys])).rowCount ?? 0;
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return { entries, tags: [...tags] };
    after = last.key;
  }
}

/** The invalidation stays, and concerns every list again. */
async function removeMaskedExplanations(pool: pg.Pool, mask: RecordMask): Promise<void> {
  const { rows } = await pool.query<{ id: number; tag: string; text: string }>(
    'select id, tag, changes::text as text from cache_invalidations where changes is not null',
  );
  for (const { id, tag, text } of rows) {
    const other = { text };
    if (mask(OTHER, '', other) === other) continue;
    await pool.query('update cache_invalidations set changes = null where id = $1 and tag = $2', [id, tag]);
  }
}

/** Removes from Redis the records that the mask changes, and whatever else of the gateway's it finds something in. Rejects when Redis fails. */
export async function removeMaskedFromRedis(client: RedisClient, mask: RecordMask): Promise<RemovedEntries> {
  const tags = new Set<string>();
  let entries = 0;
  for await (const keys of client.scanIterator({ MATCH: OURS, COUNT: BATCH })) {
    const doomed: string[] = [];
    for (const key of keys) {
      if (key.startsWith(ANSWERS) || (await client.type(key)) !== 'string') continue;
      const text = await client.get(key);
      if (text === null) continue;
      const entryKey = /^deployment-graph:\d+:+(.*\|.*)$/s.exec(key)?.[1] ?? null;
      const other = { key, text };
      const isHit = entryKey === null ? mask(OTHER, '', other) !== other : isMaskedText(mask, entryKey, text);
      if (!isHit) continue;
      doomed.push(key);
      for (const tag of entryKey === null ? [] : ownTags(entryKey, [])) tags.add(tag);
    }
    if (doomed.length > 0) entries += await client.del(doomed);
  }
  return { entries, tags: [...tags] };
}

/** Removes all whole answers, which nobody can look into. Answers how many. Rejects when Redis fails. */
export async function removeAnswersFromRedis(client: RedisClient): Promise<number> {
  let entries = 0;
  for await (const keys of client.scanIterator({ MATCH: `${ANSWERS}*`, COUNT: BATCH }))
    if (keys.length > 0) entries += await client.del(keys);
  return entries;
}
