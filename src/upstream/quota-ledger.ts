import type { GatewayError } from '../platform/errors.ts';
import type { CallPriority } from '../platform/priority.ts';
import { displayNames } from './call.ts';
import type { InstanceQuota, QuotaStore } from './instance-quota.ts';
import { OwnCalls } from './own-calls.ts';
import { newestQuotas, QuotaExchange } from './quota-exchange.ts';
import type { QuotaLedgerOptions } from './quota-ledger-options.ts';
import {
  defaultFreshnessFactors,
  defaultQuotaThresholds,
  pressureAt,
  type QuotaPressure,
  type QuotaThresholds,
} from './quota-pressure.ts';
import {
  type DatedReading,
  newestOf,
  newestReading,
  type QuotaReading,
  resetsAtMsOf,
  stillValid,
} from './quota-reading.ts';
import { type QuotaRefusalReason, quotaRefusal } from './quota-refusal.ts';
import { quotaPressureNumbers } from './upstream-metrics.ts';

/** What is known of an allowance. Null: the source has not said. */
export interface QuotaSnapshot {
  readonly used: number | null;
  readonly limit: number | null;
  readonly resetsAt: Date | null;
  readonly pressure: QuotaPressure;
  /** Share of what the gateway may spend that is spent; 1: nothing is left. */
  readonly fill: number;
  /** The calls of the last 24 hours, where the gateway's own budget is what is fuller. Null: what the source says is. */
  readonly budget: { readonly usedCalls: number; readonly allowedCalls: number } | null;
}

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
  readonly #shared: QuotaExchange | null;
  readonly #lasting: QuotaExchange | null;
  readonly #exchanges: readonly QuotaExchange[];

  constructor(options: QuotaLedgerOptions) {
    this.#options = options;
    this.#thresholds = { ...defaultQuotaThresholds, ...options.thresholds };
    this.#ownCalls = new OwnCalls(options.clock);
    const { store, lastingStore, exchangeIntervalMs = 1_000, lastingIntervalMs = 5_000 } = options;
    this.#shared = this.#exchangeWith(store, exchangeIntervalMs);
    this.#lasting = this.#exchangeWith(lastingStore, lastingIntervalMs);
    this.#exchanges = [this.#shared, this.#lasting].filter((exchange) => exchange !== null);
  }

  /** Hears the other instances once, so that a new one does not begin blind. Takes as long as the store's budget at most. */
  async open(): Promise<void> {
    await this.#shared?.now();
  }

  /** Learns what is in the lasting store. Takes as long as its budget at most, or twice that while it is asked already. */
  async recall(): Promise<void> {
    await this.#lasting?.now();
  }

  /** Leaves what the others do not know yet, within the stores' budgets. */
  async close(): Promise<void> {
    await Promise.all(this.#exchanges.map((exchange) => exchange.close()));
  }

  /** Takes what an answer said; null is passed over. To be called before the call's own `hold` is released. */
  observe(reading: QuotaReading | null): void {
    if (!reading) return;
    const observedAtMs = this.#options.clock.now();
    const isFirst = this.#newest() === null;
    this.#reading = newestReading(newestOf([this.#reading], observedAtMs), { ...reading, observedAtMs });
    this.#readingCount += 1;
    this.#unconfirmed = 0;
    this.#exchangeSoon(isFirst);
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
    if (this.#pressure !== previous) {
      this.#logChange(previous, fill);
      // Should this instance end now, the next one has to know.
      this.#exchangeSoon(true);
    }
    return this.#pressure;
  }

  /** Multiply the time that values stay fresh by this. */
  freshnessFactor(): number {
    const pressure = this.pressure();
    return this.#options.freshnessFactors?.[pressure] ?? defaultFreshnessFactors[pressure];
  }

  /**
   * Why a call may not be made now: UPSTREAM_QUOTA_EXHAUSTED with `details.resetsAt`; null when it may. What the gateway may spend is for
   * reading: of writes only the reserve is kept.
   */
  refusal(priority: CallPriority, billedCalls: number): GatewayError | null {
    if (billedCalls <= 0) return null;
    const pressure = this.pressure();
    this.#exchangeSoon();
    if (priority === 'write') return this.#takesReserve(billedCalls) ? this.#refuse('reserved') : null;
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
      budget: this.#fullerBudget(reading),
    };
  }

  #newest(): DatedReading | null {
    const readings = [this.#reading, ...this.#others.map(({ reading }) => reading)];
    return newestOf(readings, this.#options.clock.now());
  }

  #usedCalls(reading: DatedReading): number {
    const since = this.#options.clock.now() - OTHERS_UNCOUNTED_MS;
    // Of one that was killed, no later reading may have counted them.
    const isCounted = ({ writtenAtMs }: InstanceQuota) => writtenAtMs <= since && writtenAtMs < reading.observedAtMs;
    const others = this.#others.filter((other) => !isCounted(other));
    return others.reduce((sum, other) => sum + other.uncountedCalls, reading.used + this.#underWay + this.#unconfirmed);
  }

  /** What the gateway may let the used calls grow to. Of an allowance too small for the reserve, half is the reserve. */
  #spendable(limit: number): number {
    const { budgetShare = 0.8, dailyBudgetCalls } = this.#options;
    return Math.min(this.#aboveReserve(limit), dailyBudgetCalls == null ? Math.floor(limit * budgetShare) : limit);
  }

  #aboveReserve(limit: number): number {
    const { reserveShare = 0.01, reserveCalls = 50 } = this.#options;
    return limit - Math.min(Math.max(Math.ceil(limit * reserveShare), reserveCalls), Math.ceil(limit / 2));
  }

  #takesReserve(moreCalls: number): boolean {
    const reading = this.#newest();
    return reading !== null && this.#usedCalls(reading) + moreCalls > this.#aboveReserve(reading.limit);
  }

  #fullerBudget(reading: DatedReading | null): QuotaSnapshot['budget'] {
    const allowedCalls = this.#options.dailyBudgetCalls ?? null;
    if (allowedCalls === null) return null;
    const usedCalls = this.#ownCalls.ofLastDay(this.#others);
    const ofSource = reading ? shareOf(this.#usedCalls(reading), this.#spendable(reading.limit)) : 0;
    return shareOf(usedCalls, allowedCalls) >= ofSource ? { usedCalls, allowedCalls } : null;
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

  #refuse(reason: QuotaRefusalReason): GatewayError {
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

  #exchangeSoon(isUrgent = false): void {
    for (const exchange of this.#exchanges) exchange.soon(isUrgent);
  }

  #exchangeWith(store: QuotaStore | null | undefined, intervalMs: number): QuotaExchange | null {
    if (!store) return null;
    const { source, allowance = source, clock } = this.#options;
    return new QuotaExchange({
      allowance,
      store,
      intervalMs,
      own: () => ({
        reading: stillValid(this.#reading, clock.now()),
        uncountedCalls: this.#underWay + this.#unconfirmed,
        callsByHour: this.#ownCalls.byHour(),
        writtenAtMs: clock.now(),
      }),
      onHeard: () => {
        this.#others = newestQuotas(this.#exchanges.map(({ heard }) => heard));
        this.pressure();
      },
    });
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
