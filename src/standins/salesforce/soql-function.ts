import type { FunctionExp } from '@jetstreamapp/soql-parser-js';
import type { SalesforceRow } from '../data/company.ts';
import { invalidField, malformedQuery } from './refusal.ts';
import type { FieldPath } from './soql-field-path.ts';

export interface DateFunction {
  readonly path: FieldPath;
  readonly apply: (value: SalesforceRow[string]) => SalesforceRow[string];
  readonly resultType: 'double' | 'date';
}

const FUNCTIONS: Readonly<Record<string, (date: Date) => number | string>> = {
  CALENDAR_YEAR: (date) => date.getUTCFullYear(),
  CALENDAR_QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  CALENDAR_MONTH: (date) => date.getUTCMonth() + 1,
  FISCAL_YEAR: (date) => date.getUTCFullYear(),
  FISCAL_QUARTER: (date) => Math.floor(date.getUTCMonth() / 3) + 1,
  FISCAL_MONTH: (date) => date.getUTCMonth() + 1,
  DAY_IN_MONTH: (date) => date.getUTCDate(),
  DAY_IN_WEEK: (date) => date.getUTCDay() + 1,
  HOUR_IN_DAY: (date) => date.getUTCHours(),
  DAY_ONLY: (date) => date.toISOString().slice(0, 10),
};

export function isDateFunction(name: string | undefined): boolean {
  return name !== undefined && name.toUpperCase() in FUNCTIONS;
}

/** `CALENDAR_YEAR(CreatedDate)` and its kin, in UTC. */
export function dateFunction(fn: FunctionExp, resolve: (path: string) => FieldPath): DateFunction {
  const name = fn.functionName?.toUpperCase() ?? '';
  const compute = FUNCTIONS[name];
  const [parameter] = fn.parameters ?? [];
  if (compute === undefined || typeof parameter !== 'string')
    throw malformedQuery(`unexpected token: '${fn.rawValue ?? name}'`);
  const path = resolve(parameter);
  if (path.field.type !== 'date' && path.field.type !== 'datetime') {
    throw invalidField(`The ${name} function can not be used on '${path.field.name}', which is no date`);
  }
  return {
    path,
    apply: (value) => (value === null ? null : compute(new Date(String(value)))),
    resultType: name === 'DAY_ONLY' ? 'date' : 'double',
  };
}
