import type { OrderBy } from '@atlassianlabs/jql-ast';
import type { JiraIssueSeed } from '../data/company.ts';
import { findJqlField } from './jql-fields.ts';
import type { JqlErrors } from './jql-problem.ts';
import type { Site } from './site.ts';

/** Where an issue stands in an order: comparable after a round trip through JSON, so that a page token can carry it. */
export type SortPosition = readonly (string | number | null)[];

export interface IssueOrder {
  position(issue: JiraIssueSeed): SortPosition;
  compare(a: SortPosition, b: SortPosition): number;
}

const MAX_ORDER_FIELDS = 7;

/** The order of ORDER BY, ties broken by id; without one the newest issue comes first. Empty values are last going up, first going down. */
export function compileOrder(orderBy: OrderBy | undefined, site: Site, errors: JqlErrors): IssueOrder {
  const asked = orderBy?.fields ?? [];
  if (asked.length > MAX_ORDER_FIELDS)
    errors.add(`A query can be ordered by at most ${MAX_ORDER_FIELDS} fields, but ${asked.length} were given.`);
  const keys = asked.flatMap(({ field: { value: name }, direction }) => {
    const field = findJqlField(name, site);
    if (!field) errors.add(`Field '${name}' does not exist or you do not have permission to view it.`);
    else if (!field.sort) errors.add(`Not able to sort using field '${name}'.`);
    return field?.sort ? [{ read: field.sort, sign: direction?.value === 'DESC' ? -1 : 1 }] : [];
  });
  const idSign = keys.length > 0 ? 1 : -1;
  return {
    position: (issue) => [...keys.map(({ read }) => read(issue, site)), Number(issue.id)],
    compare(a, b) {
      for (const [index, { sign }] of keys.entries()) {
        const difference = sign * compareValues(a[index] ?? null, b[index] ?? null);
        if (difference !== 0) return difference;
      }
      return idSign * compareValues(a.at(-1) ?? null, b.at(-1) ?? null);
    },
  };
}

function compareValues(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
