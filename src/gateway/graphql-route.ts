import type { ServerResponse } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import { GatewayError } from '../platform/errors.ts';
import { send } from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import type { Exchange, Route } from './http-server.ts';
import { readJsonBody } from './request-body.ts';
import type { RequestContext } from './request-context.ts';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<RequestContext>;
  readonly limits: HttpLimits;
  /** Finds out who asks and makes what the request needs. Throws UNAUTHENTICATED. */
  openRequest(headers: Exchange['request']['headers'], requestId: string, signal: AbortSignal): Promise<RequestContext>;
  readonly operationsUnderWay: OperationsUnderWay;
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
  return {
    methods: ['GET', 'POST'],
    handle: async (exchange) => {
      const abort = new AbortController();
      options.operationsUnderWay.enter(abort);
      const leave = (): void => abort.abort(new Error('the client left'));
      exchange.response.once('close', leave);
      try {
        const body =
          exchange.request.method === 'POST'
            ? await readJsonBody(exchange.request, options.limits.maxBodyBytes)
            : undefined;
        const answer = await withinDeadline(options.limits, abort, execute(options, exchange, body, abort.signal));
        sendAnswer(exchange.response, answer, exchange.requestId);
      } finally {
        exchange.response.off('close', leave);
        options.operationsUnderWay.leave(abort);
      }
    },
  };
}

async function execute(
  options: GraphqlRouteOptions,
  { request, search, requestId }: Exchange,
  body: unknown,
  signal: AbortSignal,
): Promise<HTTPGraphQLResponse> {
  const context = await options.openRequest(request.headers, requestId, signal);
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  const httpGraphQLRequest: HTTPGraphQLRequest = { method: request.method ?? 'GET', headers, search, body };
  return await options.apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
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

function sendAnswer(response: ServerResponse, answer: HTTPGraphQLResponse, requestId: string): void {
  if (answer.body.kind !== 'complete') throw new Error('Apollo answered in parts, but no operation asks for that.');
  const headers = { 'cache-control': 'no-store', ...Object.fromEntries(answer.headers) };
  const status = answer.status ?? 200;
  if (status < 400) {
    send(response, status, headers, answer.body.string);
    return;
  }
  const body = JSON.parse(answer.body.string) as { errors?: { extensions?: Record<string, unknown> }[] };
  for (const error of body.errors ?? []) error.extensions = { ...error.extensions, requestId };
  const isRequestFault = body.errors?.every((error) => requestFaultCodes.has(error.extensions?.code)) ?? false;
  const isPlainJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
  const isOk = status === 400 && isRequestFault && isPlainJson;
  send(response, isOk ? 200 : status, headers, `${JSON.stringify(body)}\n`);
}
