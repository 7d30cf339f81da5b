import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, BlockList, Socket } from 'node:net';
import type { RequestOrigin } from '../features/access/caller.ts';
import { errorTable, GatewayError } from '../platform/errors.ts';
import { describeError, type Logger } from '../platform/log.ts';
import {
  errorBody,
  headersOfError,
  internalError,
  JSON_CONTENT_TYPE,
  SECURITY_HEADERS,
  sendError,
} from './http-answer.ts';
import type { HttpLimits } from './http-limits.ts';
import { discardBody } from './request-body.ts';
import { originOf } from './request-origin.ts';

/** One request on its way to a route. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Query string with its `?`, or empty. */
  readonly search: string;
  readonly requestId: string;
  readonly origin: RequestOrigin;
}

export interface Route {
  /** HTTP methods it takes; GET includes HEAD. */
  readonly methods: readonly string[];
  /** Answers the request; a GatewayError thrown becomes the answer. */
  handle(exchange: Exchange): Promise<void> | void;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly limits: HttpLimits;
  readonly log: Logger;
  /** Proxies whose word counts for where a request comes from. */
  readonly trustedProxies: BlockList | null;
  /** By path, exactly. */
  readonly routes: ReadonlyMap<string, Route>;
  /** Called once per request when it is over; `path` is a route's, or `other`. Status 0: the client left before the answer. */
  onRequestEnd(path: string, status: number): void;
}

export interface HttpServer {
  readonly host: string;
  readonly port: number;
  /** Where a browser on this machine finds it, without a trailing slash. */
  readonly url: string;
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** Stops listening, lets answers under way end within `graceMs`, then closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** Connections that wait to be taken; Node's 511 are too few when thousands come at once, and the rest would be reset. The system may allow fewer. */
const CONNECTION_BACKLOG = 4_096;

/** Listens for HTTP. Rejects when the address can not be had (EADDRINUSE …). Every answer that it gives is JSON unless a route says otherwise. */
export async function openHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { limits } = options;
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: 1_000,
    // Answered below, because Node's own answer has no body.
    requireHostHeader: false,
  });
  server.maxConnections = limits.maxConnections;
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection;
  let closing = false;
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing) response.setHeader('connection', 'close');
    void serve(options, request, response);
  };
  server.on('request', onRequest);
  // With `Expect: 100-continue` the client waits before it sends the body; a body that is too long is then never sent.
  server.on('checkContinue', (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= limits.maxBodyBytes) response.writeContinue();
    onRequest(request, response);
  });
  server.on('checkExpectation', onRequest);
  server.on('clientError', (error, socket: Socket) => answerBrokenRequest(options.log, error, socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port: options.port, host: options.host, backlog: CONNECTION_BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    host: options.host,
    port,
    url: `http://${reachableHost(options.host)}:${port}`,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close: async (graceMs) => {
      closing = true;
      await closeServer(server, graceMs);
    },
  };
}

async function serve(options: HttpServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? '/';
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  const route = options.routes.get(path);
  const requestId = requestIdOf(request);
  response.setHeader('x-request-id', requestId);
  response.once('close', () => {
    options.onRequestEnd(route ? path : 'other', response.writableFinished ? response.statusCode : 0);
  });
  closeSlowReader(response, options.limits.sendTimeoutMs);
  try {
    refuseBadForm(request);
    if (!route) throw new GatewayError('NOT_FOUND', 'Nothing is served here. The API is at /graphql.');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    if (!route.methods.includes(method) || (request.method === 'HEAD' && route.methods.includes('POST'))) {
      refuseMethod(route, request, response, requestId);
      return;
    }
    const origin = originOf(request, options.trustedProxies);
    await route.handle({ request, response, search: queryAt < 0 ? '' : target.slice(queryAt), requestId, origin });
  } catch (error) {
    if (!(error instanceof GatewayError))
      options.log.error({ requestId, path: route ? path : 'other', error: describeError(error) }, 'request failed');
    await refuse(request, response, error instanceof GatewayError ? error : internalError(error), requestId);
  }
}

