import { type Page, parseCursor, toCursor } from '../../platform/connection.ts';
import { GatewayError } from '../../platform/errors.ts';
import { isDate } from './field-kinds.ts';
import { toId18 } from './ids.ts';
import type { SalesforceRecord } from './query-queue.ts';
import {
  allOf,
  anyOf,
  type Condition,
  compare,
  date,
  instant,
  isIn,
  type Literal,
  NULL,
  type OrderTerm,
  text,
} from './soql.ts';

/** What a list is ordered by before the id, which makes every place in it distinct. Nulls come last, in either direction. */
export interface SortKey {
  readonly column: string;
  readonly kind: 'text' | 'date' | 'datetime' | 'picklist';
  readonly direction: 'ASC' | 'DESC';
  readonly nullable: boolean;
  /** Of a picklist: its values in the order that Salesforce sorts them, which comparisons know nothing of. */
  readonly values?: readonly string[];
}

/** A place in a list: that of the row with these values. Instants are RFC 3339. */
export interface Position {
  readonly value: string | null;
  readonly id18: string;
}

type Walk = Page['direction'];

/** The order of rows when walking: backward is the exact reverse of forward. */
export function orderTerms(key: SortKey, walk: Walk): OrderTerm[] {
  const direction = walkingDirection(key, walk);
  return [
    { column: key.column, direction, ...(key.nullable ? { nulls: walk === 'forward' ? 'LAST' : 'FIRST' } : {}) },
    { column: 'Id', direction },
  ];
}

/** Holds for exactly the rows that come later on the walk than the position. */
export function beyond(key: SortKey, walk: Walk, position: Position): Condition {
  const { column } = key;
  const operator = walkingDirection(key, walk) === 'ASC' ? '>' : '<';
  const isNull = compare(column, '=', NULL);
  const isNotNull = compare(column, '!=', NULL);
  const laterId = compare('Id', operator, text(position.id18));
  if (position.value === null) {
    const laterNull = allOf([isNull, laterId]);
    return walk === 'forward' ? laterNull : anyOf([laterNull, isNotNull]);
  }
  const value = literalOf(key, position.value);
  const laterValue = laterValues(key, operator, position.value, value);
  return anyOf([
    // A comparison must not let nulls through, whatever Salesforce thinks of them.
    ...laterValue.map((condition) => (key.nullable ? allOf([condition, isNotNull]) : condition)),
    allOf([compare(column, '=', value), laterId]),
    ...(key.nullable && walk === 'forward' ? [isNull] : []),
  ]);
}

export function positionOf(key: SortKey, row: SalesforceRecord): Position {
  const raw = row[key.column];
  const value = typeof raw === 'string' ? raw : null;
  return {
    value: value !== null && key.kind === 'datetime' ? toUtc(value) : value,
    id18: String(row.Id),
  };
}

export function cursorAt(list: string, key: SortKey, { value, id18 }: Position): string {
  return toCursor(cursorKind(list, key), [value, id18]);
}

/** The position that a client's cursor names. Throws BAD_CURSOR for a cursor of another list or order, and for a made-up one. */
export function parsePosition(list: string, key: SortKey, cursor: string): Position {
  const [value, id] = parseCursor(cursor, cursorKind(list, key), 2);
  const id18 = typeof id === 'string' ? toId18(id) : null;
  if (id18 === null) throw badPosition();
  if (value === null && key.nullable) return { value: null, id18 };
  if (typeof value !== 'string' || !isPossible(key, value)) throw badPosition();
  return { value, id18 };
}

function laterValues(key: SortKey, operator: '<' | '>', value: string, literal: Literal): Condition[] {
  if (key.kind !== 'picklist') return [compare(key.column, operator, literal)];
  const values = key.values ?? [];
  const place = values.indexOf(value);
  const later = operator === '>' ? values.slice(place + 1) : values.slice(0, Math.max(place, 0));
  return later.length === 0 ? [] : [isIn(key.column, later.map(text))];
}

function walkingDirection(key: SortKey, walk: Walk): 'ASC' | 'DESC' {
  if (walk === 'forward') return key.direction;
  return key.direction === 'ASC' ? 'DESC' : 'ASC';
}

function literalOf(key: SortKey, value: string): Literal {
  if (key.kind === 'date') return date(value);
  return key.kind === 'datetime' ? instant(value) : text(value);
}

function isPossible(key: SortKey, value: string): boolean {
  if (key.kind === 'date') return isDate(value);
  if (key.kind === 'datetime') return toUtc(value) === value;
  if (key.kind === 'picklist') return key.values?.includes(value) === true;
  return value.length <= 255;
}

/** Salesforce's `+0000` is what other readers call Z. */
function toUtc(value: string): string | null {
  const instantOf = new Date(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(instantOf.getTime()) ? null : instantOf.toISOString();
}

function cursorKind(list: string, key: SortKey): string {
  return `${list}/${key.column}/${key.direction}`;
}

function badPosition(): GatewayError {
  return new GatewayError(
    'BAD_CURSOR',
    'The cursor is malformed. Pass a cursor exactly as `pageInfo` or an edge returned it, or none to start at the beginning.',
  );
}
