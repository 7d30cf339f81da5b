import { GatewayError } from '../../platform/errors.ts';
import type { KeyedList } from './list-kinds.ts';
import type { ManyLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { PlanBatches } from './plan-batches.ts';
import { planOf, type RequestReads, readModels } from './request-reads.ts';

/** Lists of records by a key other than their id: all keys of a tick are one question for lists, then one for their records. */
export function createListLoader<TypeName extends SalesforceTypeName>(
  list: KeyedList<TypeName>,
  reads: RequestReads,
): ManyLoader<SalesforceModels[TypeName]> {
  type Model = SalesforceModels[TypeName];
  const batches = new PlanBatches<TypeName, readonly Model[] | null>(
    async (plan, demand, keys) => {
      const lists = await reads.cacheReads.lists(list.kind, keys, plan.paths, demand);
      const ids = [...new Set(lists.flatMap((answer) => (answer.kind === 'found' ? answer.ids : [])))];
      const models = ids.length === 0 ? [] : await readModels(reads, plan, ids, demand);
      const modelById = new Map(ids.map((id, index) => [id, models[index] ?? null]));
      return lists.map((answer, index) => {
        if (answer.kind === 'failed') return answer.error;
        if (answer.kind === 'absent') return null;
        const withheld = answer.ids.filter((id) => modelById.get(id) === 'withheld');
        if (withheld.length === 0) return presentModels(answer.ids, modelById);
        reads.cacheReads.withheldList(list.kind, keys[index] ?? '', withheld);
        return null;
      });
    },
    () => reads.generation,
  );
  return {
    async load(key, request) {
      const normalized = list.normalize(key);
      if (normalized === null) return [];
      const hidden = reads.availability.whyHidden(list.object, list.keyColumn);
      if (hidden) throw hidden;
      return batches.load(planOf(reads, list.object, request.selection), reads.demandOf(request), normalized);
    },
  };
}

/**
 * A list is never silently short: a record that can not be read fails it, one that is withheld withholds it. One that is gone since the list was
 * read is left out.
 */
function presentModels<Model>(
  ids: readonly string[],
  modelById: ReadonlyMap<string, Model | null | 'withheld' | GatewayError>,
): Model[] | GatewayError {
  const models: Model[] = [];
  for (const id of ids) {
    const model = modelById.get(id) ?? null;
    if (model instanceof GatewayError) return model;
    if (model !== null && model !== 'withheld') models.push(model);
  }
  return models;
}
