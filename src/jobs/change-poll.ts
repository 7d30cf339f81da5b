import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { OpenRecordCache } from '../cache/open-record-cache.ts';
import type { BroughtByKind } from '../cache/record-cache.ts';
import type { RecordChange } from '../cache/record-change.ts';
import { recordTag, typeTag } from '../cache/tags.ts';
import type { Clock } from '../platform/clock.ts';
import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { JobOutcome } from './job.ts';
import type { RecentReads } from './recent-reads.ts';
import type { SyncCursor, SyncCursors, ToldChange } from './sync-cursors.ts';

/** One record that was made, changed or removed. */
export interface SourceChange extends Omit<RecordChange, 'fields'> {
  /** Tells this change of the record from others of it: the source's time of it. */
  readonly stamp: string;
}

export interface SourceChanges {
  readonly changes: readonly SourceChange[];
  /** What was read of them on the way, where it is whole. */
  readonly records?: BroughtByKind;
  /** Where the next poll begins, in milliseconds since the epoch by the source's clock. */
  readonly highWaterMs: number;
  /** False: more has changed than is told. */
  readonly isComplete: boolean;
}

/** A source as the poll needs it. */
export interface PolledSource {
  readonly source: SourceName;
  /** Unlike that of all others, of other types of the same source too; how far its changes are known is kept by it. */
  readonly feed: string;
  /** GraphQL types whose changes are told, all of them. */
  readonly types: readonly string[];
  /** Whether it also tells what was deleted. */
  readonly tellsDeletions: boolean;
  /** `slow`: its allowance is tight. `paused`: it is almost spent, or the source is down. */
  pace(): 'normal' | 'slow' | 'paused';
  /** Asks in the background for what has changed since then, and some minutes before, because changes come to light late. */
  poll(sinceMs: number, signal: AbortSignal): Promise<SourceChanges>;
}

export interface ChangePollOptions {
  readonly polled: PolledSource;
  readonly cursors: SyncCursors;
  readonly cache: Pick<OpenRecordCache, 'beginRead' | 'invalidate' | 'renew' | 'invalidations' | 'stats'>;
  /** What was read through this instance. */
  readonly reads: Pick<RecentReads, 'lastAtMs'>;
  readonly intervalMs: number;
  /** How long an instance that ends in the middle of a round keeps the others from it; 45,000 unless told. */
  readonly leaseMs?: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One round, the source's answer included. */
const ROUND_DEADLINE_MS = 30_000;
/** Longer than a round can take; so long nobody polls when an instance ends in the middle of one. */
const LEASE_MS = 45_000;
const SLOW_FACTOR = 5;
/** Nobody has read anything of the source for so long, or for two intervals where that is more: nobody would see what a poll brings. */
const UNREAD_MS = 900_000;
/** How often an instance tells the others that it is read at most. */
const TELL_READ_MS = 60_000;
/** After a longer pause it is not asked what happened meanwhile; nothing from before is renewed then. */
const MAX_GAP_MS = 3_600_000;
/** Longer than any source looks back. */
const REMEMBER_TOLD_MS = 900_000;
const MAX_TOLD = 5_000;
/** What the clocks of the gateway and the source may differ by; a quiet source is not asked for more than that again and again. */
const CLOCK_DIFFERENCE_MS = 300_000;
const LOG_WAIT_MS = 50;
const MAX_LOG_WAITS = 40;

/**
 * Asks a source what has changed, one instance for all: what changed is invalidated everywhere, and everything else of these types counts as
 * read when the poll began. A poll that fails renews nothing, and the next one asks from the same place.
 */
export class ChangePoll {
  readonly #options: ChangePollOptions;
  readonly #owner = randomUUID();
  #wasPaused = false;
  #wasRead: boolean | null = null;
  #toldReadAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ChangePollOptions) {
    this.#options = options;
  }

  /** Polls when it is due and no other instance does; hears in any case what polls of others have confirmed. */
  async run(signal: AbortSignal): Promise<JobOutcome> {
    const { polled, cursors, intervalMs, clock } = this.#options;
    const pace = polled.pace();
    this.#tellPause(pace === 'paused');
    if (pace === 'paused') {
      this.#renew(await cursors.read(polled.feed));
      return 'paused';
    }
    const dueMs = pace === 'slow' ? intervalMs * SLOW_FACTOR : intervalMs;
    await this.#tellRead();
    const { cursor, isClaimed, isRead } = await cursors.claim(polled.feed, this.#owner, {
      intervalMs: dueMs,
      leaseMs: this.#options.leaseMs ?? LEASE_MS,
      readSinceMs: clock.now() - Math.max(UNREAD_MS, 2 * dueMs),
    });
    this.#logRead(isRead);
    if (!isClaimed) {
      this.#renew(cursor);
      return isRead ? 'idle' : 'paused';
    }
    try {
      this.#renew(await this.#poll(cursor, signal));
      return 'done';
    } catch (error) {
      // Should PostgreSQL be away, the claim runs out by itself.
      await cursors.release(polled.feed, this.#owner).catch(() => undefined);
      throw error;
    }
  }

  async #tellRead(): Promise<void> {
    const { polled, cursors, reads } = this.#options;
    const readAtMs = reads.lastAtMs(polled.source);
    if (readAtMs === null || readAtMs - this.#toldReadAtMs < TELL_READ_MS) return;
    await cursors.noteRead(polled.feed, readAtMs);
    this.#toldReadAtMs = readAtMs;
  }

