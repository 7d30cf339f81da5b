import type pg from 'pg';
import { sqlStateOf } from '../platform/database-error.ts';
import { describeError, type Logger } from '../platform/log.ts';
import { encodeEntry } from './entry-codec.ts';
import { newestReading } from './held-entry.ts';
import { MAX_ENTRY_LENGTH, type SharedTier, type SharedWrite, type TierStats } from './shared-tier.ts';
import { TierBreaker } from './tier-breaker.ts';
import { WriteQueue } from './write-queue.ts';

export interface PostgresTierOptions {
  /** The tier's own pool, so that it never takes a connection from anything else; the caller ends it. */
  readonly pool: pg.Pool;
  readonly log: Logger;
  isCurrent(write: SharedWrite): boolean;
  /** Resolves when the table is there; nothing is asked before, and writes wait. Null: it is. */
  readonly migrated?: Promise<void> | null;
  readonly writeIntervalMs?: number;
  readonly readBudgetMs?: number;
  readonly probeIntervalMs?: number;
}

const READ_BUDGET_MS = 250;
/** Nobody waits for a write. */
const WRITE_BUDGET_MS = 2_000;
const WRITE_INTERVAL_MS = 200;
const PROBE_INTERVAL_MS = 1_000;
const MAX_WAITING = 10_000;
const WRITE_BATCH = 500;
const MAX_HIT_KEYS = 10_000;

/** The tier that survives everything else: the table `api_cache`. Written behind, in batches; read for what the faster tiers don't have. */
export class PostgresTier implements SharedTier {
  readonly name = 'postgres';
  readonly #pool: pg.Pool;
  readonly #breaker: TierBreaker;
  readonly #queue: WriteQueue;
  readonly #timer: NodeJS.Timeout;
  readonly #hitsByKey = new Map<string, number>();
  readonly #readBudgetMs: number;
  #writing: Promise<void> | null = null;
  #closed = false;
  #isUsable: boolean;
  #counts = { hits: 0, misses: 0, garbage: 0, refused: 0, written: 0, dropped: 0 };

  constructor(options: PostgresTierOptions) {
    const { pool, log, isCurrent, writeIntervalMs = WRITE_INTERVAL_MS } = options;
    this.#pool = pool;
    this.#readBudgetMs = options.readBudgetMs ?? READ_BUDGET_MS;
    this.#queue = new WriteQueue(MAX_WAITING, isCurrent);
    this.#breaker = new TierBreaker({
      budgetMs: this.#readBudgetMs,
      probeIntervalMs: options.probeIntervalMs ?? PROBE_INTERVAL_MS,
      probe: () => this.#query('select 1', [], this.#readBudgetMs),
      onChange: (state, error) => {
        if (state === 'up') log.info('PostgreSQL answers again; the cache uses it.');
        else
          log.warn(
            { error: describeError(error) },
            'PostgreSQL failed or took too long for the cache, which leaves it alone until it answers a probe.',
          );
      },
    });
    this.#isUsable = options.migrated == null;
    void options.migrated?.then(() => {
      this.#isUsable = true;
    });
    this.#timer = setInterval(() => void this.#write(), writeIntervalMs);
    this.#timer.unref();
  }

  async load(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    if (this.#closed || keys.length === 0) return found;
    if (!this.#isUsable) {
      this.#counts.misses += keys.length;
      return found;
    }
    const result = await this.#breaker.run(() =>
      this.#query<{ key: string; payload: string }>(
        'select key, payload::text as payload from api_cache where key = any($1)',
        // PostgreSQL's text can't hold NUL, and would fail for all the others.
        [keys.filter((key) => !key.includes('\0'))],
        this.#readBudgetMs,
      ),
    );
    for (const { key, payload } of result?.rows ?? []) {
      if (payload.length > MAX_ENTRY_LENGTH) this.#counts.garbage += 1;
      else {
        found.set(key, payload);
        if (this.#hitsByKey.size < MAX_HIT_KEYS) this.#hitsByKey.set(key, (this.#hitsByKey.get(key) ?? 0) + 1);
      }
    }
    this.#counts.misses += keys.length - found.size;
    return found;
  }

  put(write: SharedWrite): void {
    if (!this.#closed) this.#queue.add(write);
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
      state: !this.#isUsable || this.#breaker.isOpen ? 'open' : 'up',
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
    await this.#writing;
    await this.#write();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
    this.#closed = true;
    this.#breaker.close();
  }

  async #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    if (!this.#isUsable || this.#breaker.isOpen) return;
    for (let writes = this.#queue.take(WRITE_BATCH); writes.length > 0; writes = this.#queue.take(WRITE_BATCH)) {
      const rows = writes.map(toRow).filter((row) => row !== null);
      const written = await this.#breaker.run(async () => {
        if (rows.length === 0) return 0;
        return await this.#query(UPSERT, [`[${rows.join(',')}]`], WRITE_BUDGET_MS).then(
          () => rows.length,
          (error: unknown) => (isAboutTheData(error) ? 0 : Promise.reject(error)),
        );
      }, WRITE_BUDGET_MS);
      if (written === undefined) {
        this.#queue.putBack(writes);
        return;
      }
      this.#counts.written += written;
      this.#counts.dropped += writes.length - written;
    }
    await this.#writeHits();
  }

  async #writeHits(): Promise<void> {
    if (this.#hitsByKey.size === 0) return;
    const keys = [...this.#hitsByKey.keys()];
    const hits = [...this.#hitsByKey.values()];
    this.#hitsByKey.clear();
    await this.#breaker.run(() => this.#query(ADD_HITS, [keys, hits], WRITE_BUDGET_MS), WRITE_BUDGET_MS);
  }

  /** A statement that takes too long takes its connection with it: the pool ends it, so no later statement waits behind. */
  #query<Row extends pg.QueryResultRow>(
    text: string,
    values: unknown[],
    budgetMs: number,
  ): Promise<pg.QueryResult<Row>> {
    return this.#pool.query<Row>({ text, values, query_timeout: budgetMs } as pg.QueryConfig);
  }
}

