import { ConfigError } from '../platform/config.ts';
import { type Databases, openDatabases } from '../platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/embedded-postgres.ts';
import type { DependencyHealth } from '../platform/health.ts';
import { describeError, type Logger } from '../platform/log.ts';
import { type LoginRights, readLoginRights } from '../platform/login-rights.ts';
import { MigrationError, migrate } from '../platform/migrate.ts';
import { requireMigrated } from '../platform/migration-state.ts';
import type { Config, PoolSettings } from '../platform/settings.ts';
import type { StatementObserver } from '../platform/tenant-transaction.ts';

export interface Stores {
  readonly databases: Databases;
  readonly embedded: EmbeddedPostgres | null;
  /** Where everything is that may not get lost. */
  readonly primary: { readonly url: string; readonly settings: PoolSettings };
  /**
   * The same database by the user that owns the tables, for retention of the audit log. The URL is null while it is not known whether there is one, and where
   * the gateway was started with nothing but a login that owns nothing.
   */
  readonly owner: { url(): string | null; readonly settings: PoolSettings };
  /** Where cached payloads go. */
  readonly content: { readonly url: string; readonly settings: PoolSettings; readonly migrated: Promise<void> };
  /** Resolves when the database is at this version's state, however long that takes; never rejects. */
  readonly migrated: Promise<void>;
  /**
   * Resolves when the database is at this version's state, is not there or not migrated in time, or takes too long to get there. Throws ConfigError when the gateway's user has rights that
   * let it past row-level security, which production refuses unless that is allowed by name.
   */
  settled(): Promise<void>;
  /** PostgreSQL's own health; down until the database is at this version's state. */
  health(): Promise<DependencyHealth>;
  close(): Promise<void>;
}

export interface StoresOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly onStatement?: StatementObserver;
  /** Runs once after the migrations, with the databases open: sample data of the demo. */
  prepare(databases: Databases): Promise<void>;
}

/** The start waits so long for the database, then goes on without it. */
const START_PATIENCE_MS = 5_000;
/** And so long altogether for one that is there, while it is migrated: less than what a stop may take. */
const MIGRATION_PATIENCE_MS = 15_000;
const STOP_PATIENCE_MS = 3_000;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;

/**
 * Opens PostgreSQL, embedded unless DATABASE_URL names one, and begins to bring it to this version's state. A database that can not be reached does
 * not fail the start: it is tried again in the background until it is there. Throws EmbeddedPostgresError when the embedded one can't start.
 */
export async function openStores({ config, log, onStatement, prepare }: StoresOptions): Promise<Stores> {
  const { oltp, olap, content } = config.database;
  const embedded = oltp.url === null ? await startEmbeddedPostgres({ dataDirectory: config.dataDirectory, log }) : null;
  const url = oltp.url ?? embedded?.url ?? '';
  let ownerUrl = config.database.ownerUrl ?? embedded?.ownerUrl ?? null;
  const contentUrl = content.url ?? url;
  const login = new Login(config.allowOwnerLogin, log);
  /** Why the database does not fit this version, which only somebody else can change. */
  let misfit: string | null = null;
  const misfitTold = Promise.withResolvers<void>();
  const refusal = (): string | null => login.refusal ?? misfit;
  const databases = openDatabases({ oltp, olap, embeddedUrl: embedded?.url ?? null, log, onStatement, refusal });
  let isReached = false;
  let isStarting = true;
  const reportNotReady = retried(log, 'PostgreSQL is not ready; what needs it is refused until it is.');
  const preparation = new Preparation(
    async () => {
      const rights = await readLoginRights(url);
      const { name: gatewayUser, excess } = rights;
      try {
        login.judge(rights);
      } catch (error) {
        misfitTold.resolve();
        throw error;
      }
      if (ownerUrl === null && excess.length === 0) {
        // Nobody who may migrate is at hand: `npm run migrate` has done it, or will.
        await requireMigrated(url).catch((error: unknown) => {
          if (error instanceof MigrationError) misfit = error.message;
          misfitTold.resolve();
          throw error;
        });
        misfit = null;
      } else {
        isReached = true;
        await migrate({ url: ownerUrl ?? url, log, ...(ownerUrl === null ? {} : { gatewayUser }) });
        ownerUrl ??= url;
      }
      // Once more: whether the user owns the tables shows when there are tables.
      login.judge(await readLoginRights(url));
      await prepare(databases);
    },
    (error, retryMs) => {
      // The start itself ends with it.
      if (isStarting && login.refusal !== null) return;
      reportNotReady(error, retryMs);
    },
  );
  // Cached payloads may be lost at any time: without their database the other tiers do the work, and nothing is refused.
  const contentPreparation =
    contentUrl === url
      ? null
      : new Preparation(
          async () => void (await migrate({ url: contentUrl, log })),
          retried(log, 'The database of cached payloads is not ready; the other tiers do its work until it is.'),
        );
  return {
    databases,
    embedded,
    primary: { url, settings: oltp },
    owner: { url: () => ownerUrl, settings: oltp },
    content: { url: contentUrl, settings: content, migrated: (contentPreparation ?? preparation).succeeded },
    migrated: preparation.succeeded,
    settled: async () => {
      await Promise.race([preparation.settledWithin(START_PATIENCE_MS), misfitTold.promise]);
      if (isReached) await preparation.settledWithin(MIGRATION_PATIENCE_MS - START_PATIENCE_MS);
      isStarting = false;
      if (login.refusal !== null) throw new ConfigError([login.refusal]);
    },
    health: async () => {
      const health = await databases.health();
      const problem = preparation.problem;
      if (problem !== null && health.state !== 'down') return { ...health, state: 'down', detail: problem };
      return login.warning === null || health.detail !== undefined ? health : { ...health, detail: login.warning };
    },
    close: async () => {
      await Promise.all([preparation.stop(), contentPreparation?.stop()]);
      await databases.close();
      await embedded?.stop();
    },
  };
}

