import type { RecordValues } from '../../cache/record-values.ts';
import { badUserInput } from '../../platform/errors.ts';
import { allTrue, anyTrue, type Truth } from '../../platform/truth.ts';
import { isDate } from './field-kinds.ts';
import { comparesTo, contained, type LiteralValue } from './row-comparison.ts';

/**
 * SOQL is put together here and nowhere else: identifiers must look like API names (they come from fields.ts), values become
 * literals that are escaped. The brands keep unescaped text from being taken for either.
 */
declare const brand: unique symbol;
export type Literal = LiteralValue & { readonly soql: string; readonly [brand]: 'literal' };

/** A condition as SOQL, and what it says of a row without asking Salesforce. */
export interface Condition {
  readonly soql: string;
  /** Whether a row with these columns fulfils it; undefined where that can't be told for sure. */
  holds(row: RecordValues): Truth;
  readonly columns: readonly string[];
  readonly [brand]: 'condition';
}

/** Characters of one SOQL statement, and of one string literal in it: Salesforce's own limits. */
export const MAX_STATEMENT_LENGTH = 100_000;
const MAX_LITERAL_LENGTH = 4_000;

export interface OrderTerm {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
  /** Explicit for columns that may be null, because Salesforce puts them first in ascending order. */
  readonly nulls?: 'FIRST' | 'LAST';
}

export interface SelectStatement {
  readonly columns: readonly string[];
  readonly from: string;
  /** All must hold. */
  readonly where: readonly Condition[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit?: number;
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** Lone surrogates can not travel in a URL, so they are replaced. */
function escapeText(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\\'\n\r\t\b\f]/g, (character) => escapes[character] ?? character)
    .replace(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped.
      /[\u0000-\u0007\u000b\u000e-\u001f\u007f\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

function quoted(escaped: string): string {
  if (escaped.length > MAX_LITERAL_LENGTH) {
    throw badUserInput(
      `A text to look for is ${escaped.length} characters long, but Salesforce takes at most ${MAX_LITERAL_LENGTH}. Send a shorter one.`,
    );
  }
  return `'${escaped}'`;
}

function literal(soql: string, value: LiteralValue): Literal {
  return { soql, ...value } as Literal;
}

export function text(value: string): Literal {
  return literal(quoted(escapeText(value)), { kind: 'text', value });
}

export function date(value: string): Literal {
  if (!isDate(value)) throw badUserInput(`\`${value}\` is not a day of the calendar. Send one as YYYY-MM-DD.`);
  return literal(value, { kind: 'date', value });
}

export function instant(value: string): Literal {
  const parsed = new Date(value);
  if (Number.isNaN(parsed.getTime()) || parsed.getUTCFullYear() > 9999 || parsed.getUTCFullYear() < 0) {
    throw badUserInput(`\`${value}\` is not an instant. Send one as RFC 3339, such as 2026-01-02T03:04:05Z.`);
  }
  return literal(parsed.toISOString(), { kind: 'instant', value: parsed.toISOString() });
}

export const NULL: Literal = literal('null', { kind: 'null', value: null });

function condition(soql: string, columns: readonly string[], holds: Condition['holds']): Condition {
  return { soql, columns, holds } as Condition;
}

export function compare(column: string, operator: '=' | '!=' | '<' | '<=' | '>' | '>=', value: Literal): Condition {
  return condition(`${identifier(column)} ${operator} ${value.soql}`, [column], (row) =>
    comparesTo(row[column], operator, value),
  );
}

/** An empty list matches nothing, which needs no call: deciding that is the caller's part, so here it is a defect. */
export function isIn(column: string, values: readonly Literal[]): Condition {
  if (values.length === 0) throw new Error(`An empty list for ${column} must be answered without a statement.`);
  return condition(`${identifier(column)} IN (${values.map(({ soql }) => soql).join(',')})`, [column], (row) =>
    anyTrue(values.map((value) => comparesTo(row[column], '=', value))),
  );
}

/** The text anywhere in the column; upper and lower case are the same to Salesforce. Wildcards in the text stand for themselves. */
export function contains(column: string, part: string): Condition {
  const pattern = quoted(`%${escapeText(part).replace(/[%_]/g, '\\$&')}%`);
  return condition(`${identifier(column)} LIKE ${pattern}`, [column], (row) => contained(part, row[column]));
}

/** Salesforce takes no mix of AND and OR without parentheses. */
export function allOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, ' AND ', allTrue);
}

export function anyOf(conditions: readonly Condition[]): Condition {
  return joined(conditions, ' OR ', anyTrue);
}

function joined(
  conditions: readonly Condition[],
  operator: ' AND ' | ' OR ',
  toTruth: (truths: readonly Truth[]) => Truth,
): Condition {
  return condition(
    `(${conditions.map(({ soql }) => soql).join(operator)})`,
    conditions.flatMap(({ columns }) => columns),
    (row) => toTruth(conditions.map((one) => one.holds(row))),
  );
}

export function select(statement: SelectStatement): string {
  const { columns, from, where, orderBy, limit } = statement;
  return checked(
    `SELECT ${columns.map(identifier).join(',')} FROM ${identifier(from)}${whereClause(where)}${orderClause(orderBy)}${
      limit === undefined ? '' : ` LIMIT ${wholeNumber(limit)}`
    }`,
  );
}

export function count(from: string, where: readonly Condition[]): string {
  return checked(`SELECT COUNT() FROM ${identifier(from)}${whereClause(where)}`);
}

/** Rows `{ <column>, total }`, one per value of the column. */
export function countBy(column: string, from: string, where: readonly Condition[]): string {
  const group = identifier(column);
  return checked(`SELECT ${group},COUNT(Id) total FROM ${identifier(from)}${whereClause(where)} GROUP BY ${group}`);
}

function whereClause(where: readonly Condition[]): string {
  return where.length === 0 ? '' : ` WHERE ${where.map(({ soql }) => soql).join(' AND ')}`;
}

function orderClause(orderBy: readonly OrderTerm[]): string {
  if (orderBy.length === 0) return '';
  const terms = orderBy.map(
    ({ column, direction, nulls }) => `${identifier(column)} ${direction}${nulls ? ` NULLS ${nulls}` : ''}`,
  );
  return ` ORDER BY ${terms.join(',')}`;
}

function identifier(name: string): string {
  if (!/^[A-Za-z]\w{0,79}(\.[A-Za-z]\w{0,79}){0,5}$/.test(name))
    throw new Error(`${name} is not a Salesforce API name.`);
  return name;
}

function wholeNumber(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} is not a number of rows.`);
  return String(value);
}

function checked(statement: string): string {
  if (statement.length > MAX_STATEMENT_LENGTH) {
    throw badUserInput('The filter names too many values for one Salesforce query. Send fewer, or split the question.');
  }
  return statement;
}
