import type { Logger } from '../platform/log.ts';
import {
  type InstanceQuota,
  type OtherQuotas,
  QUOTA_KEPT_MS,
  type QuotaStore,
  toInstanceQuota,
} from './instance-quota.ts';
import { PatientStore } from './patient-store.ts';

/** What the store needs of a Redis client; one of the `redis` package fits. */
export interface QuotaRedisCommands {
  hSet(key: string, field: string, value: string): Promise<unknown>;
  hGetAll(key: string): Promise<Readonly<Record<string, string>>>;
  hDel(key: string, fields: string[]): Promise<unknown>;
  pExpire(key: string, milliseconds: number): Promise<unknown>;
}

export interface RedisQuotaStoreOptions {
  readonly redis: QuotaRedisCommands;
  /** Unlike that of every other instance, past ones included. */
  readonly instanceId: string;
  readonly log: Logger;
  /** Milliseconds for one exchange; 100 unless told. */
  readonly budgetMs?: number;
  /** Milliseconds without any attempt after one that failed; 5,000 unless told. */
  readonly pauseMs?: number;
}

/**
 * Through Redis: one hash per allowance, one field per instance, written by that instance alone. So nothing is ever overwritten by a race, and
 * each instance adds up for itself.
 */
export class RedisQuotaStore implements QuotaStore {
  readonly #options: RedisQuotaStoreOptions;
  readonly #patience: PatientStore;

  constructor(options: RedisQuotaStoreOptions) {
    this.#options = options;
    this.#patience = new PatientStore({
      log: options.log,
      budgetMs: options.budgetMs ?? 100,
      pauseMs: options.pauseMs ?? 5_000,
      messages: {
        failed: 'Redis can not share the call allowances; each instance goes by what it sees and PostgreSQL tells.',
        again: 'Instances share what is left of the call allowances through Redis again.',
      },
    });
  }

  exchange(allowance: string, own: InstanceQuota): Promise<OtherQuotas | null> {
    return this.#patience.run(allowance, () => this.#exchange(`upstream-quota:${allowance}`, own));
  }

  async #exchange(key: string, own: InstanceQuota): Promise<OtherQuotas> {
    const { redis, instanceId } = this.#options;
    // All three leave at once, on one connection and in this order.
    const [, , fields] = await Promise.all([
      redis.hSet(key, instanceId, JSON.stringify(own)),
      redis.pExpire(key, QUOTA_KEPT_MS),
      redis.hGetAll(key),
    ]);
    const others = new Map<string, InstanceQuota>();
    const useless: string[] = [];
    for (const [field, text] of Object.entries(fields)) {
      if (field === instanceId) continue;
      const other = parse(text);
      if (other && own.writtenAtMs - other.writtenAtMs < QUOTA_KEPT_MS) others.set(field, other);
      else useless.push(field);
    }
    if (useless.length > 0) await redis.hDel(key, useless);
    return others;
  }
}

function parse(text: string): InstanceQuota | null {
  try {
    return toInstanceQuota(JSON.parse(text));
  } catch {
    return null;
  }
}
