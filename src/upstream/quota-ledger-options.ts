import type { Clock } from '../platform/clock.ts';
import type { SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { QuotaStore } from './instance-quota.ts';
import type { QuotaPressure, QuotaThresholds } from './quota-pressure.ts';
import type { UpstreamMetrics } from './upstream-metrics.ts';

export interface QuotaLedgerOptions {
  readonly source: SourceName;
  /** What the stores call the allowance: the same for all who spend of it, and for nobody else. The source's name unless told. */
  readonly allowance?: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where instances hear each other at once. Null or absent: nowhere. */
  readonly store?: QuotaStore | null;
  /** Where what they knew outlives them, and where they hear each other otherwise. Null or absent: nowhere. */
  readonly lastingStore?: QuotaStore | null;
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
  /** The same for the lasting store, which neither the first reading nor a change of the pressure waits for; 5,000 unless told. */
  readonly lastingIntervalMs?: number;
  /** Exhausted and nobody says until when: one call in so many milliseconds reads the meter. 300,000 unless told. */
  readonly recheckIntervalMs?: number;
}
