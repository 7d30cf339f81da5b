// biome-ignore-all lint/plugin: DDL takes no parameters; the name of the role is a constant.
import { readdir } from 'node:fs/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { toDatabaseError } from './database-error.ts';
import { describeError, type Logger } from './log.ts';
import { APP_ROLE, GATEWAY_ROLE } from './tenant-transaction.ts';

/** The database could not be brought to the state that this version needs; the message tells an operator why and what to do. */
export class MigrationError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MigrationError';
  }
}

export interface MigrateOptions {
  /** A direct connection whose user owns the tables; it may make roles, or the role was made for it (see migrations/README.md). */
  readonly url: string;
  readonly log: Logger;
  /** The user that the gateway works under, where it is another one: it is made a member of the gateway's role. */
  readonly gatewayUser?: string;
  /** How long to wait for another instance that migrates at this moment. */
  readonly waitMs?: number;
}

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
/** Any constant will do, as long as every version of the gateway takes the same. */
const LOCK_KEY = 7_301_884_402_117;
const WAIT_MS = 60_000;

/**
 * Runs the migrations that the database has not seen yet, one instance at a time: the others wait, and then find nothing to do.
 * Answers the names of those it ran. Throws MigrationError; a failed migration leaves the database as it was.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const pool = new pg.Pool({
    connectionString: options.url,
    application_name: 'deployment-graph/migrate',
    max: 2,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    // The lock is held by a transaction of its own; it ends with its connection, whatever becomes of this process.
    return await db.transaction().execute(async (lock) => {
      await waitForLock(lock, options.waitMs ?? WAIT_MS);
      await ensureRoles(db);
      if (options.gatewayUser !== undefined) await admit(db, options.gatewayUser);
      return await runMigrations(db, options.log);
    });
  } catch (error) {
    if (error instanceof MigrationError) throw error;
    throw new MigrationError(`The database could not be migrated: ${toDatabaseError(error).message}`, error);
  } finally {
    await db.destroy();
  }
}

async function waitForLock(lock: Kysely<unknown>, waitMs: number): Promise<void> {
  const settings = sql`select set_config('lock_timeout', ${String(waitMs)}, true),
    set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`;
  await settings.execute(lock);
  try {
    await sql`select pg_advisory_xact_lock(${LOCK_KEY}::bigint)`.execute(lock);
  } catch (error) {
    throw new MigrationError(
      `Another instance has been migrating the database for more than ${waitMs / 1000} seconds. ` +
        'Wait until it has finished and start again; if none runs any more, look for its session in pg_stat_activity.',
      error,
    );
  }
}

/** Roles are the cluster's, not the database's, so another database may have brought them already. */
async function ensureRoles(db: Kysely<unknown>): Promise<void> {
  try {
    await sql`do ${sql.lit(`
      declare privilege text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
      begin
        if not exists (select from pg_roles where rolname = '${APP_ROLE}') then
          begin
            create role ${APP_ROLE} nologin nosuperuser nobypassrls;
          exception when duplicate_object or unique_violation then null;
          end;
        end if;
        if not pg_has_role(current_user, '${APP_ROLE}', privilege) then
          execute format('grant ${APP_ROLE} to %I', current_user);
        end if;
        if not exists (select from pg_roles where rolname = '${GATEWAY_ROLE}') then
          begin
            create role ${GATEWAY_ROLE} nologin nosuperuser nobypassrls noinherit;
          exception when duplicate_object or unique_violation then null;
          end;
        end if;
        if not pg_has_role('${GATEWAY_ROLE}', '${APP_ROLE}', privilege) then
          grant ${APP_ROLE} to ${GATEWAY_ROLE};
        end if;
      end`)}`.execute(db);
  } catch (error) {
    throw new MigrationError(
      `The database user may not make the roles ${APP_ROLE} and ${GATEWAY_ROLE}, under which the gateway works. As an administrator ` +
        `run \`create role ${APP_ROLE} nologin; create role ${GATEWAY_ROLE} nologin noinherit; grant ${APP_ROLE} to ${GATEWAY_ROLE}; ` +
        `grant ${APP_ROLE} to <user that owns the tables>\` once, then start again.`,
      error,
    );
  }
}

/** Lets a login work as the gateway does, unless it may already. */
async function admit(db: Kysely<unknown>, user: string): Promise<void> {
  const { rows } = await sql<{ isMember: boolean }>`
    select pg_has_role(${user}::name, ${GATEWAY_ROLE}::name, 'USAGE') as "isMember"`.execute(db);
  if (rows[0]?.isMember) return;
  try {
    await sql`grant ${sql.id(GATEWAY_ROLE)} to ${sql.id(user)}`.execute(db);
  } catch (error) {
    throw new MigrationError(
      `The user that owns the tables may not let the user of DATABASE_URL work as the gateway. As an administrator run ` +
        `\`grant ${GATEWAY_ROLE} to <user of DATABASE_URL>\` once, then start again.`,
      error,
    );
  }
}

async function runMigrations(db: Kysely<unknown>, log: Logger): Promise<readonly string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: loadMigrations } });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find(({ status }) => status === 'Error');
  if (failed) {
    throw new MigrationError(
      `The migration ${failed.migrationName} failed: ${describeError(error).message}. Nothing of it was kept. ` +
        'Mend its cause in the database, or deploy the version before it.',
      error,
    );
  }
  if (error !== undefined) {
    throw new MigrationError(
      `The database does not fit this version's migrations: ${describeError(error).message}. ` +
        'It was probably migrated by a newer version: deploy that one, or restore a backup from before.',
      error,
    );
  }
  const ran = results.map(({ migrationName }) => migrationName);
  if (ran.length > 0) log.info({ migrations: ran }, 'Migrated the database.');
  return ran;
}

/** Of this version, in their order. */
export async function migrationNames(): Promise<readonly string[]> {
  const files = (await readdir(MIGRATIONS)).filter((file) => /^\d{14}-[a-z0-9-]+\.ts$/.test(file)).sort();
  return files.map((file) => file.slice(0, -3));
}

async function loadMigrations(): Promise<Record<string, Migration>> {
  const entries = await Promise.all(
    (await migrationNames()).map(
      async (name) => [name, (await import(new URL(`${name}.ts`, MIGRATIONS).href)) as Migration] as const,
    ),
  );
  return Object.fromEntries(entries);
}
