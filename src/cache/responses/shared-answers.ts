import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { TierBreaker } from '../tier-breaker.ts';
import { decodeAnswer, encodeAnswer } from './answer-codec.ts';
import type { StoredAnswer } from './stored-answer.ts';

/** A store of bytes that other instances share. May be slow, hang, fail or hold garbage. */
export interface BytesStore {
  /** Null when there is nothing. */
  get(key: string): Promise<Buffer | null>;
  set(key: string, bytes: Buffer, ttlMs: number): Promise<void>;
}

export interface SharedAnswersOptions {
  readonly store: BytesStore;
  /** Gives every operation its budget, and keeps a store that fails or hangs out of the way. */
  readonly breaker: Pick<TierBreaker, 'run' | 'isOpen'>;
  readonly clock: Clock;
}

/** An answer longer than this stays in the memory of its instance. */
const MAX_SHARED_BYTES = 4 * 1_048_576;

/** Answers that all instances share, as the bytes that are sent: no JSON is made or read of them. */
export class SharedAnswers {
  readonly #options: SharedAnswersOptions;

  constructor(options: SharedAnswersOptions) {
    this.#options = options;
  }

  /** Null for a miss, a failure, garbage, or while the store is left alone. Never rejects. */
  async get(key: string): Promise<StoredAnswer | null> {
    const { store, breaker } = this.#options;
    const bytes = await breaker.run(() => store.get(storeKey(key)));
    return bytes ? await decodeAnswer(key, bytes) : null;
  }

  /** Stores it for as long as it is fresh; nobody has to wait for that. Never rejects. */
  async put(key: string, answer: StoredAnswer): Promise<void> {
    const { store, breaker, clock } = this.#options;
    if (breaker.isOpen) return;
    const bytes = await encodeAnswer(key, answer);
    const ttlMs = Math.floor(answer.facts.freshUntilMs - clock.now());
    if (ttlMs > 0 && bytes.length <= MAX_SHARED_BYTES) await breaker.run(() => store.set(storeKey(key), bytes, ttlMs));
  }
}

/** Names of people and operations are no business of whoever looks into the store. */
function storeKey(key: string): string {
  return `deployment-graph:answer:${createHash('sha256').update(key).digest('base64url')}`;
}
