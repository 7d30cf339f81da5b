import type { ListAnswer } from '../../cache/record-answer.ts';
import { type Connection, type Page, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { Selection } from '../../platform/selection.ts';
import type { PagedList } from './lists.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { CachedPages } from './page-kinds.ts';
import type { PageMeta, PageWanted } from './page-rows.ts';
import { type PlanOf, planOf, type RequestReads, readModels } from './request-reads.ts';
import { cursorAt, parsePosition } from './sort-key.ts';

/** A page that a field asks for. */
export interface AskedPage<TypeName extends SalesforceTypeName> {
  readonly pages: CachedPages<TypeName>;
  readonly list: PagedList<TypeName>;
  readonly page: Page;
  readonly wanted: PageWanted;
  readonly plan: PlanOf<TypeName>;
  readonly demand: FreshnessDemand | undefined;
}

/** Checks arguments. Throws BAD_USER_INPUT, BAD_CURSOR and FIELD_UNAVAILABLE before any call; null: nothing can match. */
export function askPage<TypeName extends SalesforceTypeName>(
  pages: CachedPages<TypeName>,
  request: EdgeRequest,
  reads: RequestReads,
): AskedPage<TypeName> | null {
  const page = parsePage(request.args);
  const list = pages.makeList(request.args, reads.availability);
  const position = page.from === null ? null : parsePosition(list.name, list.sortKey(), page.from);
  if (list.conditions() === null) return null;
  list.sortKey();
  return {
    ...{ pages, list, page },
    wanted: { walk: page.direction, size: page.size, position },
    plan: planOf(reads, list.object, request.selection),
    demand: reads.demandOf(request),
  };
}

/** Reads one page and, when asked for, the count: together in one call. Null when the page is not as fresh as is demanded. */
export async function readPage<TypeName extends SalesforceTypeName>(
  pages: CachedPages<TypeName>,
  request: EdgeRequest,
  reads: RequestReads,
): Promise<Connection<SalesforceModels[TypeName]> | null> {
  const asked = askPage(pages, request, reads);
  if (asked === null) return emptyPage(parsePage(request.args));
  const { list, wanted, plan, demand } = asked;
  const rowsKey = pages.rowsKey(list, wanted);
  const totalCount = once(async () => {
    if (wanted.position === null && isWhole(reads.cacheReads.heldList(pages.rows, rowsKey, demand))) {
      // What is held is all there is: no count has to be asked for.
      const [whole] = await reads.cacheReads.lists(pages.rows, [rowsKey], plan.paths, demand);
      if (isWhole(whole)) return whole.ids.length;
    }
    const [answer] = await reads.cacheReads.lists(pages.counts, [pages.countKey(list)], countFields, demand);
    return countIn(answer);
  });
  // Asked for now, it travels with the rows; its failure is that of `totalCount` alone.
  if (request.connection?.fields.has('totalCount')) totalCount().catch(() => {});
  if (!wantsRows(request.connection)) return emptyPage(asked.page, totalCount);
  const [answer] = await reads.cacheReads.lists(pages.rows, [rowsKey], plan.paths, demand);
  return toPage(asked, rowsKey, answer, totalCount, reads);
}

/** The connection of a cached page; null when it, or a record of it, is not as fresh as is demanded. Rejects with why it could not be read. */
export async function toPage<TypeName extends SalesforceTypeName>(
  { pages, list, page, plan, demand }: AskedPage<TypeName>,
  key: string,
  answer: ListAnswer | undefined,
  totalCount: () => Promise<number | null>,
  reads: RequestReads,
): Promise<Connection<SalesforceModels[TypeName]> | null> {
  if (answer === undefined || answer.kind === 'failed') throw answer?.error ?? new Error('A page was not read.');
  if (answer.kind === 'absent') return null;
  const { hasMore, places } = answer.meta as unknown as PageMeta;
  const models = answer.ids.length === 0 ? [] : await readModels(reads, plan, answer.ids, demand);
  const withheld = answer.ids.filter((_, index) => models[index] === 'withheld');
  if (withheld.length > 0) {
    reads.cacheReads.withheldList(pages.rows, key, withheld);
    return null;
  }
  const sortKey = list.sortKey();
  const edges: { readonly cursor: string; readonly node: SalesforceModels[TypeName] }[] = [];
  for (const [index, id18] of answer.ids.entries()) {
    const node = models[index] ?? null;
    if (node instanceof GatewayError) throw node;
    // A record that is gone since the page was read is left out.
    if (node !== null && node !== 'withheld')
      edges.push({ cursor: cursorAt(list.name, sortKey, { value: places[index] ?? null, id18 }), node });
  }
  if (page.direction === 'backward') edges.reverse();
  return connectionOf(page, edges, hasMore, totalCount);
}

/** Whether anything but the count is asked for. */
export function wantsRows(connection: Selection | undefined): boolean {
  return connection === undefined || ['edges', 'nodes', 'pageInfo'].some((field) => connection.fields.has(field));
}

/** What a count wants of the records it counts. */
export const countFields: readonly string[] = [];

/** Null when the count is not as fresh as is demanded. */
export function countIn(answer: ListAnswer | undefined): number | null {
  if (answer === undefined || answer.kind === 'failed') throw answer?.error ?? new Error('A count was not read.');
  return answer.kind === 'absent' ? null : Number(answer.meta);
}

function isWhole(answer: ListAnswer | null | undefined): answer is Extract<ListAnswer, { kind: 'found' }> {
  return answer?.kind === 'found' && !(answer.meta as unknown as PageMeta).hasMore;
}

export function emptyPage<Model>(
  page: Page,
  totalCount: () => Promise<number | null> = async () => 0,
): Connection<Model> {
  return connectionOf<Model>(page, [], false, totalCount);
}

export function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

function connectionOf<Model>(
  page: Page,
  edges: Connection<Model>['edges'],
  hasMore: boolean,
  totalCount: () => Promise<number | null>,
): Connection<Model> {
  const hasOpposite = page.from !== null;
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: page.direction === 'forward' ? hasMore : hasOpposite,
      hasPreviousPage: page.direction === 'forward' ? hasOpposite : hasMore,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}
