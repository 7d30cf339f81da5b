import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { decodeAnswer, encodeAnswer } from './answer-codec.ts';
import type { StoredAnswer } from './stored-answer.ts';

/** A store of bytes that other instances share: Redis, say. May be slow, hang, fail or hold garbage. */
export interface BytesStore {
  /** Null when there is nothing. */
  get(key: string): Promise<Buffer | null>;
  set(key: string, bytes: Buffer, ttlMs: number): Promise<void>;
}

export interface SharedAnswersOptions {
  readonly store: BytesStore;
  readonly clock: Clock;
  /** After this a read is a miss. 100 ms when absent. */
  readonly budgetMs?: number;
  /** How long the store is left alone after a failure. 5 s when absent. */
  readonly coolDownMs?: number;
}

/** An answer longer than this stays in the memory of its instance. */
const MAX_SHARED_BYTES = 4 * 1_048_576;

/**
 * Answers that all instances share. Nothing waits for it longer than its budget, once; after a failure it is left alone for the cool-down,
 * and then asked by one read while the others go on without.
 */
export class SharedAnswers {
  readonly #store: BytesStore;
  readonly #clock: Clock;
  readonly #budgetMs: number;
  readonly #coolDownMs: number;
  #closedUntilMs = 0;
  #isProbing = false;
  #failed = false;

  constructor({ store, clock, budgetMs = 100, coolDownMs = 5_000 }: SharedAnswersOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#budgetMs = budgetMs;
    this.#coolDownMs = coolDownMs;
  }

  /** Null for a miss, a failure, garbage, or while the store is left alone. Never rejects. */
  async get(key: string): Promise<StoredAnswer | null> {
    const bytes = await this.#ask(() => this.#store.get(storeKey(key)));
    return bytes ? await decodeAnswer(key, bytes) : null;
  }

  /** Begins to store; nobody has to wait for it. Never rejects. */
  async put(key: string, answer: StoredAnswer): Promise<void> {
    const ttlMs = Math.floor(answer.facts.freshUntilMs - this.#clock.now());
    if (ttlMs <= 0 || this.#clock.now() < this.#closedUntilMs) return;
    const bytes = await encodeAnswer(key, answer);
    if (bytes.length > MAX_SHARED_BYTES) return;
    await this.#ask(() => this.#store.set(storeKey(key), bytes, ttlMs));
  }

  async #ask<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
    if (this.#clock.now() < this.#closedUntilMs || (this.#failed && this.#isProbing)) return null;
    this.#isProbing = true;
    try {
      const answer = await within(this.#budgetMs, ask);
      this.#failed = false;
      return answer;
    } catch {
      this.#failed = true;
      this.#closedUntilMs = this.#clock.now() + this.#coolDownMs;
      return null;
    } finally {
      this.#isProbing = false;
    }
  }
}

/** Names of operations and people are no business of whoever looks into the store. */
function storeKey(key: string): string {
  return `dg:answer:${createHash('sha256').update(key).digest('base64url')}`;
}

async function within<Answer>(ms: number, ask: () => Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([ask(), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
