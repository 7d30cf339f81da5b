import type { Clock } from '../../platform/clock.ts';
import { type ErrorCode, GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { CallPriority } from '../../platform/priority.ts';
import type { Receipt } from '../../platform/receipt.ts';
import type { SalesforceSettings } from '../../platform/settings.ts';
import type { UpstreamDurations } from '../../upstream/call.ts';
import { totalConcurrency } from '../../upstream/endpoint-class.ts';
import { createUpstream } from '../../upstream/policed-upstream.ts';
import { readSforceLimitInfo } from '../../upstream/quota-headers.ts';
import type { Upstream, UpstreamOptions } from '../../upstream/upstream.ts';
import { type EndpointLimits, endpointClasses, type SalesforceOperation } from './endpoint-classes.ts';
import { badAnswer, failureOf, isTooHeavy, SalesforceFailure, toGatewayError } from './failures.ts';
import { type HttpAnswer, HttpExchange } from './http-exchange.ts';
import { type OrgConnection, type OrgRequest, signIn } from './org-connection.ts';
import { SessionKeeper } from './session.ts';

/** What the policies of the calls are shared with and shown to; each has a default of the client's own. */
export type SalesforcePolicies = Pick<
  UpstreamOptions<SalesforceOperation>,
  'metrics' | 'retryBudget' | 'retry' | 'quota' | 'onAnswersAgain' | 'probePatienceMs'
>;

export interface SalesforceClientOptions extends SalesforcePolicies, EndpointLimits {
  readonly settings: SalesforceSettings;
  readonly log: Logger;
  readonly clock: Clock;
  readonly durations: UpstreamDurations;
  /** Bytes of one answer, decompressed; 20 MiB unless told. */
  readonly maxAnswerBytes?: number;
}

/** For whom and as what a call is made. */
export interface CallFor {
  /** Endpoint class, which metrics and receipts show. */
  readonly operation: SalesforceOperation;
  readonly signal?: AbortSignal | undefined;
  readonly receipts: readonly Receipt[];
  /** `interactive` unless told. */
  readonly priority?: CallPriority;
  /** What is left to the caller, in milliseconds; caps the deadline of the endpoint class. */
  readonly deadlineMs?: number;
  /** Rows in the body of an answer, for the receipt. */
  readonly countRecords?: (body: unknown) => number;
}

/** One part of a composite call: its body, or why this part alone failed. */
export type CompositePart =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly error: GatewayError };

/** The org's calls of the last 24 hours, as Salesforce counted them with its latest answer. */
export interface SalesforceUsage {
  readonly usedCalls: number;
  readonly allowedCalls: number;
  readonly observedAtMs: number;
}

/** Failures that say something about the whole org; others are of one query, or of a client that went away. */
const meansDown: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_QUOTA_EXHAUSTED',
  'UPSTREAM_AUTHENTICATION_FAILED',
]);

const FAILURE_TELLS_MS = 60_000;

/** Subrequests of one composite call, and how many of them may be queries: Salesforce's limits. */
export const MAX_COMPOSITE_PARTS = 25;
export const MAX_COMPOSITE_QUERIES = 5;

/**
 * Calls one Salesforce org as the gateway's integration user: under the policies of its endpoint classes, bounded in sockets and
 * answer size, with a session that is renewed once for everybody when Salesforce refuses it. Every failure is a GatewayError.
 */
export class SalesforceClient {
  readonly #options: SalesforceClientOptions;
  readonly #exchange: HttpExchange;
  readonly #upstream: Upstream<SalesforceOperation>;
  readonly #sessions: SessionKeeper<OrgConnection>;
  #usage: SalesforceUsage | null = null;
  #lastFailure: { readonly error: GatewayError; readonly atMs: number } | null = null;
  /** One failed sign-in is the failure of every call that waited for it, and is logged once. */
  readonly #logged = new WeakSet<GatewayError>();

