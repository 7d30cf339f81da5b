import type { FieldType, FunctionExp, GroupByClause, OrderByClause, Query } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { FieldDefinition } from './objects.ts';
import { invalidField, malformedQuery } from './refusal.ts';
import { type ConditionTree, toConditionTree } from './soql-condition.ts';
import { type FieldPath, readPath } from './soql-field-path.ts';
import { compileTest } from './soql-filter.ts';
import { dateFunction, isDateFunction } from './soql-function.ts';
import { compareBy, direction, type SortKey } from './soql-order.ts';
import { pathIn, type QueryScope, type Source } from './soql-scope.ts';
import type { SalesforceRecord } from './soql-select.ts';
import { toComparable } from './soql-value.ts';

type Group = readonly SalesforceRow[];
type Value = SalesforceRow[string];

/** A column or criterion of a grouped statement: what it is worth for one group. */
interface GroupExpression {
  readonly field: Pick<FieldDefinition, 'type' | 'picklistValues'>;
  readonly read: (group: Group) => Value;
}

const AGGREGATES: ReadonlySet<string> = new Set(['COUNT', 'COUNT_DISTINCT', 'SUM', 'AVG', 'MIN', 'MAX']);

/** Whether the statement answers AggregateResult rows. COUNT() alone is not one of them: it has no rows. */
export function isAggregate(query: Query): boolean {
  return (
    query.groupBy !== undefined ||
    (query.fields ?? []).some(
      (field) => field.type === 'FieldFunctionExpression' && AGGREGATES.has(field.functionName.toUpperCase()),
    )
  );
}

export function aggregate(scope: QueryScope, source: Source, query: Query, rows: Group): SalesforceRecord[] {
  const groupings = [query.groupBy ?? []].flat();
  const columns = toColumns(scope, source, query.fields ?? [], groupings);
  const resolve = (
    criterion: OrderByClause | { readonly fn: FunctionExp } | { readonly field: string },
  ): GroupExpression => {
    if ('fn' in criterion) return functionExpression(scope, source, criterion.fn, groupings);
    const byAlias = columns.find(
      (column) => column.name.toLowerCase() === criterion.field.toLowerCase() && column.aliased,
    );
    return byAlias ?? groupedField(scope, source, criterion.field, groupings);
  };
  const keys = [query.orderBy ?? []]
    .flat()
    .map((criterion): SortKey<Group> => ({ ...resolve(criterion), ...direction(criterion) }));
  const having = query.having === undefined ? undefined : compileHaving(scope, toConditionTree(query.having), resolve);
  const groups = groupRows(scope, source, rows, groupings).filter((group) => having === undefined || having(group));
  if (keys.length > 0) groups.sort(compareBy(keys));
  const offset = query.offset ?? 0;
  return groups.slice(offset, query.limit === undefined ? undefined : offset + query.limit).map((group) => {
    const record: SalesforceRecord = { attributes: { type: 'AggregateResult' } };
    for (const column of columns) record[column.name] = column.read(group);
    return record;
  });
}

function toColumns(
  scope: QueryScope,
  source: Source,
  fields: readonly FieldType[],
  groupings: readonly GroupByClause[],
) {
  let unnamed = 0;
  const columns = fields.map((field) => {
    if (field.type === 'FieldFunctionExpression') {
      const name = field.alias ?? `expr${unnamed++}`;
      return { name, aliased: field.alias !== undefined, ...functionExpression(scope, source, field, groupings) };
    }
    if (field.type !== 'Field' && field.type !== 'FieldRelationship')
      throw malformedQuery('a grouped query takes no subqueries and no TYPEOF');
    const alias = 'alias' in field ? field.alias : undefined;
    const path = field.type === 'Field' ? field.field : [...field.relationships, field.field].join('.');
    return {
      name: alias ?? pathIn(scope, source, path).field.name,
      aliased: alias !== undefined,
      ...groupedField(scope, source, path, groupings),
    };
  });
  const twice = columns.find((column, index) => columns.findIndex((other) => other.name === column.name) < index);
  if (twice !== undefined) throw malformedQuery(`duplicate alias: ${twice.name}`);
  return columns;
}

function groupedField(
  scope: QueryScope,
  source: Source,
  name: string,
  groupings: readonly GroupByClause[],
): GroupExpression {
  const path = pathIn(scope, source, name);
  const isGrouped = groupings.some(
    (grouping) => 'field' in grouping && samePath(pathIn(scope, source, grouping.field), path),
  );
  if (!isGrouped) throw malformedQuery(`Field must be grouped or aggregated: ${path.field.name}`);
  return { field: path.field, read: ([row]) => (row === undefined ? null : readPath(path, row, scope.parentOf)) };
}

