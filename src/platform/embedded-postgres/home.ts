import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account, canReach, serverAccount } from './account.ts';
import { EmbeddedPostgresError } from './error.ts';

/**
 * Where root keeps what the server's account can't reach in a private checkout (`/root` has mode 700).
 * All below it is readable for everyone, except the data, the password and the log.
 */
export const SYSTEM_DIRECTORY = '/var/lib/deployment-graph';

export interface Home {
  /** Resolved path of the directory that holds the cluster, its password, its lock and its log. */
  readonly path: string;
  /** Resolved path of the cluster itself; it need not exist yet. */
  readonly cluster: string;
  /** Whom the server runs as; null: the same user as this process. */
  readonly account: Account | null;
}

/**
 * Makes `<dataDirectory>/postgres`, or finds it again. When the server's account can't reach it, it becomes a link to a directory under
 * /var/lib that the account can reach.
 */
export function prepareHome(dataDirectory: string): Home {
  const path = join(resolve(dataDirectory), 'postgres');
  mkdirSync(dirname(path), { recursive: true });
  const entry = lstatSync(path, { throwIfNoEntry: false });
  if (entry === undefined) create(path);
  else if (entry.isSymbolicLink() && !existsSync(path)) restoreTarget(path);

  const home = realpathSync(path);
  const cluster = join(home, 'data');
  const account = serverAccount(cluster);
  if (account === null || canReach(account, home)) return { path: home, cluster, account };
  throw new EmbeddedPostgresError(
    `The embedded database in ${home} can't be reached by the user \`${account.name}\`, which PostgreSQL runs as because the gateway runs as root. ` +
      'Open the directories above it for that user (chmod o+x), start the gateway as an ordinary user, or set DATABASE_URL.',
  );
}

function create(path: string): void {
  mkdirSync(path, { mode: 0o755 });
  chmodSync(path, 0o755);
  const account = serverAccount(join(path, 'data'));
  if (account === null || canReach(account, path)) return;
  rmdirSync(path);
  const target = join(
    SYSTEM_DIRECTORY,
    createHash('sha256')
      .update(realpathSync(dirname(path)))
      .digest('hex')
      .slice(0, 16),
  );
  makeSystemDirectory(target);
  symlinkSync(target, path);
}

/** The link outlived its directory, for example in a container whose /var/lib was not kept: the database starts empty. */
function restoreTarget(path: string): void {
  const target = readlinkSync(path);
  if (dirname(target) !== SYSTEM_DIRECTORY || process.getuid?.() !== 0) {
    throw new EmbeddedPostgresError(
      `${path} is a link to ${target}, which does not exist. Remove the link to start with an empty database, or set DATABASE_URL.`,
    );
  }
  makeSystemDirectory(target);
}

export function makeSystemDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(SYSTEM_DIRECTORY, 0o755);
  chmodSync(directory, 0o755);
}
