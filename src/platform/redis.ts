import type { DependencyHealth } from './health.ts';
import type { Logger } from './log.ts';
import { createRedisClient, type RedisClient, startConnecting } from './redis-client.ts';

/** The optional shared tier. Nothing waits for it: what it can't say within its budget is taken as not there. */
export interface Redis {
  /** The one connection of the instance for everything but subscriptions; null without a URL. */
  readonly client: RedisClient | null;
  /** Settles when it is connected, or when the start has waited long enough for it. */
  readonly settled: Promise<void>;
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
/** How long the start waits for the connection; what is not there by then joins later. */
const START_PATIENCE_MS = 250;

/** Connects in the background, and again for as long as it is open. */
export function openRedis(options: RedisOptions): Redis {
  const { url, log } = options;
  if (url === null) {
    const off: DependencyHealth = { name: 'redis', state: 'off', standIn: false };
    return { client: null, settled: Promise.resolve(), health: async () => off, close: async () => undefined };
  }
  const client = createRedisClient(url, log);
  let lastError: unknown;
  client.on('error', (error: unknown) => {
    lastError = error;
  });
  return {
    client,
    settled: startConnecting(client, START_PATIENCE_MS),
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
