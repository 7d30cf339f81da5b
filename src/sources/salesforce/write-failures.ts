import { badUserInput, GatewayError } from '../../platform/errors.ts';
import { SalesforceFailure } from './failures.ts';
import { psRequest } from './fields.ts';

/** Refusals of what was to be stored. */
const refusedValues: ReadonlySet<string> = new Set([
  'FIELD_CUSTOM_VALIDATION_EXCEPTION',
  'FIELD_INTEGRITY_EXCEPTION',
  'FIELD_FILTER_VALIDATION_EXCEPTION',
  'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
  'NUMBER_OUTSIDE_VALID_RANGE',
  'REQUIRED_FIELD_MISSING',
  'STRING_TOO_LONG',
  'INVALID_CROSS_REFERENCE_KEY',
]);
const MAX_RULE_CHARACTERS = 300;

/** True when Salesforce answered that it did not do it. A 408 is of those who stand before it. */
export function isRefusedWrite(error: unknown): boolean {
  const status = failureBehind(error)?.httpStatus ?? 0;
  return status >= 400 && status < 500 && status !== 408;
}

/** What a refusal of a PATCH means to whoever wanted it; null where the general translation says it all. */
export function readWriteFailure(error: unknown): GatewayError | 'changedSince' | 'gone' | null {
  const failure = failureBehind(error);
  if (!failure) return null;
  const { errorCode, httpStatus } = failure;
  if (httpStatus === 412) return 'changedSince';
  if (errorCode === 'ENTITY_IS_DELETED' || errorCode === 'NOT_FOUND' || httpStatus === 404) return 'gone';
  if (errorCode === 'UNABLE_TO_LOCK_ROW') {
    return new GatewayError(
      'UPSTREAM_UNAVAILABLE',
      'Somebody else is changing the request at this moment, and nothing was changed now. Try again in a few seconds.',
      { source: 'SALESFORCE', retryAfterSeconds: 2, cause: failure },
    );
  }
  if (errorCode === 'ENTITY_IS_LOCKED') {
    return badUserInput(
      'The request is locked in Salesforce, by an approval for example, and nothing was changed. Have it unlocked there first.',
      { argument: 'input.id' },
    );
  }
  if (errorCode === 'INVALID_FIELD_FOR_INSERT_UPDATE') {
    return new GatewayError(
      'UPSTREAM_FORBIDDEN',
      "Salesforce does not let the gateway's user change this, and nothing was changed. An operator has to grant it there.",
      { source: 'SALESFORCE', details: argumentOf(failure), cause: failure },
    );
  }
  return refusedValues.has(errorCode) ? refusedValue(failure) : null;
}

function refusedValue(failure: SalesforceFailure): GatewayError {
  const { argument } = argumentOf(failure);
  const what = argument === 'input' ? 'what is to be stored' : `\`${argument}\``;
  // The text of a validation rule is written by the org's administrators for whoever changes a record; other texts are Salesforce's own.
  const isRule = failure.errorCode === 'FIELD_CUSTOM_VALIDATION_EXCEPTION';
  const why = isRule ? `a validation rule says: ${shown(failure.message)}` : `it answers ${failure.errorCode}.`;
  return badUserInput(`Salesforce does not accept ${what}, and nothing was changed: ${why}`, { argument });
}

/** The argument of the first field that Salesforce names and the mutation knows. */
function argumentOf({ fields }: SalesforceFailure): { readonly argument: string } {
  for (const [property, { columns }] of Object.entries(psRequest.fields)) {
    const isUpdatable = property === 'status' || property === 'goLiveDate' || property === 'risk';
    if (isUpdatable && columns.some((column) => fields.includes(column))) return { argument: `input.${property}` };
  }
  return { argument: 'input' };
}

function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const plain = text.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return plain.length > MAX_RULE_CHARACTERS ? `${plain.slice(0, MAX_RULE_CHARACTERS)}…` : plain;
}

function failureBehind(error: unknown): SalesforceFailure | null {
  return error instanceof GatewayError && error.cause instanceof SalesforceFailure ? error.cause : null;
}
