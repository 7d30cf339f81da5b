import type { InstanceQuota, OtherQuotas, QuotaStore } from './instance-quota.ts';

export interface QuotaExchangeOptions {
  /** Its name in the store. */
  readonly allowance: string;
  readonly store: QuotaStore;
  /** Milliseconds between two exchanges. */
  readonly intervalMs: number;
  /** What this instance knows now. */
  own(): InstanceQuota;
  /** Others were heard. */
  onHeard(): void;
}

/** Tells one store what an instance knows and hears the others, in the background and no more often than there is anything new. */
export class QuotaExchange {
  readonly #options: QuotaExchangeOptions;
  #heard: OtherQuotas = new Map();
  #exchangedAtMs = Number.NEGATIVE_INFINITY;
  /** Something happened that the others do not know yet. */
  #hasNews = false;
  #isUrgent = false;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | null = null;
  #closed = false;

  constructor(options: QuotaExchangeOptions) {
    this.#options = options;
  }

  /** As of the last time that they could be heard: others who can not be heard for a moment have not stopped calling. */
  get heard(): OtherQuotas {
    return this.#heard;
  }

  /** At once, whatever is due. Takes as long as two exchanges with the store at most. */
  async now(): Promise<void> {
    await this.#underWay;
    await this.#exchange();
  }

  /** When it is due; `isUrgent`: as soon as the one under way has ended. */
  soon(isUrgent = false): void {
    this.#hasNews = true;
    this.#isUrgent ||= isUrgent;
    if (this.#closed || this.#underWay !== null) return;
    if (this.#timer && !isUrgent) return;
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, this.#exchangedAtMs + this.#options.intervalMs - performance.now());
    this.#timer = setTimeout(() => void this.#exchange(), this.#isUrgent ? 0 : waitMs);
    this.#timer.unref();
  }

  /** Tells what was not told yet. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#hasNews) await this.now();
  }

  #exchange(): Promise<void> {
    this.#underWay ??= this.#exchangeOnce().finally(() => {
      this.#underWay = null;
      this.#timer = undefined;
      this.#exchangedAtMs = performance.now();
      if (this.#hasNews) this.soon();
    });
    return this.#underWay;
  }

  async #exchangeOnce(): Promise<void> {
    clearTimeout(this.#timer);
    const { allowance, store, own, onHeard } = this.#options;
    this.#hasNews = false;
    this.#isUrgent = false;
    const others = await store.exchange(allowance, own());
    if (others) this.#heard = others;
    else this.#hasNews = true;
    onHeard();
  }
}

/** What several stores told, by the newest word of each instance. */
export function newestQuotas(told: readonly OtherQuotas[]): readonly InstanceQuota[] {
  const newest = new Map<string, InstanceQuota>();
  for (const [instance, quota] of told.flatMap((others) => [...others])) {
    const known = newest.get(instance);
    if (!known || known.writtenAtMs < quota.writtenAtMs) newest.set(instance, quota);
  }
  return [...newest.values()];
}
