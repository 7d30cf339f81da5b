import { toGlobalId } from '../../platform/global-id.ts';
import { toId18 } from './ids.ts';
import type { SalesforceTypeName } from './model.ts';
import type { Picklist } from './picklists.ts';

/** Stands for a value that Salesforce sent and that the field's kind does not allow. */
export const UNREADABLE = Symbol('unreadable');

export type FieldKind =
  | 'id'
  | 'text'
  | 'date'
  | 'datetime'
  | 'double'
  | 'int'
  | 'boolean'
  | 'picklist'
  | 'reference'
  | 'window';

/** One property of a model: where it comes from and how its raw value is read. */
export interface FieldDefinition<Value = unknown> {
  readonly kind: FieldKind;
  /** Salesforce API names, in the order in which `decode` gets their values. */
  readonly columns: readonly string[];
  /** Never null in an answer; null from Salesforce is then unreadable. */
  readonly required: boolean;
  /** A reference: the relationship that leads to the other record in SOQL, and that record's type. */
  readonly reference?: { readonly relationship: string; readonly to: SalesforceTypeName };
  readonly picklist?: Picklist;
  /** Gets what Salesforce sent, never undefined; null only when not required. */
  decode(...values: readonly unknown[]): Value | typeof UNREADABLE;
}

type Decode<Value> = (value: unknown) => Value | typeof UNREADABLE;
type Nullable<Value> = FieldDefinition<Value | null>;

function define<Value>(kind: FieldKind, column: string, decode: Decode<Value>): Nullable<Value> {
  return {
    kind,
    columns: [column],
    required: false,
    decode: (value) => (value === null ? null : decode(value)),
  };
}

/** Marks a field that Salesforce guarantees. */
export function required<Value>(field: Nullable<Value>): FieldDefinition<NonNullable<Value>> {
  return {
    ...field,
    required: true,
    decode: (...values) => field.decode(...values) ?? UNREADABLE,
  };
}

const asText: Decode<string> = (value) => (typeof value === 'string' ? value : UNREADABLE);

export const text = (column: string) => define('text', column, asText);

export const date = (column: string) =>
  define('date', column, (value) => (typeof value === 'string' && isDate(value) ? value : UNREADABLE));

/** Salesforce writes `2026-01-02T03:04:05.000+0000`. */
export const datetime = (column: string) => define('datetime', column, toInstant);

export const double = (column: string) =>
  define('double', column, (value) => (typeof value === 'number' && Number.isFinite(value) ? value : UNREADABLE));

/** A whole number that Salesforce keeps as a double. */
export const int = (column: string) =>
  define('int', column, (value) =>
    typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 0x7fffffff ? value : UNREADABLE,
  );

export const boolean = (column: string) =>
  define('boolean', column, (value) => (typeof value === 'boolean' ? value : UNREADABLE));

export function picklist<EnumValue extends string>(
  column: string,
  values: Picklist<EnumValue>,
): FieldDefinition<EnumValue | null> {
  const byValue = new Map(Object.entries<string>(values).map(([name, value]) => [value, name as EnumValue]));
  return {
    ...define('picklist', column, (value) => byValue.get(String(value)) ?? UNREADABLE),
    picklist: values,
  };
}

export const salesforceId = (column: string) => required(define('id', column, asText));

export const globalId = (column: string, type: SalesforceTypeName) =>
  required(define('id', column, (value) => (typeof value === 'string' ? toGlobalId(type, value) : UNREADABLE)));

export const reference = (
  column: string,
  relationship: string,
  to: SalesforceTypeName,
): FieldDefinition<string | null> => ({
  ...define('reference', column, (value) => (typeof value === 'string' ? toId18(value) : null) ?? UNREADABLE),
  reference: { relationship, to },
});

/** Two instants; null when neither is set. */
export function timeWindow(
  startColumn: string,
  endColumn: string,
): FieldDefinition<{ readonly start: string | null; readonly end: string | null } | null> {
  return {
    kind: 'window',
    columns: [startColumn, endColumn],
    required: false,
    decode: (startValue, endValue) => {
      const start = startValue === null ? null : toInstant(startValue);
      const end = endValue === null ? null : toInstant(endValue);
      if (start === UNREADABLE || end === UNREADABLE) return UNREADABLE;
      return start === null && end === null ? null : { start, end };
    },
  };
}

/** True for a day that exists, as YYYY-MM-DD. */
export function isDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && toIsoDay(value) === value;
}

function toIsoDay(value: string): string | null {
  const instant = new Date(`${value}T00:00:00Z`);
  return Number.isNaN(instant.getTime()) ? null : instant.toISOString().slice(0, 10);
}

function toInstant(value: unknown): string | typeof UNREADABLE {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(value)) return UNREADABLE;
  const instant = new Date(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(instant.getTime()) ? UNREADABLE : instant.toISOString();
}
