import { type ErrorCode, GatewayError } from '../../platform/errors.ts';

/** What Salesforce said about a failure, for logs and decisions inside this slice; never for clients. */
export class SalesforceFailure extends Error {
  /** Salesforce's `errorCode`, or `ERROR_HTTP_<status>` where it sent none. */
  readonly errorCode: string;
  /** HTTP status of the call, or of its part of a composite one; null when not known. */
  readonly httpStatus: number | null;
  /** API names of the fields that it is about, where Salesforce named some. */
  readonly fields: readonly string[];
  constructor(errorCode: string, message: string, httpStatus: number | null, fields: readonly string[] = []) {
    super(message.slice(0, 500));
    this.fields = fields;
    this.name = 'SalesforceFailure';
    this.errorCode = errorCode;
    this.httpStatus = httpStatus;
  }
}

interface Translation {
  readonly code: ErrorCode;
  readonly message: string;
}

const unavailable: Translation = {
  code: 'UPSTREAM_UNAVAILABLE',
  message: 'Salesforce answers that it is not available. Other sources are not affected; try again in a moment.',
};
const rateLimited: Translation = {
  code: 'UPSTREAM_RATE_LIMITED',
  message: 'Salesforce has too many calls of this organisation running at once. Try again in a few seconds.',
};
const quotaExhausted: Translation = {
  code: 'UPSTREAM_QUOTA_EXHAUSTED',
  message:
    "Salesforce's daily allowance of calls is used up. It frees up within 24 hours; ask an operator to raise it.",
};
const authenticationFailed: Translation = {
  code: 'UPSTREAM_AUTHENTICATION_FAILED',
  message: "Salesforce refuses the gateway's credentials. An operator has to mend the SALESFORCE_ settings.",
};
const forbidden: Translation = {
  code: 'UPSTREAM_FORBIDDEN',
  message: "Salesforce does not allow this to the gateway's user. An operator has to grant it there.",
};
const rejected: Translation = {
  code: 'UPSTREAM_REJECTED',
  message: 'Salesforce refused the query as wrong. Report it with the request id; other fields are not affected.',
};
const badResponse: Translation = {
  code: 'UPSTREAM_BAD_RESPONSE',
  message: 'Salesforce answered something that can not be understood. Try again in a moment.',
};
const tooSlow: Translation = {
  code: 'UPSTREAM_TIMEOUT',
  message: 'Salesforce gave up on a query that took it too long. Ask for less at once, or filter more narrowly.',
};

/** By Salesforce's error code; what is not listed is told by its HTTP status. */
const byErrorCode: Readonly<Record<string, Translation>> = {
  INVALID_SESSION_ID: authenticationFailed,
  INVALID_AUTH_HEADER: authenticationFailed,
  SERVER_UNAVAILABLE: unavailable,
  UNABLE_TO_LOCK_ROW: unavailable,
  UNKNOWN_EXCEPTION: unavailable,
  QUERY_TIMEOUT: tooSlow,
  INVALID_QUERY_LOCATOR: {
    code: 'UPSTREAM_UNAVAILABLE',
    message: 'Salesforce lost its place in a long list while it was read. Ask again.',
  },
  INVALID_FIELD: rejected,
  INVALID_TYPE: rejected,
  MALFORMED_QUERY: rejected,
  MALFORMED_ID: rejected,
  INVALID_QUERY_FILTER_OPERATOR: rejected,
  QUERY_TOO_COMPLICATED: rejected,
  EXCEEDED_ID_LIMIT: rejected,
  NOT_FOUND: rejected,
  API_DISABLED_FOR_ORG: forbidden,
  API_CURRENTLY_DISABLED: forbidden,
  INSUFFICIENT_ACCESS: forbidden,
  INSUFFICIENT_ACCESS_OR_READONLY: forbidden,
};

/** The one translation of Salesforce's failures into the gateway's codes. The failure itself stays inside, as the cause. */
export function toGatewayError(failure: SalesforceFailure, retryAfterSeconds?: number): GatewayError {
  const { code, message } = translationOf(failure);
  return new GatewayError(code, message, {
    source: 'SALESFORCE',
    cause: failure,
    // Salesforce counts the calls of the whole org, whatever they are for.
    ...(code === 'UPSTREAM_RATE_LIMITED' ? { details: { scope: 'tenant' } } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

function translationOf({ errorCode, message, httpStatus }: SalesforceFailure): Translation {
  if (errorCode === 'REQUEST_LIMIT_EXCEEDED') return /concurrent/i.test(message) ? rateLimited : quotaExhausted;
  const listed = byErrorCode[errorCode];
  if (listed) return listed;
  if (httpStatus === null || httpStatus < 400) return badResponse;
  if (httpStatus === 401) return authenticationFailed;
  if (httpStatus === 403) return forbidden;
  if (httpStatus === 429) return rateLimited;
  return httpStatus === 420 || httpStatus === 408 || httpStatus >= 500 ? unavailable : rejected;
}

/** An answer that arrived and makes no sense; `detail` says to operators what was wrong with it. */
export function badAnswer(detail: string): GatewayError {
  return toGatewayError(new SalesforceFailure('BAD_ANSWER', detail, null));
}

/** Reads Salesforce's error body, `[{ errorCode, message }]`; anything else (HTML, say) is told by the status alone. */
export function failureOf(body: unknown, httpStatus: number | null): SalesforceFailure {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (typeof first === 'object' && first !== null && 'errorCode' in first && typeof first.errorCode === 'string') {
    const message = 'message' in first && typeof first.message === 'string' ? first.message : '';
    const fields = 'fields' in first && Array.isArray(first.fields) ? first.fields.map(String) : [];
    return new SalesforceFailure(first.errorCode, message, httpStatus, fields);
  }
  return new SalesforceFailure(`ERROR_HTTP_${httpStatus}`, 'no error body that Salesforce documents', httpStatus);
}

/** True for the failure of a query that names a field which does not exist or is hidden. */
export function isInvalidField(error: unknown): boolean {
  return (
    error instanceof GatewayError &&
    error.cause instanceof SalesforceFailure &&
    (error.cause.errorCode === 'INVALID_FIELD' || error.cause.errorCode === 'INVALID_TYPE')
  );
}

/** True for a query that Salesforce gave up on because it is too much in itself: no sign of a failing Salesforce. */
export function isTooHeavy(error: unknown): error is GatewayError {
  return (
    error instanceof GatewayError &&
    error.cause instanceof SalesforceFailure &&
    error.cause.errorCode === 'QUERY_TIMEOUT'
  );
}
