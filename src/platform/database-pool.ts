import pg from 'pg';
import { describeError, type Logger } from './log.ts';
import type { PoolSettings } from './settings.ts';
import { WatchedPool } from './watched-pool.ts';

/** PostgreSQL's type numbers (pg_type.oid). */
const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;

/** A number that JavaScript holds exactly; a larger one would silently become another number. */
function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} from PostgreSQL is too large for a number.`);
  return value;
}

const parseTimestamp = pg.types.getTypeParser(TIMESTAMPTZ, 'text') as (text: string) => Date;

const parsers = new Map<number, (text: string) => unknown>([
  [INT8, toSafeInteger],
  [DATE, (text) => text],
  [TIMESTAMPTZ, (text) => parseTimestamp(text).toISOString()],
]);

/**
 * How values arrive: bigint and count(*) as number, timestamptz as RFC 3339 text in UTC, date as `YYYY-MM-DD`.
 * scripts/generate.ts declares the same in src/generated/database.ts.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format ?? 'text')) as never,
};

/** How busy a pool is; `waiting` counts requests that stand in line for a connection. */
export interface PoolUse {
  readonly name: 'oltp' | 'olap' | 'audit' | 'content';
  readonly max: number;
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
  /** How long there has been no connection for who asked for one; 0: there is. */
  readonly exhaustedMs: number;
}

/** A pool that never takes the process down: a connection that breaks is logged and replaced when one is needed. */
export function createPool(name: string, url: string, settings: PoolSettings, log: Logger): WatchedPool {
  const pool = new WatchedPool({
    connectionString: url,
    application_name: `deployment-graph/${name}`,
    max: settings.maxConnections,
    idleTimeoutMillis: settings.idleTimeoutMs,
    connectionTimeoutMillis: settings.connectionTimeoutMs,
    maxLifetimeSeconds: 3_600,
    keepAlive: true,
    types,
  });
  pool.on('error', (error) => {
    // Connections that are being ended may be cut off by a server that stops meanwhile.
    if (pool.ending) return;
    log.warn({ pool: name, error: describeError(error) }, 'An idle PostgreSQL connection broke; the pool replaces it.');
  });
  // The pool listens only while a connection is idle. One that breaks between two statements of a transaction would
  // otherwise raise an unhandled event; the next statement reports the failure.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
  });
  return pool;
}
