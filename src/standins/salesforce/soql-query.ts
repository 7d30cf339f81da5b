import { type FieldType, parseQuery, type Query, type Subquery } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { ObjectDefinition } from './objects.ts';
import type { RecordStore } from './record-store.ts';
import { invalidField, malformedQuery, Refusal } from './refusal.ts';
import type { VisibleSchema } from './schema.ts';
import { aggregate, isAggregate } from './soql-aggregate.ts';
import { toConditionTree } from './soql-condition.ts';
import { type FieldPath, readPath } from './soql-field-path.ts';
import { compileFilter } from './soql-filter.ts';
import { compileOrder } from './soql-order.ts';
import { pathIn, type QueryScope, rowsOf, type Source } from './soql-scope.ts';
import { compileSelection, project, type SalesforceRecord } from './soql-select.ts';

const MAX_STATEMENT_CHARACTERS = 100_000;
const MAX_OFFSET = 2_000;
const MAX_SUBQUERIES = 20;

/** One row of an answer with the children that its subqueries read; paging happens later. */
export interface AnsweredRow {
  readonly record: SalesforceRecord;
  /** By relationship name, in the order of the statement. */
  readonly children: ReadonlyMap<string, readonly SalesforceRecord[]>;
}

export interface QueryAnswer {
  readonly totalSize: number;
  readonly rows: readonly AnsweredRow[];
  readonly isAggregate: boolean;
  /** Two and more of them make the pages small. */
  readonly longTextFields: number;
}

interface QueryInput {
  readonly schema: VisibleSchema;
  readonly store: RecordStore;
  readonly nowMs: number;
  readonly includeDeleted: boolean;
  readonly basePath: string;
}

/** Evaluates a statement over the rows of this moment; throws a Refusal with what Salesforce would say. */
export function runQuery(input: QueryInput, statement: string): QueryAnswer {
  if (statement.length > MAX_STATEMENT_CHARACTERS)
    throw malformedQuery(`SOQL statements can not be longer than ${MAX_STATEMENT_CHARACTERS} characters`);
  const query = parse(statement);
  const scope: QueryScope = {
    ...input,
    parentOf: (object, id) => {
      const definition = input.schema.findObject(object);
      const row = definition === undefined ? undefined : input.store.get(definition.name, id);
      return row?.IsDeleted === true && !input.includeDeleted ? undefined : row;
    },
    semiJoin: (inner, outer) => semiJoin(scope, inner, outer),
  };
  const source: Source = { object: input.schema.queriedObject(query.sObject ?? ''), alias: query.sObjectAlias };
  if ((query.offset ?? 0) > MAX_OFFSET)
    throw new Refusal(400, 'NUMBER_OUTSIDE_VALID_RANGE', `Maximum SOQL offset allowed is ${MAX_OFFSET}`);
  if (isCountOnly(query)) return countOnly(scope, source, query);
  if (isAggregate(query)) {
    const records = aggregate(scope, source, query, filtered(scope, source, query, rowsOf(scope, source.object)));
    return {
      totalSize: records.length,
      rows: records.map((record) => ({ record, children: new Map() })),
      isAggregate: true,
      longTextFields: 0,
    };
  }
  return selectRows(scope, source, query);
}

function selectRows(scope: QueryScope, source: Source, query: Query): QueryAnswer {
  const fields = query.fields ?? [];
  const { selection, paths } = compileSelection(scope, source, fields, query.limit);
  const subqueries = fields.flatMap((field) =>
    field.type === 'FieldSubquery' ? [compileChildren(scope, source.object, field.subquery)] : [],
  );
  if (subqueries.length > MAX_SUBQUERIES)
    throw malformedQuery(`No more than ${MAX_SUBQUERIES} child relationships are allowed in a query`);
  const rows = page(sorted(scope, source, query, filtered(scope, source, query, rowsOf(scope, source.object))), query);
  return {
    totalSize: rows.length,
    rows: rows.map((row) => ({
      record: project(scope, selection, row),
      children: new Map(subqueries.map(({ name, childrenOf }) => [name, childrenOf(row)])),
    })),
    isAggregate: false,
    longTextFields: countLongText(paths) + subqueries.reduce((sum, subquery) => sum + subquery.longTextFields, 0),
  };
}

