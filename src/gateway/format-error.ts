import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../platform/errors.ts';

/** Codes that Apollo Server gives to faults of a request; their messages are written for clients and hold nothing internal. */
const clientFaultCodes: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** A message that quotes what the client sent is cut here, so that a long value does not come back in full. */
const MAX_MESSAGE_LENGTH = 500;

const MASKED_MESSAGE = 'The gateway failed on this field. Report it with the requestId; the reason is in the log.';

/** What an error means to the client: `public` errors are shown, `defect` is masked and logged. */
export type ErrorNature =
  | { readonly kind: 'gateway'; readonly error: GatewayError }
  | { readonly kind: 'clientFault'; readonly code: string; readonly message: string }
  | { readonly kind: 'defect'; readonly cause: unknown };

/** Finds out what stands behind an error of graphql-js, Apollo or a resolver. */
export function natureOf(error: unknown, tellsSchema = true): ErrorNature {
  const original = originalOf(error);
  if (original instanceof GatewayError) return { kind: 'gateway', error: original };
  if (error instanceof GraphQLError && clientFaultCodes.has(error.extensions.code))
    return { kind: 'clientFault', code: String(error.extensions.code), message: messageOf(error, tellsSchema) };
  // An argument that could not be coerced during execution: graphql-js points at the argument in the document. A value of ours that
  // could not be serialised has no such place, and is a defect.
  if (original instanceof GraphQLError && original.nodes !== undefined && original.nodes.length > 0)
    return { kind: 'clientFault', code: 'BAD_USER_INPUT', message: cut(original.message, tellsSchema) };
  // Without a path no field has run yet: it is about the variables, such as that too many of them are wrong to be listed.
  if (error instanceof GraphQLError && error === original && error.path === undefined)
    return { kind: 'clientFault', code: 'BAD_USER_INPUT', message: cut(error.message, tellsSchema) };
  return { kind: 'defect', cause: original };
}

/**
 * Apollo's `formatError`: only errors meant for clients keep their message, and where the schema is not told no message helps to guess it. The
 * request id is added where it is known.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  tellsSchema: boolean,
): GraphQLFormattedError {
  const nature = natureOf(error, tellsSchema);
  const place = {
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
  };
  if (nature.kind === 'gateway')
    return { message: nature.error.message, ...place, extensions: extensionsOf(nature.error) };
  if (nature.kind === 'clientFault') return { message: nature.message, ...place, extensions: { code: nature.code } };
  return { message: MASKED_MESSAGE, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}

export function extensionsOf(error: GatewayError): Record<string, unknown> {
  return {
    ...error.details,
    code: error.code,
    ...(error.source ? { source: error.source } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  };
}

/** graphql-js and Apollo wrap errors in GraphQLErrors, sometimes twice; the innermost one tells what happened. */
function originalOf(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && current.originalError) current = current.originalError;
  return current;
}

/** A document whose nesting is deeper than the stack of the parser or of a rule allows shows as a RangeError of the runtime. */
function messageOf(error: GraphQLError, tellsSchema: boolean): string {
  if (error.extensions.validationErrorCode === 'INTROSPECTION_DISABLED')
    return 'This gateway does not tell its schema. Ask whoever runs it for the SDL.';
  if (/^Maximum call stack size exceeded/.test(error.message))
    return 'The document is nested too deeply to be read. Nest selections, lists and objects less deeply.';
  if (error.message === 'GraphQL queries must be strings.')
    return 'The member `query` of the request is not a string. Send the operation as text, such as {"query": "{ viewer { id } }"}.';
  if (error.message.startsWith('This operation has been blocked as a potential Cross-Site Request Forgery'))
    return 'Any web page could have sent this request in the name of its reader (CSRF), so it is not carried out. Send the header `apollo-require-preflight: true` with it, or `content-type: application/json`.';
  return cut(error.message, tellsSchema);
}

function cut(whole: string, tellsSchema: boolean): string {
  const message = tellsSchema ? whole : withoutSuggestion(whole);
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
}

/** Names of the schema that are like the one that was sent stand at the end of a message, as a question. */
function withoutSuggestion(message: string): string {
  const at = message.endsWith('?') ? message.lastIndexOf('Did you mean ') : -1;
  return at < 0 ? message : message.slice(0, at).trimEnd();
}
