import { GatewayError } from '../../platform/errors.ts';

/** What a request asks for, as far as limits look at it. Null: not there, or not what it should be; the server refuses that. */
export interface OperationAsked {
  readonly query: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Everything that came along. */
  readonly parameters: unknown;
}

/** Of a POST's body. Throws BAD_REQUEST for a batch. */
export function askedByBody(body: unknown): OperationAsked {
  if (Array.isArray(body))
    throw new GatewayError(
      'BAD_REQUEST',
      'The body is a list, but operations are not taken in batches. Send each in a request of its own, or ask for several fields in one operation: they share their calls.',
    );
  const { query, operationName, variables } = isObject(body) ? body : {};
  return {
    query: textOrNull(query),
    operationName: textOrNull(operationName),
    variables: isObject(variables) ? variables : {},
    parameters: body,
  };
}

/** Of a GET's query string. */
export function askedBySearch(search: string): OperationAsked {
  const parameters = new URLSearchParams(search);
  const [variables, extensions] = [jsonOrNull(parameters.get('variables')), jsonOrNull(parameters.get('extensions'))];
  return {
    query: parameters.get('query'),
    operationName: parameters.get('operationName'),
    variables: isObject(variables) ? variables : {},
    parameters: { variables, extensions },
  };
}

function jsonOrNull(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
