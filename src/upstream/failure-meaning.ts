import { type ErrorCode, GatewayError } from '../platform/errors.ts';
import type { CallOutcome } from './breaker.ts';

/** How far a limit of a source reaches: one endpoint, one record, the gateway's tenant or app there, or everybody. */
export const limitScopes = ['endpoint', 'record', 'tenant', 'global'] as const;
export type LimitScope = (typeof limitScopes)[number];

/**
 * What a source puts on the GatewayErrors of its calls, so that the right thing is left alone for the right time:
 *
 * - `UPSTREAM_RATE_LIMITED` with `retryAfterSeconds` as the source told it (see retry-after.ts) and `details.scope`, a LimitScope. `endpoint`
 *   (also when absent) closes the endpoint class of the call, `tenant` and `global` the whole source, `record` nothing: only that record has to
 *   wait, and its caller knows. Jira: scope of `RateLimit-Reason` by `scopeOfReason`. Salesforce's "ConcurrentRequests" limit: `tenant`.
 * - `UPSTREAM_QUOTA_EXHAUSTED` with `details.resetsAt` (ISO 8601) or `retryAfterSeconds` where known: closes the whole source until then,
 *   or for five minutes. Salesforce's "TotalRequests" limit.
 * - `UPSTREAM_UNAVAILABLE` for 5xx and broken connections; with `retryAfterSeconds` it closes the endpoint class for that long.
 *   Without, a read is retried. Nothing else is ever retried.
 * - `UPSTREAM_TIMEOUT` for deadlines (callUpstream raises it) and for a source that gave up on its own work in time.
 *   A query that is too heavy in itself belongs to `UPSTREAM_REJECTED`: repeated by impatient people it must not open the breaker.
 * - `UPSTREAM_BAD_RESPONSE` for an answer that can't be understood. It counts as a failure, and is not retried: it would be the same again.
 * - Every other code, 4xx above all, says that the source is there and answers; it resets the breaker's count.
 *
 * Secrets and bodies of the source never belong on an error; `details` reach the client.
 */
const failureCodes: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_BAD_RESPONSE',
]);

/** What is known of a call that failed. */
export interface FailedCall {
  readonly error: unknown;
  /** The time that it had was long enough for a healthy source, and it used it up where it ran into a deadline. */
  readonly hadFairTime: boolean;
  /** The signal of those who waited, if they had one. */
  readonly signal: AbortSignal | undefined;
}

/** What a failed call tells about its source. Refusals of the gateway itself have to be sorted out before. */
export function outcomeOf({ error, hadFairTime, signal }: FailedCall): CallOutcome {
  if (!(error instanceof GatewayError)) return 'failed';
  if (error.code === 'REQUEST_TIMEOUT') return hadFairTime && isDeadline(signal?.reason) ? 'failed' : 'ignored';
  if (error.code === 'UPSTREAM_TIMEOUT') return hadFairTime ? 'failed' : 'ignored';
  return failureCodes.has(error.code) ? 'failed' : 'answered';
}

/** Only what a second try may mend, and only where the source did not say when. */
export function isWorthRetrying(error: unknown): boolean {
  return (
    error instanceof GatewayError && error.code === 'UPSTREAM_UNAVAILABLE' && error.retryAfterSeconds === undefined
  );
}

/** A request that ran out of time waited for the source as long as it could; one whose client left tells nothing. */
function isDeadline(reason: unknown): boolean {
  if (reason instanceof GatewayError) return reason.code === 'REQUEST_TIMEOUT';
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}
