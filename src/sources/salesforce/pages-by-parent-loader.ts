import DataLoader from 'dataloader';
import { type Connection, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import { toId18 } from './ids.ts';
import type { ConnectionLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { CachedPages } from './page-kinds.ts';
import { type AskedPage, askPage, countFields, countIn, emptyPage, once, toPage, wantsRows } from './page-reader.ts';
import { demandKey, type RequestReads } from './request-reads.ts';

interface Key {
  readonly parentId18: string;
  readonly request: EdgeRequest;
}

type Answer<TypeName extends SalesforceTypeName> = Connection<SalesforceModels[TypeName]> | null;

/** Pages of children by parent: parents that are asked with equal arguments are read together. */
export function createPagesByParentLoader<TypeName extends SalesforceTypeName>(
  pages: CachedPages<TypeName>,
  reads: RequestReads,
): ConnectionLoader<SalesforceModels[TypeName]> {
  const loader = new DataLoader<Key, Answer<TypeName>>(
    async (keys) => {
      const groups = Map.groupBy(
        keys,
        ({ request }) => `${demandKey(reads.demandOf(request))} ${JSON.stringify(request.args)}`,
      );
      const answers = new Map<Key, Answer<TypeName> | Error>();
      await Promise.all([...groups.values()].map((group) => readGroup(pages, group, reads, answers)));
      return keys.map((key) => answers.get(key) ?? null);
    },
    { cache: false },
  );
  return {
    load: async (key, request) => {
      const parentId18 = toId18(key);
      if (parentId18 === null) return emptyPage(parsePage(request.args));
      return loader.load({ parentId18, request });
    },
  };
}

async function readGroup<TypeName extends SalesforceTypeName>(
  pages: CachedPages<TypeName>,
  group: readonly Key[],
  reads: RequestReads,
  answers: Map<Key, Answer<TypeName> | Error>,
): Promise<void> {
  try {
    const asked = group.map((key) => askPage(pages, key.request, reads));
    const fields = [...new Set(asked.flatMap((page) => page?.plan.paths ?? []))];
    const [first] = asked;
    const hidden = first && pages.parent && reads.availability.whyHidden(first.list.object, pages.parent.column);
    if (hidden) throw hidden;
    const counts = once(() => readCounts(pages, group, asked, reads));
    if (group.some(({ request }) => request.connection?.fields.has('totalCount'))) counts().catch(() => {});
    const wantAny = first !== undefined && first !== null && group.some(({ request }) => wantsRows(request.connection));
    const rowsKeys = wantAny ? group.map(({ parentId18 }) => pages.rowsKey(first.list, first.wanted, parentId18)) : [];
    const lists = wantAny ? await reads.cacheReads.lists(pages.rows, rowsKeys, fields, first.demand) : [];
    await Promise.all(
      group.map(async (key, index) => {
        const page = asked[index];
        const totalCount = async () => (page ? countIn((await counts())[index]) : 0);
        const isEmpty = !page || !wantAny;
        const answer = isEmpty
          ? emptyPage<SalesforceModels[TypeName]>(parsePage(key.request.args), totalCount)
          : await toPage(page, rowsKeys[index] ?? '', lists[index], totalCount, reads).catch((error: unknown) =>
              asError(error),
            );
        answers.set(key, answer);
      }),
    );
  } catch (error) {
    for (const key of group) answers.set(key, asError(error));
  }
}

async function readCounts<TypeName extends SalesforceTypeName>(
  pages: CachedPages<TypeName>,
  group: readonly Key[],
  asked: readonly (AskedPage<TypeName> | null)[],
  reads: RequestReads,
) {
  const [first] = asked;
  if (!first) return [];
  const keys = group.map(({ parentId18 }) => pages.countKey(first.list, parentId18));
  return reads.cacheReads.lists(pages.counts, keys, countFields, first.demand);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
