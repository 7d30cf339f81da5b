import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './error.ts';

/** The unprivileged user that the server runs as when the gateway runs as root, which PostgreSQL refuses. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Null when this process is not root: the server then runs as the same user. For root: the owner of an existing data directory,
 * else `postgres`, else `nobody`. No user is ever added to the system.
 */
export function serverAccount(dataDirectory: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readAccounts();
  const ownerUid = statSync(dataDirectory, { throwIfNoEntry: false })?.uid;
  const account =
    accounts.find(({ uid }) => ownerUid !== undefined && ownerUid !== 0 && uid === ownerUid) ??
    accounts.find(({ name }) => name === 'postgres') ??
    accounts.find(({ name }) => name === 'nobody');
  if (account) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody` to run it as. ' +
      'Start the gateway as an ordinary user, add a user `postgres`, or set DATABASE_URL.',
  );
}

/** Whether the account can run `<directory>/bin/postgres` and read beside it, or (without `program`) work in the directory. */
export function canReach(account: Account, directory: string, program?: string): boolean {
  const script =
    program === undefined ? 'cd "$1"' : 'cd "$1" && test -x "$2" && test -r lib && test -r share/postgresql';
  const { status } = spawnSync('/bin/sh', ['-c', script, 'sh', directory, program ?? ''], {
    uid: account.uid,
    gid: account.gid,
    cwd: '/',
    stdio: 'ignore',
    env: {},
    timeout: 10_000,
  });
  return status === 0;
}

function readAccounts(): Account[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }))
    .filter(({ uid }) => uid !== 0);
}
