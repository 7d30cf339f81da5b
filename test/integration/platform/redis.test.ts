import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../../../scripts/ensure-redis.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { openRedis, type Redis } from '../../../src/platform/redis.ts';

const log = createLogger('silent');
const opened: Redis[] = [];
const servers: RedisServer[] = [];

afterEach(async () => {
  for (const redis of opened.splice(0)) await redis.close();
  for (const server of servers.splice(0)) await server.stop();
});

const open = (url: string | null) => {
  const redis = openRedis({ url, log });
  opened.push(redis);
  return redis;
};

const start = async () => {
  const server = await startRedis();
  servers.push(server);
  return server;
};

async function millisecondsOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe('the optional Redis', () => {
  it('is off without a URL', async () => {
    expect(await open(null).health()).toEqual({ name: 'redis', state: 'off', standIn: false });
  });

  it('is up as soon as it is connected', async () => {
    const redis = open((await start()).url);
    await expect.poll(async () => (await redis.health()).state).toBe('up');
  });

  it('is down at once when nothing listens, without holding anything up', async () => {
    const redis = open('redis://:canary-91@127.0.0.1:1');
    expect(await millisecondsOf(redis.health())).toBeLessThan(1_000);
    const health = await redis.health();
    expect(health).toMatchObject({ state: 'down', detail: expect.stringContaining('REDIS_URL') });
    expect(health.detail).not.toMatch(/canary|127\.0\.0\.1/);
  });

  it('is down within its budget when the peer takes the connection and never answers', async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
    try {
      const redis = open(`redis://127.0.0.1:${address.port}`);
      await expect.poll(() => sockets.size).toBeGreaterThan(0);
      expect(await millisecondsOf(redis.health())).toBeLessThan(1_000);
      expect((await redis.health()).state).toBe('down');
    } finally {
      for (const socket of sockets) socket.destroy();
      silent.close();
    }
  });

  it('is down while the server is frozen, and up again when it thaws', async () => {
    const server = await start();
    const redis = open(server.url);
    await expect.poll(async () => (await redis.health()).state).toBe('up');
    if (server.processId === null) throw new Error('This test needs a server process of its own; unset REDIS_URL.');
    process.kill(server.processId, 'SIGSTOP');
    try {
      expect(await millisecondsOf(redis.health())).toBeLessThan(1_000);
      expect((await redis.health()).state).toBe('down');
    } finally {
      process.kill(server.processId, 'SIGCONT');
    }
    await expect.poll(async () => (await redis.health()).state, { timeout: 10_000 }).toBe('up');
  });

  it('does not take the process down when the server is killed', async () => {
    const server = await start();
    const redis = open(server.url);
    await expect.poll(async () => (await redis.health()).state).toBe('up');
    await server.stop();
    await expect.poll(async () => (await redis.health()).state).toBe('down');
  });

  it('can be closed while it is still connecting', async () => {
    const redis = openRedis({ url: 'redis://127.0.0.1:1', log });
    await redis.close();
    expect((await redis.health()).state).toBe('down');
  });
});
