import type { LiteralType } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import type { FieldDefinition } from './objects.ts';
import { id15 } from './record-id.ts';
import { invalidField, Refusal } from './refusal.ts';
import { type DateRange, dateRange } from './soql-date-literal.ts';
import { stringValue } from './soql-string.ts';

/** A value in the form in which it compares: texts in lower case, ids by 15 characters, times as epoch milliseconds. */
export type Comparable = string | number | boolean | null;

export type FilterValue =
  | { readonly kind: 'value'; readonly value: Comparable }
  | { readonly kind: 'range'; readonly range: DateRange };

const LITERALS_BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  boolean: ['BOOLEAN'],
  double: ['INTEGER', 'DECIMAL'],
  date: ['DATE', 'DATE_LITERAL', 'DATE_N_LITERAL'],
  datetime: ['DATETIME', 'DATE_LITERAL', 'DATE_N_LITERAL'],
};

export function toComparable(type: FieldDefinition['type'], value: SalesforceRow[string]): Comparable {
  if (value === null || value === '') return null;
  switch (type) {
    case 'id':
    case 'reference':
      return String(value).slice(0, 15);
    case 'date':
    case 'datetime':
      return Date.parse(String(value));
    case 'double':
    case 'boolean':
      return value;
    default:
      return String(value).toLowerCase();
  }
}

/** A literal of the statement, checked against the type of the field that it is compared with. */
export function filterValue(
  field: FieldDefinition,
  literal: string,
  literalType: LiteralType | undefined,
  nowMs: number,
): FilterValue {
  if (literalType === 'NULL') return { kind: 'value', value: null };
  const accepted = LITERALS_BY_TYPE[field.type] ?? ['STRING'];
  if (literalType === undefined || !accepted.includes(literalType)) throw invalidField(wrongType(field));
  if (literalType === 'DATE_LITERAL' || literalType === 'DATE_N_LITERAL')
    return { kind: 'range', range: dateRange(literal, nowMs) };
  return { kind: 'value', value: literalValue(field, literal) };
}

function literalValue(field: FieldDefinition, literal: string): Comparable {
  switch (field.type) {
    case 'boolean':
      return literal.toUpperCase() === 'TRUE';
    case 'double':
      return Number(literal);
    case 'date':
    case 'datetime': {
      const ms = Date.parse(literal);
      if (Number.isNaN(ms))
        throw invalidField(`'${literal}' is not a valid ${field.type} for the filter on '${field.name}'`);
      return ms;
    }
    case 'id':
    case 'reference': {
      const text = stringValue(literal);
      if (text === '') return null;
      const short = id15(text);
      if (short === undefined) throw new Refusal(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`);
      return short;
    }
    default:
      return toComparable(field.type, stringValue(literal));
  }
}

function wrongType(field: FieldDefinition): string {
  const unquoted = field.type in LITERALS_BY_TYPE;
  const type = field.type === 'datetime' ? 'dateTime' : unquoted ? field.type : 'string';
  return `value of filter criterion for field '${field.name}' must be of type ${type} and should ${unquoted ? 'not ' : ''}be enclosed in quotes`;
}
