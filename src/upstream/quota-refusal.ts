import { GatewayError, type SourceName } from '../platform/errors.ts';
import { displayNames } from './call.ts';

/** UPSTREAM_QUOTA_EXHAUSTED of the gateway's own accord. Times in milliseconds since the epoch; the client gets `details.resetsAt` in ISO 8601. */
export function quotaRefusal(
  source: SourceName,
  reason: 'exhausted' | 'savedForPeople',
  resetsAtMs: number,
  nowMs: number,
): GatewayError {
  const name = displayNames[source];
  const why = {
    exhausted: `The calls to ${name} that the gateway may make are used up; the rest is left to others.`,
    savedForPeople: `Few calls to ${name} are left, and they are kept for those who can not work with cached values.`,
  }[reason];
  const resetsAt = new Date(resetsAtMs).toISOString();
  const message = `${why} Cached values are still served; there is room again by ${resetsAt}, or an operator may raise the allowance.`;
  const retryAfterSeconds = Math.max(1, Math.ceil((resetsAtMs - nowMs) / 1_000));
  return new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', message, { source, retryAfterSeconds, details: { resetsAt } });
}
