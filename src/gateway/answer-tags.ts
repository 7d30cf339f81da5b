import { type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import { cacheHintOf } from '../cache/responses/cache-hints.ts';
import type { RequestScope } from '../platform/request-scope.ts';

/**
 * Notes every record that goes into an answer with the request's tag collector, in place. It sits where graphql-js completes an object
 * (`isTypeOf`, once for each object, never for each field), so no record can get into an answer by any way without being noted: not
 * through a new loader, a reference of federation or a field that computes. Call it once, on the finished schema.
 */
export function recordAnswerTags(schema: GraphQLSchema): void {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) return;
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.getInterfaces().includes(node)) continue;
    const isTypeOf = type.isTypeOf;
    const isNeverKept = cacheHintOf(type)?.maxAgeSeconds === 0;
    type.isTypeOf = (model: unknown, context: { readonly scope: RequestScope }, info) => {
      if (isNeverKept) context.scope.tags?.incomplete();
      else note(model, context.scope);
      return isTypeOf ? isTypeOf(model, context, info) : true;
    };
  }
}

function note(model: unknown, { tags }: RequestScope): void {
  const id = (model as { readonly id?: unknown } | null)?.id;
  if (typeof id === 'string') tags?.addRecord(id);
  // A record that can't be named could not be invalidated either.
  else tags?.incomplete();
}
