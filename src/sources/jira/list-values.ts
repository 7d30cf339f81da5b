import type { JsonValue, RecordValues } from '../../cache/record-values.ts';

/** Fields that lists of issues are chosen and ordered by. */
export const listFields: readonly string[] = ['updated', 'project', 'status', 'assignee', 'summary'];

/** Those among an issue's fields, with nothing of people, projects and states but what tells them apart. */
export function listValuesOf(fields: Readonly<Record<string, unknown>>): RecordValues {
  const values: Record<string, JsonValue> = {};
  for (const field of listFields) {
    const value = fields[field];
    if (value === null || typeof value === 'string') values[field] = value;
    else if (typeof value === 'object') values[field] = identityOf(field, value as Readonly<Record<string, unknown>>);
  }
  return values;
}

function identityOf(field: string, value: Readonly<Record<string, unknown>>): JsonValue {
  const { key, name, accountId, statusCategory } = value;
  if (field === 'project') return { key: textOrNull(key), name: textOrNull(name) };
  if (field === 'assignee') return { accountId: textOrNull(accountId) };
  const category = typeof statusCategory === 'object' && statusCategory !== null ? statusCategory : {};
  return { category: textOrNull((category as { readonly key?: unknown }).key) };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
