import type { GatewayError } from '../platform/errors.ts';
import type { RequestScope } from '../platform/request-scope.ts';
import type { Context } from './context.ts';

/** An error that belongs to the answer although its field has a value. */
interface PartialError {
  readonly error: GatewayError;
  readonly path: readonly (string | number)[];
}

/** The context of a running request: what resolvers see, and what the gateway keeps beside it. */
export interface RequestContext extends Context {
  readonly partialErrors: readonly PartialError[];
}

/** Completes what the slices brought to the context of one request. */
export function createRequestContext(
  scope: RequestScope,
  viewer: Context['viewer'],
  loaders: Context['loaders'],
): RequestContext {
  const partialErrors: PartialError[] = [];
  return {
    scope,
    viewer,
    loaders,
    partialErrors,
    reportPartialError: (error, path) => {
      partialErrors.push({ error, path });
    },
  };
}
