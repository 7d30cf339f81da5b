import type { FetchCall, FetchedList } from '../../cache/record-kind.ts';
import type { JsonValue } from '../../cache/record-values.ts';
import type { Page } from '../../platform/connection.ts';
import type { Availability } from './availability.ts';
import { toId18 } from './ids.ts';
import type { PagedList } from './lists.ts';
import type { SalesforceTypeName } from './model.ts';
import type { SalesforceRecord } from './query-queue.ts';
import type { RowReader } from './row-reader.ts';
import type { RowShape } from './row-shape.ts';
import { type Condition, select } from './soql.ts';
import { beyond, orderTerms, type Position, positionOf, type SortKey } from './sort-key.ts';
import type { StatementRunner } from './statement-runner.ts';

/** One page of a list: from where, in which direction, how many. */
export interface PageWanted {
  readonly walk: Page['direction'];
  readonly size: number;
  readonly position: Position | null;
}

/** What a cached page says beside its records: whether there are more behind it, and the value of the sort column for each. */
export interface PageMeta {
  readonly hasMore: boolean;
  readonly places: readonly (string | null)[];
  /** Of the record that shows that there are more, so that its end is noticed; null when there are none. */
  readonly next: string | null;
}

/** The column that refers to the parent, and the parent's type. */
export interface ParentOfPages {
  readonly column: string;
  readonly type: SalesforceTypeName;
}

/** What fetches of pages work with. */
export interface PageFetching {
  readonly runner: StatementRunner;
  readonly availability: Availability;
  readonly rowReader: RowReader;
}

/** A page that a fetch reads, with what is wanted of its records. */
export interface WantedPage<TypeName extends SalesforceTypeName> {
  readonly list: PagedList<TypeName>;
  readonly page: PageWanted;
  readonly fields: readonly string[];
  readonly call: FetchCall;
}

/** Of rows in walking order, one more than the page's size. */
export function toFetchedPage(
  rows: readonly SalesforceRecord[],
  size: number,
  sortKey: SortKey,
  idOf: (row: SalesforceRecord) => string | null,
): FetchedList {
  const ids: string[] = [];
  const places: JsonValue[] = [];
  for (const row of rows.slice(0, size)) {
    const id = idOf(row);
    if (id === null) continue;
    ids.push(id);
    places.push(positionOf(sortKey, row).value);
  }
  const next = rows[size];
  const meta = { hasMore: next !== undefined, places, next: next === undefined ? null : toId18(String(next.Id)) };
  return { kind: 'found', ids, meta };
}

export interface RowsWanted<TypeName extends SalesforceTypeName> {
  readonly list: Pick<PagedList<TypeName>, 'conditions' | 'sortKey'>;
  readonly shape: RowShape;
  readonly walk: Page['direction'];
  readonly after: Position | null;
  readonly limit: number;
  readonly call: FetchCall;
  readonly extraColumns?: readonly string[];
}

export async function readRows<TypeName extends SalesforceTypeName>(
  { list, shape, walk, after, limit, call, extraColumns = [] }: RowsWanted<TypeName>,
  { runner, availability }: PageFetching,
): Promise<readonly SalesforceRecord[]> {
  const { records } = await runner.run(() => {
    const sortKey = list.sortKey();
    const conditions: readonly Condition[] = list.conditions() ?? [];
    const paths = [...new Set([...shape.paths, sortKey.column, ...extraColumns])];
    return select({
      columns: availability.visiblePaths(shape.object, paths),
      from: shape.object.name,
      where: after ? [...conditions, beyond(sortKey, walk, after)] : conditions,
      orderBy: orderTerms(sortKey, walk),
      limit,
    });
  }, [call]);
  return records;
}
