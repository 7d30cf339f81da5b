import { type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';

/**
 * An operation's variables in the form that its arguments get, or null when one of them is not acceptable: whoever executes the operation says
 * which and why. Ends with the first fault, because telling of each costs as much as the whole value that it is in.
 */
export function acceptableVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  sent: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | null {
  const options = { maxErrors: 1, hideSuggestions: true };
  return getVariableValues(schema, operation.variableDefinitions ?? [], sent, options).coerced ?? null;
}
