import type pg from 'pg';
import { describeError, type Logger } from '../../platform/log.ts';

/** Senders give up long before; what is older is not taken any more, so that nothing can be sent again once it is forgotten. */
export const KEEP_DELIVERIES_MS = 7 * 86_400_000;

const BUDGET_MS = 1_000;
const CLEAN_BATCH = 5_000;

/** The notices that were taken, known to all instances and after a restart: the table `webhook_deliveries`. */
export class Deliveries {
  readonly #pool: pg.Pool;
  readonly #log: Logger;

  constructor(pool: pg.Pool, log: Logger) {
    this.#pool = pool;
    this.#log = log;
  }

  /** Whether a delivery by one of these names was taken before. False while PostgreSQL is away: to take one twice does no harm. */
  async isKnown(source: string, names: readonly string[]): Promise<boolean> {
    const rows = await this.#query('select from webhook_deliveries where source = $1 and delivery = any($2) limit 1', [
      source,
      names,
    ]);
    return rows > 0;
  }

  /** After the delivery took effect, so that one which an instance took with it into its end is not lost. */
  async remember(source: string, names: readonly string[]): Promise<void> {
    await this.#query(
      'insert into webhook_deliveries (source, delivery) select $1, unnest($2::text[]) on conflict do nothing',
      [source, names],
    );
  }

  /** Forgets what is too old to be sent again; answers how many. Rejects when PostgreSQL is away. */
  async clean(): Promise<number> {
    const { rowCount } = await this.#pool.query({
      text: `delete from webhook_deliveries where (source, delivery) in (select source, delivery from webhook_deliveries
        where received_at < now() - make_interval(secs => $1) order by received_at limit $2 for update skip locked)`,
      values: [KEEP_DELIVERIES_MS / 1_000, CLEAN_BATCH],
      query_timeout: 5 * BUDGET_MS,
    } as pg.QueryConfig);
    return rowCount ?? 0;
  }

  async #query(text: string, values: unknown[]): Promise<number> {
    try {
      return (await this.#pool.query({ text, values, query_timeout: BUDGET_MS } as pg.QueryConfig)).rowCount ?? 0;
    } catch (error) {
      this.#log.warn(
        { error: describeError(error) },
        'PostgreSQL does not say which webhooks were taken before; they are taken, twice if need be.',
      );
      return 0;
    }
  }
}
