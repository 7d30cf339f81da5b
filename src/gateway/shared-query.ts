import { randomUUID } from 'node:crypto';
import type { KnownOperation } from '../cache/responses/operations.ts';
import type { ViewerModel } from '../features/access/viewer.ts';
import type { WarmableOperation } from '../jobs/warming.ts';
import type { OperationRequest } from './execute-operation.ts';

/** A query whose answer everyone with the same rights in the same tenant gets, in the form in which somebody has sent it. */
export interface SharedQuery extends WarmableOperation {
  readonly operation: KnownOperation;
  readonly tenant: string;
  readonly roles: ViewerModel['roles'];
  readonly method: 'GET' | 'POST';
  readonly search: string;
  /** Of a POST. */
  readonly bodyText: string;
}

/** Longer ones are not remembered. */
const MAX_REQUEST_CHARACTERS = 16_384;

/** Null for one whose answer is not kept, or belongs to the person who asked. */
export function sharedQueryOf(
  { request, search }: OperationRequest,
  bodyText: string,
  operation: KnownOperation,
  { tenant, roles }: Pick<ViewerModel, 'tenant' | 'roles'>,
): SharedQuery | null {
  const { policy } = operation;
  if (policy.kind !== 'cacheable' || policy.isPrivate) return null;
  if (bodyText.length + search.length > MAX_REQUEST_CHARACTERS) return null;
  const { maxAgeSeconds, tags } = policy;
  const method = request.method === 'POST' ? 'POST' : 'GET';
  return { maxAgeSeconds, types: tags, operation, tenant, roles, method, search, bodyText };
}

/** What tells shared queries apart. */
export function sharedQueryKey({ operation, tenant, roles }: SharedQuery): string {
  return `${operation.digest}|${roles.join(',')}|${tenant}`;
}

/** Somebody of the same rights who is nobody: no answer can tell anything of a person. */
export function warmingViewerOf({ tenant, roles }: SharedQuery): ViewerModel {
  return { id: 'gateway-warming', name: null, email: null, tenant, roles };
}

/** The request again, by the gateway itself; the client's name marks it in whatever counts by client. */
export function warmingRequestOf({ method, search }: SharedQuery): OperationRequest {
  const headers = {
    accept: 'application/json',
    'apollographql-client-name': 'gateway-warming',
    ...(method === 'POST' ? { 'content-type': 'application/json' } : { 'apollo-require-preflight': 'true' }),
  };
  return { request: { method, headers }, search, requestId: `warming-${randomUUID()}` };
}
