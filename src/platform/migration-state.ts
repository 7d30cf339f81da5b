import pg from 'pg';
import { MigrationError, migrationNames } from './migrate.ts';
import { GATEWAY_ROLE } from './tenant-transaction.ts';

const TIMEOUT_MS = 5_000;
const MAX_NAMED = 5;

/**
 * Resolves when the database has had exactly the migrations of this version. Throws MigrationError that names those that are missing or unknown and tells
 * what to do. Asks by the user that serves requests, over a connection of its own; changes nothing.
 */
export async function requireMigrated(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'deployment-graph/migrations',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => {
    // The query in flight rejects with the same error.
  });
  try {
    await client.connect();
    const had = await migrationsOf(client);
    const known = await migrationNames();
    const missing = known.filter((name) => !had.includes(name));
    const unknown = had.filter((name) => !known.includes(name));
    if (unknown.length > 0)
      throw new MigrationError(
        `The database was migrated by a newer version; this one does not know ${listOf(unknown)}. Deploy that version, or restore a backup from before.`,
      );
    if (missing.length > 0)
      throw new MigrationError(
        `The database lacks ${missing.length === known.length ? 'every migration' : listOf(missing)}. ` +
          'Run `npm run migrate` of this version with DATABASE_URL_OWNER; the gateway goes on by itself then.',
      );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Throws MigrationError when this user may not know. */
async function migrationsOf(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ user: string; exists: boolean; isReadable: boolean | null }>(`
    select session_user::text as user, t.oid is not null as exists, has_table_privilege(t.oid, 'SELECT') as "isReadable"
    from (select to_regclass('kysely_migration') as oid) t`);
  const [table] = rows;
  if (!table?.exists) return [];
  if (!table.isReadable)
    throw new MigrationError(
      `The user ${table.user} of DATABASE_URL may not see which migrations the database has had: it is no member of ${GATEWAY_ROLE}, or ` +
        `the database is older than this version. Run \`npm run migrate -- --login ${table.user}\` of this version with DATABASE_URL_OWNER.`,
    );
  const { rows: had } = await client.query<{ name: string }>('select name from kysely_migration order by name');
  return had.map(({ name }) => name);
}

function listOf(names: readonly string[]): string {
  const further = names.length - MAX_NAMED;
  return `the migrations ${names.slice(0, MAX_NAMED).join(', ')}${further > 0 ? ` and ${further} more` : ''}`;
}
