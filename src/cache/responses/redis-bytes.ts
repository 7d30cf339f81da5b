import { RESP_TYPES } from '@redis/client';
import type { RedisClient } from '../../platform/redis-client.ts';
import type { BytesStore } from './shared-answers.ts';

/**
 * Plain bytes in Redis. Not through Keyv, which keeps text: wrapping an answer as text and unwrapping it takes longer than everything else
 * that serving it takes.
 */
export function redisBytes(client: RedisClient): BytesStore {
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    get: async (key) => await bytes.get(key),
    set: async (key, value, ttlMs) => {
      await bytes.set(key, value, { expiration: { type: 'PX', value: ttlMs } });
    },
  };
}
