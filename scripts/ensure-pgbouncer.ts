/**
 * Finds or gets PgBouncer for the tests: the program on the path, else (Debian, as root or with sudo that asks for nothing) the distribution's
 * package. Run alone it installs what is missing; the tests start their own by test/support/pgbouncer.ts.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Path of the program. Throws with everything that was tried; tests through PgBouncer are never skipped. */
export async function ensurePgBouncer(): Promise<string> {
  const found = await findProgram();
  if (found) return found;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env: environment, timeout: 300_000, maxBuffer: 50_000_000 };
  const aptGet = async (...args: string[]): Promise<unknown> => {
    const [program = 'apt-get', ...rest] = [...sudo, 'apt-get', '-qq', ...args];
    return await run(program, rest, options);
  };
  await aptGet('update').catch(() => undefined);
  await aptGet('install', '-y', '--no-install-recommends', 'pgbouncer').catch((error: Error) =>
    console.error(`apt-get install pgbouncer failed: ${error.message.slice(-500)}`),
  );
  const installed = await findProgram();
  if (installed) return installed;
  throw new Error(
    'The tests need PgBouncer and found none: it is not on the path, and the package could not be installed (that needs Debian or ' +
      'Ubuntu, and root or sudo without a password). Install it.',
  );
}

async function findProgram(): Promise<string | null> {
  for (const program of ['pgbouncer', '/usr/sbin/pgbouncer', '/usr/local/bin/pgbouncer']) {
    const isThere = await run(program, ['--version'], { timeout: 10_000 }).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return null;
}

if (import.meta.main) console.log(`PgBouncer: ${await ensurePgBouncer()}`);
