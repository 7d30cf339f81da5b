import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ensurePgBouncer } from '../../scripts/ensure-pgbouncer.ts';
import { serverAccount } from '../../src/platform/embedded-postgres/account.ts';
import { freePort } from '../../src/platform/free-port.ts';

/** A PgBouncer in transaction mode between a test and its database. */
export interface TestPgBouncer {
  /** The same database by the same user, through the pooler. */
  readonly url: string;
  /** Everything it has logged so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Puts a pooler with so many connections to the server in front of the database that the URL names. Everything else is as the package has it. */
export async function startPgBouncer(databaseUrl: string, connections: number): Promise<TestPgBouncer> {
  const program = await ensurePgBouncer();
  const directory = mkdtempSync(join(tmpdir(), 'deployment-graph-pgbouncer-'));
  // Refuses to run as root.
  const account = serverAccount(directory);
  const { hostname, port: serverPort, pathname, username, password } = new URL(databaseUrl);
  const port = await freePort();
  const settings = join(directory, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${serverPort} dbname=${pathname.slice(1)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, 'users')}
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 500
`,
  );
  writeFileSync(join(directory, 'users'), `"${username}" "${decodeURIComponent(password)}"\n`, { mode: 0o600 });
  if (account)
    for (const path of [directory, settings, join(directory, 'users')]) chownSync(path, account.uid, account.gid);
  chmodSync(directory, 0o700);
  const child = spawn(program, [settings], {
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text.toString('utf8');
    });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', onExit);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  try {
    await once(child, 'spawn');
    await answers(url.href, () => child.exitCode !== null);
  } catch (error) {
    await stop();
    throw new Error(`PgBouncer does not answer:\n${output}`, { cause: error });
  }
  return { url: url.href, output: () => output, stop };
}

async function answers(url: string, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  for (let lastError: unknown; ; ) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      lastError = error;
    } finally {
      await client.end().catch(() => undefined);
    }
    if (hasEnded() || Date.now() > deadline) throw lastError;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
