import type { JsonValue } from '../../cache/record-values.ts';
import type { Truth } from '../../platform/truth.ts';

/** What a literal of SOQL stands for. Instants are RFC 3339, dates YYYY-MM-DD. */
export type LiteralValue =
  | { readonly kind: 'text' | 'date' | 'instant'; readonly value: string }
  | { readonly kind: 'null'; readonly value: null };

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * Whether Salesforce would say that a row's value compares so to a literal. Undefined where its rules are not certain: the order of texts, which
 * texts beyond ASCII are equal.
 */
export function comparesTo(value: JsonValue | undefined, operator: Operator, literal: LiteralValue): Truth {
  if (value === undefined) return undefined;
  if (operator === '!=') return negated(comparesTo(value, '=', literal));
  if (literal.kind === 'null') return operator === '=' ? value === null : undefined;
  // No value is neither before nor after anything.
  if (value === null) return false;
  if (typeof value !== 'string') return undefined;
  if (literal.kind === 'text') return operator === '=' ? areEqual(value, literal.value) : undefined;
  const [left, right] =
    literal.kind === 'instant' ? [instantOf(value), instantOf(literal.value)] : [dayOf(value), dayOf(literal.value)];
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined;
  if (operator === '=') return left === right;
  if (operator === '<') return left < right;
  if (operator === '<=') return left <= right;
  return operator === '>' ? left > right : left >= right;
}

/** Whether Salesforce would find the part in the value by LIKE, for which upper and lower case are the same. */
export function contained(part: string, value: JsonValue | undefined): Truth {
  if (value === null) return false;
  if (typeof value !== 'string') return undefined;
  if (value.includes(part)) return true;
  return isPlain(part) && isPlain(value) ? value.toLowerCase().includes(part.toLowerCase()) : undefined;
}

function areEqual(left: string, right: string): Truth {
  if (left === right) return true;
  if (!isPlain(left) || !isPlain(right)) return undefined;
  if (left.toLowerCase() === right.toLowerCase()) return true;
  // Whether blanks at an end count is not certain.
  return left.trim().toLowerCase() === right.trim().toLowerCase() ? undefined : false;
}

/** Of such texts nobody doubts which are equal but for their case. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

function negated(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

/** Salesforce writes `+0000` for Z. */
function instantOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2')) : Number.NaN;
}

function dayOf(text: string): number {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
}
