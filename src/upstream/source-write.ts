import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Receipt } from '../platform/receipt.ts';
import { isRefusal } from './refusals.ts';

/** What JSON can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** What the calls of a write share. */
export interface WriteCalls {
  /** Of whoever carries the write out: a client that leaves does not end it. */
  readonly signal: AbortSignal;
  readonly receipts: readonly Receipt[];
  /** Milliseconds that one call may take. */
  readonly deadlineMs: number;
  readonly priority: 'write';
}

/** The record that a write changes. */
export interface WrittenRecord {
  /** GraphQL type. */
  readonly type: string;
  /** Identity in the cache: an 18-character Salesforce id, an issue's numeric id. */
  readonly id: string;
  /** Its other names: a request's number, an issue's keys. */
  readonly names: readonly string[];
}

/** What has to be known to find out later whether the write took effect. Stored before anything is sent: never personal, never secret. */
export interface WriteIntent extends JsonObject {
  /** What its record is called besides its id. */
  readonly names: readonly string[];
}

export type Prepared<Intent extends WriteIntent> =
  /** The record is as it is wanted to be. `result`: what the answer is made of, as after a write. */
  | { readonly kind: 'nothingToDo'; readonly record: WrittenRecord; readonly result: JsonObject }
  | {
      readonly kind: 'ready';
      readonly record: WrittenRecord;
      readonly intent: Intent;
      /** When the record was last changed as the client knows it, where the client says so: of two writes from the same state one is refused. */
      readonly basedOn: string | null;
      /** For the audit log: what is changed, from what, to what. Never what somebody wrote. */
      readonly details: JsonObject;
    }
  /** The record is not as the client knows it, so what is held of it may be as old. `error`: what to answer. */
  | { readonly kind: 'outdated'; readonly record: WrittenRecord; readonly error: GatewayError };

export type SendOutcome =
  | { readonly kind: 'done'; readonly result: JsonObject }
  /**
   * It never left, or the source refused it: nothing has changed, and nothing will. `isOutdated`: refused because the record is not as it was
   * known to be.
   */
  | { readonly kind: 'notDone'; readonly error: GatewayError; readonly isOutdated?: boolean }
  /** It left, and what came back does not tell. `isAnswered`: the source, or what stands before it, has ended the call itself. */
  | { readonly kind: 'unknown'; readonly error: GatewayError; readonly isAnswered: boolean };

export type Looked =
  | { readonly kind: 'done'; readonly result: JsonObject }
  /** There is no trace of it, yet. */
  | { readonly kind: 'noTrace' }
  /** The record was changed by others since, and whether the write was in between can't be told. */
  | { readonly kind: 'overtaken' };

/**
 * One kind of write to a source. `prepare` reads what the record is like, `send` sends the one call that changes it, once, and `look` finds
 * out afterwards whether it took effect. `prepare` and `look` fail with GatewayErrors; `send` never throws.
 */
export interface SourceWrite<Command, Intent extends WriteIntent = WriteIntent> {
  /** Name of the mutation. */
  readonly operation: string;
  readonly source: SourceName;
  prepare(command: Command, calls: WriteCalls): Promise<Prepared<Intent>>;
  send(write: WriteToSend<Command, Intent>, calls: WriteCalls): Promise<SendOutcome>;
  look(write: WriteToFind<Intent>, calls: WriteCalls): Promise<Looked>;
  /** What to answer when another write from the same state came first. */
  conflict(intent: Intent, calls: WriteCalls): Promise<GatewayError>;
}

/** What it takes to find out about a write that was left behind, whoever sent it. */
export type FindableWrite = Pick<SourceWrite<never, never>, 'operation' | 'source' | 'look'>;

/** A write that may have been sent. */
export interface WriteToFind<Intent extends WriteIntent> {
  /** UUID. */
  readonly id: string;
  readonly record: Pick<WrittenRecord, 'type' | 'id'>;
  readonly intent: Intent;
}

export interface WriteToSend<Command, Intent extends WriteIntent> extends WriteToFind<Intent> {
  readonly command: Command;
}

/** Of undici and the system, for a connection that never came about. */
const neverConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * What a call that failed tells about its write. `hasLeft`: the request was handed to a connection. `isRefused`: the source answered that
 * it did nothing.
 */
export function outcomeOfFailure(error: unknown, hasLeft: boolean, isRefused: boolean): SendOutcome {
  const failure =
    error instanceof GatewayError
      ? error
      : new GatewayError('INTERNAL_SERVER_ERROR', 'The write failed because of a defect of the gateway.', {
          cause: error,
        });
  if (!hasLeft || isRefused || isRefusal(error) || isNeverConnected(failure))
    return { kind: 'notDone', error: failure };
  const { code } = failure;
  const isAnswered = code === 'UPSTREAM_BAD_RESPONSE' || (code === 'UPSTREAM_UNAVAILABLE' && !isBroken(failure));
  return { kind: 'unknown', error: failure, isAnswered };
}

function isNeverConnected({ cause }: GatewayError): boolean {
  return cause instanceof Error && 'code' in cause && neverConnected.has(cause.code);
}

/** The connection ended before an answer. */
function isBroken({ cause }: GatewayError): boolean {
  return cause instanceof Error && 'code' in cause;
}
