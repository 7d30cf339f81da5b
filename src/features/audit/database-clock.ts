import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';

/**
 * The database's time without asking it each time: entries are dated by one clock, whatever the clocks of the instances say. Until it was
 * first asked it is this machine's.
 */
export class DatabaseClock {
  #offsetMs = Date.now() - performance.now();

  /** In ms since 1970. */
  now(): number {
    return Math.round(this.#offsetMs + performance.now());
  }

  /** Asks the database for its time. */
  async set(db: Kysely<DB>): Promise<void> {
    const askedAt = performance.now();
    const { rows } = await sql<{ ms: number }>`
      select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as ms
    `.execute(db);
    const ms = rows[0]?.ms;
    if (ms !== undefined) this.#offsetMs = ms - (askedAt + performance.now()) / 2;
  }
}
