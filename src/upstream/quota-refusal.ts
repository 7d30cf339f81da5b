import { GatewayError, type SourceName } from '../platform/errors.ts';
import { displayNames } from './call.ts';

/** `reserved`: of a write. */
export type QuotaRefusalReason = 'exhausted' | 'savedForPeople' | 'reserved';

/** UPSTREAM_QUOTA_EXHAUSTED of the gateway's own accord. Times in milliseconds since the epoch; the client gets `details.resetsAt` in ISO 8601. */
export function quotaRefusal(
  source: SourceName,
  reason: QuotaRefusalReason,
  resetsAtMs: number,
  nowMs: number,
): GatewayError {
  const name = displayNames[source];
  const why = {
    exhausted: `The calls to ${name} that the gateway may make are used up; the rest is left to others. Cached values are still served`,
    savedForPeople: `Few calls to ${name} are left, and they are kept for those who can not work with cached values. Cached values are still served`,
    reserved: `The organisation has so few calls to ${name} left that they are kept for others, so this one was not made`,
  }[reason];
  const resetsAt = new Date(resetsAtMs).toISOString();
  const message = `${why}; there is room again by ${resetsAt}, or an operator may raise the allowance.`;
  const retryAfterSeconds = Math.max(1, Math.ceil((resetsAtMs - nowMs) / 1_000));
  return new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', message, { source, retryAfterSeconds, details: { resetsAt } });
}
