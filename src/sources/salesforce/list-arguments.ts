import type { PsRequestOrder } from '../../generated/graphql.ts';
import type { Availability } from './availability.ts';
import type { SalesforceObject } from './fields.ts';
import { parseRecordId } from './ids.ts';

/** Arguments of a list in one fixed form, equal for equal questions: they are the list's name in the cache, and make the list again. */
export type ListArguments = Readonly<Record<string, unknown>>;

/**
 * A filter without what restricts nothing, its properties, values and ids in one form. `references`: properties that hold ids, by the object
 * they are of. Throws BAD_USER_INPUT for an id of another kind.
 */
export function settledFilter(
  filter: object | null | undefined,
  references: Readonly<Record<string, SalesforceObject>>,
  availability: Availability,
): ListArguments | null {
  const settled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(filter ?? {}).sort(([left], [right]) => (left < right ? -1 : 1))) {
    if (value == null) continue;
    const object = references[name];
    const plain =
      object && typeof value === 'string'
        ? parseRecordId(availability.idKind(object), value, `filter.${name}`)
        : settledValue(value);
    if (plain !== null && plain !== '') settled[name] = plain;
  }
  return Object.keys(settled).length === 0 ? null : settled;
}

/** The order, where it is given, without what GraphQL may have put around it. */
export function settledOrder(orderBy: unknown): PsRequestOrder | null {
  if (typeof orderBy !== 'object' || orderBy === null) return null;
  const { field, direction } = orderBy as PsRequestOrder;
  return { field, direction };
}

function settledValue(value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return [...new Set(value)].sort();
  if (typeof value !== 'object' || value === null) return value;
  const ends = Object.entries(value).filter(([, end]) => end != null);
  return ends.length === 0 ? null : Object.fromEntries(ends.sort(([left], [right]) => (left < right ? -1 : 1)));
}
