import { RESP_TYPES } from '@redis/client';
import type { RedisClient } from '../platform/redis-client.ts';
import { tagsOfEncoded } from './responses/answer-codec.ts';
import { answersTag } from './responses/tags-of-answer.ts';

const BATCH = 500;

/** What Redis holds of one tenant. */
export interface TenantInRedis {
  /** Whole answers. */
  readonly answers: number;
  /** Counters of budgets, which last an hour at most. */
  readonly counters: number;
}

/**
 * Finds what Redis holds of a tenant and, if told to, removes it; of other tenants nothing is touched. Records of sources are of no tenant and stay. An answer that
 * can't be read is of nobody any more, and counts as the tenant's. Rejects when Redis fails.
 */
export async function tenantInRedis(client: RedisClient, tenant: string, remove: boolean): Promise<TenantInRedis> {
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const isAnswer = async (key: string): Promise<boolean> => {
    const answer = await bytes.get(key);
    if (!Buffer.isBuffer(answer)) return false;
    return tagsOfEncoded(answer)?.includes(answersTag(tenant)) ?? true;
  };
  const named = `[${JSON.stringify(tenant)},`;
  return {
    answers: await sweep(client, 'deployment-graph:answer:*', isAnswer, remove),
    counters: await sweep(client, 'deployment-graph:budget:*', async (key) => key.includes(named), remove),
  };
}

async function sweep(
  client: RedisClient,
  pattern: string,
  isTheirs: (key: string) => Promise<boolean>,
  remove: boolean,
): Promise<number> {
  let found = 0;
  for await (const keys of client.scanIterator({ MATCH: pattern, COUNT: BATCH })) {
    const theirs: string[] = [];
    for (const key of keys) if (await isTheirs(key)) theirs.push(key);
    found += theirs.length;
    if (remove && theirs.length > 0) await client.del(theirs);
  }
  return found;
}
