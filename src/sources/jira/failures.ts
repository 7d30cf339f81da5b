import { GatewayError, type GatewayErrorOptions } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { FailedAnswer } from '../../upstream/http-client.ts';
import { readLimitScope } from '../../upstream/quota-headers.ts';
import { parseRetryAfter } from '../../upstream/retry-after.ts';

/** What a failed answer of Jira means to a client. Messages hold nothing that Jira said; that goes to the log. */
export function translateJiraFailure(answer: FailedAnswer, operation: string, log: Logger, now: number): GatewayError {
  const { status } = answer;
  const said = messagesOf(answer.json);
  if (status === 401) {
    log.error({ operation, said }, 'Jira refuses the credentials. Check JIRA_EMAIL and JIRA_API_TOKEN.');
    return failure(
      'UPSTREAM_AUTHENTICATION_FAILED',
      "Jira refuses the gateway's credentials. An operator has to renew them; other sources are not affected.",
    );
  }
  if (status === 403) {
    log.warn({ operation, said }, "Jira forbids this to the gateway's user.");
    return failure(
      'UPSTREAM_FORBIDDEN',
      "Jira does not allow this to the gateway's user. An operator has to grant it the permission.",
    );
  }
  if (status === 429) {
    const retryAfterSeconds = parseRetryAfter(answer.headers['retry-after'], now);
    const scope = readLimitScope(answer.headers);
    log.warn(
      { operation, reason: answer.headers['ratelimit-reason'], retryAfterSeconds },
      'Jira asks for fewer calls.',
    );
    const wait = retryAfterSeconds === undefined ? 'in a moment' : `in ${retryAfterSeconds} s`;
    return failure('UPSTREAM_RATE_LIMITED', `Jira asks for fewer calls. Try again ${wait}.`, {
      ...waitOf(retryAfterSeconds),
      ...(scope === null ? {} : { details: { scope } }),
    });
  }
  if (status >= 500) {
    const retryAfterSeconds = parseRetryAfter(answer.headers['retry-after'], now);
    const message = 'Jira is not available at the moment. Other sources are not affected; try again in a moment.';
    return failure('UPSTREAM_UNAVAILABLE', message, waitOf(retryAfterSeconds));
  }
  if (status === 410) {
    log.error({ operation, said }, 'Jira has removed an endpoint that the gateway calls. The gateway needs an update.');
    return failure('UPSTREAM_REJECTED', 'Jira no longer offers this call. An operator has to update the gateway.');
  }
  if (status >= 300 && status < 400) {
    log.error({ operation, status }, 'Jira redirects elsewhere, which is not followed. Check JIRA_BASE_URL.');
    return failure(
      'UPSTREAM_BAD_RESPONSE',
      'Jira points to another address. An operator has to correct the address that the gateway calls.',
    );
  }
  log.error({ operation, status, said }, 'Jira refused a call as wrong.');
  return failure(
    'UPSTREAM_REJECTED',
    'Jira refused the request as wrong. Simplify the filter; if that does not help, report it with the request id.',
  );
}

/** `errorMessages` and `errors` of a failed answer, cut short; values of the caller may be in them, so they are for logs only. */
export function messagesOf(json: unknown): string[] {
  if (typeof json !== 'object' || json === null) return [];
  const { errorMessages, errors } = json as { errorMessages?: unknown; errors?: unknown };
  const list = Array.isArray(errorMessages) ? errorMessages : [];
  const named = typeof errors === 'object' && errors !== null ? Object.values(errors) : [];
  return [...list, ...named]
    .filter((message): message is string => typeof message === 'string')
    .slice(0, 20)
    .map((message) => message.slice(0, 500));
}

function failure(code: GatewayError['code'], message: string, facts: GatewayErrorOptions = {}): GatewayError {
  return new GatewayError(code, message, { source: 'JIRA', ...facts });
}

function waitOf(retryAfterSeconds: number | undefined): GatewayErrorOptions {
  return retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
}