/** What is HTTP, but nothing that is served here. Throws BAD_REQUEST. */
function refuseBadForm({ headers, rawHeaders, httpVersion }: IncomingMessage): void {
  if (headers.host === undefined && httpVersion === '1.1')
    throw new GatewayError('BAD_REQUEST', 'The request has no Host header, which HTTP/1.1 demands. Send one.');
  if (hosts(rawHeaders) > 1)
    throw new GatewayError('BAD_REQUEST', 'The request has more than one Host header. Send one.');
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue')
    throw new GatewayError(
      'BAD_REQUEST',
      'The request expects what is not known here. Send `Expect: 100-continue` or none.',
    );
  // Any other protocol may be passed over (RFC 9110, 7.8); a client of WebSockets would wait for frames that never come.
  if (headers.upgrade?.toLowerCase() === 'websocket')
    throw new GatewayError('BAD_REQUEST', 'WebSockets are not served here. Send operations by POST.');
}

/** Proxies and servers may take different ones of several for true. */
function hosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.length === 4 && rawHeaders[index]?.toLowerCase() === 'host') count += 1;
  return count;
}

/** An answer that is ready but not taken holds its memory, so its connection ends after a while. */
function closeSlowReader(response: ServerResponse, timeoutMs: number): void {
  response.once('prefinish', () => {
    if (response.writableFinished) return;
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    timer.unref();
    response.once('close', () => clearTimeout(timer));
  });
}

function refuseMethod(route: Route, request: IncomingMessage, response: ServerResponse, requestId: string): void {
  const allow = [...route.methods, 'OPTIONS'].join(', ');
  if (request.method === 'OPTIONS') {
    // No CORS headers: pages of other origins get no access. Apollo Sandbox at `/` and GraphiQL are of this origin.
    response.writeHead(204, { allow });
    response.end();
    return;
  }
  const message = `This path does not take ${request.method ?? 'this method'}. It takes ${route.methods.join(' and ')}.`;
  request.resume();
  sendError(response, new GatewayError('METHOD_NOT_ALLOWED', message), requestId, { allow });
}

/**
 * Sends a refusal. While the client is still sending its body, the answer goes out at once but the connection ends only after the rest
 * was read to nowhere: closing on unread data would reset it, and the client would never see the answer.
 */
async function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  error: GatewayError,
  requestId: string,
): Promise<void> {
  if (request.complete || response.headersSent || hasNoBody(request)) {
    sendError(response, error, requestId);
    return;
  }
  const body = `${JSON.stringify(errorBody(error, requestId))}\n`;
  response.writeHead(errorTable[error.code].httpStatus, {
    ...SECURITY_HEADERS,
    'content-type': JSON_CONTENT_TYPE,
    'cache-control': 'no-store',
    ...headersOfError(error),
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.write(body);
  await discardBody(request);
  response.end();
}

function hasNoBody(request: IncomingMessage): boolean {
  return request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
}

/** A request that is no HTTP (or too slow, or with too long headers) never reaches a route; it is answered on the bare socket. */
function answerBrokenRequest(log: Logger, error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, code, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'BAD_REQUEST', 'The request headers are longer than 16 KB. Send fewer or shorter ones.'] as const)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ([408, 'REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again, without pauses.'] as const)
        : ([400, 'BAD_REQUEST', 'The request is not valid HTTP.'] as const);
  const requestId = randomUUID();
  log.debug({ requestId, status, reason: error.code }, 'a request that is not usable as HTTP was refused');
  const body = `${JSON.stringify(errorBody(new GatewayError(code, message), requestId))}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${JSON_CONTENT_TYPE}\r\nx-content-type-options: nosniff\r\n` +
      `cache-control: no-store\r\nx-request-id: ${requestId}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** A request id of the client's is taken over when it can do no harm in a log line or a header. */
function requestIdOf(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && /^[\w.:-]{1,128}$/.test(sent) ? sent : randomUUID();
}

function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
