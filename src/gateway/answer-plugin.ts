import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError, responsePathAsArray } from 'graphql';
import type { GatewayError } from '../platform/errors.ts';
import { describeError, type Logger } from '../platform/log.ts';
import { extensionsOf, natureOf } from './format-error.ts';
import type { OperationOutcomes } from './metrics.ts';
import type { RequestContext } from './request-context.ts';

/** Completes every answer: partial errors join it, errors carry the request id, failures are logged once each, the outcome is counted. */
export function answerPlugin(outcomes: OperationOutcomes): ApolloServerPlugin<RequestContext> {
  const listener: GraphQLRequestListener<RequestContext> = {
    didEncounterErrors: async ({ errors, contextValue }) => logErrors(errors, contextValue.scope.log),
    willSendResponse: async (requestContext) => {
      completeErrors(requestContext);
      outcomes.inc({ type: requestContext.operation?.operation ?? 'unknown', outcome: outcomeOf(requestContext) });
      logCost(requestContext);
    },
  };
  return { requestDidStart: async () => listener };
}

function completeErrors({ response, contextValue }: GraphQLRequestContext<RequestContext>): void {
  if (response.body?.kind !== 'single') return;
  const { singleResult } = response.body;
  const { partialErrors, scope } = contextValue;
  if (!singleResult.errors?.length && partialErrors.length === 0) return;
  logErrors(
    partialErrors.map(({ error }) => error),
    scope.log,
  );
  const partial = partialErrors.map(({ error, field }): GraphQLFormattedError => {
    const { message } = error;
    const path = responsePathAsArray(field.path);
    return new GraphQLError(message, { nodes: field.fieldNodes, path, extensions: extensionsOf(error) }).toJSON();
  });
  singleResult.errors = [...(singleResult.errors ?? []), ...partial].map((error) => ({
    ...error,
    extensions: { ...error.extensions, requestId: scope.requestId },
  }));
}

/** What the operation cost in calls, for whoever looks into one request. */
function logCost({ operationName, contextValue }: GraphQLRequestContext<RequestContext>): void {
  const { log, receipt } = contextValue.scope;
  if (!log.isLevelEnabled('debug')) return;
  log.debug({ operationName: operationName ?? null, cost: receipt.costBySource() }, 'operation answered');
}

function outcomeOf({ response, errors }: GraphQLRequestContext<RequestContext>): 'ok' | 'partial' | 'refused' {
  if (response.body?.kind !== 'single') return 'ok';
  const { singleResult } = response.body;
  if (singleResult.data === undefined || singleResult.data === null) return errors?.length ? 'refused' : 'ok';
  return singleResult.errors?.length ? 'partial' : 'ok';
}

/** One line per kind of failure, however many fields it struck; what only the client did wrong is no news for an operator. */
function logErrors(errors: readonly unknown[], log: Logger): void {
  const logged = new Set<string>();
  for (const error of errors) {
    const nature = natureOf(error);
    if (nature.kind === 'defect') {
      log.error({ error: describeError(nature.cause), stack: stackOf(nature.cause) }, 'a resolver failed');
    } else if (nature.kind === 'gateway' && isOperatorsNews(nature.error)) {
      const kind = `${nature.error.code}/${nature.error.source ?? ''}`;
      if (logged.has(kind)) continue;
      logged.add(kind);
      log.warn(
        { code: nature.error.code, source: nature.error.source, error: describeError(nature.error) },
        'field failed',
      );
    }
  }
}

function isOperatorsNews(error: GatewayError): boolean {
  return error.code.startsWith('UPSTREAM_') || error.code.startsWith('DATABASE_') || error.code === 'REQUEST_TIMEOUT';
}

function stackOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.stack : undefined;
}
