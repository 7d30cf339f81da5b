import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import type { Binaries } from './binaries.ts';
import { couldNotRun, serverEnvironment, spawnAs } from './cluster.ts';
import { EmbeddedPostgresError } from './error.ts';
import type { Home } from './home.ts';
import { isPostgresOf, sendSignal, waitUntil } from './processes.ts';

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
}

/** Recovery after a power cut may replay much; a start that takes longer than this is hung. */
const START_TIMEOUT_MS = 60_000;
const LOG_KEPT_BYTES = 10_000_000;

/** Starts the server on a free port of 127.0.0.1 and waits until it takes connections. */
export async function startServer(
  home: Home,
  binaries: Binaries,
  settings: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  let problem = '';
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = await freePort();
    const logFile = join(home.path, 'server.log');
    rotate(logFile);
    const logStart = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
    const child = await spawnServer(home, binaries, port, settings, logFile);
    if (await becomesReady(child, home)) return { child, pid: child.pid ?? 0, port };
    await endServer(child);
    problem = readFileSync(logFile).subarray(logStart).toString('utf8').trim().slice(-1_500);
    // Someone took the port meanwhile, or backends of a server that was killed are still on their way out: both pass.
    if (!/could not bind|pre-existing shared memory block/.test(problem)) break;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not start in ${home.path}. Its log says:\n${problem || '(nothing)'}\n` +
      'If its files are damaged, move the directory away to start with an empty database or restore it from a backup; or set DATABASE_URL.',
  );
}

async function spawnServer(
  home: Home,
  binaries: Binaries,
  port: number,
  settings: Readonly<Record<string, string>>,
  logFile: string,
): Promise<ChildProcess> {
  const flags = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(
      binaries.postgres,
      ['-D', home.cluster, ...Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // A group of its own: Ctrl-C in the terminal reaches the gateway alone, which then stops the server in order.
      {
        ...spawnAs(home.account, home.path),
        env: serverEnvironment,
        detached: true,
        windowsHide: true,
        stdio: ['ignore', log, log],
      },
    );
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) => reject(couldNotRun(binaries.postgres, error)));
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

/** The server writes `ready` into the eighth line of its pid file as soon as it takes connections. */
async function becomesReady(child: ChildProcess, home: Home): Promise<boolean> {
  const ready = () => {
    const lines = readPidFile(home);
    return lines[0] === String(child.pid) && lines[7]?.trim() === 'ready';
  };
  await waitUntil(() => hasEnded(child) || ready(), START_TIMEOUT_MS);
  return !hasEnded(child) && ready();
}

/** Ends a server in order: open transactions are rolled back; when that takes too long it is ended as in a crash, which loses nothing either. */
export async function endServer(child: ChildProcess): Promise<void> {
  const pid = child.pid;
  if (pid === undefined || hasEnded(child)) return;
  await endProcess(pid, () => !hasEnded(child));
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * Ends the server that a killed gateway left behind in this very directory. A pid file that names anything else (its process is gone,
 * or the pid belongs to another program now) is stale and removed, because the server would take it for a living one.
 */
export async function endOrphan(home: Home): Promise<number | null> {
  const pid = Number(readPidFile(home)[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  if (!isPostgresOf(pid, home.cluster)) {
    rmSync(join(home.cluster, 'postmaster.pid'), { force: true });
    return null;
  }
  await endProcess(pid, () => isPostgresOf(pid, home.cluster));
  return pid;
}

async function endProcess(pid: number, lives: () => boolean): Promise<void> {
  for (const [signal, patienceMs] of [
    ['SIGINT', 10_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!lives()) return;
    sendSignal(pid, signal);
    if (await waitUntil(() => !lives(), patienceMs)) return;
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL (process ${pid}) does not end. End it by hand and start again.`,
  );
}

function readPidFile(home: Home): string[] {
  try {
    return readFileSync(join(home.cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function rotate(logFile: string): void {
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES) renameSync(logFile, `${logFile}.old`);
}
