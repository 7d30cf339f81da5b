import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate as generateTypes } from '@graphql-codegen/cli';
import { Kysely, PostgresDialect } from 'kysely';
import { PostgresDialect as CodegenDialect, generate as generateDatabaseTypes } from 'kysely-codegen';
import pg from 'pg';
import codegen from '../codegen.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { createLogger } from '../src/platform/log.ts';
import { migrate } from '../src/platform/migrate.ts';

/** Content by path. None of it depends on what the files hold now. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Resolver types from the schema. */
export async function graphqlTypes(): Promise<GeneratedFiles> {
  const files = (await generateTypes({ ...codegen, silent: true }, false)) as { filename: string; content: string }[];
  return new Map(files.map(({ filename, content }) => [filename, content]));
}

/** Table types from the catalogue of a database that was just migrated: one of its own, started and thrown away here. */
export async function databaseTypes(): Promise<GeneratedFiles> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'deployment-graph-generate-'));
  chmodSync(dataDirectory, 0o755);
  const log = createLogger('silent');
  try {
    const server = await startEmbeddedPostgres({ dataDirectory, log, settings: { fsync: 'off' } });
    try {
      await migrate({ url: server.ownerUrl, log });
      return new Map([['src/generated/database.ts', await describeDatabase(server.ownerUrl)]]);
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function describeDatabase(url: string): Promise<string> {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await generateDatabaseTypes({
      db,
      dialect: new CodegenDialect(),
      outFile: null,
      excludePattern: 'kysely_*',
      // What src/platform/database-pool.ts makes of these types.
      typeMapping: { int8: 'number', timestamptz: 'string', date: 'string' },
    });
  } finally {
    await db.destroy();
  }
}

const FROZEN_MIGRATIONS = 'migrations/frozen.json';

/** The hash of every migration, by file name. */
function hashMigrations(): Record<string, string> {
  const names = readdirSync('migrations')
    .filter((name) => name.endsWith('.ts'))
    .sort();
  return Object.fromEntries(names.map((name) => [name, hash(readFileSync(join('migrations', name), 'utf8'))]));
}

/** Line endings are git's business, not a change. */
function hash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

/** Migrations that were changed or removed after they were frozen; empty when all is well. */
export function thawedMigrations(frozen: Record<string, string> = readFrozen()): string[] {
  const now = hashMigrations();
  return Object.keys(frozen).filter((name) => now[name] !== frozen[name]);
}

/** What is frozen and committed: a migration that has never been committed is still being written, and may change. */
export function committedFrozen(): Record<string, string> {
  const { status, stdout } = spawnSync('git', ['show', `HEAD:${FROZEN_MIGRATIONS}`], { encoding: 'utf8' });
  return status === 0 ? (JSON.parse(stdout) as Record<string, string>) : readFrozen();
}

function readFrozen(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(FROZEN_MIGRATIONS, 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

export function frozenMigrations(frozen: Record<string, string> = readFrozen()): GeneratedFiles {
  return new Map([[FROZEN_MIGRATIONS, `${JSON.stringify({ ...hashMigrations(), ...frozen }, null, 2)}\n`]]);
}
