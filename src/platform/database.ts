import type { Kysely } from 'kysely';
import type pg from 'pg';
import type { DB } from '../generated/database.ts';
import { toDatabaseError } from './database-error.ts';
import { createPool, type PoolUse } from './database-pool.ts';
import { DatabaseProbe } from './database-probe.ts';
import { GatewayError } from './errors.ts';
import type { DependencyHealth } from './health.ts';
import type { Logger } from './log.ts';
import type { PoolSettings } from './settings.ts';
import {
  requestEnded,
  type StatementObserver,
  type TenantScope,
  TenantTransaction,
  type TransactionLimits,
} from './tenant-transaction.ts';
import type { WatchedPool } from './watched-pool.ts';

export type { PoolUse } from './database-pool.ts';
export type { TenantScope } from './tenant-transaction.ts';

export interface TransactionOptions {
  /** Milliseconds from asking for a connection to the last statement, where the tier's own are too few. */
  readonly deadlineMs?: number;
}

/** One tier: a pool of its own, so that slow analytics never take the connections of the rest. */
export interface Database {
  /**
   * Runs the work in one transaction in which only the tenant's rows exist. Costs two round trips beyond the work's own.
   * Rejects with DATABASE_UNAVAILABLE when no connection is free in time or the server is away, UPSTREAM_TIMEOUT when a
   * statement took too long, REQUEST_TIMEOUT when the request ended; nothing is stored then. An error of the work passes through.
   */
  inTenant<Result>(
    scope: TenantScope,
    work: (db: Kysely<DB>) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>;
  readonly use: PoolUse;
}

export interface Databases {
  /** Short reads and all writes. */
  readonly oltp: Database;
  /** Analytics, read-only; may be a replica. */
  readonly olap: Database;
  /** The audit log's own, so that it can be written while all connections of the others are taken. */
  readonly audit: Database;
  health(): Promise<DependencyHealth>;
  close(): Promise<void>;
}

export interface DatabasesOptions {
  readonly oltp: PoolSettings;
  readonly olap: PoolSettings;
  /** Serves every tier without a URL of its own; null when all have one. */
  readonly embeddedUrl: string | null;
  readonly log: Logger;
  readonly onStatement?: StatementObserver | undefined;
  /** Why nothing of a tenant may be read or written now, for an operator; null: it may. */
  readonly refusal?: () => string | null;
  /** Milliseconds from asking for a connection to the last statement; for tests. */
  readonly deadlinesMs?: { readonly oltp?: number; readonly olap?: number };
}

type TierName = 'oltp' | 'olap' | 'audit';

const OLTP_DEADLINE_MS = 3_000;
const OLAP_DEADLINE_MS = 15_000;
/** Each holds a chain for a millisecond or a few, and chains can't be appended to by two at once. */
const AUDIT_CONNECTIONS = 4;
/** Beyond so many waiting requests for each connection, a new one would only time out later. */
const MAX_WAITING_PER_CONNECTION = 50;

/** Opens the pools; connects only when the first query comes, so an absent server fails queries and not the start. */
export function openDatabases(options: DatabasesOptions): Databases {
  const tier = (name: TierName, limits: TransactionLimits, settings: PoolSettings) => {
    const url = settings.url ?? options.embeddedUrl;
    if (url === null) throw new Error(`The database tier ${name} has no URL and there is no embedded database.`);
    // Entries that are shipped in bulk tell nothing of how long the statements of requests take.
    const onStatement = name === 'audit' ? undefined : options.onStatement;
    const pool = createPool(name, url, settings, options.log);
    const refusal = options.refusal ?? (() => null);
    return new TierDatabase({ name, pool, settings, limits, onStatement, refusal });
  };
  const oltp = tier(
    'oltp',
    { deadlineMs: options.deadlinesMs?.oltp ?? OLTP_DEADLINE_MS, readOnly: false },
    options.oltp,
  );
  const olap = tier(
    'olap',
    { deadlineMs: options.deadlinesMs?.olap ?? OLAP_DEADLINE_MS, readOnly: true },
    options.olap,
  );
  const ofAudit = { ...options.oltp, maxConnections: AUDIT_CONNECTIONS };
  const audit = tier('audit', { deadlineMs: options.deadlinesMs?.oltp ?? OLTP_DEADLINE_MS, readOnly: false }, ofAudit);
  const probe = new DatabaseProbe({
    url: options.oltp.url ?? options.embeddedUrl ?? '',
    standIn: options.oltp.url === null,
    log: options.log,
    useOf: () => oltp.use,
  });
  return {
    oltp,
    olap,
    audit,
    health: () => probe.health(),
    close: async () => {
      await Promise.all([oltp.close(), olap.close(), audit.close(), probe.close()]);
    },
  };
}

interface TierOptions {
  readonly name: TierName;
  readonly pool: WatchedPool;
  readonly settings: PoolSettings;
  readonly limits: TransactionLimits;
  readonly onStatement: StatementObserver | undefined;
  refusal(): string | null;
}

class TierDatabase implements Database {
  readonly #options: TierOptions;
  readonly #pool: WatchedPool;

  constructor(options: TierOptions) {
    this.#options = options;
    this.#pool = options.pool;
  }

  get use(): PoolUse {
    const { totalCount, idleCount, waitingCount, exhaustedMs } = this.#pool;
    return {
      name: this.#options.name,
      max: this.#options.settings.maxConnections,
      size: totalCount,
      idle: idleCount,
      waiting: waitingCount,
      exhaustedMs,
    };
  }

  async inTenant<Result>(
    scope: TenantScope,
    work: (db: Kysely<DB>) => Promise<Result>,
    options: TransactionOptions = {},
  ): Promise<Result> {
    const startedAt = performance.now();
    const client = await this.#acquire(scope.signal);
    const limits = { ...this.#options.limits, ...options };
    const transaction = new TenantTransaction(client, scope, limits, startedAt, this.#options.onStatement);
    try {
      await transaction.begin();
      const result = await work(transaction.kysely());
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    } finally {
      client.release(transaction.broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #acquire(signal: AbortSignal): Promise<pg.PoolClient> {
    if (signal.aborted) return Promise.reject(requestEnded(signal.reason));
    const refusal = this.#options.refusal();
    if (refusal !== null) {
      const message =
        'PostgreSQL may not be used as it is set up; an operator has to change that, and `/readyz` tells what.';
      return Promise.reject(new GatewayError('DATABASE_UNAVAILABLE', message, { source: 'POSTGRES', cause: refusal }));
    }
    if (this.#pool.waitingCount >= this.#options.settings.maxConnections * MAX_WAITING_PER_CONNECTION) {
      return Promise.reject(
        new GatewayError(
          'DATABASE_UNAVAILABLE',
          `PostgreSQL has no free connection, and ${this.#pool.waitingCount} requests wait for one already. Try again in a moment.`,
          { source: 'POSTGRES', retryAfterSeconds: 2 },
        ),
      );
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(requestEnded(signal.reason));
      signal.addEventListener('abort', onAbort, { once: true });
      this.#pool.connect().then(
        (client) => {
          signal.removeEventListener('abort', onAbort);
          // Nobody waits for this connection any more; the next in line gets it.
          if (signal.aborted) client.release();
          else resolve(client);
        },
        (error: unknown) => {
          signal.removeEventListener('abort', onAbort);
          reject(toDatabaseError(error));
        },
      );
    });
  }
}