/** Reads the children of all parents at once; WHERE, ORDER BY, LIMIT and OFFSET of the subquery hold for each parent. */
function compileChildren(scope: QueryScope, parent: ObjectDefinition, subquery: Subquery) {
  const relationship = scope.schema.findChildRelationship(parent, subquery.relationshipName);
  if (relationship === undefined) {
    throw new Refusal(
      400,
      'INVALID_TYPE',
      `Didn't understand relationship '${subquery.relationshipName}' in FROM part of query call. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
    );
  }
  const fields: FieldType[] = subquery.fields ?? [];
  if (fields.some((field) => field.type === 'FieldSubquery'))
    throw malformedQuery('a subquery in a subquery is not supported by this API version');
  const source: Source = { object: scope.schema.queriedObject(relationship.childObject), alias: subquery.sObjectAlias };
  const { selection, paths } = compileSelection(scope, source, fields, subquery.limit);
  const children = sorted(scope, source, subquery, filtered(scope, source, subquery, rowsOf(scope, source.object)));
  const byParent = Map.groupBy(children, (child) => child[relationship.field]);
  return {
    name: relationship.relationshipName,
    longTextFields: countLongText(paths),
    childrenOf: (row: SalesforceRow) =>
      page(byParent.get(row.Id ?? null) ?? [], subquery).map((child) => project(scope, selection, child)),
  };
}

function semiJoin(scope: QueryScope, inner: Query, outer: FieldPath): ReadonlySet<string> {
  const source: Source = { object: scope.schema.queriedObject(inner.sObject ?? ''), alias: inner.sObjectAlias };
  const [field, ...others] = inner.fields ?? [];
  if (field === undefined || others.length > 0 || (field.type !== 'Field' && field.type !== 'FieldRelationship')) {
    throw malformedQuery('the inner select of a semi join takes exactly one field');
  }
  const path = pathIn(
    scope,
    source,
    field.type === 'Field' ? field.field : [...field.relationships, field.field].join('.'),
  );
  const target = (one: FieldPath): string =>
    one.field.type === 'id' ? one.object.name : (one.field.referenceTo ?? '');
  if (target(path) !== target(outer)) {
    throw invalidField(
      `The selected field '${path.field.name}' in the subquery and the left operand field in the where expression in the outer query '${outer.field.name}' should point to the same object type`,
    );
  }
  const values = filtered(scope, source, inner, rowsOf(scope, source.object)).map((row) =>
    readPath(path, row, scope.parentOf),
  );
  return new Set(values.flatMap((value) => (value === null ? [] : [String(value).slice(0, 15)])));
}

function parse(statement: string): Query {
  let query: Query;
  try {
    query = parseQuery(statement);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw malformedQuery(`${statement.slice(0, 100)}\nERROR at Row:1:Column:1\nunexpected token: ${reason}`);
  }
  if (
    query.withDataCategory !== undefined ||
    query.usingScope !== undefined ||
    query.for !== undefined ||
    query.update !== undefined
  ) {
    throw malformedQuery(
      'WITH DATA CATEGORY, USING SCOPE, FOR and UPDATE are not evaluated by this stand-in: leave them out.',
    );
  }
  return query;
}

function isCountOnly(query: Query): boolean {
  const [only, ...others] = query.fields ?? [];
  return (
    others.length === 0 &&
    only?.type === 'FieldFunctionExpression' &&
    only.rawValue?.replace(/\s/g, '').toUpperCase() === 'COUNT()' &&
    query.groupBy === undefined
  );
}

function countOnly(scope: QueryScope, source: Source, query: Query): QueryAnswer {
  if (query.orderBy !== undefined)
    throw malformedQuery('Ordered field must be grouped or aggregated: COUNT() takes no ORDER BY');
  const rows = page(filtered(scope, source, query, rowsOf(scope, source.object)), query);
  return { totalSize: rows.length, rows: [], isAggregate: false, longTextFields: 0 };
}

function filtered(
  scope: QueryScope,
  source: Source,
  query: Pick<Query, 'where'>,
  rows: SalesforceRow[],
): SalesforceRow[] {
  return query.where === undefined ? rows : rows.filter(compileFilter(scope, source, toConditionTree(query.where)));
}

function sorted(
  scope: QueryScope,
  source: Source,
  query: Pick<Query, 'orderBy'>,
  rows: SalesforceRow[],
): SalesforceRow[] {
  return rows.sort(compileOrder(scope, source, query.orderBy));
}

function page(rows: readonly SalesforceRow[], query: Pick<Query, 'limit' | 'offset'>): readonly SalesforceRow[] {
  const offset = query.offset ?? 0;
  return rows.slice(offset, query.limit === undefined ? undefined : offset + query.limit);
}

function countLongText(paths: readonly FieldPath[]): number {
  return paths.filter((path) => path.field.type === 'textarea').length;
}
