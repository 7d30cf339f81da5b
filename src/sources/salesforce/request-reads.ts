import { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { Selection } from '../../platform/selection.ts';
import type { Availability } from './availability.ts';
import { CacheReads } from './cache-reads.ts';
import type { SalesforceObject } from './fields.ts';
import type { KeyedLists } from './list-kinds.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { PageKinds } from './page-kinds.ts';
import type { ReadPlan, ReadPlanner } from './read-plan.ts';
import { RequestRecords } from './request-records.ts';
import type { RecordKinds } from './row-reader.ts';
import type { SourceCache } from './source-cache.ts';
import type { ModelReader } from './to-model.ts';

/** The parts of the source that all requests share. */
export interface SharedReads {
  readonly cache: SourceCache;
  readonly availability: Availability;
  readonly planner: ReadPlanner;
  readonly models: ModelReader;
  readonly recordKinds: RecordKinds;
  readonly keyedLists: KeyedLists;
  readonly pageKinds: PageKinds;
  /** Milliseconds since the epoch, as the cache counts them. */
  now(): number;
}

/** What the loaders of one request read with: the shared parts, and what the request has read. */
export interface RequestReads extends SharedReads {
  readonly cacheReads: CacheReads;
  /** What a field asks of freshness, or else the request. */
  demandOf(request: { readonly demand?: FreshnessDemand }): FreshnessDemand | undefined;
  recordsFor(demand: FreshnessDemand | undefined): RequestRecords;
  /** Grows with `forget`: what was loaded under a smaller one is not to be used any more. */
  readonly generation: number;
  /** Forgets what this request has read of records, because it has written something. */
  forget(): void;
}

/** A plan of an object whose type is known. */
export type PlanOf<TypeName extends SalesforceTypeName> = ReadPlan & { readonly object: { readonly type: TypeName } };

export function openRequestReads(shared: SharedReads, scope: RequestScope): RequestReads {
  const { signal, receipt, freshness, tags } = scope;
  const readScope = {
    signal,
    receipt,
    beganAtMs: shared.now(),
    ...(freshness ? { freshness } : {}),
    // It grows when the request writes.
    get priority() {
      return scope.priority ?? 'interactive';
    },
  };
  const cacheReads = new CacheReads(shared, readScope, tags);
  const recordsByDemand = new Map<string, RequestRecords>();
  let generation = 0;
  return {
    ...shared,
    get generation() {
      return generation;
    },
    forget: () => {
      generation += 1;
      recordsByDemand.clear();
    },
    cacheReads,
    demandOf: ({ demand }) => demand ?? scope.demand,
    recordsFor: (demand) => {
      const key = demandKey(demand);
      let records = recordsByDemand.get(key);
      if (!records) recordsByDemand.set(key, (records = new RequestRecords(cacheReads, demand)));
      return records;
    },
  };
}

/** Equal for demands that ask the same. */
export function demandKey(demand: FreshnessDemand | undefined): string {
  return demand ? `${demand.maxAgeSeconds ?? ''} ${demand.onStale ?? ''}` : '';
}

/** Throws FIELD_UNAVAILABLE when the whole object is hidden. */
export function planOf<TypeName extends SalesforceTypeName>(
  reads: RequestReads,
  object: SalesforceObject<TypeName>,
  selection: Selection,
): PlanOf<TypeName> {
  return reads.planner.planFor(object, selection) as PlanOf<TypeName>;
}

/**
 * One model for each id or number: null where there is none, an error where it could not be read, `withheld` where it is not as fresh as is
 * demanded (`onStale: NULL`).
 */
export async function readModels<TypeName extends SalesforceTypeName>(
  reads: RequestReads,
  plan: PlanOf<TypeName>,
  names: readonly string[],
  demand: FreshnessDemand | undefined,
): Promise<(SalesforceModels[TypeName] | null | 'withheld' | GatewayError)[]> {
  const records = await reads.recordsFor(demand).read(plan, names);
  return records.map((record) =>
    record === null || record === 'withheld' || record instanceof GatewayError
      ? record
      : reads.models.toModel(plan, record),
  );
}
