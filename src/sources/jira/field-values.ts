import type { JiraStatusCategory } from '../../generated/graphql.ts';
import { GatewayError } from '../../platform/errors.ts';
import { adfToMarkdown } from './adf.ts';

export interface JiraStatusModel {
  readonly name: string;
  readonly category: JiraStatusCategory;
}

/** Jira's three status categories; `undefined` is a fourth that it gives to statuses without one. */
const categories: Readonly<Record<string, JiraStatusModel['category']>> = {
  new: 'TO_DO',
  undefined: 'TO_DO',
  indeterminate: 'IN_PROGRESS',
  done: 'DONE',
};

export function statusOf(value: unknown): JiraStatusModel | undefined {
  const name = textOf(value);
  const category = member(member(value, 'statusCategory'), 'key');
  const known = typeof category === 'string' && Object.hasOwn(categories, category) ? categories[category] : undefined;
  return name === null || known === undefined ? undefined : { name, category: known };
}

/**
 * Text of a value of any type that a site may have given a field: text, number, option (`value`), version or priority (`name`), person,
 * rich text, or a list of these. Null when there is none.
 */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return namesOf(value).join(', ') || null;
  if (typeof value !== 'object' || value === null) return null;
  if (member(value, 'type') === 'doc') return adfToMarkdown(value);
  for (const key of ['value', 'name', 'displayName']) {
    const text = member(value, key);
    if (typeof text === 'string' && text !== '') return text;
  }
  return null;
}

/** Texts of a list; what is no list is an empty one, as fields hidden from a screen are absent. */
export function namesOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.flatMap((item: unknown) => (Array.isArray(item) ? [] : (textOf(item) ?? [])))
    : [];
}

/** Jira writes `2026-01-02T03:04:05.000+0000`; null for what is no instant. */
export function instant(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const milliseconds = Date.parse(value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds).toISOString();
}

/** A date field as it is, the day of a date-time field; text that is no day is an error of this field. */
export function goLiveDay(value: unknown): string | null | GatewayError {
  const text = textOf(value)?.trim() ?? null;
  if (text === null || text === '') return null;
  const day = /^(\d{4}-\d{2}-\d{2})(?:$|T)/.exec(text)?.[1];
  if (day !== undefined && !Number.isNaN(Date.parse(day))) return day;
  const message =
    'The go-live date of this issue in Jira is not a date. Correct it in the issue, or use a field of the type date.';
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { source: 'JIRA' });
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
