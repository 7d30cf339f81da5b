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
/** A hash: name of an invalidation that PostgreSQL has not taken yet, its tags as JSON. */
const UNLOGGED_KEY = 'deployment-graph:invalidations-unlogged';
const BUDGET_MS = 100;

/**
 * Tells other instances of invalidations through Redis: the second way, for the time when PostgreSQL is away. Nothing here is relied on;
 * a notice that gets lost is in the log.
 */
export class InvalidationNotices {
  readonly #client: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #origin = randomUUID();
  /** Names of what this instance has kept or adopted. */
  readonly #kept = new Set<string>();
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

  /** Keeps an invalidation that PostgreSQL could not take, in case this instance ends before it does. Bounded in time; never rejects. */
  async keep(tags: readonly string[]): Promise<void> {
    const name = randomUUID();
    this.#kept.add(name);
    try {
      await within(BUDGET_MS, this.#client.hSet(UNLOGGED_KEY, name, JSON.stringify(tags)));
    } catch {
      // Both stores are away: then only instances that run now know.
    }
  }

  /** Tags of what was kept and not forgotten, by whichever instance; null while Redis is away. Never rejects. */
  async adopt(): Promise<readonly string[] | null> {
    try {
      const kept = await within(BUDGET_MS, this.#client.hGetAll(UNLOGGED_KEY));
      for (const name of Object.keys(kept)) this.#kept.add(name);
      return [...new Set(Object.values(kept).flatMap(tagsIn))];
    } catch {
      return null;
    }
  }

  /** PostgreSQL has all that this instance kept or adopted. Bounded in time; never rejects. */
  async forgetKept(): Promise<void> {
    const names = [...this.#kept];
    if (names.length === 0) return;
    try {
      await within(BUDGET_MS, this.#client.hDel(UNLOGGED_KEY, names));
      for (const name of names) this.#kept.delete(name);
    } catch {
      // The next starter invalidates it once more, which does no harm.
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

function tagsIn(written: string): string[] {
  try {
    const tags: unknown = JSON.parse(written);
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
  } catch {
    return [];
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
