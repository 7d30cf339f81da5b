import { describeError, type Logger } from '../platform/log.ts';
import type { OtherQuotas } from './instance-quota.ts';

export interface PatientStoreOptions {
  readonly log: Logger;
  /** Milliseconds for one exchange. */
  readonly budgetMs: number;
  /** Milliseconds without any attempt after one that failed. */
  readonly pauseMs: number;
  /** For an operator: that the store fails, and what that means; that it is over. */
  readonly messages: { readonly failed: string; readonly again: string };
}

/** Holds a store's exchanges to their budget, leaves it alone for a while after a failure, and tells of it once. */
export class PatientStore {
  readonly #options: PatientStoreOptions;
  #silentUntilMs = 0;
  #reported = false;

  constructor(options: PatientStoreOptions) {
    this.#options = options;
  }

  /** Null when it failed, took too long or is left alone. */
  async run(allowance: string, exchange: () => Promise<OtherQuotas>): Promise<OtherQuotas | null> {
    if (performance.now() < this.#silentUntilMs) return null;
    const { log, budgetMs, pauseMs, messages } = this.#options;
    try {
      const others = await within(exchange(), budgetMs);
      if (this.#reported) log.info(messages.again);
      this.#reported = false;
      return others;
    } catch (error) {
      this.#silentUntilMs = performance.now() + pauseMs;
      if (!this.#reported) log.warn({ error: describeError(error), allowance }, messages.failed);
      this.#reported = true;
      return null;
    }
  }
}

/** Holds the budget also against a client that never answers; a late answer is dropped. */
async function within<Answer>(work: Promise<Answer>, budgetMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${budgetMs} ms`)), budgetMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
