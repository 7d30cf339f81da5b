import type { FetchCall, FetchedList, ListKind } from '../../cache/record-kind.ts';
import type { Page } from '../../platform/connection.ts';
import { GatewayError } from '../../platform/errors.ts';
import { isCountConcerned, isPageConcerned, orConcerned } from './concerned-lists.ts';
import { KeyBook } from './key-book.ts';
import type { ListArguments } from './list-arguments.ts';
import { accountList, type ListMaker, type PagedList, projectList, psRequestList } from './lists.ts';
import type { SalesforceTypeName } from './model.ts';
import {
  type PageFetching,
  type PageWanted,
  type ParentOfPages,
  readRows,
  toFetchedPage,
  type WantedPage,
} from './page-rows.ts';
import { fetchCountsByParent, fetchPagesByParent, withParents } from './pages-by-parent.ts';
import { shapeOf } from './row-shape.ts';
import { count } from './soql.ts';

/** The pages of one list and its counts in the cache. With a parent, each list is that of one parent's children. */
export interface CachedPages<TypeName extends SalesforceTypeName> {
  readonly makeList: ListMaker<TypeName>;
  readonly rows: ListKind;
  readonly counts: ListKind;
  readonly parent: ParentOfPages | null;
  rowsKey(list: PagedList<TypeName>, page: PageWanted, parentId18?: string): string;
  countKey(list: PagedList<TypeName>, parentId18?: string): string;
}

export interface PageKinds {
  readonly psRequests: CachedPages<'PsRequest'>;
  readonly accounts: CachedPages<'Account'>;
  readonly projects: CachedPages<'Project'>;
  readonly psRequestsOfAccount: CachedPages<'PsRequest'>;
  readonly psRequestsOfProject: CachedPages<'PsRequest'>;
}

/** One set per source: their identity groups what is fetched together. */
export function createPageKinds(fetching: PageFetching): PageKinds {
  return {
    psRequests: cachedPages(psRequestList, 'PsRequest', 'pages', null, fetching),
    accounts: cachedPages(accountList, 'Account', 'pages', null, fetching),
    projects: cachedPages(projectList, 'Project', 'pages', null, fetching),
    psRequestsOfAccount: cachedPages(
      psRequestList,
      'PsRequest',
      'byAccount',
      { column: 'Account__c', type: 'Account' },
      fetching,
    ),
    psRequestsOfProject: cachedPages(
      psRequestList,
      'PsRequest',
      'byProject',
      { column: 'Project__c', type: 'Project' },
      fetching,
    ),
  };
}

/** A fetch of these asks several lists with few statements. */
const MAX_PARENTS_PER_FETCH = 2_000;

