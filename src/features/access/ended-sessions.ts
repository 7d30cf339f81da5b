import pg from 'pg';
import { describeError, type Logger } from '../../platform/log.ts';

export interface EndedSessionsOptions {
  readonly pool: pg.Pool;
  /** For the connection that listens; a direct one. Through PgBouncer in transaction mode nothing is heard, and polling does all the work. */
  readonly url: string;
  readonly log: Logger;
  /** Whether anything is held that could end. Without it nothing is asked. */
  isNeeded(): boolean;
  /** A session has ended; told again and again for a while. */
  onEnded(tokenHash: string): void;
  /** What ended in between may not have been heard: nothing that was looked up before that moment may be relied on. */
  onGap(beforeMs: number): void;
  readonly pollIntervalMs?: number;
}

/** Well below the second within which every instance must know, so that one poll may come late or fail. */
const POLL_INTERVAL_MS = 300;
const POLL_BUDGET_MS = 500;
/**
 * A poll looks back so far, because a session's end gets its time before it is committed. Longer than a transaction of the gateway can take
 * (3 s), and longer than polls may have failed before everything held is dropped.
 */
const LOOK_BACK_SECONDS = 15;
const MAX_GAP_MS = 10_000;

/**
 * Hears of sessions that end, whoever ends them. NOTIFY brings it at once, but may get lost; that everything is known up to a moment is what a
 * poll tells, and only it.
 */
export class EndedSessions {
  readonly #options: EndedSessionsOptions;
  readonly #timer: NodeJS.Timeout;
  #knownUntilMs = Number.NEGATIVE_INFINITY;
  #recent = new Set<string>();
  #polling: Promise<void> | null = null;
  #listener: pg.Client | null = null;
  #closed = false;

  constructor(options: EndedSessionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.pollIntervalMs ?? POLL_INTERVAL_MS);
    this.#timer.unref();
  }

  /** By `performance.now()`: whatever ended before this moment has been told to `onEnded`. */
  get knownUntilMs(): number {
    return this.#knownUntilMs;
  }

  /** Whether that session is known to have ended a short while ago. */
  hasEnded(tokenHash: string): boolean {
    return this.#recent.has(tokenHash);
  }

  /** Tells of a session that has ended, so that nothing waits for PostgreSQL to say it. */
  note(tokenHash: string): void {
    this.#recent.add(tokenHash);
    this.#options.onEnded(tokenHash);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    const listener = this.#listener;
    this.#listener = null;
    await this.#polling;
    await listener?.end().catch(() => undefined);
  }

  #tick(): void {
    if (this.#closed || !this.#options.isNeeded()) return;
    if (!this.#listener) this.#listen();
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = null;
    });
  }

  async #poll(): Promise<void> {
    const beganAtMs = performance.now();
    try {
      const { rows } = await this.#options.pool.query<{ hash: string }>({
        text: `select encode(token_hash, 'hex') as hash from ended_sessions where ended_at > clock_timestamp() - make_interval(secs => $1)`,
        values: [LOOK_BACK_SECONDS],
        query_timeout: POLL_BUDGET_MS,
      } as pg.QueryConfig);
      if (beganAtMs - this.#knownUntilMs > MAX_GAP_MS) this.#options.onGap(beganAtMs - MAX_GAP_MS);
      this.#recent = new Set(rows.map(({ hash }) => hash));
      for (const hash of this.#recent) this.#options.onEnded(hash);
      this.#knownUntilMs = beganAtMs;
    } catch {
      // Until a poll succeeds each session is looked up for each request, and that reports what is wrong.
    }
  }

  #listen(): void {
    const listener = new pg.Client({
      connectionString: this.#options.url,
      application_name: 'deployment-graph/session-listener',
      connectionTimeoutMillis: 2_000,
      keepAlive: true,
    });
    this.#listener = listener;
    let isListening = false;
    const gone = (error?: Error): void => {
      if (this.#listener !== listener) return;
      this.#listener = null;
      if (isListening)
        this.#options.log.warn(
          error ? { error: describeError(error) } : {},
          'The connection that listens for ended sessions broke; they are polled for until it is back.',
        );
      listener.end().catch(() => undefined);
    };
    listener.on('error', gone);
    listener.on('end', () => gone());
    listener.on('notification', ({ payload }) => {
      if (payload) this.note(payload);
    });
    listener
      .connect()
      .then(() => listener.query('listen ended_sessions'))
      .then(() => {
        isListening = true;
      })
      .catch((error: unknown) => gone(error instanceof Error ? error : undefined));
  }
}
