import type pg from 'pg';
import { toDatabaseError } from './database-error.ts';
import { createPool, type PoolUse } from './database-pool.ts';
import type { DependencyHealth } from './health.ts';
import { describeError, type Logger } from './log.ts';

const BUDGET_MS = 1_000;

export interface ProbeOptions {
  readonly url: string;
  readonly standIn: boolean;
  readonly log: Logger;
  /** How busy the pool is that the requests use. */
  useOf(): PoolUse;
}

/**
 * Asks PostgreSQL how it is, over a connection of its own: a pool whose connections are all taken says nothing about the server.
 * Answers within a second whatever the server does; questions asked meanwhile share the answer.
 */
export class DatabaseProbe {
  readonly #options: ProbeOptions;
  readonly #pool: pg.Pool;
  #asking: Promise<DependencyHealth> | undefined;

  constructor(options: ProbeOptions) {
    this.#options = options;
    const settings = { url: null, maxConnections: 1, idleTimeoutMs: 60_000, connectionTimeoutMs: BUDGET_MS };
    this.#pool = createPool('probe', options.url, settings, options.log);
  }

  health(): Promise<DependencyHealth> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #ask(): Promise<DependencyHealth> {
    const health = { name: 'postgres', standIn: this.#options.standIn } as const;
    try {
      await this.#ping();
    } catch (error) {
      this.#options.log.warn({ error: describeError(error) }, 'The health probe of PostgreSQL failed.');
      const detail = `${toDatabaseError(error).message} Check that the server runs and that DATABASE_URL is right.`;
      return { ...health, state: 'down', detail };
    }
    const { max, size, idle, waiting } = this.#options.useOf();
    if (size < max || idle > 0 || waiting === 0) return { ...health, state: 'up' };
    const detail = `All ${max} connections are in use and ${waiting} requests wait for one. Raise DB_POOL_SIZE or look for slow statements.`;
    return { ...health, state: 'degraded', detail };
  }

  async #ping(): Promise<void> {
    const deadline = performance.now() + BUDGET_MS;
    const client = await this.#pool.connect();
    let broken = true;
    try {
      const remainingMs = Math.max(1, Math.ceil(deadline - performance.now()));
      await client.query({ text: 'select 1', query_timeout: remainingMs } as pg.QueryConfig);
      broken = false;
    } finally {
      client.release(broken);
    }
  }
}
