import type { FetchCall, FetchedList } from '../../cache/record-kind.ts';
import { chunk } from '../../platform/batch.ts';
import { firstRowsByParent } from './first-rows-by-parent.ts';
import { toId18 } from './ids.ts';
import type { PagedList } from './lists.ts';
import type { SalesforceTypeName } from './model.ts';
import { type PageFetching, type ParentOfPages, readRows, toFetchedPage, type WantedPage } from './page-rows.ts';
import { shapeOf } from './row-shape.ts';
import { type Condition, countBy, isIn, text } from './soql.ts';
import { positionOf } from './sort-key.ts';

/** Salesforce gives no further pages of grouped rows, and 2,000 at most. */
export const MAX_GROUPS_PER_STATEMENT = 1_000;

/** One page of each parent's children, all parents together. */
export async function fetchPagesByParent<TypeName extends SalesforceTypeName>(
  { list, page, fields, call }: WantedPage<TypeName>,
  parent: ParentOfPages,
  parents: readonly string[],
  fetching: PageFetching,
): Promise<ReadonlyMap<string, FetchedList>> {
  const shape = shapeOf(list.object, fields);
  const found = fetching.rowReader.collect(call);
  const rowsByParent = await firstRowsByParent({
    parents,
    rowsPerParent: page.size + 1,
    from: page.position,
    readRows: (some, after, limit) =>
      readRows(
        {
          list: { sortKey: list.sortKey, conditions: () => withParents(list, parent, some) },
          shape,
          walk: page.walk,
          after,
          limit,
          call,
          extraColumns: [parent.column],
        },
        fetching,
      ),
    parentOf: (row) => toId18(String(row[parent.column])),
    placeOf: (row) => positionOf(list.sortKey(), row),
  });
  const sortKey = list.sortKey();
  const pages = new Map<string, FetchedList>();
  for (const [id18, rows] of rowsByParent) {
    pages.set(
      id18,
      toFetchedPage(rows, page.size, sortKey, (row) => found.note(shape, row)),
    );
  }
  found.putAll();
  return pages;
}

/** How many children each parent has; one without any is not in the answer. */
export async function fetchCountsByParent<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  parent: ParentOfPages,
  parents: readonly string[],
  call: FetchCall,
  { runner }: PageFetching,
): Promise<ReadonlyMap<string, number>> {
  const groups = await Promise.all(
    chunk(parents, MAX_GROUPS_PER_STATEMENT).map((some) =>
      runner.run(() => countBy(parent.column, list.object.name, withParents(list, parent, some)), [call]),
    ),
  );
  const rows = groups.flatMap(({ records }) => records);
  return new Map(rows.map((row) => [toId18(String(row[parent.column])) ?? '', Number(row.total)]));
}

export function withParents<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  parent: ParentOfPages,
  parents: readonly string[],
): readonly Condition[] {
  return [isIn(parent.column, parents.map(text)), ...(list.conditions() ?? [])];
}
