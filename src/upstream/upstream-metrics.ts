import { Counter, Gauge, type Registry } from 'prom-client';
import type { BreakerState } from './breaker.ts';
import type { QuotaPressure } from './quota-pressure.ts';

/** Why a call was not sent. */
export type RefusalReason = 'breaker' | 'rate-limit' | 'quota' | 'bulkhead';

/** Labels come from fixed sets: names of sources, endpoint classes and reasons. */
export interface UpstreamMetrics {
  /** 0 closed, 1 half-open, 2 open. */
  readonly breakerState: Gauge<'source' | 'operation'>;
  readonly refusals: Counter<'source' | 'operation' | 'reason'>;
  readonly retries: Counter<'source' | 'operation'>;
  readonly quotaUsed: Gauge<'source'>;
  readonly quotaLimit: Gauge<'source'>;
  /** 0 normal, 1 tight, 2 critical, 3 exhausted. */
  readonly quotaPressure: Gauge<'source'>;
}

export const breakerStateNumbers: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 };
export const quotaPressureNumbers: Readonly<Record<QuotaPressure, number>> = {
  normal: 0,
  tight: 1,
  critical: 2,
  exhausted: 3,
};

/** One set per registry, shared by all sources of a gateway. */
export function createUpstreamMetrics(registry: Registry): UpstreamMetrics {
  const registers = [registry];
  return {
    breakerState: new Gauge({
      name: 'upstream_breaker_state',
      help: 'Breaker of an endpoint class: 0 closed, 1 half-open, 2 open.',
      labelNames: ['source', 'operation'] as const,
      registers,
    }),
    refusals: new Counter({
      name: 'upstream_refused_calls_total',
      help: 'Calls that were not sent, by reason: breaker, rate-limit, quota, bulkhead.',
      labelNames: ['source', 'operation', 'reason'] as const,
      registers,
    }),
    retries: new Counter({
      name: 'upstream_retries_total',
      help: 'Reads that were sent once more after a failure.',
      labelNames: ['source', 'operation'] as const,
      registers,
    }),
    quotaUsed: new Gauge({
      name: 'upstream_quota_used_calls',
      help: "Calls of the source's allowance that are used, by everybody, calls under way included.",
      labelNames: ['source'] as const,
      registers,
    }),
    quotaLimit: new Gauge({
      name: 'upstream_quota_limit_calls',
      help: "The source's allowance of calls.",
      labelNames: ['source'] as const,
      registers,
    }),
    quotaPressure: new Gauge({
      name: 'upstream_quota_pressure',
      help: 'How full the allowance is: 0 normal, 1 tight, 2 critical, 3 exhausted.',
      labelNames: ['source'] as const,
      registers,
    }),
  };
}
