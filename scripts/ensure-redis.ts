/**
 * Finds or gets a Redis server for the tests: the one of REDIS_URL, else `redis-server` on the path, else a Docker image, else (root on
 * Debian) the distribution's package. Run alone it installs what is missing; the tests start their servers by `startRedis`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../src/platform/free-port.ts';

const run = promisify(execFile);
const DOCKER_IMAGE = 'redis:7-alpine';

export type RedisProvider =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'docker' };

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  readonly url: string;
  /** Of the server's own process; null when it is not ours (REDIS_URL) or lives in a container. */
  readonly processId: number | null;
  stop(): Promise<void>;
}

/** Throws with everything that was tried; Redis tests are never skipped. */
export async function ensureRedis(): Promise<RedisProvider> {
  const url = process.env.REDIS_URL;
  if (url) return { kind: 'url', url };
  const found = await findProgram();
  if (found) return { kind: 'program', path: found };
  if (await succeeds('docker', ['info'], 10_000)) {
    if (await succeeds('docker', ['pull', '--quiet', DOCKER_IMAGE], 180_000)) return { kind: 'docker' };
  }
  if (process.getuid?.() === 0 && (await succeeds('apt-get', ['--version'], 10_000))) {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env: environment, timeout: 300_000, maxBuffer: 50_000_000 };
    await run('apt-get', ['update', '-qq'], options).catch(() => undefined);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'], options).catch(
      (error: Error) => console.error(`apt-get install redis-server failed: ${error.message.slice(-500)}`),
    );
    const installed = await findProgram();
    if (installed) return { kind: 'program', path: installed };
  }
  throw new Error(
    'The tests need a Redis server and found none: REDIS_URL is not set, redis-server is not on the path, Docker does not run, ' +
      'and the package could not be installed (that needs root on Debian or Ubuntu). Provide one of them.',
  );
}

/** A private server on a free port of 127.0.0.1 that keeps nothing on disk. With REDIS_URL it is that server, which may hold other data. */
export async function startRedis(): Promise<RedisServer> {
  const provider = await ensureRedis();
  if (provider.kind === 'url') return { url: provider.url, processId: null, stop: async () => undefined };
  let lastError: unknown;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const port = await freePort();
    try {
      return provider.kind === 'docker' ? await startContainer(port) : await startProgram(provider.path, port);
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

async function startProgram(path: string, port: number): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'deployment-graph-redis-'));
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const child = spawn(path, flags, { stdio: 'ignore' });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  const stop = async () => {
    process.removeListener('exit', onExit);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await once(child, 'spawn');
    await answersAt(port, () => child.exitCode !== null);
    return { url: `redis://127.0.0.1:${port}`, processId: child.pid ?? null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startContainer(port: number): Promise<RedisServer> {
  const flags = ['run', '--detach', '--rm', '--publish', `127.0.0.1:${port}:6379`, DOCKER_IMAGE];
  const { stdout } = await run('docker', flags, { timeout: 60_000 });
  const container = stdout.trim();
  const stop = async () => {
    await run('docker', ['kill', container], { timeout: 30_000 });
  };
  try {
    await answersAt(port, () => false);
    return { url: `redis://127.0.0.1:${port}`, processId: null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the server answers a PING. */
async function answersAt(port: number, hasEnded: () => boolean): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && !hasEnded()) {
    if (await ping(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  throw new Error(`redis-server did not answer on port ${port}.`);
}

function ping(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(500, () => socket.destroy());
    socket.on('data', (answer) => {
      resolve(answer.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(false));
  });
}

async function findProgram(): Promise<string | null> {
  for (const program of ['redis-server', '/usr/bin/redis-server', '/usr/local/bin/redis-server', 'valkey-server']) {
    if (await succeeds(program, ['--version'], 10_000)) return program;
  }
  return null;
}

async function succeeds(program: string, args: readonly string[], timeout: number): Promise<boolean> {
  return run(program, args, { timeout, maxBuffer: 10_000_000 }).then(
    () => true,
    () => false,
  );
}

if (import.meta.main) {
  const provider = await ensureRedis();
  console.log(
    provider.kind === 'program'
      ? `Redis: ${provider.path}`
      : `Redis: ${provider.kind === 'url' ? 'REDIS_URL' : DOCKER_IMAGE}`,
  );
}
