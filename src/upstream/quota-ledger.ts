import type { Clock } from '../platform/clock.ts';
import type { GatewayError, SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { CallPriority } from '../platform/priority.ts';
import { displayNames } from './call.ts';
import { OwnCalls } from './own-calls.ts';
import { defaultQuotaThresholds, pressureAt, type QuotaPressure, type QuotaThresholds } from './quota-pressure.ts';
import { type DatedReading, newestReading, type QuotaReading, resetsAtMsOf, stillValid } from './quota-reading.ts';
import { quotaRefusal } from './quota-refusal.ts';
import type { InstanceQuota, QuotaStore } from './quota-store.ts';
import { quotaPressureNumbers, type UpstreamMetrics } from './upstream-metrics.ts';

export interface QuotaLedgerOptions {
  readonly source: SourceName;
  readonly clock: Clock;
  readonly log: Logger;
  /** Null or absent: this instance alone. */
  readonly store?: QuotaStore | null;
  readonly metrics?: UpstreamMetrics;
  /** Calls that the gateway, all instances together, may make in 24 hours; null: `budgetShare` of the source's allowance for everybody. */
  readonly dailyBudgetCalls?: number | null;
  /** 0.8 unless told. */
  readonly budgetShare?: number;
  /** What is left to everyone else whatever happens: this share of the allowance (0.01) or so many calls (50), whichever is more. */
  readonly reserveShare?: number;
  readonly reserveCalls?: number;
  readonly thresholds?: Partial<QuotaThresholds>;
  /** What the time that values stay fresh is multiplied by. */
  readonly freshnessFactors?: Partial<Record<QuotaPressure, number>>;
  /** Milliseconds between two exchanges with the other instances; 1,000 unless told. */
  readonly exchangeIntervalMs?: number;
  /** Exhausted and nobody says until when: one call in so many milliseconds reads the meter. 300,000 unless told. */
  readonly recheckIntervalMs?: number;
}

/** What is known of an allowance. Null: the source has not said. */
export interface QuotaSnapshot {
  readonly used: number | null;
  readonly limit: number | null;
  readonly resetsAt: Date | null;
  readonly pressure: QuotaPressure;
  /** Share of what the gateway may spend that is spent; 1: nothing is left. */
  readonly fill: number;
}

const defaultFreshnessFactors: Readonly<Record<QuotaPressure, number>> = {
  normal: 1,
  tight: 3,
  critical: 12,
  exhausted: 12,
};
/** What another instance had under way this long ago has ended since. */
const OTHERS_UNCOUNTED_MS = 10_000;
const LATE_RECHECK_MS = 3_600_000;

/**
 * What is left of a source's allowance, and who may still spend it. It goes by the newest reading that any instance took, plus the calls made
 * since, so that a burst can not overshoot. A reserve stays untouched: the allowance belongs to the whole organisation.
 */
export class QuotaLedger {
  readonly #options: QuotaLedgerOptions;
  readonly #thresholds: QuotaThresholds;
  readonly #ownCalls: OwnCalls;
  #reading: DatedReading | null = null;
  #readingCount = 0;
  #underWay = 0;
  /** Billed calls that ended without telling what is left. */
  #unconfirmed = 0;
  #others: readonly InstanceQuota[] = [];
  #pressure: QuotaPressure = 'normal';
  #recheckedAtMs = 0;
  #exchangedAtMs = 0;
  /** Something happened that the others do not know yet. */
  #hasNews = false;
  #exchangeTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: QuotaLedgerOptions) {
    this.#options = options;
    this.#thresholds = { ...defaultQuotaThresholds, ...options.thresholds };
    this.#ownCalls = new OwnCalls(options.clock);
  }

  /** Hears the other instances once, so that a new one does not begin blind. Takes as long as the store's budget at most. */
  async open(): Promise<void> {
    await this.#exchange();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#exchangeTimer);
  }

  /** Takes what an answer said; null is passed over. To be called before the call's own `hold` is released. */
  observe(reading: QuotaReading | null): void {
    if (!reading) return;
    const observedAtMs = this.#options.clock.now();
    this.#reading = newestReading(stillValid(this.#reading, observedAtMs), { ...reading, observedAtMs });
    this.#readingCount += 1;
    this.#unconfirmed = 0;
    this.#exchangeSoon();
    this.pressure();
  }

  /** The source refused a call because nothing is left. */
  observeExhausted(resetsAtMs: number | null): void {
    const known = this.#newest();
    if (known) this.observe({ used: known.limit, limit: known.limit, resetsAtMs: resetsAtMs ?? known.resetsAtMs });
  }

  /** A call that is billed goes out. Release when it has ended, however it did. */
  hold(billedCalls: number): () => void {
    if (billedCalls <= 0) return () => {};
    if (this.pressure() === 'exhausted' || this.#fill(billedCalls) > 1) this.#recheckedAtMs = this.#options.clock.now();
    const readingsBefore = this.#readingCount;
    this.#underWay += billedCalls;
    this.#ownCalls.add(billedCalls);
    this.#exchangeSoon();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#underWay -= billedCalls;
      if (this.#readingCount === readingsBefore) this.#unconfirmed += billedCalls;
      this.pressure();
    };
  }

  /** Changes of level are logged and put into the metrics here. */
  pressure(): QuotaPressure {
    const previous = this.#pressure;
    const fill = this.#fill(0);
    this.#pressure = pressureAt(fill, previous, this.#thresholds);
    this.#publish();
    if (this.#pressure !== previous) this.#logChange(previous, fill);
    return this.#pressure;
  }

  /** Multiply the time that values stay fresh by this. */
  freshnessFactor(): number {
    const pressure = this.pressure();
    return this.#options.freshnessFactors?.[pressure] ?? defaultFreshnessFactors[pressure];
  }

  /** Why a call may not be made now: UPSTREAM_QUOTA_EXHAUSTED with `details.resetsAt`; null when it may. */
  refusal(priority: CallPriority, billedCalls: number): GatewayError | null {
    if (billedCalls <= 0) return null;
    const pressure = this.pressure();
    this.#exchangeSoon();
    if (pressure === 'exhausted' || this.#fill(billedCalls) > 1) {
      return this.#recheckDue() ? null : this.#refuse('exhausted');
    }
    return pressure === 'critical' && priority !== 'interactive' ? this.#refuse('savedForPeople') : null;
  }

  snapshot(): QuotaSnapshot {
    this.#exchangeSoon();
    const reading = this.#newest();
    const resetsAtMs = reading?.resetsAtMs ?? null;
    return {
      used: reading ? this.#usedCalls(reading) : null,
      limit: reading?.limit ?? null,
      resetsAt: resetsAtMs === null ? null : new Date(resetsAtMs),
      pressure: this.pressure(),
      fill: this.#fill(0),
    };
  }

  #newest(): DatedReading | null {
    const nowMs = this.#options.clock.now();
    return this.#others.reduce(
      (newest, other) => newestReading(newest, stillValid(other.reading, nowMs)),
      stillValid(this.#reading, nowMs),
    );
  }

  #usedCalls(reading: DatedReading): number {
    const since = this.#options.clock.now() - OTHERS_UNCOUNTED_MS;
    const others = this.#others.filter(({ writtenAtMs }) => writtenAtMs > since);
    return others.reduce((sum, other) => sum + other.uncountedCalls, reading.used + this.#underWay + this.#unconfirmed);
  }

  /** What the gateway may let the used calls grow to. Of an allowance too small for the reserve, half is the reserve. */
  #spendable(limit: number): number {
    const { reserveShare = 0.01, reserveCalls = 50, budgetShare = 0.8, dailyBudgetCalls } = this.#options;
    const reserve = Math.min(Math.max(Math.ceil(limit * reserveShare), reserveCalls), Math.ceil(limit / 2));
    return Math.min(limit - reserve, dailyBudgetCalls == null ? Math.floor(limit * budgetShare) : limit);
  }

  /** 1: everything that may be spent is, with `moreCalls` on top. */
  #fill(moreCalls: number): number {
    const reading = this.#newest();
    const budget = this.#options.dailyBudgetCalls ?? null;
    const ofSource = reading ? shareOf(this.#usedCalls(reading) + moreCalls, this.#spendable(reading.limit)) : 0;
    const ofBudget = budget === null ? 0 : shareOf(this.#ownCalls.ofLastDay(this.#others) + moreCalls, budget);
    return Math.max(ofSource, ofBudget);
  }

  /**
   * Nothing tells when a rolling window has room again but an answer, which costs a call. It comes out of the reserve, so once half of that is
   * gone it is made once an hour: never the last call of the organisation.
   */
  #recheckDue(): boolean {
    const reading = this.#newest();
    if (!reading || reading.resetsAtMs !== null) return false;
    if (
      shareOf(this.#ownCalls.ofLastDay(this.#others), this.#options.dailyBudgetCalls ?? Number.POSITIVE_INFINITY) >= 1
    ) {
      return false;
    }
    const left = reading.limit - this.#usedCalls(reading);
    const reserve = reading.limit - this.#spendable(reading.limit);
    const { recheckIntervalMs = 300_000 } = this.#options;
    const intervalMs = left > reserve / 2 ? recheckIntervalMs : Math.max(LATE_RECHECK_MS, recheckIntervalMs);
    return this.#options.clock.now() - Math.max(reading.observedAtMs, this.#recheckedAtMs) >= intervalMs;
  }

  #refuse(reason: 'exhausted' | 'savedForPeople'): GatewayError {
    const nowMs = this.#options.clock.now();
    return quotaRefusal(this.#options.source, reason, this.#resetsAtMs(nowMs), nowMs);
  }

  /** When at the latest something may be spent again: where both the source and the own budget are full, the later one. */
  #resetsAtMs(nowMs: number): number {
    const reading = this.#newest();
    const budget = this.#options.dailyBudgetCalls ?? null;
    const budgetFull = budget !== null && this.#ownCalls.ofLastDay(this.#others) >= budget * this.#thresholds.critical;
    const ofBudget = budgetFull ? this.#ownCalls.oldestLeavesAtMs(this.#others) : 0;
    const sourceFull =
      reading && this.#usedCalls(reading) >= this.#spendable(reading.limit) * this.#thresholds.critical;
    return Math.max(nowMs + 1_000, ofBudget, sourceFull ? resetsAtMsOf(reading) : 0);
  }

  #exchangeSoon(): void {
    this.#hasNews = true;
    if (!this.#options.store || this.#closed || this.#exchangeTimer) return;
    const intervalMs = this.#options.exchangeIntervalMs ?? 1_000;
    const waitMs = Math.max(0, this.#exchangedAtMs + intervalMs - performance.now());
    this.#exchangeTimer = setTimeout(() => void this.#exchange(), waitMs);
    this.#exchangeTimer.unref();
  }

  async #exchange(): Promise<void> {
    const { store, source, clock } = this.#options;
    if (!store) return;
    this.#hasNews = false;
    const others = await store.exchange(source, {
      reading: stillValid(this.#reading, clock.now()),
      uncountedCalls: this.#underWay + this.#unconfirmed,
      callsByHour: this.#ownCalls.byHour(),
      writtenAtMs: clock.now(),
    });
    this.#exchangedAtMs = performance.now();
    this.#exchangeTimer = undefined;
    // Others who can not be heard for a moment have not stopped calling.
    if (others) this.#others = others;
    if (!others || this.#hasNews) this.#exchangeSoon();
    this.pressure();
  }

  #publish(): void {
    const { metrics, source } = this.#options;
    if (!metrics) return;
    metrics.quotaPressure.set({ source }, quotaPressureNumbers[this.#pressure]);
    const reading = this.#newest();
    if (!reading) return;
    metrics.quotaUsed.set({ source }, this.#usedCalls(reading));
    metrics.quotaLimit.set({ source }, reading.limit);
  }

  #logChange(previous: QuotaPressure, fill: number): void {
    const { log, source } = this.#options;
    const reading = this.#newest();
    const used = reading ? this.#usedCalls(reading) : null;
    const facts = {
      source,
      pressure: this.#pressure,
      previous,
      used,
      limit: reading?.limit ?? null,
      fill: Math.round(fill * 1_000) / 1_000,
    };
    const isCalm = this.#pressure === 'normal' || this.#pressure === 'tight';
    log[isCalm ? 'info' : 'warn'](
      facts,
      `Call allowance of ${displayNames[source]} is ${this.#pressure} (was ${previous}).`,
    );
  }
}

function shareOf(calls: number, available: number): number {
  if (available === Number.POSITIVE_INFINITY) return 0;
  return available > 0 ? calls / available : 1;
}
