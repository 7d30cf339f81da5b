import DataLoader from 'dataloader';
import type { GatewayError } from '../../platform/errors.ts';
import type { SalesforceObject } from './fields.ts';
import type { KeyedRead } from './keyed-reads.ts';
import type { ManyLoader, OneLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { unionOfPaths } from './read-plan.ts';
import { modelsOf, type PlanOf, planOf, type RequestReads } from './request-reads.ts';
import type { OrderTerm } from './soql.ts';

export interface ListShape<TypeName extends SalesforceTypeName> {
  readonly object: SalesforceObject<TypeName>;
  /** The column that the keys are values of. */
  readonly keyColumn: string;
  readonly caseless?: boolean;
  readonly orderBy: readonly OrderTerm[];
  /** The key in the form of the column, or null when no record can have it, which costs no call. */
  normalize(key: string): string | null;
}

/** Lists of records by a key other than their id: all keys of a tick are one question. */
export function createListLoader<TypeName extends SalesforceTypeName>(
  shape: ListShape<TypeName>,
  reads: RequestReads,
): ManyLoader<SalesforceModels[TypeName]> {
  interface Key {
    readonly key: string;
    readonly plan: PlanOf<TypeName>;
  }
  const loader = new DataLoader<Key, readonly SalesforceModels[TypeName][], string>(
    async (keys) => {
      const read: KeyedRead = {
        object: shape.object,
        keyColumn: shape.keyColumn,
        caseless: shape.caseless === true,
        keys: [...new Set(keys.map(({ key }) => key))],
        paths: unionOfPaths(keys.map(({ plan }) => plan)),
        orderBy: shape.orderBy,
      };
      const rowsOf = await reads.keyedReads.read(read, reads.asker);
      return keys.map(({ key, plan }) => {
        const rows = rowsOf(key);
        return Array.isArray(rows) ? modelsOf(reads, plan, rows) : (rows as GatewayError);
      });
    },
    { cacheKeyFn: ({ key, plan }) => `${key} ${plan.key}` },
  );
  return {
    async load(key, { selection }) {
      const normalized = shape.normalize(key);
      return normalized === null ? [] : loader.load({ key: normalized, plan: planOf(reads, shape.object, selection) });
    },
  };
}

/** The first of each list. */
export function firstOf<Model>(lists: ManyLoader<Model>): OneLoader<Model> {
  return { load: async (key, request) => (await lists.load(key, request))[0] ?? null };
}
