import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { ensureRedis } from '../../scripts/ensure-redis.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { createLogger } from '../../src/platform/log.ts';
import { createRedisClient, type RedisClient, startConnecting } from '../../src/platform/redis-client.ts';

/** A Redis server of the test's own that can be killed, frozen and started again on its port. */
export interface TestRedis {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** One command over a connection of its own. */
  command(...words: string[]): Promise<unknown>;
}

/** A client as a gateway has it, connected if the server is there. */
export async function connectTestRedis(url: string): Promise<RedisClient> {
  const client = createRedisClient(url, createLogger('silent'));
  await startConnecting(client, 250);
  return client;
}

/** A port without a server until `start`. Needs the program itself: a server that is somebody else's can't be frozen. */
export async function createTestRedis(): Promise<TestRedis> {
  const provider = await ensureRedis();
  const program = provider.kind === 'program' ? provider.path : 'redis-server';
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ReturnType<typeof spawn> | null = null;
  let directory: string | null = null;
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (running && running.exitCode === null && running.signalCode === null) {
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    }
    if (directory) rmSync(directory, { recursive: true, force: true });
    directory = null;
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  return {
    url,
    start: async () => {
      directory = mkdtempSync(join(tmpdir(), 'deployment-graph-redis-'));
      const flags = [
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        directory,
      ];
      child = spawn(program, flags, { stdio: 'ignore' });
      await once(child, 'spawn');
      await untilAnswers(port);
    },
    kill,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
    command: async (...words) => {
      const client = createClient({ url });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return await client.sendCommand(words);
      } finally {
        client.destroy();
      }
    },
  };
}

async function untilAnswers(port: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
    if (await answersPing(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`redis-server did not answer on port ${port}.`);
}

function answersPing(port: number): Promise<boolean> {
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
