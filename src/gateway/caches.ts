import { type OpenRecordCache, openRecordCache, type RecordCacheOptions } from '../cache/open-record-cache.ts';
import type { RecordMask } from '../cache/record-mask.ts';
import { redisBytes } from '../cache/responses/redis-bytes.ts';
import { SharedAnswers } from '../cache/responses/shared-answers.ts';
import { TierBreaker } from '../cache/tier-breaker.ts';
import { RecentReads } from '../jobs/recent-reads.ts';
import type { Clock } from '../platform/clock.ts';
import type { DependencyHealth } from '../platform/health.ts';
import { describeError, type Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { Config } from '../platform/settings.ts';
import type { UpstreamMetrics } from '../upstream/upstream-metrics.ts';
import { openUpstreamPolicy, type UpstreamPolicy, type UpstreamPolicyOptions } from './upstream-policy.ts';

export interface CachesOptions {
  readonly config: Config;
  /** Connecting or connected; the caller ends it. Null: every instance keeps to itself what PostgreSQL does not share. */
  readonly redis: RedisClient | null;
  /** Of cached payloads. */
  readonly database: RecordCacheOptions['database'];
  /** Where what is known of the sources' allowances is kept. */
  readonly quotaDatabase: UpstreamPolicyOptions['database'];
  readonly allowances: UpstreamPolicyOptions['allowances'];
  readonly upstreamMetrics: UpstreamMetrics;
  readonly log: Logger;
  readonly clock: Clock;
  readonly recordsOf?: RecordsDecorator | undefined;
  /** What must not be kept or served of records. */
  readonly mask: RecordMask;
}

/** Puts something else in the place of the records that all requests share; a benchmark has each request read for itself. */
export type RecordsDecorator = (shared: OpenRecordCache) => OpenRecordCache;

/** What keeps the gateway from asking a source twice, and what it may spend when it asks. */
export interface Caches {
  /** The one way to invalidate: answers are fenced by what it knows. */
  readonly records: OpenRecordCache;
  /** Whole answers that all instances share; null without Redis. */
  readonly sharedAnswers: SharedAnswers | null;
  readonly policy: UpstreamPolicy;
  /** Of the records; whoever gives whole answers has to note them. */
  readonly reads: RecentReads;
  /** Resolves when what is shared through a migrated PostgreSQL is known, or after a moment. */
  settled(): Promise<void>;
  health(): DependencyHealth;
  close(): Promise<void>;
}

const ANSWER_BUDGET_MS = 100;
const PROBE_INTERVAL_MS = 500;

/** Opens the caches with what is there: neither Redis nor PostgreSQL holds up or fails the start, and what comes later is used then. */
export async function openCaches(options: CachesOptions): Promise<Caches> {
  const { config, redis, database, quotaDatabase, allowances, upstreamMetrics, log, clock, mask } = options;
  await using opened = new AsyncDisposableStack();
  const policy = await openUpstreamPolicy({
    config,
    redis,
    database: quotaDatabase,
    allowances,
    metrics: upstreamMetrics,
    log,
    clock,
  });
  opened.defer(() => policy.close());
  const reads = new RecentReads(clock);
  const shared = await openRecordCache({
    ...config.cache,
    redis,
    database,
    mask,
    ttlFactor: policy.ttlFactor,
    onRead: (source) => reads.note(source),
    log,
    clock,
  });
  opened.defer(() => shared.close());
  const records = options.recordsOf?.(shared) ?? shared;
  let sharedAnswers: SharedAnswers | null = null;
  if (redis) {
    const breaker = new TierBreaker({
      budgetMs: ANSWER_BUDGET_MS,
      probeIntervalMs: PROBE_INTERVAL_MS,
      probe: () => redis.ping(),
      onChange: (state, error) => {
        if (state === 'up') log.info('Whole answers are shared through Redis again.');
        else
          log.warn(
            { error: describeError(error) },
            'Redis failed or took too long; whole answers stay in this instance until it answers a probe.',
          );
      },
    });
    opened.defer(() => breaker.close());
    sharedAnswers = new SharedAnswers({ store: redisBytes(redis), breaker, clock });
  }
  const running = opened.move();
  return {
    records,
    sharedAnswers,
    policy,
    reads,
    settled: async () => void (await Promise.all([shared.settled(), policy.settled()])),
    health: () => healthOf(records),
    close: () => running.disposeAsync(),
  };
}

function healthOf(records: OpenRecordCache): DependencyHealth {
  const { tiers, invalidations } = records.stats();
  const parts: NonNullable<DependencyHealth['parts']> = [
    { name: 'memory', state: 'up' },
    ...tiers.map(({ name, state }) => ({ name, state: state === 'up' ? ('up' as const) : ('down' as const) })),
  ];
  const left = tiers.filter(({ state }) => state !== 'up').map(({ name }) => name);
  const problems = [
    ...(left.length > 0 ? [`${left.join(' and ')} failed or took too long and is left alone until it answers.`] : []),
    ...(invalidations.state === 'unknown'
      ? ['What other instances have invalidated is not known yet, so nothing shared is taken.']
      : []),
  ];
  const health = { name: 'cache', standIn: false, parts } as const;
  if (problems.length === 0) return { ...health, state: 'up' };
  return { ...health, state: 'degraded', detail: `${problems.join(' ')} Values come from the other tiers meanwhile.` };
}
