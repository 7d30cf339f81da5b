import { chunk } from '../platform/batch.ts';
import type { EntryKind } from './entry-kind.ts';

interface Lacking {
  readonly id: string;
  readonly fields: ReadonlySet<string>;
}

export interface PlannedFetch<Item extends Lacking> {
  readonly errands: readonly Item[];
  readonly fields: readonly string[];
}

/**
 * Which fetches bring the fields that records lack. One fetch for each distinct set of fields asks for nothing in vain; one for all, with
 * the union of the fields, is taken where it saves a call, since calls are what sources count and bytes are not.
 */
export function planFetches<Item extends Lacking>(
  items: readonly Item[],
  kind: Pick<EntryKind, 'maxIdsPerFetch' | 'fetchesTravelTogether'>,
): PlannedFetch<Item>[] {
  if (items.length === 0) return [];
  const groups = new Map<string, { fields: readonly string[]; items: Item[] }>();
  for (const item of items) {
    const fields = [...item.fields].sort();
    const signature = fields.join(',');
    const group = groups.get(signature);
    if (group) group.items.push(item);
    else groups.set(signature, { fields, items: [item] });
  }
  const callsFor = (count: number) => Math.ceil(count / kind.maxIdsPerFetch);
  let callsApart = 0;
  for (const group of groups.values()) callsApart += callsFor(group.items.length);
  if (!kind.fetchesTravelTogether && callsFor(items.length) < callsApart) {
    const fields = [...new Set([...groups.values()].flatMap((group) => group.fields))].sort();
    return chunk(items, kind.maxIdsPerFetch).map((errands) => ({ errands, fields }));
  }
  return [...groups.values()].flatMap(({ fields, items: alike }) =>
    chunk(alike, kind.maxIdsPerFetch).map((errands) => ({ errands, fields })),
  );
}
