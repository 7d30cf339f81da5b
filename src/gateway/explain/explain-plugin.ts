import {
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestListener,
  type GraphQLResponse,
  HeaderMap,
} from '@apollo/server';
import { type GraphQLError, getVariableValues } from 'graphql';
import type { OperationGate } from '../limits/operation-gate.ts';
import type { RequestContext } from '../request-context.ts';
import { EXPLAIN_HEADER, type ExplainMode, explainModeOf } from './explain-header.ts';
import type { OperationPlanner } from './plan-operation.ts';
import { toOperationReceipt } from './receipt-extension.ts';

type Ready = GraphQLRequestContext<RequestContext>;

/** Told of every operation that was executed. */
export type ExecutedOperation = {
  readonly requestContext: Ready;
  readonly durationMs: number;
};

/** Variables that are wrong are told all at once, up to so many. */
const MAX_VARIABLE_ERRORS = 50;

/**
 * Serves the header `x-explain`. A plan takes the place of the execution, behind parsing, validation and whoever let the caller in: the
 * answer has an empty `data`, as that of an operation whose fields are all left out by `@skip`, because nothing was read and
 * nothing failed. `tellsSchema`: errors may name what of the schema is like what was sent. Everything that was executed is told to `onExecuted`.
 */
export function explainPlugin(
  planner: OperationPlanner,
  limits: Pick<OperationGate, 'costOf' | 'maxCost'>,
  tellsSchema: boolean,
  onExecuted: (executed: ExecutedOperation) => void,
): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async ({ request }) => {
      const mode = explainModeOf(request.http?.headers.get(EXPLAIN_HEADER));
      const startedAt = performance.now();
      return mode === 'plan'
        ? planListener(planner, limits, tellsSchema)
        : receiptListener(mode, startedAt, onExecuted);
    },
  };
}

function planListener(
  planner: OperationPlanner,
  limits: Pick<OperationGate, 'costOf' | 'maxCost'>,
  tellsSchema: boolean,
): GraphQLRequestListener<RequestContext> {
  return {
    responseForOperation: async (requestContext) => {
      const { schema, operation, document, request, contextValue } = requestContext;
      if (operation.operation === 'subscription') return null;
      const variables = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {}, {
        maxErrors: MAX_VARIABLE_ERRORS,
        hideSuggestions: !tellsSchema,
      });
      if (variables.errors) return badVariables(variables.errors);
      const explain = planner.plan({
        document,
        operation,
        variables: variables.coerced,
        viewer: contextValue.viewer,
      });
      const asked = {
        query: request.query ?? null,
        operationName: request.operationName ?? null,
        variables: request.variables ?? {},
      };
      const cost = { points: limits.costOf(asked), limit: limits.maxCost(contextValue.viewer.roles) };
      return single({ data: {}, extensions: { explain: { cost, ...explain } } });
    },
  };
}

/** As Apollo Server answers them when it executes. */
function badVariables(errors: readonly GraphQLError[]): GraphQLResponse {
  const formatted = errors.map((error) => ({
    message: error.message,
    ...(error.locations ? { locations: error.locations } : {}),
    extensions: { code: 'BAD_USER_INPUT' },
  }));
  return single({ errors: formatted }, 400);
}

function single(
  singleResult: Extract<GraphQLResponse['body'], { kind: 'single' }>['singleResult'],
  status?: number,
): GraphQLResponse {
  const http = { headers: new HeaderMap(), ...(status === undefined ? {} : { status }) };
  return { http, body: { kind: 'single', singleResult } };
}

function receiptListener(
  mode: ExplainMode | null,
  startedAt: number,
  onExecuted: (executed: ExecutedOperation) => void,
): GraphQLRequestListener<RequestContext> {
  let isExecuted = false;
  return {
    executionDidStart: async () => {
      isExecuted = true;
    },
    willSendResponse: async (requestContext) => {
      if (!isExecuted) return;
      const durationMs = performance.now() - startedAt;
      const { response, contextValue } = requestContext;
      if (mode === 'receipt' && response.body.kind === 'single') {
        const receipt = toOperationReceipt(contextValue.scope.receipt, durationMs);
        const { singleResult } = response.body;
        singleResult.extensions = { ...singleResult.extensions, receipt };
      }
      onExecuted({ requestContext, durationMs });
    },
  };
}
