import { storedAnswerHeaders } from '../cache/responses/answer-headers.ts';
import { matchesEntityTag, prefersGzip } from '../cache/responses/request-conditions.ts';
import { send } from './http-answer.ts';
import type { Exchange } from './http-server.ts';
import type { Reply } from './reply.ts';

/**
 * Sends an answer's bytes as they are kept, compressed for who prefers that; 304 when the client has them already. By POST too: a query is
 * as safe as a GET, and that is what GraphQL clients send.
 */
export async function sendStoredAnswer(
  { request, response }: Exchange,
  { served, contentType, isSignedIn, reason, nowMs }: Extract<Reply, { kind: 'stored' }>,
): Promise<void> {
  const { answer } = served;
  const headers = storedAnswerHeaders(served, nowMs, isSignedIn, reason, served.records);
  const [plainTag, gzipTag] = answer.entityTags;
  const gzip = prefersGzip(request.headers['accept-encoding']) ? await answer.gzip() : null;
  if (matchesEntityTag(request.headers['if-none-match'], answer.entityTags)) {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(304, { ...headers, etag: gzip ? gzipTag : plainTag });
    response.end();
    return;
  }
  const representation = gzip ? { etag: gzipTag, 'content-encoding': 'gzip' } : { etag: plainTag };
  send(response, 200, { ...headers, ...representation, 'content-type': contentType }, gzip ?? answer.body);
}