  async #poll(cursor: SyncCursor, signal: AbortSignal): Promise<SyncCursor> {
    const { polled, cursors, cache, clock, log } = this.#options;
    const startedAtMs = clock.now();
    const hasAsked = polled.types.every((type) => cursor.types.includes(type));
    const gapMs = cursor.confirmedUntilMs === null ? null : startedAtMs - cursor.confirmedUntilMs;
    // Who polled with a clock that is ahead may have asked for changes from after those that there were.
    const isKnown = hasAsked && gapMs !== null && gapMs <= MAX_GAP_MS && gapMs >= -CLOCK_DIFFERENCE_MS;
    const sinceMs = (isKnown ? cursor.highWaterMs : null) ?? startedAtMs;
    const mark = cache.beginRead();
    const told = await polled.poll(sinceMs, AbortSignal.any([signal, AbortSignal.timeout(ROUND_DEADLINE_MS)]));
    const recent = new Map(cursor.recent.map((change) => [change[0], change]));
    const news = told.changes.filter((change) => recent.get(keyOf(change))?.[1] !== change.stamp);
    // Before anything that can fail: the source may not tell it a second time.
    if (told.isComplete) {
      await cache.invalidate([], news.map(withoutStamp), { mark, records: recordsOf(news, told.records) });
    } else await cache.invalidate(polled.types.map(typeTag));
    await this.#untilLogged(signal);
    for (const change of news) recent.set(keyOf(change), [keyOf(change), change.stamp, startedAtMs]);
    const next: SyncCursor = {
      highWaterMs: Math.max(told.highWaterMs, startedAtMs - CLOCK_DIFFERENCE_MS),
      recent: stillTold(recent.values(), startedAtMs),
      types: polled.types,
      coveredSinceMs: (isKnown && told.isComplete ? cursor.coveredSinceMs : null) ?? startedAtMs,
      confirmedUntilMs: startedAtMs,
      invalidationId: cache.invalidations.seenLogId,
    };
    if (!(await cursors.advance(polled.feed, this.#owner, next))) throw overtaken();
    const counts = { feed: polled.feed, changes: news.length, isComplete: told.isComplete };
    if (news.length > 0 || !told.isComplete)
      log.info(counts, 'Changes were polled, and what they concern invalidated.');
    else log.debug(counts, 'Changes were polled; there are none.');
    return next;
  }

  /** Another invalidation may be on its way to PostgreSQL at the same time; only one that does not arrive is a failure. */
  async #untilLogged(signal: AbortSignal): Promise<void> {
    const { cache } = this.#options;
    for (let waits = 0; cache.stats().invalidations.unlogged > 0; waits += 1) {
      if (waits === MAX_LOG_WAITS) throw notLogged();
      await setTimeout(LOG_WAIT_MS, undefined, { signal });
    }
  }

  #renew({ types, coveredSinceMs, confirmedUntilMs, invalidationId }: SyncCursor): void {
    const { polled, cache, clock } = this.#options;
    if (coveredSinceMs === null || confirmedUntilMs === null) return;
    if (confirmedUntilMs > clock.now() + CLOCK_DIFFERENCE_MS) return;
    // What was invalidated in that poll is not known here yet.
    if (cache.invalidations.seenLogId < invalidationId) return;
    cache.renew(types, {
      sinceMs: coveredSinceMs,
      untilMs: Math.min(confirmedUntilMs, clock.now()),
      tellsDeletions: polled.tellsDeletions,
    });
  }

  #logRead(isRead: boolean): void {
    const isNews = this.#wasRead !== null && isRead !== this.#wasRead;
    this.#wasRead = isRead;
    if (!isNews) return;
    const { log, polled } = this.#options;
    const message = isRead
      ? 'Somebody reads from the source again, so its changes are polled.'
      : 'Nobody has read from the source for a while, so its changes are not polled until somebody does.';
    log.info({ feed: polled.feed }, message);
  }

  #tellPause(isPaused: boolean): void {
    if (isPaused === this.#wasPaused) return;
    this.#wasPaused = isPaused;
    const { feed } = this.#options.polled;
    if (isPaused) {
      this.#options.log.warn(
        { feed },
        'Changes are not polled while the source is down or its allowance almost spent; values live by their time limits.',
      );
    } else this.#options.log.info({ feed }, 'Changes are polled again.');
  }
}

function keyOf({ type, id }: SourceChange): string {
  return recordTag(type, id);
}

function withoutStamp({ stamp: _stamp, ...change }: SourceChange): RecordChange {
  return change;
}

function recordsOf(news: readonly SourceChange[], records: BroughtByKind = new Map()): BroughtByKind {
  const ids = new Set(news.map(keyOf));
  return new Map(
    [...records].map(([kind, ofKind]) => [
      kind,
      new Map([...ofKind].filter(([id]) => ids.has(recordTag(kind.type, id)))),
    ]),
  );
}

function stillTold(told: Iterable<ToldChange>, nowMs: number): ToldChange[] {
  return [...told]
    .filter(([, , toldAtMs]) => nowMs - toldAtMs <= REMEMBER_TOLD_MS)
    .sort((left, right) => right[2] - left[2])
    .slice(0, MAX_TOLD);
}

function notLogged(): GatewayError {
  const message =
    'PostgreSQL could not take what a poll for changes invalidated, so nothing is renewed by it. It is tried again until it does.';
  return new GatewayError('DATABASE_UNAVAILABLE', message, { source: 'POSTGRES' });
}

function overtaken(): GatewayError {
  const message =
    'A poll for changes took longer than it was claimed for, so its result was not kept. The next one repeats it.';
  return new GatewayError('REQUEST_TIMEOUT', message);
}