function cachedPages<TypeName extends SalesforceTypeName>(
  makeList: ListMaker<TypeName>,
  type: TypeName,
  name: string,
  parent: ParentOfPages | null,
  fetching: PageFetching,
): CachedPages<TypeName> {
  const book = new KeyBook();
  const { availability } = fetching;
  const remade = (text: string) => {
    const [args, walk, size, position] = JSON.parse(text) as PageText;
    const page: PageWanted = { walk, size, position: position && { value: position[0], id18: position[1] } };
    return { list: makeList(args, availability), page };
  };
  const common = {
    source: 'SALESFORCE',
    type,
    freshness: 'default',
    fetchesTravelTogether: true,
    maxListsPerFetch: parent ? MAX_PARENTS_PER_FETCH : 1,
  } as const;
  const keyOf = (text: string, parentId18 = '') => `${parentId18}${book.keyOf(text)}`;
  const questionIn = (key: string) => (parent ? key.slice(18) : key);
  const byText = (keys: readonly string[]) => Map.groupBy(keys, (key) => book.textOf(questionIn(key)));
  const conditionsOf = (list: PagedList<TypeName>, key: string) =>
    parent ? withParents(list, parent, [parentIn(key)]) : (list.conditions() ?? []);
  /** Another instance may have read a list that nobody has asked this one for. */
  const judged = (key: string, judge: (text: string) => boolean) =>
    !book.knows(questionIn(key)) || orConcerned(() => judge(book.textOf(questionIn(key))));
  return {
    makeList,
    parent,
    rows: {
      ...common,
      name,
      isConcerned: (key, held, changes) =>
        judged(key, (text) => {
          const { list, page } = remade(text);
          const question = { conditions: conditionsOf(list, key), sortKey: list.sortKey(), page };
          return changes.some((change) => isPageConcerned(question, held, change));
        }),
      fetch: (keys, fields, call) =>
        forEachText(byText(keys), async (text, alike) => {
          const { list, page } = remade(text);
          const wanted = { list, page, fields, call };
          if (!parent) return new Map(alike.map((key) => [key, fetchPage(wanted, fetching)]));
          const pages = await fetchPagesByParent(wanted, parent, alike.map(parentIn), fetching);
          return new Map(alike.map((key) => [key, pages.get(parentIn(key))]));
        }),
    },
    counts: {
      ...common,
      name: `${name} count`,
      isConcerned: (key, _held, changes) =>
        judged(key, (text) => {
          const conditions = conditionsOf(remade(text).list, key);
          return changes.some((change) => isCountConcerned(conditions, change));
        }),
      fetch: (keys, _fields, call) =>
        forEachText(byText(keys), async (text, alike) => {
          const { list } = remade(text);
          if (!parent) return new Map(alike.map((key) => [key, fetchCount(list, call, fetching)]));
          const counts = await fetchCountsByParent(list, parent, alike.map(parentIn), call, fetching);
          return new Map(alike.map((key) => [key, toCount(counts.get(parentIn(key)) ?? 0)]));
        }),
    },
    rowsKey: ({ args }, { walk, size, position }, parentId18) => {
      const text: PageText = [args, walk, size, position && [position.value, position.id18]];
      return keyOf(JSON.stringify(text), parentId18);
    },
    countKey: ({ args }, parentId18) => keyOf(JSON.stringify([{ ...args, orderBy: null }]), parentId18),
  };
}

type PageText = [
  args: ListArguments,
  walk: Page['direction'],
  size: number,
  position: readonly [value: string | null, id18: string] | null,
];

function parentIn(key: string): string {
  return key.slice(0, 18);
}

async function forEachText(
  groups: ReadonlyMap<string, readonly string[]>,
  fetchAlike: (
    text: string,
    keys: readonly string[],
  ) => Promise<ReadonlyMap<string, FetchedList | Promise<FetchedList> | undefined>>,
): Promise<ReadonlyMap<string, FetchedList>> {
  const lists = new Map<string, FetchedList>();
  await Promise.all(
    [...groups].map(async ([text, keys]) => {
      try {
        for (const [key, list] of await fetchAlike(text, keys)) if (list) lists.set(key, await list);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        for (const key of keys) lists.set(key, { kind: 'failed', error });
      }
    }),
  );
  return lists;
}

async function fetchPage<TypeName extends SalesforceTypeName>(
  { list, page, fields, call }: WantedPage<TypeName>,
  fetching: PageFetching,
): Promise<FetchedList> {
  const shape = shapeOf(list.object, fields);
  const rows = await readRows(
    { list, shape, walk: page.walk, after: page.position, limit: page.size + 1, call },
    fetching,
  );
  const found = fetching.rowReader.collect(call);
  const fetched = toFetchedPage(rows, page.size, list.sortKey(), (row) => found.note(shape, row));
  found.putAll();
  return fetched;
}

async function fetchCount<TypeName extends SalesforceTypeName>(
  list: PagedList<TypeName>,
  call: FetchCall,
  { runner }: PageFetching,
): Promise<FetchedList> {
  const { totalSize } = await runner.run(() => count(list.object.name, list.conditions() ?? []), [call]);
  return toCount(totalSize);
}

function toCount(total: number): FetchedList {
  return { kind: 'found', ids: [], meta: total };
}
