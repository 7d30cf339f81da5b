import type { ServerResponse } from 'node:http';
import { maxAgeSecondsOf, readRequestConditions } from '../cache/responses/request-conditions.ts';
import type { Caller } from '../features/access/caller.ts';
import { GatewayError } from '../platform/errors.ts';
import type { AuditedOperation } from './audit/audited-operation.ts';
import type { OperationAudit } from './audit/operation-audit.ts';
import { BodyRoom } from './body-room.ts';
import { CachedOperations, type ResponseCaching } from './cached-operations.ts';
import { clientPriority } from './client-priority.ts';
import type { DocumentDesk } from './documents/document-desk.ts';
import { completeBody, type Executor, executeOperation } from './execute-operation.ts';
import { admitExplain } from './explain/explain-header.ts';
import { send } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import type { Exchange, Route } from './http-server.ts';
import { type Budgets, signInsAmong } from './limits/budgets/budgets.ts';
import type { ExecutionCap } from './limits/execution-cap.ts';
import { fewErrors } from './limits/few-errors.ts';
import type { OperationGate } from './limits/operation-gate.ts';
import type { Executions, Reply } from './reply.ts';
import { parseBody, readBodyText } from './request-body.ts';
import { sendStoredAnswer } from './stored-answer-sender.ts';

export interface GraphqlRouteOptions extends Executor {
  readonly limits: HttpLimits;
  /** Finds the documents that are named by their hash; null: none are. */
  readonly documents: Pick<DocumentDesk, 'admit'> | null;
  /** Refuses operations that ask for too much. */
  readonly gate: Pick<OperationGate, 'admit'>;
  /** Finds out who asks, before anything of the request's body is read. Throws UNAUTHENTICATED, FORBIDDEN. */
  callerOf(exchange: Pick<Exchange, 'request' | 'response' | 'origin'>): Promise<Caller>;
  /** Null: every operation is executed, for its own request alone. */
  readonly caching: ResponseCaching | null;
  readonly operationsUnderWay: OperationsUnderWay;
  readonly executions: ExecutionCap;
  /** Null: nobody's requests are counted. */
  readonly budgets: Budgets | null;
  /** Null: nothing is audited, for benchmarks. */
  readonly audit: OperationAudit | null;
}

/** Counts operations under way, so that a stop can wait for them; refuses new ones once it is closed. */
export class OperationsUnderWay {
  readonly #aborts = new Set<AbortController>();
  #closed = false;
  #onIdle: (() => void) | undefined;

  get count(): number {
    return this.#aborts.size;
  }

