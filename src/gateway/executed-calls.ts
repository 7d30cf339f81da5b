import { acceptableVariables } from '../platform/acceptable-variables.ts';
import type { ExecutedOperation } from './explain/explain-plugin.ts';
import type { OperationPlanner } from './explain/plan-operation.ts';
import type { ExecutedCalls } from './saved-calls.ts';

/** What there is to know of an execution's calls, and of what they are expected to be. */
export function toExecutedCalls(planner: OperationPlanner, { requestContext }: ExecutedOperation): ExecutedCalls {
  const { contextValue, queryHash, operationName, response, schema, document, operation, request } = requestContext;
  const { scope, caller, viewer } = contextValue;
  return {
    operation: `${queryHash} ${operationName ?? ''}`,
    receipt: scope.receipt,
    isComplete: response.body?.kind === 'single' && !response.body.singleResult.errors?.length,
    isAsked: caller.credential !== 'gateway',
    expectedCalls: () => {
      if (!document || !operation) return {};
      const variables = acceptableVariables(schema, operation, request.variables ?? {}) ?? {};
      const planned = { document, operation, variables, viewer };
      const { SALESFORCE, JIRA } = planner.coldTotals(planned);
      return { SALESFORCE: SALESFORCE.calls, JIRA: JIRA.calls };
    },
  };
}
