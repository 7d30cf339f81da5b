import type { SourceName } from '../platform/errors.ts';
import type { HeldEntry } from './held-entry.ts';

/** One entry on its way into a shared tier. */
export interface SharedWrite {
  readonly key: string;
  readonly source: SourceName;
  readonly entry: HeldEntry;
  /** When nothing in it may be served any more. */
  readonly staleUntilMs: number;
  /** When its freshness ends, for people who look into the table. */
  readonly expiresAtMs: number;
  /** Sequence of the ledger when the entry was known to be valid; one that was invalidated since is not written. */
  readonly sequence: number;
}

export interface TierStats {
  readonly name: 'redis' | 'postgres';
  /** `open`: it failed or hung lately and is left alone until a probe succeeds. */
  readonly state: 'up' | 'open';
  readonly hits: number;
  readonly misses: number;
  /** Values of another format, too large, or not ours. */
  readonly garbage: number;
  /** Values from before an invalidation. */
  readonly refused: number;
  /** Operations that failed or took too long. */
  readonly failures: number;
  readonly writesWaiting: number;
  readonly written: number;
  /** Writes given up: pressed out of the queue, too large, or failed for good. */
  readonly writesDropped: number;
}

/** A tier that other instances share. Whatever is wrong with it, reads come back in bounded time with what there is, and nothing rejects. */
export interface SharedTier {
  readonly name: 'redis' | 'postgres';
  /** Texts by key, as `encodeEntry` made them, or whatever else is stored there. Keys without one are left out. */
  load(keys: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Returns at once; the write follows. */
  put(write: SharedWrite): void;
  counted(what: 'garbage' | 'refused' | 'hit'): void;
  stats(): TierStats;
  /** Writes what is waiting, in bounded time. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** A larger text is neither written nor read: one record of an upstream is far below it. */
export const MAX_ENTRY_LENGTH = 512 * 1024;
