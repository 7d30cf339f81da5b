import { type ErrorCode, errorTable, GatewayError, type SourceName } from '../../platform/errors.ts';
import { displayNames } from '../../upstream/call.ts';
import type { JsonObject } from '../../upstream/source-write.ts';

/** How a write has ended, as it is stored: whoever sends its key again is answered the same. */
export type WriteOutcome =
  | { readonly outcome: 'DONE'; readonly result: JsonObject }
  | { readonly outcome: 'NOT_DONE' | 'UNDECIDED'; readonly error: StoredError };

interface StoredError {
  readonly code: string;
  readonly message: string;
  readonly source: SourceName;
}

/** What the answer is made of. Throws the failure that the outcome stands for. */
export function resultOf(outcome: WriteOutcome): JsonObject {
  if (outcome.outcome === 'DONE') return outcome.result;
  const { code, message, source } = outcome.error;
  const known: ErrorCode = Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'WRITE_OUTCOME_UNKNOWN';
  throw new GatewayError(known, message, { source, details: { outcome: outcome.outcome } });
}

/** Found out by looking: the source has never done it. `code`: of the call that failed. */
export function notDone(source: SourceName, code: ErrorCode): WriteOutcome {
  const message = `${displayNames[source]} did not confirm the change, and looking there shows that it was not carried out. Send it again, with a new \`idempotencyKey\` if it had one.`;
  return { outcome: 'NOT_DONE', error: { code, message, source } };
}

export function undecided(source: SourceName): WriteOutcome {
  const message = `${displayNames[source]} did not confirm the change, and the record was changed by others since, so that nobody can tell whether this one was in between. Look at the record; if the change is still wanted, send it again with a new \`idempotencyKey\`.`;
  return { outcome: 'UNDECIDED', error: { code: 'WRITE_OUTCOME_UNKNOWN', message, source } };
}

/** Of a failure before anything was sent, or of one after which the source has provably done nothing. Says so; defects stay what they are. */
export function nothingChanged(error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.details.outcome !== undefined) return error;
  return retold(error, 'Nothing was changed.', 'NOT_DONE');
}

/** Of a failure to find out what a key stands for: this request sent nothing, one before may have. */
export function keyUnknown(source: SourceName, error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.details.outcome !== undefined) return error;
  if (error.code === 'IDEMPOTENCY_MISMATCH') return error;
  const advice = `This request has changed nothing, but whether its \`idempotencyKey\` was used before can't be told: send it again with the same key, which does nothing twice in ${displayNames[source]}.`;
  return retold(error, advice, 'UNKNOWN');
}

function retold(error: GatewayError, addition: string, outcome: 'NOT_DONE' | 'UNKNOWN'): GatewayError {
  const { code, message, source, retryAfterSeconds, refusesForMs, details, cause } = error;
  const isTold = /nothing was (changed|sent)/iu.test(message);
  return new GatewayError(code, isTold ? message : `${message} ${addition}`, {
    ...(source ? { source } : {}),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(refusesForMs ? { refusesForMs } : {}),
    details: { ...details, outcome },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Its request had ended before its turn came. */
export function notBegun(source: SourceName, cause: unknown): GatewayError {
  return new GatewayError(
    'REQUEST_TIMEOUT',
    `The request ended before this change was begun, so nothing was sent to ${displayNames[source]}. Send it again.`,
    { source, details: { outcome: 'NOT_DONE' }, cause },
  );
}

/** Nobody knows yet. `hasKey`: whether the client can ask again without doing it twice. */
export function outcomeUnknown(source: SourceName, hasKey: boolean, cause: unknown): GatewayError {
  const advice = hasKey
    ? 'Send it again in a moment with the same `idempotencyKey`: it is not done twice, and the answer tells what became of it.'
    : 'Look at the record before sending it again; with an `idempotencyKey` it could be sent again without being done twice.';
  return new GatewayError(
    'WRITE_OUTCOME_UNKNOWN',
    `The change was sent to ${displayNames[source]}, but nobody knows yet whether it was carried out; the gateway goes on finding out. ${advice}`,
    { source, retryAfterSeconds: 5, details: { outcome: 'UNKNOWN' }, cause },
  );
}
