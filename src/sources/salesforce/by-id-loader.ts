import type { SalesforceObject } from './fields.ts';
import { hasKeyPrefix, toId18, toPsRequestNumber } from './ids.ts';
import type { OneLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { PlanBatches } from './plan-batches.ts';
import { planOf, type RequestReads, readModels } from './request-reads.ts';

/** Records of one type by id. The owner of a record may be a queue, whose id is that of another object: it loads as null without a call. */
export function createByIdLoader<TypeName extends SalesforceTypeName>(
  object: SalesforceObject<TypeName>,
  reads: RequestReads,
): OneLoader<SalesforceModels[TypeName]> {
  return createRecordLoader(object, reads, (key) => {
    const id18 = toId18(key);
    return id18 !== null && hasKeyPrefix(reads.availability.idKind(object), id18) ? id18 : null;
  });
}

/** Records of one type by a name that the cache knows them by. */
export function createByNumberLoader<TypeName extends SalesforceTypeName>(
  object: SalesforceObject<TypeName>,
  reads: RequestReads,
): OneLoader<SalesforceModels[TypeName]> {
  return createRecordLoader(object, reads, toPsRequestNumber);
}

/**
 * What the request already holds costs nothing; of a record that is held in part, only the missing columns are read. All that is asked in a
 * tick is one question.
 */
function createRecordLoader<TypeName extends SalesforceTypeName>(
  object: SalesforceObject<TypeName>,
  reads: RequestReads,
  nameOf: (key: string) => string | null,
): OneLoader<SalesforceModels[TypeName]> {
  const batches = new PlanBatches<TypeName, SalesforceModels[TypeName] | null>(
    async (plan, demand, names) =>
      (await readModels(reads, plan, names, demand)).map((model) => (model === 'withheld' ? null : model)),
    () => reads.generation,
  );
  return {
    async load(key, request) {
      const name = nameOf(key);
      if (name === null) return null;
      const plan = planOf(reads, object, request.selection);
      const demand = reads.demandOf(request);
      const held = reads.recordsFor(demand).find(plan, name);
      if (held === undefined) return batches.load(plan, demand, name);
      return held === 'withheld' ? null : held && reads.models.toModel(plan, held);
    },
  };
}
