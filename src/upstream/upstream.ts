import type { Clock } from '../platform/clock.ts';
import type { SourceName } from '../platform/errors.ts';
import type { Logger } from '../platform/log.ts';
import type { CallPriority } from '../platform/priority.ts';
import type { UpstreamCall, UpstreamDurations } from './call.ts';
import type { EndpointClassSettings } from './endpoint-class.ts';
import type { QuotaLedger } from './quota-ledger.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { UpstreamMetrics } from './upstream-metrics.ts';
import type { UpstreamStatus } from './upstream-status.ts';

export interface RetrySettings {
  /** Calls sent for one read, the first included; 3 unless told. */
  readonly attempts: number;
  /** A pause is a random part of `baseMs` × 2^(retry − 1), at most `longestMs`; 100 and 1,000 unless told. */
  readonly baseMs: number;
  readonly longestMs: number;
}

export interface UpstreamOptions<Operation extends string> {
  readonly source: SourceName;
  /** Every kind of call by the name that metrics and receipts show. */
  readonly endpointClasses: Readonly<Record<Operation, EndpointClassSettings>>;
  readonly durations: UpstreamDurations;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics?: UpstreamMetrics;
  /** The one of the instance; one of its own when absent. */
  readonly retryBudget?: RetryBudget;
  readonly retry?: Partial<RetrySettings>;
  readonly quota?: QuotaLedger;
  /** Called when calls of one kind go through again after they were refused, before the call that found it out has its answer. */
  readonly onAnswersAgain?: () => void;
  /** Milliseconds that the client whose read finds out whether the source is back waits for it; 25 unless told. */
  readonly probePatienceMs?: number;
  /** For tests: a clock that never runs backwards, and chance from 0 to 1. */
  readonly monotonicMs?: () => number;
  readonly random?: () => number;
}

/** One call as its source asks for it. Same as of `callUpstream`, but the endpoint class knows deadline and source. */
export interface PolicedCall<Operation extends string>
  extends Pick<UpstreamCall, 'signal' | 'billedCalls' | 'receipts'> {
  readonly operation: Operation;
  /** What is left to the caller, in milliseconds; caps the deadline of the endpoint class. */
  readonly deadlineMs?: number | undefined;
  /** `interactive` unless told. */
  readonly priority?: CallPriority;
  /** The call only reads, so it may be sent again. Never for a mutation: whether the first one took effect is not known. */
  readonly idempotentRead?: boolean;
}

export interface Upstream<Operation extends string> {
  readonly source: SourceName;
  readonly quota: QuotaLedger | null;
  /**
   * Makes the call under the policy of its endpoint class; `run` may be called again for a retry. Fails like `callUpstream`, and without
   * anything sent with UPSTREAM_UNAVAILABLE (breaker open, too many waiting), UPSTREAM_TIMEOUT (no place in time), UPSTREAM_RATE_LIMITED or
   * UPSTREAM_QUOTA_EXHAUSTED; these name `retryAfterSeconds`. What `run` throws decides further: see failure-meaning.ts.
   */
  call<Answer>(
    call: PolicedCall<Operation>,
    run: (signal: AbortSignal) => Promise<Answer>,
    countRecords?: (answer: Answer) => number,
  ): Promise<Answer>;
  /** False while calls of this kind would be refused, or would find out whether the source is back: better serve what is cached. */
  isAvailable(operation: Operation): boolean;
  /** Calls that an operation would have made by itself with nothing kept; those that it did make are among them. Need not be whole. */
  countPlainCalls(calls: number): void;
  status(): UpstreamStatus;
}
