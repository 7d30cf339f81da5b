import type { RequestAuditTrail } from '../features/audit/request-audit.ts';
import type { GatewayError } from '../platform/errors.ts';
import type { AnswerPlace } from './answer-places.ts';
import { AnswerSize } from './answer-size.ts';
import type { Context } from './context.ts';
import type { OpenRequestScope } from './request-scope.ts';

/** An error that belongs to the answer although its field has a value. */
interface PartialError {
  readonly error: GatewayError;
  readonly field: Parameters<Context['reportPartialError']>[1];
}

/** The context of a running request: what resolvers see, and what the gateway keeps beside it. */
export interface RequestContext extends Context {
  readonly scope: OpenRequestScope;
  readonly audit: RequestAuditTrail;
  /** Fed by `noteAnswerPlaces`: every field that was answered with records, in the order in which they were asked. */
  readonly places: AnswerPlace[];
  readonly partialErrors: readonly PartialError[];
  readonly answerSize: AnswerSize;
}

/** Completes what the slices brought to the context of one request. */
export function createRequestContext(
  scope: OpenRequestScope,
  caller: Context['caller'],
  loaders: Context['loaders'],
  services: Pick<RequestContext, 'gatewayStatus' | 'afterWrite' | 'upstream' | 'audit'>,
): RequestContext {
  const partialErrors: PartialError[] = [];
  return {
    scope,
    caller,
    viewer: caller.viewer,
    loaders,
    ...services,
    places: [],
    answerSize: new AnswerSize(),
    partialErrors,
    reportPartialError: (error, field) => {
      partialErrors.push({ error, field });
    },
  };
}
