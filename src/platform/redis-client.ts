import { createClient } from '@redis/client';
import { describeError, type Logger } from './log.ts';

export type RedisClient = ReturnType<typeof createRedisClient>;

const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_MS = 1_000;
/** Commands that may wait for their answers; beyond it new ones are refused at once. */
const MAX_COMMANDS_UNDER_WAY = 10_000;
const PING_INTERVAL_MS = 10_000;
/** A peer that is silent even to pings is gone, whatever TCP believes. */
const SILENCE_MS = 30_000;

/**
 * A Redis client that never makes anyone wait for a connection: without one, commands fail at once instead of queueing up, and it goes
 * on connecting in the background for as long as it lives. How long an answer may take is for whoever asks to say. It has to be told to
 * connect.
 */
export function createRedisClient(url: string, log: Logger) {
  const client = createClient({
    url,
    name: 'deployment-graph',
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS_UNDER_WAY,
    pingInterval: PING_INTERVAL_MS,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries: number) =>
        Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2),
    },
  });
  let isDown = false;
  client.on('error', (error: unknown) => {
    // The client reports every attempt; one line for each outage is enough.
    if (!isDown)
      log.warn({ error: describeError(error) }, 'Redis can not be reached; the gateway works on without it.');
    isDown = true;
  });
  client.on('ready', () => {
    if (isDown) log.info('Redis is reached again.');
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
