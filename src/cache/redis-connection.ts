import { createClient } from '@keyv/redis';
import { describeError, type Logger } from '../platform/log.ts';

/** The client that `@keyv/redis` works with. */
export type RedisClient = ReturnType<typeof createRedisClient>;

/**
 * A Redis client that never makes anyone wait for a connection: without one, commands fail at once instead of queueing up, and it goes
 * on connecting in the background for as long as it lives.
 */
export function createRedisClient(url: string, log: Logger) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: 10_000,
    socket: { connectTimeout: 1_000, reconnectStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, 1_000) },
  });
  let isDown = false;
  client.on('error', (error: unknown) => {
    if (!isDown)
      log.warn(
        { error: describeError(error) },
        'Redis can not be reached; the cache works without it until it is back.',
      );
    isDown = true;
  });
  client.on('ready', () => {
    if (isDown) log.info('Redis is back.');
    isDown = false;
  });
  return client;
}

/** Begins to connect, and waits for it no longer than that. */
export async function startConnecting(client: RedisClient, patienceMs: number): Promise<void> {
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  );
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([connected, patience]);
  clearTimeout(timer);
}
