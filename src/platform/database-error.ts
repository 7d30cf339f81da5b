import { GatewayError } from './errors.ts';

/** SQLSTATE of an error that PostgreSQL itself reported; undefined for anything else. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[0-9A-Z]{5}$/.test(error.code) && 'severity' in error ? error.code : undefined;
}

/**
 * The one translation of what `pg` and PostgreSQL report into errors that may reach a client. The cause keeps the details for the log.
 * A constraint that a feature expects to be broken is handled there, before this.
 */
export function toDatabaseError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const state = sqlStateOf(error);
  if (state !== undefined) return fromSqlState(state, error);
  const message = error instanceof Error ? error.message : '';
  if (message === 'timeout exceeded when trying to connect') {
    return unavailable('has no free connection', 'Too much is asked of it at once.', error, 1);
  }
  if (message === 'Query read timeout') {
    return unavailable('did not answer in time', 'It may be overloaded or restarting.', error, 5);
  }
  if (isConnectionFailure(error, message)) {
    return unavailable('can not be reached', 'It may be restarting.', error, 5);
  }
  return new GatewayError(
    'INTERNAL_SERVER_ERROR',
    'The gateway could not read or write its own database because of a defect. Report it with the request id.',
    { source: 'POSTGRES', cause: error },
  );
}

function fromSqlState(state: string, cause: unknown): GatewayError {
  if (state === '57014') {
    return new GatewayError(
      'UPSTREAM_TIMEOUT',
      'PostgreSQL stopped a statement that took too long. Ask for less at once, or try again in a moment.',
      { source: 'POSTGRES', retryAfterSeconds: 5, cause },
    );
  }
  if (state === '40001' || state === '40P01') {
    return new GatewayError(
      'CONFLICT',
      'Another change met this one in PostgreSQL, and nothing of this one was stored. Send it again.',
      { source: 'POSTGRES', retryAfterSeconds: 1, cause },
    );
  }
  if (state === '53300') return unavailable('has no free connection', 'Too much is asked of it at once.', cause, 1);
  if (state.startsWith('53')) return unavailable('is out of resources', 'An operator has to make room.', cause, 30);
  if (state.startsWith('57P') || state.startsWith('08')) {
    return unavailable('can not be reached', 'It may be restarting.', cause, 5);
  }
  if (state.startsWith('28') || state === '3D000') {
    return unavailable(
      'refuses the gateway',
      'An operator has to check user, password and database in DATABASE_URL.',
      cause,
    );
  }
  // NUL in a text, or in a text within JSON: only what a client sent can hold one.
  if (state === '22021' || state === '22P05') {
    return new GatewayError(
      'BAD_USER_INPUT',
      'A text holds a NUL character or half of a surrogate pair, which PostgreSQL can neither store nor look for. Remove it from what you send.',
      { cause },
    );
  }
  if (state === '25006')
    return unavailable('is read-only', 'It may be a standby that is about to take over.', cause, 5);
  return new GatewayError(
    'INTERNAL_SERVER_ERROR',
    'PostgreSQL refused a statement of the gateway, which is a defect. Report it with the request id.',
    { source: 'POSTGRES', cause },
  );
}

function unavailable(what: string, why: string, cause: unknown, retryAfterSeconds?: number): GatewayError {
  return new GatewayError(
    'DATABASE_UNAVAILABLE',
    `PostgreSQL ${what}. ${why} What Salesforce and Jira hold is not affected; try again in a moment.`,
    { source: 'POSTGRES', cause, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) },
  );
}

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** `pg` names most of these failures by their message alone. */
function isConnectionFailure(error: unknown, message: string): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && networkCodes.has(code)) return true;
  return /^Connection terminated|^Client has encountered a connection error|^Client was closed|^Cannot use a pool|not queryable|^timeout expired/.test(
    message,
  );
}
