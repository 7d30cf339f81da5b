import { mergeHeld } from './held-entry.ts';
import type { SharedWrite } from './shared-tier.ts';

/** What waits to be written, one write for each key, bounded: under pressure the oldest goes, and is counted. */
export class WriteQueue {
  readonly #maxEntries: number;
  readonly #isCurrent: (write: SharedWrite) => boolean;
  readonly #writes = new Map<string, SharedWrite>();
  #dropped = 0;

  /** `isCurrent`: whether no invalidation has concerned the write since it was added. */
  constructor(maxEntries: number, isCurrent: (write: SharedWrite) => boolean) {
    this.#maxEntries = maxEntries;
    this.#isCurrent = isCurrent;
  }

  get size(): number {
    return this.#writes.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(write: SharedWrite): void {
    const waiting = this.#writes.get(write.key);
    this.#writes.delete(write.key);
    this.#writes.set(write.key, waiting && this.#isCurrent(waiting) ? mergeWrites(waiting, write) : write);
    if (this.#writes.size <= this.#maxEntries) return;
    const oldest = this.#writes.keys().next();
    if (oldest.done) return;
    this.#writes.delete(oldest.value);
    this.#dropped += 1;
  }

  /** Puts back what could not be written, older than what came meanwhile. */
  putBack(writes: readonly SharedWrite[]): void {
    for (const write of writes) {
      if (!this.#isCurrent(write)) continue;
      const newer = this.#writes.get(write.key);
      if (newer) this.#writes.set(write.key, mergeWrites(write, newer));
      else if (this.#writes.size < this.#maxEntries) this.#writes.set(write.key, write);
      else this.#dropped += 1;
    }
  }

  /** The oldest ones, without those that an invalidation has made worthless. */
  take(count: number): SharedWrite[] {
    const taken: SharedWrite[] = [];
    for (const [key, write] of this.#writes) {
      if (taken.length >= count) break;
      this.#writes.delete(key);
      if (this.#isCurrent(write)) taken.push(write);
    }
    return taken;
  }
}

/** Both are valid now, and the newer one's sequence is not past now: so it holds for both. */
function mergeWrites(older: SharedWrite, newer: SharedWrite): SharedWrite {
  return {
    ...newer,
    entry: mergeHeld(older.entry, newer.entry),
    staleUntilMs: Math.max(older.staleUntilMs, newer.staleUntilMs),
    expiresAtMs: Math.max(older.expiresAtMs, newer.expiresAtMs),
  };
}
