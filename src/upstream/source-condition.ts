import type { Clock } from '../platform/clock.ts';
import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { BreakerState } from './breaker.ts';
import { displayNames } from './call.ts';
import type { QuotaSnapshot } from './quota-ledger.ts';
import { type Closure, RateLimitClosures } from './rate-limit-closures.ts';
import { RecentOutcomes } from './recent-outcomes.ts';
import { breakerStateNumbers, type UpstreamMetrics } from './upstream-metrics.ts';
import { readUpstreamStatus, type UpstreamStatus } from './upstream-status.ts';

export interface SourceConditionOptions {
  readonly source: SourceName;
  readonly operations: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: UpstreamMetrics | undefined;
  /** See UpstreamOptions. */
  readonly onAnswersAgain: (() => void) | undefined;
  readonly monotonicMs: () => number;
  readonly random: () => number;
}

/** What the calls to one source have taught: how it is doing, and what of it wants to be left alone. */
export class SourceCondition {
  readonly closures: RateLimitClosures;
  readonly recent: RecentOutcomes;
  readonly #options: SourceConditionOptions;
  readonly #breakers = new Map<string, BreakerState>();
  #answeredSinceBroken = true;
  #lastError: string | null = null;
  #lastErrorAt: Date | null = null;
  #lastSuccessAt: Date | null = null;

  constructor(options: SourceConditionOptions) {
    const { clock, monotonicMs, random, source, operations, metrics } = options;
    this.#options = options;
    this.closures = new RateLimitClosures({ monotonicMs, now: () => clock.now(), random });
    this.recent = new RecentOutcomes({ monotonicMs });
    for (const operation of operations) metrics?.breakerState.set({ source, operation }, breakerStateNumbers.closed);
  }

  succeeded(tookMs: number): void {
    this.recent.countOutcome('answered', tookMs);
    this.#answeredSinceBroken = true;
    this.#lastSuccessAt = new Date(this.#options.clock.now());
  }

  failed(error: unknown, operation: string, outcome: 'answered' | 'failed', tookMs: number): void {
    this.recent.countOutcome(outcome, tookMs);
    if (outcome === 'answered') this.#answeredSinceBroken = true;
    if (!(error instanceof GatewayError)) return;
    // What a source refuses as wrong is the fault of one request, and tells nothing of the source.
    if (error.code !== 'UPSTREAM_REJECTED') {
      this.#lastError = `${error.code}: ${error.message}`;
      this.#lastErrorAt = new Date(this.#options.clock.now());
    }
    const closure = this.closures.learn(error, operation);
    if (closure) this.#logClosure(closure);
  }

  breakerChanged(operation: string, state: BreakerState, previous: BreakerState): void {
    const { log, metrics, source, onAnswersAgain } = this.#options;
    this.#breakers.set(operation, state);
    metrics?.breakerState.set({ source, operation }, breakerStateNumbers[state]);
    const name = displayNames[source];
    if (state === 'closed') {
      log.info({ source, operation }, `${name} answers again; calls go through.`);
      onAnswersAgain?.();
    }
    if (state !== 'open' || previous !== 'closed') return;
    this.#answeredSinceBroken = false;
    const facts = { source, operation, lastError: this.#lastError };
    log.warn(facts, `${name} fails too often; these calls are refused at once until one of them succeeds again.`);
  }

  status(quota: QuotaSnapshot | null): UpstreamStatus {
    const { closures, recent } = this;
    return readUpstreamStatus({
      source: this.#options.source,
      isBroken: [...this.#breakers.values()].some((state) => state !== 'closed'),
      answeredSinceBroken: this.#answeredSinceBroken,
      closures,
      recent,
      quota,
      lastError: this.#lastError,
      lastErrorAt: this.#lastErrorAt,
      lastSuccessAt: this.#lastSuccessAt,
    });
  }

  #logClosure(closure: Closure): void {
    const { log, source } = this.#options;
    const { operation, code } = closure;
    const facts = { source, operation, code, seconds: this.closures.secondsLeft(closure) };
    log.warn(facts, `${displayNames[source]} asked to be left alone; it is, for so long.`);
  }
}
