import type { IncomingMessage } from 'node:http';
import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from '@apollo/server';
import type { Caller } from '../features/access/caller.ts';
import type { CallPriority } from '../platform/priority.ts';
import type { RequestContext } from './request-context.ts';

/** What executes operations. */
export interface Executor {
  readonly apollo: ApolloServer<RequestContext>;
  /** Makes what one execution needs. `maxAgeSeconds`: oldest data that the client wants from a cache; Infinity: whatever is fresh there. */
  openContext(
    caller: Caller,
    requestId: string,
    signal: AbortSignal,
    maxAgeSeconds: number,
    priority: CallPriority,
  ): RequestContext;
}

/** An HTTP request as far as Apollo Server and whoever answers in its place look at it. */
export interface OperationRequest {
  readonly request: Pick<IncomingMessage, 'method' | 'headers'>;
  /** Query string with its `?`, or empty. */
  readonly search: string;
  readonly requestId: string;
}

/** Has Apollo Server answer one HTTP request. `body` is the parsed JSON of a POST. Rejects with ANSWER_TOO_LARGE. */
export async function executeOperation(
  apollo: ApolloServer<RequestContext>,
  { request, search }: Omit<OperationRequest, 'requestId'>,
  body: unknown,
  context: RequestContext,
): Promise<HTTPGraphQLResponse> {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(', '));
  }
  const httpGraphQLRequest = { method: request.method ?? 'GET', headers, search, body };
  const answer = apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context: async () => context });
  return await Promise.race([answer, context.answerSize.exceeded]);
}

/** The text of an answer. The gateway's schema has no `@defer` or `@stream`, so there is always one. */
export function completeBody(answer: HTTPGraphQLResponse): string {
  if (answer.body.kind !== 'complete') throw new Error('Apollo answered in parts, but no operation asks for that.');
  return answer.body.string;
}
