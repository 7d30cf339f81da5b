import KeyvRedis, { Keyv } from '@keyv/redis';
import { describeError, type Logger } from '../platform/log.ts';
import type { RedisClient } from '../platform/redis-client.ts';
import { ENTRY_FORMAT, encodeEntry } from './entry-codec.ts';
import { MAX_ENTRY_LENGTH, type SharedTier, type SharedWrite, type TierStats } from './shared-tier.ts';
import { TierBreaker } from './tier-breaker.ts';
import { WriteQueue } from './write-queue.ts';

export interface RedisTierOptions {
  /** Connecting or connected; the caller ends it. */
  readonly client: RedisClient;
  readonly log: Logger;
  isCurrent(write: SharedWrite): boolean;
  /** For one operation; a Redis that needs longer is left alone. */
  readonly budgetMs?: number;
  readonly probeIntervalMs?: number;
}

const BUDGET_MS = 100;
const PROBE_INTERVAL_MS = 500;
const MAX_WAITING = 5_000;
const WRITE_BATCH = 200;
/** Of one read; more keys than that take several commands side by side. */
const READ_BATCH = 500;

/** The tier that all instances share while Redis is there, through Keyv. Every operation has a budget; the first one that fails or takes longer opens the breaker. */
export class RedisTier implements SharedTier {
  readonly name = 'redis';
  readonly #keyv: Keyv<string>;
  readonly #breaker: TierBreaker;
  readonly #queue: WriteQueue;
  #writing: Promise<void> | null = null;
  #closed = false;
  #counts = { hits: 0, misses: 0, garbage: 0, refused: 0, written: 0, dropped: 0 };

  constructor({ client, log, isCurrent, budgetMs = BUDGET_MS, probeIntervalMs = PROBE_INTERVAL_MS }: RedisTierOptions) {
    this.#queue = new WriteQueue(MAX_WAITING, isCurrent);
    this.#keyv = new Keyv<string>({
      store: new KeyvRedis<string>(client, { throwOnErrors: true, throwOnConnectError: true }),
      namespace: `deployment-graph:${ENTRY_FORMAT}`,
      useKeyPrefix: false,
      throwOnErrors: true,
      // Entries are text already. Keyv's own JSON around it would be parsed before ours, and one broken value would fail a whole batch.
      serialize: ({ value }) => value as string,
      deserialize: (text) => ({ value: text as never }),
    });
    // Reported by the breaker; without a listener they would end the process.
    this.#keyv.on('error', () => undefined);
    this.#breaker = new TierBreaker({
      budgetMs,
      probeIntervalMs,
      probe: () => client.ping(),
      onChange: (state, error) => {
        if (state === 'up') log.info('Redis answers again; the cache uses it.');
        else
          log.warn(
            { error: describeError(error) },
            'Redis failed or took too long; the cache leaves it alone until it answers a probe.',
          );
      },
    });
  }

  async load(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (this.#closed || keys.length === 0) return found;
    const batches: string[][] = [];
    for (let start = 0; start < keys.length; start += READ_BATCH) batches.push(keys.slice(start, start + READ_BATCH));
    const answers = await this.#breaker.run(() =>
      Promise.all(batches.map((batch) => this.#keyv.getMany<string>(batch))),
    );
    for (const [index, batch] of batches.entries()) {
      for (const [position, key] of batch.entries()) {
        const text = answers?.[index]?.[position];
        if (typeof text !== 'string') continue;
        if (text.length > MAX_ENTRY_LENGTH) this.#counts.garbage += 1;
        else found.set(key, text);
      }
    }
    this.#counts.misses += keys.length - found.size;
    return found;
  }

  put(write: SharedWrite): void {
    // What can't be written soon is worth nothing: PostgreSQL keeps it, and the next reader brings it here.
    if (this.#closed || this.#breaker.isOpen) {
      this.#counts.dropped += 1;
      return;
    }
    this.#queue.add(write);
    this.#startWriting();
  }

  counted(what: 'garbage' | 'refused' | 'hit'): void {
    if (what === 'hit') this.#counts.hits += 1;
    else {
      this.#counts[what] += 1;
      this.#counts.misses += 1;
    }
  }

  stats(): TierStats {
    const { hits, misses, garbage, refused, written, dropped } = this.#counts;
    return {
      name: this.name,
      state: this.#breaker.isOpen ? 'open' : 'up',
      hits,
      misses,
      garbage,
      refused,
      failures: this.#breaker.failures,
      writesWaiting: this.#queue.size,
      written,
      writesDropped: dropped + this.#queue.dropped,
    };
  }

  async flush(): Promise<void> {
    this.#startWriting();
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    this.#closed = true;
    this.#breaker.close();
  }

  #startWriting(): void {
    if (this.#queue.size === 0) return;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      this.#startWriting();
    });
  }

  async #writeAll(): Promise<void> {
    // Everything that one turn of the event loop stores travels together.
    await new Promise((resolve) => setImmediate(resolve));
    for (let writes = this.#queue.take(WRITE_BATCH); writes.length > 0; writes = this.#queue.take(WRITE_BATCH)) {
      const nowMs = Date.now();
      const entries = writes
        .map(({ key, entry, staleUntilMs }) => ({
          key,
          value: encodeEntry(entry),
          ttl: Math.ceil(staleUntilMs - nowMs),
        }))
        .filter(({ value, ttl }) => value.length <= MAX_ENTRY_LENGTH && ttl > 0);
      const done = await this.#breaker.run(async () => {
        if (entries.length > 0) await this.#keyv.setMany(entries);
        return true;
      });
      if (done) this.#counts.written += entries.length;
      this.#counts.dropped += writes.length - (done ? entries.length : 0);
    }
  }
}
