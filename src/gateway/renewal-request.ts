import { randomUUID } from 'node:crypto';
import type { OperationRequest } from './execute-operation.ts';
import { CLIENT_NAME_HEADER } from './operation-costs/client-name.ts';

/** What the form of an answer depends on, and what a GET is not executed without. */
const TAKEN_OVER = ['accept', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** A request again, by the gateway itself; the client's name marks it in whatever counts by client. */
export function renewalRequestOf(request: OperationRequest['request'], search: string): OperationRequest {
  const taken = TAKEN_OVER.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const headers = { ...Object.fromEntries(taken), [CLIENT_NAME_HEADER]: 'gateway-renewal' };
  return { request: { method: request.method, headers }, search, requestId: `renewal-${randomUUID()}` };
}
