import { type Connection, type Page, toConnection } from '../../platform/connection.ts';
import type { Selection } from '../../platform/selection.ts';
import type { SalesforceObject } from './fields.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { QueryRows, SalesforceRecord } from './query-queue.ts';
import { modelsOf, type PlanOf, planOf, type RequestReads } from './request-reads.ts';
import { type Condition, count, select } from './soql.ts';
import { beyond, cursorOf, orderTerms, type Position, parsePosition, type SortKey } from './sort-key.ts';

/** A list that is read page by page. */
export interface PagedList<TypeName extends SalesforceTypeName> {
  readonly object: SalesforceObject<TypeName>;
  /** Name of the list in cursors, so that those of another list are refused. */
  readonly name: string;
  /** Evaluated anew for every statement; null: nothing can match. Throws what is wrong with the arguments. */
  conditions(): readonly Condition[] | null;
  sortKey(): SortKey;
}

export interface PageQuestion {
  readonly page: Page;
  readonly selection: Selection;
  /** What is asked of the connection itself; when absent, rows are read, and counted when `totalCount` is called. */
  readonly connection?: Selection | undefined;
}

/** Reads one page and, when asked for, the count: together in one call. */
export async function readPage<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  question: PageQuestion,
  reads: RequestReads,
): Promise<Connection<SalesforceModels[TypeName]>> {
  const { page, connection } = question;
  const position = positionOfPage(list, page);
  if (list.conditions() === null)
    return toConnection<SalesforceModels[TypeName]>(
      page,
      [],
      () => '',
      async () => 0,
    );
  const plan = planOf(reads, list.object, question.selection);
  const rows = wantsRows(connection) ? readRows(list, plan, page.direction, position, page.size + 1, reads) : [];
  const totalCount = once(() => countRows(list, reads));
  // Asked for now, it travels with the rows; its failure is that of `totalCount` alone.
  if (connection?.fields.has('totalCount')) totalCount().catch(() => {});
  return toPage(list, plan, page, await rows, totalCount, reads);
}

/** The connection of rows that were read in walking order, one more than the page's size. */
export function toPage<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  plan: PlanOf<TypeName>,
  page: Page,
  rows: readonly SalesforceRecord[],
  totalCount: () => Promise<number>,
  reads: RequestReads,
): Connection<SalesforceModels[TypeName]> {
  const sortKey = list.sortKey();
  const entries = rows.flatMap((row) =>
    modelsOf(reads, plan, [row]).map((model) => ({ model, cursor: cursorOf(list.name, sortKey, row) })),
  );
  const cursors = new Map(entries.map(({ model, cursor }) => [model, cursor]));
  const models = entries.map(({ model }) => model);
  return toConnection(page, models, (model) => cursors.get(model) ?? '', totalCount);
}

export async function readRows<TypeName extends SalesforceTypeName>(
  list: Pick<PagedList<TypeName>, 'conditions' | 'sortKey'>,
  plan: PlanOf<TypeName>,
  walk: Page['direction'],
  position: Position | null,
  limit: number,
  reads: RequestReads,
  extraColumns: readonly string[] = [],
): Promise<readonly SalesforceRecord[]> {
  const { records } = await reads.runner.run(() => {
    const sortKey = list.sortKey();
    const conditions = list.conditions() ?? [];
    const paths = [...new Set([...plan.paths, sortKey.column, ...extraColumns])];
    return select({
      columns: reads.availability.visiblePaths(plan.object, paths),
      from: plan.object.name,
      where: position ? [...conditions, beyond(sortKey, walk, position)] : conditions,
      orderBy: orderTerms(sortKey, walk),
      limit,
    });
  }, [reads.asker]);
  return records;
}

export function positionOfPage<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  page: Page,
): Position | null {
  return page.from === null ? null : parsePosition(list.name, list.sortKey(), page.from);
}

/** Whether anything but the count is asked for. */
export function wantsRows(connection: Selection | undefined): boolean {
  return connection === undefined || ['edges', 'nodes', 'pageInfo'].some((field) => connection.fields.has(field));
}

async function countRows<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  reads: RequestReads,
): Promise<number> {
  const rows: QueryRows = await reads.runner.run(() => count(list.object.name, list.conditions() ?? []), [reads.asker]);
  return rows.totalSize;
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
