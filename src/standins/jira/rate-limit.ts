import type { Fault } from '../kit/fault.ts';

/** The systems that limit a caller, each with its own way to wait: bursts pass in seconds, a quota only at the full hour. */
export type RateLimitReason =
  | 'jira-burst-based'
  | 'jira-quota-global-based'
  | 'jira-quota-tenant-based'
  | 'jira-per-issue-on-write';

const LIMITS: Readonly<Record<RateLimitReason, number>> = {
  'jira-burst-based': 100,
  'jira-quota-global-based': 65_000,
  'jira-quota-tenant-based': 100_000,
  'jira-per-issue-on-write': 20,
};

/** A 429 as Jira Cloud sends it: why, how much was allowed, and when to come again (`retryAfterSeconds`). */
export function rateLimited(reason: RateLimitReason, retryAfterSeconds: number): Fault {
  const resetAt = new Date(Date.now() + retryAfterSeconds * 1000).toISOString();
  return {
    kind: 'status',
    status: 429,
    headers: {
      'Retry-After': String(retryAfterSeconds),
      'X-RateLimit-Limit': String(LIMITS[reason]),
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': resetAt,
      'RateLimit-Reason': reason,
    },
    body: { errorMessages: ['Rate limit exceeded.'], errors: {} },
  };
}
