import pg from 'pg';
import { describeError, type Logger } from '../platform/log.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';
import type { InvalidationNotices } from './invalidation-notices.ts';
import { type ExplainedTags, NOTHING_EXPLAINED, readChanges, writtenChanges } from './record-change.ts';
import { within } from './time-budget.ts';

export interface InvalidationLogOptions {
  readonly pool: pg.Pool;
  /** For the connection that listens; a direct one. Through PgBouncer in transaction mode nothing is heard, though listening does not fail. */
  readonly url: string;
  readonly ledger: InvalidationLedger;
  readonly log: Logger;
  /** Resolves when the table is there; nothing is asked before. Null: it is. */
  readonly migrated?: Promise<void> | null;
  readonly pollIntervalMs?: number;
  /** Where invalidations outlive an instance that ends while PostgreSQL is away. Null or absent: nowhere. */
  readonly keeper?: Pick<InvalidationNotices, 'adopt' | 'forgetKept'> | null;
}

interface LogRow {
  readonly id: number;
  readonly tag: string;
  /** `RecordChange[]` as JSON; null where nobody knows why. */
  readonly changes: unknown;
}

/**
 * Below the second within which every instance must know, whether somebody listens or not: a connection that is dead, or that a pooler shares
 * among many, hears nothing and does not know it.
 */
const POLL_INTERVAL_MS = 400;
const BUDGET_MS = 500;
const LOAD_BUDGET_MS = 5_000;
const CLOSE_BUDGET_MS = 1_000;
/** One that failed may have been slow. */
const FAILURES_THAT_COUNT = 2;
/** As many as the ledger keeps. */
const MAX_TAGS = 100_000;
/** At the start; lists from before these are refused. */
const MAX_EXPLAINED_ROWS = 1_000;

/**
 * The order of invalidations that all instances share: the table `cache_invalidations`. NOTIFY tells that there is something new, the table
 * what; so a notice that gets lost is made up for by the next poll, and an instance that starts learns what came before it.
 */
export class InvalidationLog {
  readonly #options: InvalidationLogOptions;
  readonly #usable: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isUsable = false;
  #failedPolls = 0;
  /** Own invalidations that PostgreSQL could not take yet: tag and sequence. */
  readonly #unlogged = new Map<string, number>();
  #listener: pg.Client | null = null;
  #isListening = false;
  #isLoaded = false;
  /** Whether it is known what instances that have ended could not tell PostgreSQL. */
  #hasAdopted = false;
  #polling: Promise<boolean> | null = null;
  #wantsPoll = false;
  #recording = 0;
  #closed = false;

  constructor(options: InvalidationLogOptions) {
    this.#options = options;
    if (options.migrated != null) this.#usable = options.migrated.then(() => this.#start());
    else {
      this.#start();
      this.#usable = Promise.resolve();
    }
  }

  /** Resolves when PostgreSQL has been asked for the first time that it could be. */
  async joined(): Promise<void> {
    await this.#usable;
    await this.poll();
  }

  /** Whether PostgreSQL has been asked lately and could not be. */
  get isFailing(): boolean {
    return this.#failedPolls >= FAILURES_THAT_COUNT;
  }

  /** Whether the invalidations from before the start are known. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** Whether notices have been heard over the connection that listens. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** Invalidations that PostgreSQL has not taken yet. */
  get unlogged(): number {
    return this.#unlogged.size;
  }

  /**
   * Gives an invalidation that was applied here its place in the order; then every instance learns of it. Answers its id, or null when
   * PostgreSQL could not take it now: then it is tried again until it does. Never rejects.
   */
  async record(
    tags: readonly string[],
    sequence: number,
    explained: ExplainedTags = NOTHING_EXPLAINED,
  ): Promise<number | null> {
    for (const tag of tags) this.#unlogged.set(tag, sequence);
    if (!this.#isLoaded) await within(BUDGET_MS, this.poll()).catch(() => false);
    return this.#isLoaded ? await this.#record(tags, sequence, explained) : null;
  }

  /** Applies what is new in the log; false when it could not be read. One at a time: who comes meanwhile waits for one more. */
  async poll(): Promise<boolean> {
    if (!this.#isUsable) return false;
    if (this.#polling !== null) {
      this.#wantsPoll = true;
      return await this.#polling;
    }
    this.#polling = this.#pollAll().finally(() => {
      this.#polling = null;
    });
    return await this.#polling;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    if (this.#polling !== null) await within(CLOSE_BUDGET_MS, this.#polling).catch(() => false);
    await this.#recordUnlogged();
    const listener = this.#listener;
    this.#listener = null;
    if (listener) await within(CLOSE_BUDGET_MS, listener.end()).catch(() => undefined);
  }

  async #pollAll(): Promise<boolean> {
    let done: boolean;
    do {
      this.#wantsPoll = false;
      done = await this.#pollOnce();
    } while (done && this.#wantsPoll);
    return done;
  }

  async #pollOnce(): Promise<boolean> {
    const { pool, ledger } = this.#options;
    try {
      if (!this.#isLoaded) await this.#load();
      else {
        const { rows } = await pool.query<LogRow>({
          text: 'select id, tag, changes from cache_invalidations where id > $1 order by id',
          values: [ledger.seenLogId],
          query_timeout: BUDGET_MS,
        } as pg.QueryConfig);
        this.#apply(rows);
      }
      this.#failedPolls = 0;
      return true;
    } catch {
      // The tier on the same pool reports it.
      this.#failedPolls += 1;
      return false;
    }
  }

