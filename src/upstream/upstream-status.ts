import type { SourceName } from '../platform/errors.ts';
import type { QuotaSnapshot } from './quota-ledger.ts';
import type { RateLimitClosures } from './rate-limit-closures.ts';
import type { RecentOutcomes } from './recent-outcomes.ts';

export type UpstreamState = 'UP' | 'DEGRADED' | 'DOWN';

/** One source as the status page shows it; properties are the fields of GraphQL's UpstreamStatus. */
export interface UpstreamStatus {
  readonly source: SourceName;
  /** `DOWN`: it asked for no calls, or none was answered since a breaker opened. `DEGRADED`: some kinds of call fail, or are refused to spare it or its allowance. */
  readonly state: UpstreamState;
  /** Of the calls of the last five minutes, failed ones included; null without any. */
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  /** Calls sent, retries included. */
  readonly callsLastHour: number;
  readonly callsSavedLastHour: number;
  readonly quotaUsed: number | null;
  readonly quotaLimit: number | null;
  readonly quotaResetsAt: Date | null;
  /** Code and message of the latest failure, as a client may see it. */
  readonly lastError: string | null;
  readonly lastErrorAt: Date | null;
  readonly lastSuccessAt: Date | null;
}

export interface StatusFacts extends Pick<UpstreamStatus, 'source' | 'lastError' | 'lastErrorAt' | 'lastSuccessAt'> {
  /** The breaker of some kind of call is not closed. */
  readonly isBroken: boolean;
  /** Other kinds of call were answered after the latest breaker opened. */
  readonly answeredSinceBroken: boolean;
  readonly closures: RateLimitClosures;
  readonly recent: RecentOutcomes;
  readonly quota: QuotaSnapshot | null;
}

/** Share of failures in the last five minutes from which a source counts as degraded, once there were enough calls to tell. */
const DEGRADED_SHARE = 0.1;
const ENOUGH_CALLS = 5;

export function readUpstreamStatus(facts: StatusFacts): UpstreamStatus {
  const { recent, quota, source, lastError, lastErrorAt, lastSuccessAt } = facts;
  const [latencyP50Ms, latencyP95Ms] = recent.latencies([0.5, 0.95] as const);
  return {
    source,
    state: stateOf(facts),
    latencyP50Ms,
    latencyP95Ms,
    callsLastHour: recent.callsLastHour,
    callsSavedLastHour: recent.callsSavedLastHour,
    quotaUsed: quota?.used ?? null,
    quotaLimit: quota?.limit ?? null,
    quotaResetsAt: quota?.resetsAt ?? null,
    lastError,
    lastErrorAt,
    lastSuccessAt,
  };
}

function stateOf({ isBroken, answeredSinceBroken, closures, recent, quota }: StatusFacts): UpstreamState {
  if (closures.isSourceClosed || (isBroken && !answeredSinceBroken)) return 'DOWN';
  const { calls, failed } = recent.failures;
  const isFailing = calls >= ENOUGH_CALLS && failed >= calls * DEGRADED_SHARE;
  const isSaving = quota?.pressure === 'critical' || quota?.pressure === 'exhausted';
  return isBroken || isFailing || isSaving || closures.anyClosed ? 'DEGRADED' : 'UP';
}
