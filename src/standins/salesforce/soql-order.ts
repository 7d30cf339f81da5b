import type { OrderByClause } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { FieldDefinition } from './objects.ts';
import { invalidField, malformedQuery } from './refusal.ts';
import { readPath } from './soql-field-path.ts';
import { pathIn, type QueryScope, type Source } from './soql-scope.ts';
import { toComparable } from './soql-value.ts';

export type RowOrder = (left: SalesforceRow, right: SalesforceRow) => number;

/** One criterion of ORDER BY: how to read its value, and how it sorts. */
export interface SortKey<Row> {
  readonly read: (row: Row) => SalesforceRow[string];
  readonly field: Pick<FieldDefinition, 'type' | 'picklistValues'>;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** The order of plain rows. Without ORDER BY it is the order of ids, which Salesforce does not promise but mostly gives. */
export function compileOrder(
  scope: QueryScope,
  source: Source,
  clause: OrderByClause | OrderByClause[] | undefined,
): RowOrder {
  if (clause === undefined) return (left, right) => compareCodeUnits(String(left.Id), String(right.Id));
  const keys = [clause].flat().map((criterion): SortKey<SalesforceRow> => {
    if ('fn' in criterion) throw malformedQuery(`unexpected token: '${criterion.fn.rawValue ?? 'function'}'`);
    const path = pathIn(scope, source, criterion.field);
    if (path.field.type === 'textarea')
      throw invalidField(`field '${path.field.name}' can not be sorted in a query call`);
    return { read: (row) => readPath(path, row, scope.parentOf), field: path.field, ...direction(criterion) };
  });
  return compareBy(keys);
}

/** Nulls come first when ascending and last when descending, unless the statement says otherwise. */
export function direction(criterion: OrderByClause): { readonly descending: boolean; readonly nullsFirst: boolean } {
  const descending = criterion.order === 'DESC';
  return { descending, nullsFirst: criterion.nulls === undefined ? !descending : criterion.nulls === 'FIRST' };
}

export function compareBy<Row>(keys: readonly SortKey<Row>[]): (left: Row, right: Row) => number {
  return (left, right) => {
    for (const key of keys) {
      const order = compareValues(key, key.read(left), key.read(right));
      if (order !== 0) return order;
    }
    return 0;
  };
}

function compareValues<Row>(key: SortKey<Row>, left: SalesforceRow[string], right: SalesforceRow[string]): number {
  const [a, b] = [rank(key.field, left), rank(key.field, right)];
  if (a === null || b === null) {
    if (a === b) return 0;
    return (a === null) === key.nullsFirst ? -1 : 1;
  }
  const order = a < b ? -1 : a > b ? 1 : 0;
  return key.descending ? -order : order;
}

/** Picklists sort by the order of their values as the administrator gave it, not by name. */
function rank(field: SortKey<never>['field'], value: SalesforceRow[string]): string | number | boolean | null {
  if (field.type !== 'picklist' || field.picklistValues === undefined || value === null)
    return toComparable(field.type, value);
  const place = field.picklistValues.indexOf(String(value));
  return place === -1 ? field.picklistValues.length : place;
}

function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
