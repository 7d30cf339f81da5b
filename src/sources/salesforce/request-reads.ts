import type { Selection } from '../../platform/selection.ts';
import type { Availability } from './availability.ts';
import type { SalesforceObject } from './fields.ts';
import type { KeyedReads } from './keyed-reads.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import type { Asker, SalesforceRecord } from './query-queue.ts';
import type { ReadPlan, ReadPlanner } from './read-plan.ts';
import type { RecordStore } from './record-store.ts';
import type { StatementRunner } from './statement-runner.ts';
import type { ModelReader } from './to-model.ts';

/** The parts of the source that all requests share. */
export interface SharedReads {
  readonly availability: Availability;
  readonly planner: ReadPlanner;
  readonly models: ModelReader;
  readonly keyedReads: KeyedReads;
  readonly runner: StatementRunner;
}

/** What the loaders of one request read with: the shared parts, and the request's own records. */
export interface RequestReads extends SharedReads {
  readonly store: RecordStore;
  readonly asker: Asker;
}

/** A plan of an object whose type is known. */
export type PlanOf<TypeName extends SalesforceTypeName> = ReadPlan & { readonly object: { readonly type: TypeName } };

/** Throws FIELD_UNAVAILABLE when the whole object is hidden. */
export function planOf<TypeName extends SalesforceTypeName>(
  reads: RequestReads,
  object: SalesforceObject<TypeName>,
  selection: Selection,
): PlanOf<TypeName> {
  return reads.planner.planFor(object, selection) as PlanOf<TypeName>;
}

/** Keeps rows for later questions and makes models of them; a row without a usable id is left out. */
export function modelsOf<TypeName extends SalesforceTypeName>(
  reads: RequestReads,
  plan: PlanOf<TypeName>,
  rows: readonly SalesforceRecord[],
): SalesforceModels[TypeName][] {
  return rows.flatMap((row) => {
    const values = reads.store.keep(plan, row);
    return values === null ? [] : [reads.models.toModel(plan, values)];
  });
}
