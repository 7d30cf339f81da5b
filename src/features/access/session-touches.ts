import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database } from '../../platform/database.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { SessionRecord } from './session.ts';

interface Touch {
  readonly tenant: string;
  readonly id: number;
  /** By `performance.now()`. */
  usedAtMs: number;
}

const DEADLINE_MS = 3_000;
const MAX_PER_STATEMENT = 1_000;
const MAX_WAITING = 20_000;

/**
 * Last uses of sessions that are not written yet. They are written together from time to time: a session that is used a thousand times in
 * ten seconds costs one row. A process that is killed loses what waits, which makes a session at most that much more idle.
 */
export class SessionTouches {
  readonly #database: Pick<Database, 'inTenant'>;
  #waiting = new Map<string, Touch>();

  constructor(database: Pick<Database, 'inTenant'>) {
    this.#database = database;
  }

  note({ id, viewer: { tenant } }: SessionRecord, nowMs: number): void {
    const key = keyOf(tenant, id);
    const waiting = this.#waiting.get(key);
    if (waiting) waiting.usedAtMs = nowMs;
    else if (this.#waiting.size < MAX_WAITING) this.#waiting.set(key, { tenant, id, usedAtMs: nowMs });
  }

  /** The last use that PostgreSQL does not know of yet; undefined when it knows all. */
  lastUseOf({ id, viewer: { tenant } }: SessionRecord): number | undefined {
    return this.#waiting.get(keyOf(tenant, id))?.usedAtMs;
  }

  /** Writes what waits; answers how many. What can't be written waits for the next time, and the first failure is thrown. */
  async write(): Promise<number> {
    const taken = [...this.#waiting.values()];
    this.#waiting = new Map();
    for (const [tenant, touches] of Map.groupBy(taken, (touch) => touch.tenant)) {
      for (let start = 0; start < touches.length; start += MAX_PER_STATEMENT) {
        const some = touches.slice(start, start + MAX_PER_STATEMENT);
        const scope = { tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
        try {
          await this.#database.inTenant(scope, (db) => storeTouches(db, some));
        } catch (error) {
          this.#putBack(taken);
          throw error;
        }
      }
    }
    return taken.length;
  }

  /** Writing one twice changes nothing, so all of them may wait again. */
  #putBack(touches: readonly Touch[]): void {
    for (const touch of touches) {
      const key = keyOf(touch.tenant, touch.id);
      if (!this.#waiting.has(key) && this.#waiting.size < MAX_WAITING) this.#waiting.set(key, touch);
    }
  }
}

/** Ages travel instead of times, so that the clock is PostgreSQL's. */
async function storeTouches(db: Kysely<DB>, touches: readonly Touch[]): Promise<void> {
  const nowMs = performance.now();
  await sql`
    update user_sessions set last_accessed_at = touched.at
    from (
      select id, clock_timestamp() - make_interval(secs => age_ms / 1000) as at
      from unnest(
        ${touches.map(({ id }) => id)}::bigint[],
        ${touches.map(({ usedAtMs }) => Math.max(0, nowMs - usedAtMs))}::float8[]
      ) as shown (id, age_ms)
    ) touched
    where user_sessions.id = touched.id and user_sessions.last_accessed_at < touched.at
  `.execute(db);
}

function keyOf(tenant: string, id: number): string {
  return `${tenant}\n${id}`;
}
