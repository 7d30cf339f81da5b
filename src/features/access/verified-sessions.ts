import type { SessionRecord } from './session.ts';

/** What a look into PostgreSQL has shown, with times of this process's own clock (`performance.now()`), in milliseconds. */
export interface VerifiedSession {
  readonly session: SessionRecord;
  /** When the look began: what ended later is not known from it. */
  readonly verifiedAtMs: number;
  readonly expiresAtMs: number;
  /** Last use by anybody, as far as known; uses of this instance move it. */
  lastUsedAtMs: number;
}

export interface VerifiedSessionsOptions {
  readonly idleTtlMs: number;
  readonly maxEntries?: number;
}

const MAX_ENTRIES = 10_000;
/** After so long a session is looked up again, whatever was heard of it. */
const VERIFIED_FOR_MS = 60_000;

/** Sessions that were looked up lately, by the hash of their token in hex. Bounded; the one that was not used for longest goes first. */
export class VerifiedSessions {
  readonly #idleTtlMs: number;
  readonly #maxEntries: number;
  readonly #byHash = new Map<string, VerifiedSession>();

  constructor({ idleTtlMs, maxEntries = MAX_ENTRIES }: VerifiedSessionsOptions) {
    this.#idleTtlMs = idleTtlMs;
    this.#maxEntries = maxEntries;
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** The session if its time is not over, as far as this instance can tell; whether it was ended is for the caller to know. */
  get(hash: string, nowMs: number): VerifiedSession | undefined {
    const entry = this.#byHash.get(hash);
    if (!entry) return undefined;
    this.#byHash.delete(hash);
    if (!this.#isCurrent(entry, nowMs)) return undefined;
    this.#byHash.set(hash, entry);
    return entry;
  }

  set(hash: string, entry: VerifiedSession): void {
    this.#byHash.delete(hash);
    this.#byHash.set(hash, entry);
    if (this.#byHash.size <= this.#maxEntries) return;
    const oldest = this.#byHash.keys().next();
    if (!oldest.done) this.#byHash.delete(oldest.value);
  }

  delete(hash: string): void {
    this.#byHash.delete(hash);
  }

  /** Drops what was looked up before that moment. */
  dropVerifiedBefore(ms: number): void {
    for (const [hash, { verifiedAtMs }] of this.#byHash) if (verifiedAtMs < ms) this.#byHash.delete(hash);
  }

  /** Drops what has to be looked up again in any case. */
  prune(nowMs: number): void {
    for (const [hash, entry] of this.#byHash) if (!this.#isCurrent(entry, nowMs)) this.#byHash.delete(hash);
  }

  #isCurrent({ verifiedAtMs, expiresAtMs, lastUsedAtMs }: VerifiedSession, nowMs: number): boolean {
    return nowMs - verifiedAtMs < VERIFIED_FOR_MS && nowMs < expiresAtMs && nowMs - lastUsedAtMs < this.#idleTtlMs;
  }
}
