import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Breaker } from './breaker.ts';
import type { NoPlace } from './bulkhead.ts';
import { displayNames, requestEnded } from './call.ts';
import type { Closure, RateLimitClosures } from './rate-limit-closures.ts';

/** Errors that the gateway made itself instead of a call. Held weakly, since a shared answer may carry one to many. */
const made = new WeakSet<object>();

/** True for a failure that is no news of the source, because nothing was sent. Stays true for calls that contain the refused one. */
export function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && made.has(error);
}

export function asRefusal(error: GatewayError): GatewayError {
  made.add(error);
  return error;
}

export function refusedByBreaker(source: SourceName, breaker: Pick<Breaker, 'waitMs' | 'refusesForMs'>): GatewayError {
  const seconds = Math.max(1, Math.ceil(breaker.waitMs / 1_000));
  const message = `${displayNames[source]} did not answer the latest calls, so it is left alone for a moment. Other sources are not affected; try again in ${seconds} s.`;
  const refusesForMs = (): number => breaker.refusesForMs;
  const options = { source, retryAfterSeconds: seconds, refusesForMs };
  return asRefusal(new GatewayError('UPSTREAM_UNAVAILABLE', message, options));
}

export function refusedByClosure(
  source: SourceName,
  closure: Closure,
  closures: Pick<RateLimitClosures, 'leftMs' | 'secondsLeft'>,
  nowMs: number,
): GatewayError {
  const seconds = closures.secondsLeft(closure);
  const refusesForMs = (): number => closures.leftMs(closure);
  const name = displayNames[source];
  const why = {
    UPSTREAM_RATE_LIMITED: `${name} asked for fewer calls`,
    UPSTREAM_QUOTA_EXHAUSTED: `The allowance of calls to ${name} is used up`,
    UPSTREAM_UNAVAILABLE: `${name} said that it is not available for now`,
  }[closure.code];
  const details =
    closure.code === 'UPSTREAM_QUOTA_EXHAUSTED'
      ? { resetsAt: new Date(nowMs + seconds * 1_000).toISOString() }
      : closure.code === 'UPSTREAM_RATE_LIMITED'
        ? { scope: closure.operation === null ? 'tenant' : 'endpoint' }
        : {};
  const message = `${why}, so it is not asked before then. Other sources are not affected; try again in ${seconds} s.`;
  const options = { source, retryAfterSeconds: seconds, refusesForMs, details };
  return asRefusal(new GatewayError(closure.code, message, options));
}

/** `waitedMs`: how long the call was ready to wait for its place. */
export function refusedByBulkhead(source: SourceName, reason: NoPlace, waitedMs: number): GatewayError {
  const name = displayNames[source];
  switch (reason) {
    case 'gone':
      return asRefusal(requestEnded(source, 'the waiting call was given up'));
    case 'deadline': {
      const message = `${name} is busy with other questions: no call became free within ${Math.round(waitedMs)} ms. Other sources are not affected; try again in a few seconds.`;
      return asRefusal(new GatewayError('UPSTREAM_TIMEOUT', message, { source, retryAfterSeconds: 2 }));
    }
    default: {
      const message = `Too many questions to ${name} are waiting already. Other sources are not affected; try again in a few seconds.`;
      return asRefusal(new GatewayError('UPSTREAM_UNAVAILABLE', message, { source, retryAfterSeconds: 2 }));
    }
  }
}
