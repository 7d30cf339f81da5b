import type { CostArguments, FieldCost, FieldPlan, PlannedRead } from '../../platform/costs.ts';
import { parseGlobalId } from '../../platform/global-id.ts';
import { isCertainRecordId } from '../../sources/salesforce/costs.ts';
import { salesforceObjects } from '../../sources/salesforce/fields.ts';
import type { SalesforceTypeName } from '../../sources/salesforce/model.ts';
import { type Entity, entityByType } from '../entities.ts';

/** One record that is asked for, and the key it is asked by. */
interface Asked {
  readonly entity: Entity;
  readonly loader: string;
  readonly isCertain: boolean;
}

/** What records by their keys cost: as many keys of each type as the arguments hold. */
export const entityFieldCosts: readonly FieldCost[] = [
  { type: 'Query', field: 'node', plan: ({ id }) => planOf([id].flatMap(byGlobalId)) },
  { type: 'Query', field: 'nodes', plan: ({ ids }) => planOf(listOf(ids).flatMap(byGlobalId)) },
  {
    type: 'Query',
    field: '_entities',
    plan: ({ representations }) => planOf(listOf(representations).flatMap(byRepresentation)),
  },
];

function planOf(asked: readonly Asked[]): FieldPlan {
  const byLoader = Map.groupBy(asked, ({ loader }) => loader);
  const byType = Map.groupBy(asked, ({ entity }) => entity.type);
  const reads = [...byLoader].map(
    ([loader, some]): PlannedRead => ({
      loader,
      keys: some.length,
      isCertain: some.some(({ isCertain }) => isCertain),
    }),
  );
  return {
    stages: reads.length === 0 ? [] : [reads],
    rows: [...byType].map(([type, some]) => ({ type, most: some.length })),
    isCertain: false,
  };
}

/** An id that is not acceptable costs nothing; its place in the answer gets the error. */
function byGlobalId(id: unknown): Asked[] {
  const parsed = parseGlobalId(String(id));
  const entity = parsed && entityByType.get(parsed.type);
  if (!entity) return [];
  const isCertain = isSalesforceType(entity.type) && isCertainRecordId(entity.type, parsed.nativeId);
  return [{ entity, loader: entity.loaders.nativeId, isCertain }];
}

function byRepresentation(representation: unknown): Asked[] {
  const fields = (representation ?? {}) as CostArguments;
  const entity = entityByType.get(String(fields.__typename));
  if (!entity) return [];
  if (typeof fields.id === 'string') return byGlobalId(fields.id);
  const key = Object.keys(entity.loaders).find((name) => name !== 'nativeId' && typeof fields[name] === 'string');
  const loader = key === undefined ? undefined : entity.loaders[key];
  return loader === undefined ? [] : [{ entity, loader, isCertain: false }];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isSalesforceType(type: string): type is SalesforceTypeName {
  return type in salesforceObjects;
}
