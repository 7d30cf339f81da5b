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