/** PostgreSQL is well, and would refuse the same rows again. */
function isAboutTheData(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state?.startsWith('22') === true || state?.startsWith('23') === true;
}

/** jsonb can hold neither NUL nor half of a surrogate pair; an entry with one of them stays in the other tiers. */
const notForJsonb = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** What an index of PostgreSQL takes is 2,704 bytes; the keys of lists hold what people search for. */
const MAX_KEY_BYTES = 2_000;

function toRow({ key, source, entry, expiresAtMs, staleUntilMs }: SharedWrite): string | null {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) return null;
  const payload = encodeEntry(entry);
  if (payload.length > MAX_ENTRY_LENGTH) return null;
  const columns = JSON.stringify({
    key,
    source,
    tags: entry.tags,
    as_of: newestReading(entry).asOf,
    expires_at: new Date(expiresAtMs).toISOString(),
    stale_until: new Date(staleUntilMs).toISOString(),
  });
  if (notForJsonb.test(payload) || notForJsonb.test(columns)) return null;
  return `${columns.slice(0, -1)},"payload":${payload}}`;
}

/** Fields that another instance has stored are kept; so two that read different fields of a record at the same time lose none. In the order of keys, so that two batches never wait for each other in a circle. */
const UPSERT = `
  insert into api_cache as held (key, source, payload, tags, as_of, expires_at, stale_until)
  select r.key, r.source, r.payload, array(select jsonb_array_elements_text(r.tags)), r.as_of, r.expires_at, r.stale_until
  from jsonb_to_recordset($1::jsonb) as r(
    key text, source text, payload jsonb, tags jsonb, as_of bigint, expires_at timestamptz, stale_until timestamptz)
  order by r.key
  on conflict (key) do update set
    payload = case
      when held.payload -> '$' ->> 'kind' = 'found' and excluded.payload -> '$' ->> 'kind' = 'found'
        and held.payload -> '$' -> 'v' = excluded.payload -> '$' -> 'v'
      then held.payload || excluded.payload else excluded.payload end,
    tags = excluded.tags,
    as_of = greatest(held.as_of, excluded.as_of),
    expires_at = excluded.expires_at,
    stale_until = excluded.stale_until`;

const ADD_HITS = `
  update api_cache set hits = api_cache.hits + counted.hits
  from unnest($1::text[], $2::bigint[]) as counted(key, hits) where api_cache.key = counted.key`;
