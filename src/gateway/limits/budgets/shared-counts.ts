import { type IRateLimiterRedisOptions, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { TierBreaker } from '../../../cache/tier-breaker.ts';
import { describeError, type Logger } from '../../../platform/log.ts';
import type { RedisClient } from '../../../platform/redis-client.ts';

/** So much of something in so many seconds. */
export interface Window {
  /** Name for programs; also keeps its counts apart in Redis. Example: `person-minute`. */
  readonly name: string;
  readonly limit: number;
  readonly seconds: number;
}

export interface SharedTotal {
  /** By all instances. */
  readonly used: number;
  readonly resetsInMs: number;
}

/** For one command. Nobody waits for it but the next round of telling. */
const BUDGET_MS = 100;
const PROBE_INTERVAL_MS = 500;

/**
 * Counts that all instances share in Redis, by rate-limiter-flexible: a counter for each key that ends with its window. A Redis that is away
 * or hangs is left alone. The insurance for that time is what each instance counts in any case; the package's own would take what it is
 * told for told.
 */
export class SharedCounts {
  readonly #client: RedisClient;
  readonly #breaker: TierBreaker;
  readonly #limiters = new Map<string, RateLimiterRedis>();

  constructor(client: RedisClient, log: Logger) {
    this.#client = client;
    this.#breaker = new TierBreaker({
      budgetMs: BUDGET_MS,
      probeIntervalMs: PROBE_INTERVAL_MS,
      probe: () => client.ping(),
      onChange: (state, error) => {
        if (state === 'up') log.info('Redis answers again; budgets are shared by all instances.');
        else
          log.warn(
            { error: describeError(error) },
            'Redis failed or took too long; until it answers, each instance counts budgets by itself.',
          );
      },
    });
  }

  /** Null when it is not known. Never rejects. */
  async add(window: Window, key: string, amount: number): Promise<SharedTotal | null> {
    const limiter = this.#limiterOf(window);
    const result = await this.#breaker.run(() => totalOf(limiter.penalty(key, amount)));
    return result ?? null;
  }

  close(): void {
    this.#breaker.close();
  }

  #limiterOf({ name, limit, seconds }: Window): RateLimiterRedis {
    const known = this.#limiters.get(name);
    if (known) return known;
    const options: IRateLimiterRedisOptions = {
      points: limit,
      duration: seconds,
      storeClient: this.#client,
      useRedisPackage: true,
      keyPrefix: `deployment-graph:budget:${name}`,
      rejectIfRedisNotReady: true,
    };
    const limiter = new RateLimiterRedis(options);
    this.#limiters.set(name, limiter);
    return limiter;
  }
}

async function totalOf(counted: Promise<RateLimiterRes>): Promise<SharedTotal> {
  const { consumedPoints, msBeforeNext } = await counted;
  return { used: consumedPoints, resetsInMs: msBeforeNext };
}
