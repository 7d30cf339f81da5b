import type { Operand, OperatorValue } from '@atlassianlabs/jql-ast';
import type { JiraIssueSeed } from '../data/company.ts';
import { type JqlField, keyOrder } from './jql-fields.ts';
import { operandText, resolveDate, resolveOperand } from './jql-operands.ts';
import type { JqlErrors } from './jql-problem.ts';
import type { Site } from './site.ts';
import { indexedTokens } from './text-index.ts';
import { compileTextQuery, TextQueryError } from './text-query.ts';

export type IssuePredicate = (issue: JiraIssueSeed) => boolean;

const NEVER: IssuePredicate = () => false;
const EQUALITY = ['=', '!=', 'in', 'not in', 'is', 'is not'];
const COMPARISON = ['<', '<=', '>', '>='];

function operatorsOf(field: JqlField): readonly string[] {
  if (field.kind === 'text') return field.name === 'text' ? ['~'] : ['~', '!~', 'is', 'is not'];
  if (field.kind === 'date' || field.kind === 'key') return [...EQUALITY, ...COMPARISON];
  return field.kind === 'choice' && field.rank ? [...EQUALITY, ...COMPARISON] : EQUALITY;
}

/** One comparison. As in Jira, `!=`, `not in` and `!~` leave out issues whose field is empty. */
export function compileClause(
  field: JqlField,
  operator: OperatorValue,
  operand: Operand,
  site: Site,
  errors: JqlErrors,
): IssuePredicate {
  if (!operatorsOf(field).includes(operator)) {
    errors.add(`The operator '${operator}' is not supported by the '${field.name}' field.`);
    return NEVER;
  }
  const isList = operand.operandType === 'list';
  if ((operator === 'in' || operator === 'not in') !== isList && operand.operandType !== 'function') {
    const kind = isList ? 'list' : 'non-list';
    errors.add(
      `Operator '${operator}' does not support the ${kind} value '${operandText(operand)}' for field '${field.name}'.`,
    );
    return NEVER;
  }
  if ((operator === 'is' || operator === 'is not') && operand.operandType !== 'keyword') {
    errors.add(
      `The value '${operandText(operand)}' is not supported by the operator '${operator}'. Only EMPTY and NULL are.`,
    );
    return NEVER;
  }
  if (operator === '~' || operator === '!~') return textClause(field, operator, operandText(operand), errors);
  if (field.kind === 'date' && operand.operandType !== 'keyword')
    return dateClause(field, operator, operand, site, errors);
  if (COMPARISON.includes(operator)) return rankClause(field, operator, operand, site, errors);
  const { values, empty } = resolveOperand(field, operand, site, errors);
  const wanted = new Set(values.map((value) => value.toLowerCase()));
  const isPositive = operator === '=' || operator === 'in' || operator === 'is';
  return (issue) => {
    const held = valuesOf(field, issue);
    if (held.length === 0) return isPositive && empty;
    const hit = held.some((value) => wanted.has(value.toLowerCase()));
    return isPositive ? hit : !hit;
  };
}

function valuesOf(field: JqlField, issue: JiraIssueSeed): readonly string[] {
  if (field.kind !== 'date') return field.values(issue);
  const value = field.value(issue);
  return value === null ? [] : [value];
}

function textClause(field: JqlField, operator: '~' | '!~', query: string, errors: JqlErrors): IssuePredicate {
  try {
    const matches = compileTextQuery(query);
    return (issue) => {
      const texts = indexedTokens(issue, field.name, () => valuesOf(field, issue));
      if (operator === '~') return texts.some(matches);
      return texts.length > 0 && !texts.some(matches);
    };
  } catch (error) {
    if (!(error instanceof TextQueryError)) throw error;
    errors.add(
      error.reason === null
        ? `Unable to parse the text '${query}' for field '${field.name}'.`
        : `The text query '${query}' for field '${field.name}' ${error.reason}.`,
    );
    return NEVER;
  }
}

function dateClause(
  field: JqlField,
  operator: OperatorValue,
  operand: Operand,
  site: Site,
  errors: JqlErrors,
): IssuePredicate {
  if (field.kind !== 'date') return NEVER;
  const operands = operand.operandType === 'list' ? operand.values : [operand];
  const day = (ms: number) => (field.wholeDays ? Math.floor(ms / 86_400_000) * 86_400_000 : ms);
  const bounds = operands
    .map((each) => resolveDate(field, each, site, errors))
    .filter((ms) => ms !== null)
    .map(day);
  return (issue) => {
    const value = field.value(issue);
    if (value === null) return false;
    const ms = day(Date.parse(value));
    if (operator === '!=' || operator === 'not in') return !bounds.includes(ms);
    return bounds.some((bound) => compares(operator, ms - bound));
  };
}

function rankClause(
  field: JqlField,
  operator: OperatorValue,
  operand: Operand,
  site: Site,
  errors: JqlErrors,
): IssuePredicate {
  const bound = resolveOperand(field, operand, site, errors).values[0];
  if (bound === undefined) return NEVER;
  if (field.kind === 'key') {
    const boundKey = site.issue(bound)?.key ?? '';
    const project = boundKey.split('-')[0];
    return ({ key }) =>
      key.split('-')[0] === project &&
      compares(operator, keyOrder(key) < keyOrder(boundKey) ? -1 : keyOrder(key) === keyOrder(boundKey) ? 0 : 1);
  }
  if (field.kind !== 'choice' || !field.rank) return NEVER;
  const { rank } = field;
  return (issue) => field.values(issue).some((value) => compares(operator, rank(value) - rank(bound)));
}

function compares(operator: OperatorValue, difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    case '>=':
      return difference >= 0;
    default:
      return difference === 0;
  }
}
