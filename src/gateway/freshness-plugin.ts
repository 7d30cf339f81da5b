import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { Edge } from '../platform/edges.ts';
import { GatewayError } from '../platform/errors.ts';
import { demandOfOperation } from '../platform/freshness-directive.ts';
import { reportFreshness } from './freshness-report.ts';
import type { RequestContext } from './request-context.ts';

/** Reads `@freshness` before the operation runs, and says in `extensions.freshness` what of the answer is stale. */
export function freshnessPlugin(edges: readonly Edge[]): ApolloServerPlugin<RequestContext> {
  const byField = new Map(edges.map((edge) => [`${edge.type}.${edge.field}`, edge]));
  const listener: GraphQLRequestListener<RequestContext> = {
    didResolveOperation: async ({ schema, document, operation, request, contextValue: { scope } }) => {
      if (!operation) return;
      try {
        scope.demandAnew(demandOfOperation(schema, document, operation, request.variables ?? {}, scope.demand));
      } catch (error) {
        throw error instanceof GatewayError ? asRequestFault(error) : error;
      }
    },
    willSendResponse: (requestContext) => labelStale(requestContext, (type, field) => byField.get(`${type}.${field}`)),
  };
  return { requestDidStart: async () => listener };
}

async function labelStale(
  { response, contextValue }: GraphQLRequestContext<RequestContext>,
  edgeOf: (type: string, field: string) => Edge | undefined,
): Promise<void> {
  const trace = contextValue.scope.freshness;
  if (response.body?.kind !== 'single' || !trace || trace.staleUses.length === 0) return;
  const { places, omitted } = await reportFreshness(trace, contextValue.places, edgeOf);
  const { singleResult } = response.body;
  singleResult.extensions = {
    ...singleResult.extensions,
    freshness: places,
    ...(omitted > 0 ? { freshnessOmitted: omitted } : {}),
  };
}

/** Apollo takes an error at this point for one of its own unless it is told the status. */
function asRequestFault(error: GatewayError): GraphQLError {
  const extensions = { ...error.details, code: error.code, http: { status: 400 } };
  return new GraphQLError(error.message, { originalError: error, extensions });
}
