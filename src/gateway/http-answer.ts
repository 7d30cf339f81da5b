import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { errorTable, GatewayError } from '../platform/errors.ts';
import { extensionsOf } from './format-error.ts';

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/**
 * For whoever shows an answer in a browser after all: it is what it says, it loads and runs nothing, and no other page may frame or read it.
 * Pages bring a policy of their own.
 */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
} as const;

/** Sends a complete body with its length. Does nothing when the client is gone or an answer was sent before. */
export function send(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array,
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...headers,
    'content-length': typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength,
  });
  response.end(body);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  send(
    response,
    status,
    { 'content-type': JSON_CONTENT_TYPE, 'cache-control': 'no-store', ...headers },
    `${JSON.stringify(body)}\n`,
  );
}

/** The body of an answer that is an error as a whole, in GraphQL's shape, so that every client reads it the same way. */
export function errorBody(error: GatewayError, requestId: string): { errors: readonly object[] } {
  return {
    errors: [
      {
        message: error.message,
        extensions: { ...extensionsOf(error), requestId },
      },
    ],
  };
}

/** Ends a request with an error: status and meaning come from the error table. */
export function sendError(
  response: ServerResponse,
  error: GatewayError,
  requestId: string,
  headers: OutgoingHttpHeaders = {},
): void {
  sendJson(response, errorTable[error.code].httpStatus, errorBody(error, requestId), {
    ...headersOfError(error),
    ...headers,
  });
}

/** What a client's HTTP library acts on by itself. */
export function headersOfError(error: GatewayError): OutgoingHttpHeaders {
  const retryAfter = error.retryAfterSeconds ?? (error.code === 'SHUTTING_DOWN' ? 1 : undefined);
  return {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    ...(error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
  };
}

/** What stands in the answer for a defect: its reason is in the log under the request id. */
export function internalError(cause: unknown): GatewayError {
  return new GatewayError(
    'INTERNAL_SERVER_ERROR',
    'The gateway failed on this request. Report it with the requestId; the reason is in the log.',
    { cause },
  );
}
