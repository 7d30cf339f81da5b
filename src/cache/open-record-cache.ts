import { type Clock, systemClock } from '../platform/clock.ts';
import { createPool, type PoolUse } from '../platform/database-pool.ts';
import type { SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import type { PoolSettings } from '../platform/settings.ts';
import { CacheCleaner } from './cache-cleaner.ts';
import { UNLOGGED } from './change-book.ts';
import type { OnRead } from './entry-reader.ts';
import { InvalidationLedger } from './invalidation-ledger.ts';
import { InvalidationLog } from './invalidation-log.ts';
import { InvalidationNotices } from './invalidation-notices.ts';
import { PostgresTier } from './postgres-tier.ts';
import { type CacheStats, RecordCache } from './record-cache.ts';
import type { RecordMask } from './record-mask.ts';
import { RedisTier } from './redis-tier.ts';
import { within } from './time-budget.ts';

export interface RecordCacheOptions {
  /** CACHE_TTL_DEFAULT, CACHE_TTL_LONG, CACHE_STALE_TTL, CACHE_MAX_SIZE. */
  readonly ttlDefaultSeconds: number;
  readonly ttlLongSeconds: number;
  readonly staleTtlSeconds: number;
  readonly maxEntries: number;
  /** Of memory; 128 MiB unless told. */
  readonly maxBytes?: number;
  /** 30 unless told. */
  readonly revalidateWindowSeconds?: number;
  /** 30 unless told. */
  readonly absenceTtlSeconds?: number;
  /** 2 unless told; 0 turns collecting across requests off. */
  readonly coalesceWindowMs?: number;
  /** Above 1 while a source's allowance is tight; 1 unless told. */
  readonly ttlFactor?: (source: SourceName) => number;
  /** Told of every read that somebody waits for. */
  readonly onRead?: OnRead;
  /** Connecting or connected; the caller ends it. Null: no Redis tier. */
  readonly redis: RedisClient | null;
  /** Null only where nothing has to survive or be shared. */
  readonly database: {
    readonly url: string;
    readonly settings: PoolSettings;
    /** Resolves when the database has this version's tables; it is left alone until then. At once when absent. */
    readonly migrated?: Promise<void>;
  } | null;
  /** What must not be kept or served of records; nothing is hidden unless told. */
  readonly mask?: RecordMask;
  readonly log: Logger;
  readonly clock?: Clock;
}

export interface OpenRecordCache extends Omit<RecordCache, 'closeTiers'> {
  stats(): CacheStats & {
    /** How other instances are heard. `poll`: PostgreSQL's LISTEN is not there, the table is looked at instead. */
    readonly invalidations: { readonly state: 'listen' | 'poll' | 'unknown'; readonly unlogged: number };
  };
  /** What is known of invalidations, to fence what is derived from records and kept elsewhere. */
  readonly invalidations: Pick<InvalidationLedger, 'sequence' | 'seenLogId' | 'changedSince' | 'lowestAsOf'>;
  /** Resolves when the stores that are there have been joined, or after a moment. */
  settled(): Promise<void>;
  /** Of the pool of cached payloads; null without a database. */
  poolUse(): PoolUse | null;
  /** Writes what is waiting, then ends every connection. In bounded time. */
  close(): Promise<void>;
}

const MAX_BYTES = 128 * 1024 * 1024;
/** How long the start waits for the stores; what is not there by then joins later. */
const START_PATIENCE_MS = 250;
const CLOSE_BUDGET_MS = 1_000;

/**
 * Opens the record cache: memory, Redis when there is a client, PostgreSQL when there is a database. Neither has to be there: without them
 * it starts, and works with what is left.
 */
export async function openRecordCache(options: RecordCacheOptions): Promise<OpenRecordCache> {
  const { log, redis, database } = options;
  const ledger = new InvalidationLedger();
  const pool = database && createPool('content', database.url, database.settings, log);
  const migrated = database?.migrated ?? null;
  const notices =
    redis &&
    new InvalidationNotices(redis, ({ tags, logId, explained }) => {
      for (const tag of tags) ledger.applyOther(tag, logId, explained.get(tag) ?? null);
    });
  const invalidationLog =
    pool && database && new InvalidationLog({ pool, url: database.url, ledger, log, migrated, keeper: notices });
  const cleaner =
    pool &&
    new CacheCleaner({ pool, log, keepInvalidationsSeconds: options.staleTtlSeconds + options.ttlLongSeconds * 10 });
  const isReady = (): boolean => invalidationLog === null || invalidationLog.isLoaded;
  const cache = new RecordCache({
    clock: options.clock ?? systemClock,
    ledger,
    limits: {
      ttlDefaultSeconds: options.ttlDefaultSeconds,
      ttlLongSeconds: options.ttlLongSeconds,
      staleTtlSeconds: options.staleTtlSeconds,
      revalidateWindowSeconds: options.revalidateWindowSeconds ?? 30,
      absenceTtlSeconds: options.absenceTtlSeconds ?? 30,
      ttlFactor: options.ttlFactor ?? (() => 1),
    },
    memory: { maxEntries: options.maxEntries, maxBytes: options.maxBytes ?? MAX_BYTES },
    coalesceWindowMs: options.coalesceWindowMs ?? 2,
    mask: options.mask,
    onRead: options.onRead,
    tiers: (isCurrent) => [
      ...(redis ? [new RedisTier({ client: redis, log, isCurrent })] : []),
      ...(pool ? [new PostgresTier({ pool, log, isCurrent, migrated })] : []),
    ],
    isReady,
    announce: async (tags, sequence, explained) => {
      const logId = invalidationLog ? await invalidationLog.record(tags, sequence, explained) : null;
      // Lists judge by themselves what concerns them.
      const worthless = tags.filter((tag) => !explained.has(tag));
      if (logId !== null) void cleaner?.removeInvalidated(worthless, logId);
      if (invalidationLog && logId === null) await notices?.keep(tags);
      await notices?.publish({ tags, logId, explained });
      return invalidationLog === null || logId !== null;
    },
  });
  const settled = async (): Promise<void> => {
    if (!invalidationLog) return;
    await Promise.race([invalidationLog.joined(), pause(START_PATIENCE_MS)]);
  };
  if (migrated === null) await settled();
  return {
    readRecords: (question) => cache.readRecords(question),
    readLists: (question) => cache.readLists(question),
    heldList: (question) => cache.heldList(question),
    beginRead: () => cache.beginRead(),
    putRecords: (kind, records, mark) => cache.putRecords(kind, records, mark),
    invalidate: (tags, changes, brought) => cache.invalidate(tags, changes, brought),
    invalidateSource: (source) => cache.invalidateSource(source),
    sourceIsBack: (source) => cache.sourceIsBack(source),
    returns: cache.returns,
    renew: (types, renewal) => cache.renew(types, renewal),
    countTagged: (tags) => cache.countTagged(tags),
    invalidateMasked: () => cache.invalidateMasked(),
    flush: () => cache.flush(),
    invalidations: fencedUntil(isReady, ledger),
    settled,
    stats: () => ({
      ...statsOf(cache, invalidationLog),
      invalidations: {
        state: invalidationLog?.isListening ? 'listen' : invalidationLog?.isLoaded ? 'poll' : 'unknown',
        unlogged: invalidationLog?.unlogged ?? 0,
      },
    }),
    poolUse: () =>
      pool && {
        name: 'content',
        max: database?.settings.maxConnections ?? 0,
        size: pool.totalCount,
        idle: pool.idleCount,
        waiting: pool.waitingCount,
        exhaustedMs: pool.exhaustedMs,
      },
    close: async () => {
      await cache.closeTiers();
      await Promise.all([cleaner?.close(), invalidationLog?.close()]);
      await notices?.close();
      // A peer that answers nothing does not say goodbye either.
      if (pool) await within(CLOSE_BUDGET_MS, pool.end()).catch(() => undefined);
    },
  };
}

/** The ledger, by which nothing from a shared tier is taken before this instance knows the invalidations of the others. */
function fencedUntil(isReady: () => boolean, ledger: InvalidationLedger): OpenRecordCache['invalidations'] {
  return {
    get sequence() {
      return ledger.sequence;
    },
    get seenLogId() {
      return ledger.seenLogId;
    },
    changedSince: (tags, sequence) => ledger.changedSince(tags, sequence),
    lowestAsOf: (tags) => (isReady() ? ledger.lowestAsOf(tags) : UNLOGGED),
  };
}

/** A tier that nobody happens to ask is down all the same when the log on its pool can not be read. */
function statsOf(cache: RecordCache, invalidationLog: InvalidationLog | null): CacheStats {
  const stats = cache.stats();
  if (invalidationLog?.isFailing !== true) return stats;
  const tiers = stats.tiers.map((tier) => (tier.name === 'postgres' ? { ...tier, state: 'open' as const } : tier));
  return { ...stats, tiers };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