  constructor(options: SalesforceClientOptions) {
    this.#options = options;
    const classes = endpointClasses(options);
    this.#exchange = new HttpExchange({
      maxSockets: totalConcurrency(classes),
      maxAnswerBytes: options.maxAnswerBytes ?? 20 * 1024 * 1024,
    });
    const { log, clock, durations, metrics, retryBudget, retry, quota, onAnswersAgain, probePatienceMs } = options;
    this.#upstream = createUpstream({
      source: 'SALESFORCE',
      endpointClasses: classes,
      ...{ log, clock, durations },
      ...(metrics ? { metrics } : {}),
      ...(retryBudget ? { retryBudget } : {}),
      ...(retry ? { retry } : {}),
      ...(quota ? { quota } : {}),
      ...(onAnswersAgain ? { onAnswersAgain } : {}),
      ...(probePatienceMs === undefined ? {} : { probePatienceMs }),
    });
    this.#sessions = new SessionKeeper(() => this.#signIn(), options.clock);
  }

  /** How the org is doing, and what it wants to be left alone with. */
  get upstream(): Upstream<SalesforceOperation> {
    return this.#upstream;
  }

  get usage(): SalesforceUsage | null {
    return this.#usage;
  }

  /** Why the org can't be used at the moment; null once a call was answered, and when the last failure is too long ago to tell. */
  get lastFailure(): GatewayError | null {
    if (!this.#lastFailure) return null;
    return this.#options.clock.now() - this.#lastFailure.atMs < FAILURE_TELLS_MS ? this.#lastFailure.error : null;
  }

  /** Path of the REST API's version, which every path begins with. */
  get versionPath(): string {
    return `/services/data/v${this.#options.settings.apiVersion}`;
  }

  /** GETs a path that begins with `versionPath`. */
  get(path: string, call: CallFor): Promise<unknown> {
    return this.#call({ method: 'GET', path }, call, (body): unknown => body, call.countRecords);
  }

  /**
   * PATCHes a record, once: a 401, which changes nothing, is the one failure after which it is sent again. `ifUnmodifiedSince`: refused with
   * 412 when the record was changed later than that, to the second. `onSend` is called before each time it leaves.
   */
  async update(
    path: string,
    columns: Readonly<Record<string, unknown>>,
    ifUnmodifiedSince: string | null,
    call: CallFor,
    onSend: () => void,
  ): Promise<void> {
    const headers =
      ifUnmodifiedSince === null ? {} : { 'if-unmodified-since': new Date(ifUnmodifiedSince).toUTCString() };
    const request = { method: 'PATCH', path, body: JSON.stringify(columns), headers } as const;
    await this.#call(request, call, () => null, undefined, onSend);
  }

  /** Id of the gateway's own user; null where Salesforce did not tell. Signs in where nobody has. */
  async ownUserId(): Promise<string | null> {
    const { connection } = await this.#sessions.current();
    return connection.userId;
  }

  /** GETs up to 25 paths (5 of them queries) in one call that is billed as one; the parts come back in order. */
  composite(paths: readonly string[], call: CallFor): Promise<CompositePart[]> {
    const compositeRequest = paths.map((url, index) => ({ method: 'GET', url, referenceId: `part${index}` }));
    return this.#call(
      {
        method: 'POST',
        path: `${this.versionPath}/composite`,
        body: JSON.stringify({ allOrNone: false, compositeRequest }),
      },
      call,
      (body) => this.#partsOf(body, paths.length, call.operation),
      (parts) => parts.reduce((rows, part) => rows + ((part.ok && call.countRecords?.(part.body)) || 0), 0),
    );
  }

  async close(): Promise<void> {
    await this.#exchange.close();
  }

  #call<Answer>(
    request: OrgRequest,
    call: CallFor,
    read: (body: object) => Answer,
    countRecords?: (answer: Answer) => number,
    onSend?: () => void,
  ): Promise<Answer> {
    const { operation, signal, receipts, priority = 'interactive', deadlineMs } = call;
    const answer = this.#upstream
      .call<Outcome<Answer>>(
        { operation, signal, receipts, priority, deadlineMs, idempotentRead: onSend === undefined },
        async (callSignal) => {
          try {
            return { answer: read(await this.#sendWithSession(request, callSignal, onSend)) };
          } catch (error) {
            this.#logFailure(error, operation);
            if (isTooHeavy(error)) return { error };
            throw error;
          }
        },
        (outcome) => ('answer' in outcome ? (countRecords?.(outcome.answer) ?? 0) : 0),
      )
      .then((outcome) => {
        if ('error' in outcome) throw outcome.error;
        return outcome.answer;
      });
    answer.then(
      () => this.#remember(null),
      (error: unknown) => this.#remember(error),
    );
    return answer;
  }

  #remember(outcome: unknown): void {
    if (outcome === null) this.#lastFailure = null;
    else if (outcome instanceof GatewayError && meansDown.has(outcome.code)) {
      this.#lastFailure = { error: outcome, atMs: this.#options.clock.now() };
    }
  }

  /** Sends, and after a 401 once more with a renewed session, which everybody who got that 401 shares. */
  async #sendWithSession(request: OrgRequest, signal: AbortSignal, onSend?: () => void): Promise<object> {
    const observe = (answer: HttpAnswer) => this.#observe(answer);
    const session = await this.#sessions.current();
    signal.throwIfAborted();
    try {
      onSend?.();
      return await session.connection.send(request, signal, (answer) => {
        observe(answer);
        if (answer.statusCode !== 401) this.#sessions.accepted(session);
      });
    } catch (error) {
      if (!isSessionRefused(error)) throw error;
    }
    const renewed = await this.#sessions.renew(session);
    signal.throwIfAborted();
    onSend?.();
    return renewed.connection.send(request, signal, (answer) => {
      observe(answer);
      if (answer.statusCode === 401) this.#sessions.discard(renewed);
      else this.#sessions.accepted(renewed);
    });
  }

  #signIn(): Promise<OrgConnection> {
    const { settings, clock } = this.#options;
    return this.#upstream.call({ operation: 'sign-in', billedCalls: 0, receipts: [] }, async (signal) => {
      try {
        return await signIn(settings, this.#exchange, clock.now(), signal);
      } catch (error) {
        this.#logFailure(error, 'sign-in');
        throw error;
      }
    });
  }

  #partsOf(answer: object, count: number, operation: string): CompositePart[] {
    const parts: unknown = 'compositeResponse' in answer ? answer.compositeResponse : null;
    if (!Array.isArray(parts) || parts.length !== count) throw badAnswer('a composite answer without all of its parts');
    const byReference = new Map<string, { body?: unknown; httpStatusCode?: unknown }>(
      parts.map((part) => [String(part?.referenceId), part]),
    );
    return Array.from({ length: count }, (_, index): CompositePart => {
      const part = byReference.get(`part${index}`);
      if (typeof part?.httpStatusCode !== 'number') throw badAnswer('a composite answer without all of its parts');
      if (part.httpStatusCode < 400) return { ok: true, body: part.body };
      const error = toGatewayError(failureOf(part.body, part.httpStatusCode));
      this.#logFailure(error, operation);
      return { ok: false, error };
    });
  }

  #logFailure(error: unknown, operation: string): void {
    if (!(error instanceof GatewayError) || !(error.cause instanceof SalesforceFailure)) return;
    if (this.#logged.has(error)) return;
    this.#logged.add(error);
    const { errorCode, message: detail, httpStatus } = error.cause;
    this.#options.log.warn({ operation, code: error.code, errorCode, detail, httpStatus }, 'Salesforce call failed');
  }

  #observe(answer: HttpAnswer): void {
    const reading = readSforceLimitInfo(answer.headers);
    if (!reading) return;
    this.#upstream.quota?.observe(reading);
    this.#usage = { usedCalls: reading.used, allowedCalls: reading.limit, observedAtMs: this.#options.clock.now() };
  }
}

/** A query that is too much in itself fails without being taken for a failing Salesforce, whoever repeats it. */
type Outcome<Answer> = { readonly answer: Answer } | { readonly error: GatewayError };

function isSessionRefused(error: unknown): boolean {
  return error instanceof GatewayError && error.cause instanceof SalesforceFailure && error.cause.httpStatus === 401;
}