function functionExpression(
  scope: QueryScope,
  source: Source,
  fn: FunctionExp,
  groupings: readonly GroupByClause[],
): GroupExpression {
  const name = fn.functionName?.toUpperCase() ?? '';
  if (isDateFunction(name)) {
    const call = dateFunction(fn, (path) => pathIn(scope, source, path));
    const isGrouped = groupings.some(
      (grouping) => 'fn' in grouping && grouping.fn.rawValue?.toLowerCase() === fn.rawValue?.toLowerCase(),
    );
    if (!isGrouped) throw malformedQuery(`Field must be grouped or aggregated: ${call.path.field.name}`);
    return {
      field: { type: call.resultType },
      read: ([row]) => (row === undefined ? null : call.apply(readPath(call.path, row, scope.parentOf))),
    };
  }
  const [parameter] = fn.parameters ?? [];
  if (!AGGREGATES.has(name)) throw malformedQuery(`unexpected token: '${fn.rawValue ?? name}'`);
  if (parameter === undefined && name === 'COUNT') return { field: { type: 'double' }, read: (group) => group.length };
  if (typeof parameter !== 'string') throw malformedQuery(`unexpected token: '${fn.rawValue ?? name}'`);
  return aggregateOf(scope, name, pathIn(scope, source, parameter));
}

function aggregateOf(scope: QueryScope, name: string, path: FieldPath): GroupExpression {
  const { field } = path;
  const isNumber = field.type === 'double';
  if (
    ((name === 'SUM' || name === 'AVG') && !isNumber) ||
    field.type === 'textarea' ||
    ((name === 'MIN' || name === 'MAX') && field.type === 'boolean')
  ) {
    throw invalidField(`field ${field.name} does not support aggregate operator ${name}`);
  }
  const values = (group: Group): Exclude<Value, null>[] =>
    group.map((row) => readPath(path, row, scope.parentOf)).filter((value) => value !== null);
  const sum = (group: Group): number => values(group).reduce<number>((total, value) => total + Number(value), 0);
  const extreme = (group: Group, descending: boolean): Value =>
    values(group).sort(compareBy([{ read: (value) => value, field, descending, nullsFirst: false }]))[0] ?? null;
  switch (name) {
    case 'COUNT':
      return { field: { type: 'double' }, read: (group) => values(group).length };
    case 'COUNT_DISTINCT':
      return {
        field: { type: 'double' },
        read: (group) => new Set(values(group).map((value) => toComparable(field.type, value))).size,
      };
    case 'SUM':
      return { field: { type: 'double' }, read: (group) => (values(group).length === 0 ? null : sum(group)) };
    case 'AVG':
      return {
        field: { type: 'double' },
        read: (group) => (values(group).length === 0 ? null : sum(group) / values(group).length),
      };
    default:
      return { field, read: (group) => extreme(group, name === 'MAX') };
  }
}

function groupRows(scope: QueryScope, source: Source, rows: Group, groupings: readonly GroupByClause[]): Group[] {
  if (groupings.length === 0) return [rows];
  const readers = groupings.map((grouping): ((row: SalesforceRow) => Value) => {
    if ('fn' in grouping) {
      const call = dateFunction(grouping.fn, (path) => pathIn(scope, source, path));
      return (row) => call.apply(readPath(call.path, row, scope.parentOf));
    }
    const path = pathIn(scope, source, grouping.field);
    if (path.field.type === 'textarea' || path.field.type === 'datetime') {
      throw invalidField(`field '${path.field.name}' can not be grouped in a query call`);
    }
    return (row) => {
      const value = readPath(path, row, scope.parentOf);
      return typeof value === 'string' && path.field.type !== 'id' && path.field.type !== 'reference'
        ? value.toLowerCase()
        : value;
    };
  });
  return [...Map.groupBy(rows, (row) => JSON.stringify(readers.map((read) => read(row)))).values()];
}

function compileHaving(
  scope: QueryScope,
  tree: ConditionTree,
  resolve: (criterion: { readonly fn: FunctionExp } | { readonly field: string }) => GroupExpression,
): (group: Group) => boolean {
  if (tree.kind === 'not') {
    const part = compileHaving(scope, tree.part, resolve);
    return (group) => !part(group);
  }
  if (tree.kind !== 'leaf') {
    const parts = tree.parts.map((part) => compileHaving(scope, part, resolve));
    return (group) => (tree.kind === 'and' ? parts.every((part) => part(group)) : parts.some((part) => part(group)));
  }
  const { condition } = tree;
  if ('valueQuery' in condition) throw malformedQuery('HAVING takes no sub-selects');
  const { field, read } = resolve(condition);
  const test = compileTest(
    scope,
    { ...field, name: 'fn' in condition ? (condition.fn.rawValue ?? '') : condition.field, nillable: true },
    condition.operator,
    condition.value,
    condition.literalType,
  );
  return (group) => test(toComparable(field.type, read(group)));
}

function samePath(left: FieldPath, right: FieldPath): boolean {
  return (
    left.field === right.field &&
    left.references.map((reference) => reference.name).join() ===
      right.references.map((reference) => reference.name).join()
  );
}
