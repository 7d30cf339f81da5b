import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../platform/redis-client.ts';
import { type ExplainedTags, type RecordChange, readChanges, writtenChanges } from './record-change.ts';
import { within } from './time-budget.ts';

export interface InvalidationNotice {
  readonly tags: readonly string[];
  /** Null when PostgreSQL, which gives the ids, could not be asked. */
  readonly logId: number | null;
  readonly explained: ExplainedTags;
}

const CHANNEL = 'deployment-graph:invalidations';
const BUDGET_MS = 100;

/**
 * Tells other instances of invalidations through Redis: the second way, for the time when PostgreSQL is away. Nothing here is relied on;
 * a notice that gets lost is in the log.
 */
export class InvalidationNotices {
  readonly #client: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #origin = randomUUID();
  #isSubscribed = false;

  /** `client` belongs to the caller. */
  constructor(client: RedisClient, onNotice: (notice: InvalidationNotice) => void) {
    this.#client = client;
    this.#subscriber = client.duplicate() as RedisClient;
    this.#subscriber.on('error', () => undefined);
    this.#subscriber.on('ready', () => {
      // The client subscribes again by itself after it has reconnected.
      if (this.#isSubscribed) return;
      this.#subscriber
        .subscribe(CHANNEL, (message) => {
          const notice = this.#read(message);
          if (notice) onNotice(notice);
        })
        .then(() => {
          this.#isSubscribed = true;
        })
        .catch(() => undefined);
    });
    this.#subscriber.connect().catch(() => undefined);
  }

  /** Bounded in time; never rejects. */
  async publish(notice: InvalidationNotice): Promise<void> {
    const explained = writtenChanges(notice.explained);
    const message = JSON.stringify({ ...notice, explained, origin: this.#origin });
    try {
      await within(BUDGET_MS, this.#client.publish(CHANNEL, message));
    } catch {
      // Redis is away; the log tells the others.
    }
  }

  async close(): Promise<void> {
    if (this.#subscriber.isOpen) this.#subscriber.destroy();
  }

  /** Undefined for what this instance has sent, and for anything that no instance would send. */
  #read(message: string): InvalidationNotice | undefined {
    try {
      const { origin, tags, logId, explained } = JSON.parse(message) as Record<string, unknown>;
      if (origin === this.#origin || !Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
        return undefined;
      if (logId !== null && (typeof logId !== 'number' || !Number.isSafeInteger(logId))) return undefined;
      return { tags, logId, explained: explainedIn(explained) };
    } catch {
      return undefined;
    }
  }
}

function explainedIn(written: unknown): ExplainedTags {
  const explained = new Map<string, readonly RecordChange[]>();
  if (typeof written !== 'object' || written === null) return explained;
  for (const [tag, changes] of Object.entries(written)) {
    const read = readChanges(changes);
    if (read) explained.set(tag, read);
  }
  return explained;
}
