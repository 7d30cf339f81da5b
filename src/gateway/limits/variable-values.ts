import type { GatewayError } from '../../platform/errors.ts';
import type { VariableLimits } from './document-limits.ts';
import { refuseForbiddenKey } from './forbidden-keys.ts';
import { tooComplex } from './too-complex.ts';

/**
 * Looks through the values of variables, as JSON gave them, before anything else does. Ends at the first limit that is broken, so that it
 * takes no longer than the limits allow. Throws OPERATION_TOO_COMPLEX and BAD_USER_INPUT.
 */
export function checkVariables(variables: unknown, limits: VariableLimits): void {
  let values = 0;
  // A stack of its own: JSON nests deeper than calls can.
  const waiting: { readonly value: object; readonly nesting: number }[] = [];
  if (typeof variables === 'object' && variables !== null) waiting.push({ value: variables, nesting: 0 });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, nesting } = next;
    if (nesting > limits.maxNesting) throw nestedTooDeeply(nesting, limits.maxNesting);
    const isList = Array.isArray(value);
    const keys = isList ? null : Object.keys(value);
    values += keys ? keys.length : (value as readonly unknown[]).length;
    if (values > limits.maxValues) throw tooManyValues(values, limits.maxValues);
    for (const key of keys ?? []) refuseForbiddenKey(key);
    for (const item of isList ? value : Object.values(value))
      if (typeof item === 'object' && item !== null) waiting.push({ value: item, nesting: nesting + 1 });
  }
}

export function nestedTooDeeply(value: number, max: number): GatewayError {
  return tooComplex({
    limit: 'variableNesting',
    value,
    max,
    what: 'lists and objects nested in each other in its variables',
    advice: 'Pass flatter values.',
  });
}

export function tooManyValues(value: number, max: number): GatewayError {
  return tooComplex({
    limit: 'variableValues',
    value,
    max,
    what: 'values in its variables',
    advice: 'Send fewer at once, in several requests.',
  });
}
