import type { Operand } from '@atlassianlabs/jql-ast';
import { dateFunction, parseJqlDate } from './jql-dates.ts';
import { type JqlField, UNRESOLVED } from './jql-fields.ts';
import type { JqlErrors } from './jql-problem.ts';
import { decodeJqlString } from './jql-string.ts';
import type { Site } from './site.ts';

/** What an operand stands for: comparable values, and whether EMPTY is among them. */
export interface OperandValues {
  readonly values: readonly string[];
  readonly empty: boolean;
}

const NOTHING: OperandValues = { values: [], empty: false };
const EMPTY: OperandValues = { values: [], empty: true };

export function operandText(operand: Operand): string {
  if (operand.operandType === 'value') return decodeJqlString(operand.text);
  if (operand.operandType === 'function') return `${operand.function.value}()`;
  return operand.operandType === 'keyword' ? 'EMPTY' : operand.values.map(operandText).join(', ');
}

/** Resolves the operand of `=`, `!=`, `in`, `not in`, `is` to the values that `field` holds for it; what does not exist goes to `errors`. */
export function resolveOperand(field: JqlField, operand: Operand, site: Site, errors: JqlErrors): OperandValues {
  switch (operand.operandType) {
    case 'keyword':
      return EMPTY;
    case 'list': {
      const parts = operand.values.map((value) => resolveOperand(field, value, site, errors));
      return { values: parts.flatMap(({ values }) => values), empty: parts.some(({ empty }) => empty) };
    }
    case 'function':
      return resolveFunction(field, operand.function.value, site, errors);
    default:
      return resolveValue(field, decodeJqlString(operand.text), site, errors);
  }
}

function resolveFunction(field: JqlField, name: string, site: Site, errors: JqlErrors): OperandValues {
  if (field.kind === 'user' && name.toLowerCase() === 'currentuser')
    return { values: [site.caller.accountId], empty: false };
  errors.add(`Unable to find JQL function '${name}()' for the field '${field.name}'.`);
  return NOTHING;
}

function resolveValue(field: JqlField, text: string, site: Site, errors: JqlErrors): OperandValues {
  if (field.kind === 'label') return { values: [text], empty: false };
  if (field.kind === 'key') return resolveKey(field, text, site, errors);
  if (field.kind === 'user') {
    if (site.user(text)) return { values: [text], empty: false };
    errors.add(`The value '${text}' does not exist for the field '${field.name}'.`);
    return NOTHING;
  }
  if (field.kind !== 'choice') return NOTHING;
  const value = field.find(text, site);
  if (value === undefined) {
    errors.add(
      field.fieldId?.startsWith('customfield_')
        ? `The option '${text}' for field '${field.name}' does not exist.`
        : `The value '${text}' does not exist for the field '${field.name}'.`,
    );
    return NOTHING;
  }
  return value === UNRESOLVED ? EMPTY : { values: [value], empty: false };
}

/** Keys resolve to issue ids, so that old keys of moved issues work; what is missing or hidden fails the whole statement. */
function resolveKey(field: JqlField, text: string, site: Site, errors: JqlErrors): OperandValues {
  const issue = site.issue(text);
  if (issue) return { values: [issue.id], empty: false };
  if (/^\d+$/.test(text)) errors.add(`An issue with ID '${text}' does not exist for field '${field.name}'.`);
  else if (/^[A-Za-z][A-Za-z0-9_]*-\d+$/.test(text))
    errors.add(`An issue with key '${text}' does not exist for field '${field.name}'.`);
  else errors.add(`The issue key '${text}' for field '${field.name}' is invalid.`);
  return NOTHING;
}

/** The instant that the operand of a date field means; null, with an error noted, when it is no date. */
export function resolveDate(field: JqlField, operand: Operand, site: Site, errors: JqlErrors): number | null {
  const nowMs = site.clock.now();
  if (operand.operandType === 'function') {
    const ms = dateFunction(
      operand.function.value,
      operand.arguments.map(({ text }) => decodeJqlString(text)),
      nowMs,
    );
    if (ms === null)
      errors.add(`Unable to find JQL function '${operand.function.value}()' for the field '${field.name}'.`);
    return ms;
  }
  const text = operandText(operand);
  const ms = operand.operandType === 'value' ? parseJqlDate(text, nowMs) : null;
  if (ms === null) {
    errors.add(
      `Date value '${text}' for field '${field.name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.`,
    );
  }
  return ms;
}
