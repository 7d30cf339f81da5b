import type pg from 'pg';
import { createPool } from '../platform/database-pool.ts';
import { createLogger } from '../platform/log.ts';
import type { Config } from '../platform/settings.ts';

/** One connection of the user that owns the tables. Throws an error that says what to do when the settings name no database. */
export function openOwnerPool({ database }: Pick<Config, 'database'>, name: string): pg.Pool {
  const url = database.ownerUrl ?? database.oltp.url;
  if (url === null)
    throw new Error(
      'DATABASE_URL_OWNER is not set. The embedded database belongs to the gateway that runs it; name the database that is meant.',
    );
  return createPool(name, url, { ...database.oltp, maxConnections: 1 }, createLogger('silent'));
}
