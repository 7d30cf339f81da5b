import type pg from 'pg';
import { describeError, type Logger } from '../platform/log.ts';

export interface CacheCleanerOptions {
  readonly pool: pg.Pool;
  readonly log: Logger;
  /** No value is kept longer than that; so an older invalidation has nothing left to refuse. */
  readonly keepInvalidationsSeconds: number;
  readonly intervalMs?: number;
}

const INTERVAL_MS = 60_000;
const BATCH = 1_000;
/** Of one round; the rest waits for the next. */
const MAX_BATCHES = 50;
const BUDGET_MS = 5_000;

/** Takes out of PostgreSQL what can never be served again, in small bites: several instances at it take different rows and never wait for each other. */
export class CacheCleaner {
  readonly #options: CacheCleanerOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: CacheCleanerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.clean(), options.intervalMs ?? INTERVAL_MS);
    this.#timer.unref();
  }

  /** Expired entries, and invalidations that no entry can be older than. */
  async clean(): Promise<void> {
    await this.#run(DELETE_EXPIRED, [BATCH]);
    await this.#run(DELETE_INVALIDATIONS, [BATCH, this.#options.keepInvalidationsSeconds]);
  }

  /** Entries that an invalidation has made worthless. They would be refused anyway; this only makes room. */
  async removeInvalidated(tags: readonly string[], logId: number): Promise<void> {
    await this.#run(DELETE_INVALIDATED, [BATCH, tags, logId]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all(this.#running);
  }

  async #run(text: string, values: unknown[]): Promise<void> {
    if (this.#closed) return;
    const run = this.#deleteAll(text, values);
    this.#running.add(run);
    await run;
    this.#running.delete(run);
  }

  async #deleteAll(text: string, values: unknown[]): Promise<void> {
    try {
      for (let batch = 0; batch < MAX_BATCHES && !this.#closed; batch += 1) {
        const query = { text, values, query_timeout: BUDGET_MS } as pg.QueryConfig;
        const { rowCount } = await this.#options.pool.query(query);
        if ((rowCount ?? 0) < BATCH) return;
      }
    } catch (error) {
      this.#options.log.debug(
        { error: describeError(error) },
        'Old cache entries could not be removed; the next round does it.',
      );
    }
  }
}

const DELETE_EXPIRED = `
  delete from api_cache where key in
    (select key from api_cache where stale_until < now() order by stale_until limit $1 for update skip locked)`;

const DELETE_INVALIDATIONS = `
  delete from cache_invalidations where (id, tag) in
    (select id, tag from cache_invalidations where invalidated_at < now() - make_interval(secs => $2)
     order by invalidated_at limit $1 for update skip locked)`;

const DELETE_INVALIDATED = `
  delete from api_cache where key in
    (select key from api_cache where tags && $2 and as_of < $3 limit $1 for update skip locked)`;
