import { createClient } from 'redis';
import type { DependencyHealth } from './health.ts';
import { describeError, type Logger } from './log.ts';

/** The optional shared tier. Nothing waits for it: what it can't say within its budget is taken as not there. */
export interface Redis {
  health(): Promise<DependencyHealth>;
  /** Ends the connection at once; nothing that is kept in Redis is lost by it. */
  close(): Promise<void>;
}

export interface RedisOptions {
  /** Null: there is no shared tier, and that is no fault. */
  readonly url: string | null;
  readonly log: Logger;
}

/** How long any answer of Redis may take before it counts as none. */
const REDIS_BUDGET_MS = 100;
const CONNECT_TIMEOUT_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;
/** Commands that may wait for their answers; beyond it new ones are refused at once. */
const MAX_COMMANDS_UNDER_WAY = 1_000;

/** Connects in the background, and again for as long as it is open; the start does not wait for it. */
export function openRedis(options: RedisOptions): Redis {
  const { url, log } = options;
  if (url === null) {
    const off: DependencyHealth = { name: 'redis', state: 'off', standIn: false };
    return { health: async () => off, close: async () => undefined };
  }
  // Left to itself the client keeps commands of a dead connection for ever: no queue, and an end to every wait.
  const client = createClient({
    url,
    name: 'deployment-graph',
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS_UNDER_WAY,
    pingInterval: 10_000,
    commandOptions: { timeout: REDIS_BUDGET_MS },
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // A peer that is silent even to pings is gone, whatever TCP believes.
      socketTimeout: 30_000,
      reconnectStrategy: (retries) =>
        Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random() / 2),
    },
  });
  let lastError: unknown;
  let reported = false;
  client.on('error', (error: unknown) => {
    lastError = error;
    // The client reports every attempt; one line for each outage is enough.
    if (!reported)
      log.warn({ error: describeError(error) }, 'Redis can not be reached; the gateway works on without it.');
    reported = true;
  });
  client.on('ready', () => {
    if (reported) log.info('Redis is reached again.');
    reported = false;
  });
  client.connect().catch((error: unknown) => {
    lastError = error;
  });

  return {
    health: async () => {
      const failure = await pingWithin(() => client.ping(), REDIS_BUDGET_MS);
      if (failure === null) return { name: 'redis', state: 'up', standIn: false };
      const reason = client.isReady ? failure : (lastError ?? failure);
      const detail = `Redis does not answer (${codeOf(reason)}). The gateway works without the shared tier; check that the server runs and that REDIS_URL is right.`;
      return { name: 'redis', state: 'down', standIn: false, detail };
    },
    close: async () => {
      if (client.isOpen) client.destroy();
    },
  };
}

/** Null when it answered; else why not. Holds the budget even against a client that ignores its own. */
async function pingWithin(ping: () => Promise<unknown>, budgetMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${budgetMs} ms`)), budgetMs);
  });
  try {
    await Promise.race([ping(), timeout]);
    return null;
  } catch (error) {
    return error;
  } finally {
    clearTimeout(timer);
  }
}

/** A short cause without the address or anything that a server said. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.constructor.name === 'Error' ? error.message.slice(0, 80) : error.constructor.name;
}