  enter(abort: AbortController): void {
    if (this.#closed)
      throw new GatewayError('SHUTTING_DOWN', 'This instance of the gateway is stopping. Send the request again.');
    this.#aborts.add(abort);
  }

  leave(abort: AbortController): void {
    this.#aborts.delete(abort);
    if (this.#aborts.size === 0) this.#onIdle?.();
  }

  /** Takes no more; resolves when none is left, at the latest after `graceMs`, when those left are aborted. */
  async drain(graceMs: number): Promise<void> {
    this.#closed = true;
    if (this.#aborts.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    for (const abort of this.#aborts) abort.abort(new Error('the gateway is stopping'));
  }
}

/**
 * `/graphql` by GET and POST: a thin adapter between node:http and Apollo Server. The operation's signal aborts when the client leaves or
 * the deadline passes.
 */
export function graphqlRoute(options: GraphqlRouteOptions): Route {
  const cached = options.caching && new CachedOperations(options, options.caching);
  const room = new BodyRoom(options.limits.maxArrivingBytes);
  return {
    methods: ['GET', 'POST'],
    handle: async (exchange) => {
      const abort = new AbortController();
      options.operationsUnderWay.enter(abort);
      const leave = (): void => abort.abort(new Error('the client left'));
      exchange.response.once('close', leave);
      let audited: AuditedOperation | undefined;
      try {
        const { budgets } = options;
        budgets?.admitSignIn(exchange);
        const caller = await callerOf(options, exchange);
        budgets?.letIn(exchange);
        audited = options.audit?.begin(exchange, caller);
        admitExplain(exchange.request.headers, caller.viewer);
        const purse = budgets?.admit(exchange, caller);
        const isPost = exchange.request.method === 'POST';
        const text = isPost
          ? await readBodyText(exchange.request, options.limits.maxBodyBytes, room.enter(exchange.origin.address))
          : '';
        let body: unknown;
        const parsed = (): unknown => (body ??= isPost ? parseBody(text) : undefined);
        const sent = { isPost, search: exchange.search, bodyText: text, parsed };
        const asked = options.documents?.admit(sent, exchange.request.headers) ?? sent;
        const named = asked === sent ? exchange : { ...exchange, search: asked.search };
        const admitted = options.gate.admit(exchange.request, asked, caller.viewer.roles);
        purse?.signIns(signInsAmong(admitted.rootFields));
        audited?.isAbout(asked);
        const executions: Executions = {
          signal: abort.signal,
          attended: (begin) =>
            options.executions.run(async () => {
              await audited?.permit();
              purse?.spend(admitted.cost);
              return await withinDeadline(options.limits, abort, begin());
            }),
          unattended: (begin) => void setImmediate(() => void executeUnattended(options, begin)),
        };
        const reply = cached
          ? await cached.reply(named, caller, asked.bodyText, asked.parsed, executions)
          : await executions.attended(() => execute(options, named, caller, asked.parsed(), abort.signal));
        await audited?.answered(reply);
        if (reply.kind === 'stored') await sendStoredAnswer(exchange, reply);
        else sendAnswer(exchange.response, reply, exchange.requestId);
      } catch (error) {
        await audited?.failed(error);
        throw error;
      } finally {
        exchange.response.off('close', leave);
        options.operationsUnderWay.leave(abort);
      }
    },
  };
}

/** Who could not be let in is in the audit log too. */
async function callerOf(options: GraphqlRouteOptions, exchange: Exchange): Promise<Caller> {
  try {
    return await options.callerOf(exchange);
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'UNAUTHENTICATED') options.budgets?.failedSignIn(exchange);
    await options.audit?.signInFailed(exchange, error);
    throw error;
  }
}

async function execute(
  options: GraphqlRouteOptions,
  exchange: Exchange,
  caller: Caller,
  body: unknown,
  signal: AbortSignal,
): Promise<Reply> {
  const { headers: asked } = exchange.request;
  const priority = clientPriority(asked, caller.viewer);
  const maxAgeSeconds = maxAgeSecondsOf(readRequestConditions(asked['cache-control']));
  const context = options.openContext(caller, exchange.requestId, signal, maxAgeSeconds, priority);
  const answer = await executeOperation(options.apollo, exchange, body, context);
  const headers = { 'cache-control': 'no-store', ...Object.fromEntries(answer.headers) };
  return {
    kind: 'executed',
    status: answer.status ?? 200,
    headers,
    body: completeBody(answer),
    isStale: (context.scope.freshness?.staleUses.length ?? 0) > 0,
    isRepeated: false,
  };
}

/** Never rejects: who asks next has it executed, and is told what is wrong. */
async function executeUnattended(
  { operationsUnderWay, executions, limits, caching }: GraphqlRouteOptions,
  begin: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const abort = new AbortController();
  try {
    operationsUnderWay.enter(abort);
    await executions.run(() => withinDeadline(limits, abort, begin(abort.signal)));
  } catch (error) {
    if (!(error instanceof GatewayError)) caching?.onRenewalFailed(error);
  } finally {
    operationsUnderWay.leave(abort);
  }
}

/** At the deadline the signal aborts, which ends the upstream calls; what does not even end then is left behind. */
async function withinDeadline<Answer>(
  limits: HttpLimits,
  abort: AbortController,
  answer: Promise<Answer>,
): Promise<Answer> {
  let grace: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    deadline = setTimeout(() => {
      const seconds = limits.operationDeadlineMs / 1000;
      const error = new GatewayError(
        'REQUEST_TIMEOUT',
        `The request took longer than the ${seconds} s that one may take. Ask for less at once.`,
      );
      abort.abort(error);
      grace = setTimeout(() => reject(error), limits.deadlineGraceMs);
    }, limits.operationDeadlineMs);
  });
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    clearTimeout(deadline);
    clearTimeout(grace);
  }
}

/** Faults of a well-formed GraphQL request, which `application/json` answers with 200 (GraphQL over HTTP, section 6.4.1). */
const requestFaultCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

function sendAnswer(
  response: ServerResponse,
  { status, headers, body: text }: Extract<Reply, { kind: 'executed' }>,
  requestId: string,
): void {
  if (status < 400) {
    send(response, status, headers, text);
    return;
  }
  const body = JSON.parse(text) as { errors?: { extensions?: Record<string, unknown> }[] };
  const isRequestFault = body.errors?.every((error) => requestFaultCodes.has(error.extensions?.code)) ?? false;
  const isPlainJson = headers['content-type']?.startsWith('application/json') ?? false;
  const isOk = status === 400 && isRequestFault && isPlainJson;
  const errors = body.errors && fewErrors(body.errors, requestId);
  send(response, isOk ? 200 : status, headers, `${JSON.stringify({ ...body, ...(errors ? { errors } : {}) })}\n`);
}
