import { Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** What a custom scalar is made of, as a resolver map takes it. */
interface ScalarFunctions<Internal> {
  serialize(value: unknown): unknown;
  parseValue(value: unknown): Internal;
  parseLiteral(node: ValueNode, variables?: Record<string, unknown> | null): Internal;
}

const instantPattern =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
const datePattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** RFC 3339 instants. Any offset is taken; what comes out, inwards and outwards, is UTC with milliseconds. */
export const dateTimeScalar: ScalarFunctions<string> = {
  // Salesforce and Jira write offsets without a colon (+0000).
  serialize: (value) => toUtc(typeof value === 'string' ? value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : value),
  parseValue: (value) => toKnownYear(toUtc(value)),
  parseLiteral: (node) => toKnownYear(toUtc(node.kind === Kind.STRING ? node.value : undefined)),
};

/** Calendar dates that exist. */
export const dateScalar: ScalarFunctions<string> = {
  serialize: (value) => toDate(value),
  parseValue: (value) => toDate(value),
  parseLiteral: (node) => toDate(node.kind === Kind.STRING ? node.value : undefined),
};

/** How deep a JSONObject may nest: enough for settings, far from any stack's end. */
const MAX_JSON_DEPTH = 32;
const dangerousKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** JSON objects. Depth and keys are checked before anything walks through them by recursion or copies them by assignment. */
export const jsonObjectScalar: ScalarFunctions<Record<string, unknown>> = {
  serialize: (value) => toJsonObject(value),
  parseValue: (value) => toJsonObject(value),
  parseLiteral: (node, variables) => {
    checkLiteralDepth(node);
    return toJsonObject(valueFromASTUntyped(node, variables));
  },
};

function toUtc(value: unknown): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  const match = typeof value === 'string' ? instantPattern.exec(value) : null;
  const [year, month, day, hour, minute, second] = (match ?? []).slice(1).map(Number);
  if (
    year !== undefined &&
    isCalendarDate(year, month, day) &&
    (hour ?? 24) < 24 &&
    (minute ?? 60) < 60 &&
    (second ?? 60) < 60
  )
    return new Date(value as string).toISOString();
  throw new TypeError('A DateTime is an RFC 3339 instant with an offset, such as 2026-03-31T16:00:00Z.');
}

/** Neither PostgreSQL nor RFC 3339 has a year 0, and an offset may lead beyond 9999, to years with a sign. */
function toKnownYear(instant: string): string {
  if (/^\d{4}-/.test(instant) && !instant.startsWith('0000-')) return instant;
  throw new TypeError('A DateTime is between the years 1 and 9999 in UTC.');
}

function toDate(value: unknown): string {
  const match = typeof value === 'string' ? datePattern.exec(value) : null;
  const [year, month, day] = (match ?? []).slice(1).map(Number);
  if (year !== undefined && isCalendarDate(year, month, day)) return value as string;
  throw new TypeError('A Date is a day of the calendar as YYYY-MM-DD, such as 2026-03-31.');
}

function isCalendarDate(year: number, month = 0, day = 0): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  // Not `new Date(year, …)`, which takes years below 100 for 19xx.
  const lastDay = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day <= (month === 2 && !isLeap ? 28 : lastDay);
}

function toJsonObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError('A JSONObject is an object: {"key": value, …}.');
  // Breadth-first, so that a deep value ends in this error and not in an exhausted stack.
  let level: unknown[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH)
      throw new TypeError(`A JSONObject may nest at most ${MAX_JSON_DEPTH} levels deep. Send a flatter one.`);
    level = level.flatMap((item) => childrenOf(item));
  }
  return value as Record<string, unknown>;
}

function childrenOf(item: unknown): unknown[] {
  if (Array.isArray(item)) return item.filter((child) => typeof child === 'object' && child !== null);
  return Object.entries(item as Record<string, unknown>).flatMap(([key, child]) => {
    if (dangerousKeys.has(key)) throw new TypeError(`A JSONObject may not hold the key "${key}". Use another name.`);
    return typeof child === 'object' && child !== null ? [child] : [];
  });
}

/** graphql-js turns literals into values by recursion; the depth is checked before. */
function checkLiteralDepth(node: ValueNode): void {
  let level: readonly ValueNode[] = [node];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH + 1)
      throw new TypeError(`A JSONObject may nest at most ${MAX_JSON_DEPTH} levels deep. Send a flatter one.`);
    level = level.flatMap((item) => {
      if (item.kind === Kind.LIST) return item.values;
      if (item.kind !== Kind.OBJECT) return [];
      for (const field of item.fields)
        if (dangerousKeys.has(field.name.value))
          throw new TypeError(`A JSONObject may not hold the key "${field.name.value}". Use another name.`);
      return item.fields.map((field) => field.value);
    });
  }
}
