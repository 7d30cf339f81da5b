import { z } from 'zod';
import type { SourceName } from '../platform/errors.ts';
import { describeError, type Logger } from '../platform/log.ts';

/** What one instance knows, as the others see it. */
export interface InstanceQuota {
  readonly reading: {
    readonly used: number;
    readonly limit: number;
    readonly resetsAtMs: number | null;
    readonly observedAtMs: number;
  } | null;
  /** Billed calls that are on their way or were not part of a reading yet. */
  readonly uncountedCalls: number;
  /** Billed calls of this instance by hour since the epoch. */
  readonly callsByHour: Readonly<Record<string, number>>;
  readonly writtenAtMs: number;
}

/** Where instances tell each other what they know of a source's allowance. */
export interface QuotaStore {
  /** Leaves what this instance knows and gives what the others left; null where they can not be heard. Never rejects, never hangs. */
  exchange(source: SourceName, own: InstanceQuota): Promise<readonly InstanceQuota[] | null>;
}

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

/** The calls of a day count, so what an instance left is kept for a day after its end. */
const KEPT_MS = 25 * 3_600_000;

const count = z.number().min(0).max(1e15);
const instanceQuota = z.object({
  reading: z.object({ used: count, limit: count.min(1), resetsAtMs: count.nullable(), observedAtMs: count }).nullable(),
  uncountedCalls: count,
  callsByHour: z.record(z.string().regex(/^\d{1,9}$/), count),
  writtenAtMs: count,
});

/**
 * Through Redis: one hash per source, one field per instance, written by that instance alone. So nothing is ever overwritten by a race, and
 * each instance adds up for itself.
 */
export class RedisQuotaStore implements QuotaStore {
  readonly #options: RedisQuotaStoreOptions;
  readonly #budgetMs: number;
  readonly #pauseMs: number;
  #silentUntilMs = 0;
  #reported = false;

  constructor(options: RedisQuotaStoreOptions) {
    this.#options = options;
    this.#budgetMs = options.budgetMs ?? 100;
    this.#pauseMs = options.pauseMs ?? 5_000;
  }

  async exchange(source: SourceName, own: InstanceQuota): Promise<readonly InstanceQuota[] | null> {
    if (performance.now() < this.#silentUntilMs) return null;
    try {
      const others = await within(this.#exchange(`upstream-quota:${source}`, own), this.#budgetMs);
      if (this.#reported) this.#options.log.info('Instances share what is left of the call allowances again.');
      this.#reported = false;
      return others;
    } catch (error) {
      this.#silentUntilMs = performance.now() + this.#pauseMs;
      if (!this.#reported) {
        const detail = { error: describeError(error), source };
        this.#options.log.warn(
          detail,
          'Redis can not share the call allowances; each instance goes by what it sees itself.',
        );
      }
      this.#reported = true;
      return null;
    }
  }

  async #exchange(key: string, own: InstanceQuota): Promise<InstanceQuota[]> {
    const { redis, instanceId } = this.#options;
    // All three leave at once, on one connection and in this order.
    const [, , fields] = await Promise.all([
      redis.hSet(key, instanceId, JSON.stringify(own)),
      redis.pExpire(key, KEPT_MS),
      redis.hGetAll(key),
    ]);
    const others: InstanceQuota[] = [];
    const useless: string[] = [];
    for (const [field, text] of Object.entries(fields)) {
      if (field === instanceId) continue;
      const other = parse(text);
      if (other && own.writtenAtMs - other.writtenAtMs < KEPT_MS) others.push(other);
      else useless.push(field);
    }
    if (useless.length > 0) await redis.hDel(key, useless);
    return others;
  }
}

function parse(text: string): InstanceQuota | null {
  try {
    return instanceQuota.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Holds the budget also against a client that never answers; a late answer is dropped. */
async function within<Answer>(work: Promise<Answer>, budgetMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${budgetMs} ms`)), budgetMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
