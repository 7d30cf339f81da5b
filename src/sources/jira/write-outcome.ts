import type { ErrorCode } from '../../platform/errors.ts';
import { GatewayError } from '../../platform/errors.ts';
import { outcomeOfFailure, type SendOutcome } from '../../upstream/source-write.ts';

/** What Jira answers for what it did not do: 4xx. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_REJECTED',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_AUTHENTICATION_FAILED',
  'UPSTREAM_RATE_LIMITED',
  'UPSTREAM_QUOTA_EXHAUSTED',
]);

/** What a write that failed has come to. `rejected`: what a refusal as wrong means to whoever wanted it. */
export function outcomeOfJiraFailure(error: unknown, hasLeft: boolean, rejected: () => GatewayError): SendOutcome {
  const isRefused = error instanceof GatewayError && refusals.has(error.code);
  const outcome = outcomeOfFailure(error, hasLeft, isRefused);
  const isRejected = outcome.kind === 'notDone' && outcome.error.code === 'UPSTREAM_REJECTED';
  return isRejected ? { kind: 'notDone', error: rejected() } : outcome;
}
