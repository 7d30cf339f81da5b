import type { FunctionExp, LiteralType, Operator } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { FieldDefinition } from './objects.ts';
import { invalidField, malformedQuery, Refusal } from './refusal.ts';
import type { ConditionTree, LeafCondition } from './soql-condition.ts';
import { readPath } from './soql-field-path.ts';
import { dateFunction } from './soql-function.ts';
import { pathIn, type QueryScope, type Source } from './soql-scope.ts';
import { likePattern } from './soql-string.ts';
import { type Comparable, type FilterValue, filterValue, toComparable } from './soql-value.ts';

export type Predicate = (row: SalesforceRow) => boolean;
type Test = (value: Comparable) => boolean;

const ORDERED_OPERATORS: readonly string[] = ['<', '<=', '>', '>='];
const MAX_SEMI_JOINS = 2;

/** Turns a WHERE tree into a predicate, after checking every field, operator and literal as Salesforce does. */
export function compileFilter(scope: QueryScope, source: Source, tree: ConditionTree): Predicate {
  const semiJoins = countSemiJoins(tree, false);
  if (semiJoins > MAX_SEMI_JOINS) throw malformedQuery(`Maximum ${MAX_SEMI_JOINS} semi join sub-selects are allowed`);
  return compileTree(scope, source, tree);
}

function compileTree(scope: QueryScope, source: Source, tree: ConditionTree): Predicate {
  if (tree.kind === 'leaf') return compileLeaf(scope, source, tree.condition);
  if (tree.kind === 'not') {
    const part = compileTree(scope, source, tree.part);
    return (row) => !part(row);
  }
  const parts = tree.parts.map((part) => compileTree(scope, source, part));
  return tree.kind === 'and' ? (row) => parts.every((part) => part(row)) : (row) => parts.some((part) => part(row));
}

function compileLeaf(scope: QueryScope, source: Source, condition: LeafCondition): Predicate {
  if ('fn' in condition) return compileFunction(scope, source, condition.fn, condition);
  const path = pathIn(scope, source, condition.field);
  const { field } = path;
  if (field.type === 'textarea') throw invalidField(`field '${field.name}' can not be filtered in a query call`);
  if ('valueQuery' in condition) {
    if (field.type !== 'id' && field.type !== 'reference') {
      throw invalidField(
        `The left operand field in the where expression for outer query should be an id or reference field, cannot use: '${field.name}'`,
      );
    }
    const selected = scope.semiJoin(condition.valueQuery, path);
    const wanted = condition.operator !== 'NOT IN';
    return (row) => {
      const value = toComparable(field.type, readPath(path, row, scope.parentOf));
      return value === null ? false : selected.has(String(value)) === wanted;
    };
  }
  const test = compileTest(scope, field, condition.operator, condition.value, condition.literalType);
  return (row) => test(toComparable(field.type, readPath(path, row, scope.parentOf)));
}

function compileFunction(
  scope: QueryScope,
  source: Source,
  fn: FunctionExp,
  condition: Extract<LeafCondition, { fn: FunctionExp }>,
): Predicate {
  const { path, apply, resultType } = dateFunction(fn, (name) => pathIn(scope, source, name));
  const field: FieldDefinition = { name: fn.rawValue ?? '', type: resultType, nillable: true };
  const test = compileTest(scope, field, condition.operator, condition.value, condition.literalType);
  return (row) => test(toComparable(resultType, apply(readPath(path, row, scope.parentOf))));
}

/** The test of one value against the right side of a condition; HAVING uses it for aggregates. */
export function compileTest(
  scope: Pick<QueryScope, 'nowMs'>,
  field: FieldDefinition,
  operator: Operator,
  value: string | string[],
  literalType: LiteralType | LiteralType[] | undefined,
): Test {
  checkOperator(field, operator);
  const literals = Array.isArray(value) ? value : [value];
  const typeAt = (index: number): LiteralType | undefined =>
    Array.isArray(literalType) ? literalType[index] : literalType;
  if (operator === 'LIKE') {
    if (typeAt(0) !== 'STRING')
      throw invalidField(
        `value of filter criterion for field '${field.name}' must be of type string and should be enclosed in quotes`,
      );
    const pattern = likePattern(literals[0] ?? '');
    return (given) => given !== null && pattern.test(String(given));
  }
  const wanted = literals.map((literal, index) => filterValue(field, literal, typeAt(index), scope.nowMs));
  if (operator === 'IN' || operator === 'NOT IN') {
    const values = new Set(wanted.flatMap((one) => (one.kind === 'value' ? [one.value] : [])));
    const ranges = wanted.filter((one) => one.kind === 'range');
    const isIn: Test = (given) => values.has(given) || ranges.some((one) => compare('=', given, one));
    return operator === 'IN' ? isIn : (given) => !isIn(given);
  }
  const [only] = wanted;
  if (only === undefined || wanted.length > 1) throw malformedQuery(`unexpected token: '${operator}'`);
  return (given) => compare(operator, given, only);
}

function compare(operator: string, given: Comparable, wanted: FilterValue): boolean {
  const [from, to] =
    wanted.kind === 'range' ? [wanted.range.fromMs, wanted.range.toMs - 1] : [wanted.value, wanted.value];
  if (operator === '=' || operator === '!=') {
    const equal = given === null || from === null ? given === from : to !== null && given >= from && given <= to;
    return equal === (operator === '=');
  }
  // No order with null: neither a null value nor a null in the statement is ever before or after anything.
  if (given === null || from === null || to === null) return false;
  if (operator === '<') return given < from;
  if (operator === '<=') return given <= to;
  return operator === '>' ? given > to : given >= from;
}

function checkOperator(field: FieldDefinition, operator: Operator): void {
  const refuse = (message: string): never => {
    throw new Refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', message);
  };
  if (operator === 'INCLUDES' || operator === 'EXCLUDES') {
    refuse(`'${field.name}' is no multi-select picklist: ${operator.toLowerCase()} is not allowed on it`);
  }
  if (field.type === 'boolean' && ORDERED_OPERATORS.includes(operator))
    refuse(`invalid operator on boolean field '${field.name}'`);
  if (operator === 'LIKE' && field.type !== 'string' && field.type !== 'email' && field.type !== 'picklist') {
    refuse(`invalid operator on ${field.type === 'reference' ? 'id' : field.type} field`);
  }
}

function countSemiJoins(tree: ConditionTree, beneathOr: boolean): number {
  if (tree.kind === 'not') return countSemiJoins(tree.part, beneathOr);
  if (tree.kind !== 'leaf')
    return tree.parts.reduce((sum, part) => sum + countSemiJoins(part, beneathOr || tree.kind === 'or'), 0);
  if (!('valueQuery' in tree.condition)) return 0;
  if (beneathOr) throw malformedQuery("Semi join sub-selects are not allowed with the 'OR' operator");
  return 1;
}