/** What becomes of a user that row-level security might not hold: said once where that is allowed, refused where it is not. */
class Login {
  readonly #isAllowed: boolean;
  readonly #log: Logger;
  /** For an operator; null: there is nothing to say. */
  warning: string | null = null;
  /** Why nothing of a tenant may be read or written; null: it may. */
  refusal: string | null = null;

  constructor(isAllowed: boolean, log: Logger) {
    this.#isAllowed = isAllowed;
    this.#log = log;
  }

  /** Throws when the user is refused. */
  judge({ name, excess }: LoginRights): void {
    const isNew = this.warning === null;
    this.warning = null;
    this.refusal = null;
    if (excess.length === 0) return;
    const problem =
      `DATABASE_URL: its user ${name} ${excess.join(', ')}, so one mistake in the gateway could show a tenant the rows of another. ` +
      'Name a user that owns nothing, and the owner of the tables in DATABASE_URL_OWNER';
    if (this.#isAllowed) {
      this.warning = `${problem}; production refuses this.`;
      if (isNew) this.#log.warn({ user: name, excess }, this.warning);
      return;
    }
    this.refusal = `${problem}, or allow this by name with ALLOW_OWNER_LOGIN=true.`;
    throw new Error(this.refusal);
  }
}

function retried(log: Logger, message: string): (error: unknown, retryMs: number) => void {
  return (error, retryMs) => log.error({ error: describeError(error), retryMs }, message);
}

/** Work that has to succeed once before the gateway is ready, tried again with growing pauses until it does. */
class Preparation {
  readonly #work: () => Promise<void>;
  readonly #onFailure: (error: unknown, retryMs: number) => void;
  readonly #stopped = new AbortController();
  readonly #finished: Promise<void>;
  readonly #success = Promise.withResolvers<void>();
  #problem: string | null = 'The database is being brought to the state that this version needs.';

  constructor(work: () => Promise<void>, onFailure: (error: unknown, retryMs: number) => void) {
    this.#work = work;
    this.#onFailure = onFailure;
    this.#finished = this.#run();
  }

  /** Null once it has succeeded. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Never settles otherwise. */
  get succeeded(): Promise<void> {
    return this.#success.promise;
  }

  async settledWithin(ms: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([this.#finished, pause(ms, enough.signal)]);
    enough.abort();
  }

  /** An attempt under way may end by itself, but is not waited for long: it fails when its database goes away. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.settledWithin(STOP_PATIENCE_MS);
  }

  async #run(): Promise<void> {
    for (let retryMs = FIRST_RETRY_MS; !this.#stopped.signal.aborted; retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
      try {
        await this.#work();
        this.#problem = null;
        this.#success.resolve();
        return;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        this.#onFailure(error, retryMs);
      }
      await pause(retryMs, this.#stopped.signal);
    }
  }
}

/** Ends early when the signal aborts, and keeps no process alive. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
