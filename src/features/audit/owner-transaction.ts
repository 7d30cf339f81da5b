import type pg from 'pg';
import { sqlStateOf } from '../../platform/database-error.ts';

const LOCK_NOT_AVAILABLE = '55P03';
/** Whoever removes entries, or forbids that, does it alone. Any constant will do, as long as every version of the gateway takes the same. */
const REMOVALS_LOCK = 7_301_884_402_120;

/** One transaction of the user that owns the tables: on disk when it resolves, undone when the work rejects. It waits a second for a lock. */
export async function inOwnerTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.ClientBase) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let isDone = false;
  try {
    await client.query(
      `begin; set local lock_timeout = '1s'; set local statement_timeout = 0; set local synchronous_commit = on`,
    );
    const result = await work(client);
    await client.query('commit');
    isDone = true;
    return result;
  } finally {
    client.release(!isDone);
  }
}

/** Until the transaction ends, nobody else removes entries, and no legal hold is placed. Rejects when somebody does. */
export async function lockRemovals(client: pg.ClientBase): Promise<void> {
  try {
    await client.query('select pg_advisory_xact_lock($1)', [REMOVALS_LOCK]);
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new Error(
      'Entries of the audit log are being removed at this moment, so nothing was done. Try again in a moment.',
      {
        cause: error,
      },
    );
  }
}
