import DataLoader from 'dataloader';
import { chunk } from '../../platform/batch.ts';
import { type Connection, type Page, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import type { SalesforceObject } from './fields.ts';
import { firstRowsByParent } from './first-rows-by-parent.ts';
import { toId18 } from './ids.ts';
import type { ConnectionLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { type PagedList, positionOfPage, readRows, toPage, wantsRows } from './page-reader.ts';
import { unionOfPaths } from './read-plan.ts';
import { type PlanOf, planOf, type RequestReads } from './request-reads.ts';
import { type Condition, countBy, isIn, text } from './soql.ts';
import { positionOf } from './sort-key.ts';

export interface PagesByParentShape<TypeName extends SalesforceTypeName> {
  readonly object: SalesforceObject<TypeName>;
  /** Column that refers to the parent. */
  readonly parentColumn: string;
  /** The list that a field's arguments ask for, among the children of all parents. */
  listOf(args: EdgeRequest['args']): PagedList<TypeName>;
}

/** Salesforce gives no further pages of grouped rows, and 2,000 at most. */
export const MAX_GROUPS_PER_STATEMENT = 1_000;

interface Key {
  readonly parentId18: string;
  readonly request: EdgeRequest;
}

/** Pages of children by parent: parents that are asked with equal arguments are read together. */
export function createPagesByParentLoader<TypeName extends SalesforceTypeName>(
  shape: PagesByParentShape<TypeName>,
  reads: RequestReads,
): ConnectionLoader<SalesforceModels[TypeName]> {
  type Model = SalesforceModels[TypeName];
  const loader = new DataLoader<Key, Connection<Model>>(
    async (keys) => {
      const groups = Map.groupBy(keys, ({ request }) => JSON.stringify(request.args));
      const answers = new Map<Key, Connection<Model> | Error>();
      await Promise.all(
        [...groups.values()].map(async (group) => {
          try {
            const connections = await readGroup(shape, group, reads);
            for (const [key, connection] of connections) answers.set(key, connection);
          } catch (error) {
            for (const key of group) answers.set(key, error instanceof Error ? error : new Error(String(error)));
          }
        }),
      );
      return keys.map((key) => answers.get(key) ?? new Error('A page was not read.'));
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
  shape: PagesByParentShape<TypeName>,
  group: readonly Key[],
  reads: RequestReads,
): Promise<[Key, Connection<SalesforceModels[TypeName]>][]> {
  const [{ request }] = group as readonly [Key, ...Key[]];
  const hidden = reads.availability.whyHidden(shape.object, shape.parentColumn);
  if (hidden) throw hidden;
  const list = shape.listOf(request.args);
  const page = parsePage(request.args);
  const position = positionOfPage(list, page);
  if (list.conditions() === null) return group.map((key) => [key, emptyPage(page)]);

  const plans = new Map<Key, PlanOf<TypeName>>(
    group.map((key) => [key, planOf(reads, shape.object, key.request.selection)]),
  );
  const parents = [...new Set(group.map(({ parentId18 }) => parentId18))];
  const counts = once(() => countByParent(shape, list, parents, reads));
  if (group.some((key) => key.request.connection?.fields.has('totalCount'))) counts().catch(() => {});
  const rowsByParent = group.some((key) => wantsRows(key.request.connection))
    ? await firstRowsByParent({
        parents,
        rowsPerParent: page.size + 1,
        from: position,
        readRows: (some, after, limit) =>
          readRows(
            { sortKey: list.sortKey, conditions: () => withParents(shape, list, some) },
            unionOf([...plans.values()]),
            page.direction,
            after,
            limit,
            reads,
            [shape.parentColumn],
          ),
        parentOf: (row) => toId18(String(row[shape.parentColumn])),
        placeOf: (row) => positionOf(list.sortKey(), row),
      })
    : new Map();
  return group.map((key) => {
    const { parentId18 } = key;
    const plan = plans.get(key) ?? planOf(reads, shape.object, key.request.selection);
    const totalCount = async () => (await counts()).get(parentId18) ?? 0;
    return [key, toPage(list, plan, page, rowsByParent.get(parentId18) ?? [], totalCount, reads)];
  });
}

function withParents<TypeName extends SalesforceTypeName>(
  shape: PagesByParentShape<TypeName>,
  list: PagedList<TypeName>,
  parents: readonly string[],
): readonly Condition[] {
  return [isIn(shape.parentColumn, parents.map(text)), ...(list.conditions() ?? [])];
}

/** One statement reads what all plans of a group want; each plan then takes its own part. */
function unionOf<TypeName extends SalesforceTypeName>(plans: readonly PlanOf<TypeName>[]): PlanOf<TypeName> {
  const [first] = plans as readonly [PlanOf<TypeName>, ...PlanOf<TypeName>[]];
  return { ...first, paths: unionOfPaths(plans) };
}

async function countByParent<TypeName extends SalesforceTypeName>(
  shape: PagesByParentShape<TypeName>,
  list: PagedList<TypeName>,
  parents: readonly string[],
  reads: RequestReads,
): Promise<ReadonlyMap<string, number>> {
  const groups = await Promise.all(
    chunk(parents, MAX_GROUPS_PER_STATEMENT).map((some) =>
      reads.runner.run(
        () => countBy(shape.parentColumn, shape.object.name, withParents(shape, list, some)),
        [reads.asker],
      ),
    ),
  );
  const rows = groups.flatMap(({ records }) => records);
  return new Map(rows.map((row) => [toId18(String(row[shape.parentColumn])) ?? '', Number(row.total)]));
}

function emptyPage<Model>(page: Page): Connection<Model> {
  return {
    edges: [],
    nodes: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: page.from !== null, startCursor: null, endCursor: null },
    totalCount: async () => 0,
  };
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
