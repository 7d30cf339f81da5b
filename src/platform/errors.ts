/**
 * The one table of error codes, and the error that carries them. Transport-free: HTTP and GraphQL translate at their own border.
 * A message says what happened, why, and what to do about it; it may reach a client, so it never holds internals or secrets.
 */

/** Where a failure came from; `extensions.source` of a GraphQL error. */
export type SourceName = 'SALESFORCE' | 'JIRA' | 'POSTGRES' | 'REDIS' | 'IDENTITY';

interface ErrorKind {
  /** When it is raised and what the caller can do. */
  readonly meaning: string;
  /** HTTP status where the whole request ends with this error; an error of one field leaves the answer at 200. */
  readonly httpStatus: number;
  /** Whether the same request may succeed later without any change to it. */
  readonly retryable: boolean;
}

export const errorTable = {
  BAD_USER_INPUT: {
    meaning: 'An argument or variable is not acceptable; the message names it and what is expected.',
    httpStatus: 400,
    retryable: false,
  },
  BAD_CURSOR: {
    meaning: 'A cursor is malformed or was made for another list or order; start again without it.',
    httpStatus: 400,
    retryable: false,
  },
  BAD_REQUEST: {
    meaning: 'The HTTP request is not a GraphQL request: malformed JSON, wrong character set, missing `query` …',
    httpStatus: 400,
    retryable: false,
  },
  NOT_FOUND: { meaning: 'Nothing is served under this path.', httpStatus: 404, retryable: false },
  METHOD_NOT_ALLOWED: {
    meaning: 'The path does not take this HTTP method; the `allow` header names those it takes.',
    httpStatus: 405,
    retryable: false,
  },
  UNSUPPORTED_MEDIA_TYPE: {
    meaning: 'The body is not `application/json`, or it is compressed.',
    httpStatus: 415,
    retryable: false,
  },
  UNAUTHENTICATED: {
    meaning:
      'No valid credentials, or none for a field that asks for a role; send a bearer token, or a session token that has not ended.',
    httpStatus: 401,
    retryable: false,
  },
  FORBIDDEN: {
    meaning: 'The role of the caller does not allow this field, or the token has no tenant or no role of this graph.',
    httpStatus: 403,
    retryable: false,
  },
  CONFLICT: {
    meaning: 'The record changed since it was read; read it again and repeat the change.',
    httpStatus: 409,
    retryable: false,
  },
  IDEMPOTENCY_MISMATCH: {
    meaning: 'The idempotency key was used before with another body; use a new key.',
    httpStatus: 422,
    retryable: false,
  },
  WRITE_OUTCOME_UNKNOWN: {
    meaning:
      'A change was sent to a source, and nobody can tell yet whether it was carried out. With the same idempotency key it may be sent again, and is not done twice.',
    httpStatus: 504,
    retryable: true,
  },
  PAYLOAD_TOO_LARGE: {
    meaning: 'The request body is over the limit; send less at once.',
    httpStatus: 413,
    retryable: false,
  },
  UPSTREAM_UNAVAILABLE: {
    meaning: 'A source could not be reached or answered that it is down; other sources are not affected.',
    httpStatus: 503,
    retryable: true,
  },
  UPSTREAM_TIMEOUT: { meaning: 'A source did not answer within its deadline.', httpStatus: 504, retryable: true },
  UPSTREAM_RATE_LIMITED: {
    meaning: 'A source asks for fewer calls; wait for retryAfterSeconds.',
    httpStatus: 503,
    retryable: true,
  },
  UPSTREAM_QUOTA_EXHAUSTED: {
    meaning: 'The call allowance of a source is used up until it resets.',
    httpStatus: 503,
    retryable: true,
  },
  UPSTREAM_AUTHENTICATION_FAILED: {
    meaning: "A source refuses the gateway's own credentials; an operator has to mend them.",
    httpStatus: 502,
    retryable: false,
  },
  UPSTREAM_FORBIDDEN: {
    meaning: "The gateway's own user in a source may not see or do this.",
    httpStatus: 502,
    retryable: false,
  },
  UPSTREAM_BAD_RESPONSE: {
    meaning: 'A source answered something that can not be understood.',
    httpStatus: 502,
    retryable: true,
  },
  UPSTREAM_REJECTED: { meaning: 'A source refused the request as wrong.', httpStatus: 502, retryable: false },
  FIELD_UNAVAILABLE: {
    meaning: "The source does not show this field to the gateway's user; an operator has to grant it.",
    httpStatus: 200,
    retryable: false,
  },
  DATABASE_UNAVAILABLE: {
    meaning: 'PostgreSQL can not be reached or has no free connection.',
    httpStatus: 503,
    retryable: true,
  },
  AUDIT_UNAVAILABLE: {
    meaning: 'The audit log can not be written; what may only be done or shown with an entry there is refused.',
    httpStatus: 503,
    retryable: true,
  },
  PERSISTED_QUERY_NOT_FOUND: {
    meaning: 'No trusted document has the hash that was sent alone; clients of Apollo then send the text as well.',
    httpStatus: 200,
    retryable: false,
  },
  DOCUMENT_HASH_MISMATCH: {
    meaning: 'The hash is not the SHA-256 of the document that came with it, or two hashes were sent.',
    httpStatus: 400,
    retryable: false,
  },
  DOCUMENT_NOT_TRUSTED: {
    meaning: 'The gateway answers only documents that are in its manifest, and this one is not.',
    httpStatus: 403,
    retryable: false,
  },
  ANSWER_TOO_LARGE: {
    meaning: 'The answer would hold more records than one may; ask for smaller pages or fewer levels.',
    httpStatus: 400,
    retryable: false,
  },
  OPERATION_TOO_COMPLEX: {
    meaning:
      'The operation breaks a limit, which `limit`, `value` and `max` name; ask for less at once. Nothing was run.',
    httpStatus: 400,
    retryable: false,
  },
  RATE_LIMITED: {
    meaning: 'The person, the client or the address has used up what it may for now; wait for retryAfterSeconds.',
    httpStatus: 429,
    retryable: true,
  },
  OVERLOADED: {
    meaning:
      'This instance has as many operations under way, or long bodies arriving, as it takes; wait for retryAfterSeconds.',
    httpStatus: 503,
    retryable: true,
  },
  NOT_CACHED: {
    meaning: 'The request asks for a stored answer only, by `Cache-Control: only-if-cached`, and there is none.',
    httpStatus: 504,
    retryable: true,
  },
  REQUEST_TIMEOUT: { meaning: 'The request took longer than the gateway allows.', httpStatus: 503, retryable: true },
  SHUTTING_DOWN: {
    meaning: 'This instance is stopping; send the request again, another instance takes it.',
    httpStatus: 503,
    retryable: true,
  },
  INTERNAL_SERVER_ERROR: {
    meaning: 'A defect of the gateway; report it with the request id.',
    httpStatus: 500,
    retryable: false,
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorTable;

export interface GatewayErrorOptions {
  source?: SourceName;
  /** Seconds after which a repeat may succeed, where the source said so. */
  retryAfterSeconds?: number;
  /** Of a refusal that can be looked up again: milliseconds from now in which the same would be refused again; 0 when it would not. */
  refusesForMs?: () => number;
  /** Further facts for the client, merged into `extensions`; never internals or secrets. */
  details?: Readonly<Record<string, unknown>>;
  /** The internal reason: goes to the log, never to a client. */
  cause?: unknown;
}

/** The only error whose message reaches a client. Everything else is masked as INTERNAL_SERVER_ERROR. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly source: SourceName | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly refusesForMs: (() => number) | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.source = options.source;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.refusesForMs = options.refusesForMs;
    this.details = options.details ?? {};
  }
}

/** Shorthand for the most frequent refusal. */
export function badUserInput(message: string, details?: Readonly<Record<string, unknown>>): GatewayError {
  return new GatewayError('BAD_USER_INPUT', message, details ? { details } : {});
}