  async #load(): Promise<void> {
    const { pool, ledger } = this.#options;
    const { rows } = await pool.query<LogRow>({
      text: LOAD,
      values: [MAX_TAGS + 1, MAX_EXPLAINED_ROWS],
      query_timeout: LOAD_BUDGET_MS,
    } as pg.QueryConfig);
    const [oldest] = rows.filter(({ changes }) => changes === null);
    if (oldest && rows.length > MAX_TAGS) ledger.raiseLogFloor(oldest.id);
    this.#apply(rows);
    await this.#adopt();
    this.#isLoaded = true;
  }

  /** Makes good what instances that ended could not tell PostgreSQL: here at once, in the log with the next tick. */
  async #adopt(): Promise<void> {
    const { keeper, ledger } = this.#options;
    const tags = keeper ? await keeper.adopt() : [];
    if (tags === null) return;
    this.#hasAdopted = true;
    if (tags.length === 0) return;
    const sequence = ledger.applyOwn(tags);
    for (const tag of tags) this.#unlogged.set(tag, sequence);
  }

  #apply(rows: readonly LogRow[]): void {
    for (const { id, tag, changes } of rows) {
      this.#options.ledger.applyOther(tag, id, readChanges(changes));
      this.#options.ledger.sawLog(id);
    }
  }

  async #record(
    tags: readonly string[],
    sequence: number,
    explained: ExplainedTags = NOTHING_EXPLAINED,
  ): Promise<number | null> {
    const { pool, ledger } = this.#options;
    this.#recording += 1;
    try {
      const query = {
        text: 'select id, tag, changes from log_invalidation($1, $2, $3)',
        values: [tags, explained.size === 0 ? null : JSON.stringify(writtenChanges(explained)), ledger.seenLogId],
        query_timeout: BUDGET_MS,
      } as pg.QueryConfig;
      // The query's own budget begins only when it has a connection.
      const { rows } = await within(BUDGET_MS, pool.query<LogRow>(query));
      const own = rows.at(-1)?.id;
      if (own === undefined) return null;
      // In the order of the log: first what others did before.
      this.#apply(rows.filter(({ id }) => id < own));
      ledger.logged(tags, own, sequence);
      ledger.sawLog(own);
      for (const tag of tags) if ((this.#unlogged.get(tag) ?? 0) <= sequence) this.#unlogged.delete(tag);
      return own;
    } catch {
      return null;
    } finally {
      this.#recording -= 1;
    }
  }

  #start(): void {
    if (this.#closed) return;
    this.#isUsable = true;
    this.#timer = setInterval(() => void this.#tick(), this.#options.pollIntervalMs ?? POLL_INTERVAL_MS);
    this.#timer.unref();
    void this.#tick();
  }

  async #tick(): Promise<void> {
    if (this.#closed) return;
    if (!this.#listener) this.#listen();
    await this.poll();
    if (!this.#isLoaded) return;
    if (!this.#hasAdopted) await this.#adopt();
    await this.#recordUnlogged();
  }

  async #recordUnlogged(): Promise<void> {
    // Those on their way are in the list too, until they have arrived.
    if (this.#unlogged.size > 0 && this.#recording === 0) {
      const sequence = Math.max(...this.#unlogged.values());
      await this.#record([...this.#unlogged.keys()], sequence);
    }
    if (this.#unlogged.size === 0) await this.#options.keeper?.forgetKept();
  }

  #listen(): void {
    const listener = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'deployment-graph/cache-listener',
      connectionTimeoutMillis: 2_000,
      keepAlive: true,
    });
    this.#listener = listener;
    const gone = (error?: Error): void => {
      if (this.#listener !== listener) return;
      this.#listener = null;
      if (this.#isListening) {
        const about = error ? { error: describeError(error) } : {};
        this.#options.log.warn(
          about,
          'The connection that listens for invalidations broke; they are polled for until it is back.',
        );
      }
      this.#isListening = false;
      listener.end().catch(() => undefined);
    };
    listener.on('error', gone);
    listener.on('end', () => gone());
    listener.on('notification', () => {
      this.#isListening = true;
      void this.poll();
    });
    listener
      .connect()
      .then(() => listener.query('listen cache_invalidations'))
      .then(() => {
        if (this.#listener !== listener) return undefined;
        // Over another connection, as notices come; whoever hears it looks at the table, where something may have come while nobody listened.
        return this.#options.pool.query(`select pg_notify('cache_invalidations', '')`);
      })
      .catch((error: unknown) => gone(error instanceof Error ? error : undefined));
  }
}

/** The last invalidation of each tag, and the last ones that are explained one by one, in their order. */
const LOAD = `
  with explained as (
    select id, tag, changes from cache_invalidations where changes is not null order by id desc limit $2
  ), latest as (
    select max(i.id) as id, i.tag from cache_invalidations i
    where not exists (select from explained e where e.id = i.id and e.tag = i.tag)
    group by i.tag order by max(i.id) desc limit $1
  )
  select id, tag, null::jsonb as changes from latest union all select id, tag, changes from explained order by id`;
