import DataLoader from 'dataloader';
import { GatewayError } from '../../platform/errors.ts';
import type { SalesforceObject } from './fields.ts';
import { hasKeyPrefix, toId18 } from './ids.ts';
import type { OneLoader } from './loaders.ts';
import type { SalesforceModels, SalesforceTypeName } from './model.ts';
import { unionOfPaths } from './read-plan.ts';
import { NOT_VISIBLE, type StoredValues } from './record-store.ts';
import { type PlanOf, planOf, type RequestReads } from './request-reads.ts';

interface Key<TypeName extends SalesforceTypeName> {
  readonly id18: string;
  readonly plan: PlanOf<TypeName>;
}

/**
 * Records of one type by id. What the request already holds costs nothing; of a record that is held in part, only the missing columns are
 * read. All ids and columns of a tick are one question.
 */
export function createByIdLoader<TypeName extends SalesforceTypeName>(
  object: SalesforceObject<TypeName>,
  reads: RequestReads,
): OneLoader<SalesforceModels[TypeName]> {
  type Model = SalesforceModels[TypeName];
  const toModel = (plan: PlanOf<TypeName>, values: StoredValues | typeof NOT_VISIBLE | undefined): Model | null =>
    values === undefined || values === NOT_VISIBLE ? null : reads.models.toModel(plan, values);

  const loader = new DataLoader<Key<TypeName>, Model | null, string>(
    async (keys) => {
      const wanted = keys.filter(({ id18, plan }) => reads.store.find(plan, id18) === undefined);
      const rowsOf = wanted.length === 0 ? null : await readMissing(object, wanted, reads);
      for (const { id18, plan } of wanted) {
        const rows = rowsOf?.(id18);
        if (!rows || rows instanceof GatewayError) continue;
        const [row] = rows;
        if (row) reads.store.keep(missingPart(plan, id18, reads), row);
        else reads.store.hide(plan, id18);
      }
      return keys.map(({ id18, plan }) => {
        const rows = rowsOf?.(id18);
        return rows instanceof GatewayError ? rows : toModel(plan, reads.store.find(plan, id18));
      });
    },
    { cacheKeyFn: ({ id18, plan }) => `${id18} ${plan.key}` },
  );

  return {
    async load(key, { selection }) {
      const id18 = toId18(key);
      // The owner of a record may be a queue, whose id is that of another object.
      if (id18 === null || !hasKeyPrefix(reads.availability.idKind(object), id18)) return null;
      const plan = planOf(reads, object, selection);
      const held = reads.store.find(plan, id18);
      return held === undefined ? loader.load({ id18, plan }) : toModel(plan, held);
    },
  };
}

function readMissing<TypeName extends SalesforceTypeName>(
  object: SalesforceObject<TypeName>,
  wanted: readonly Key<TypeName>[],
  reads: RequestReads,
) {
  return reads.keyedReads.read(
    {
      object: object,
      keyColumn: 'Id',
      keys: [...new Set(wanted.map(({ id18 }) => id18))],
      paths: unionOfPaths(wanted.map(({ id18, plan }) => missingPart(plan, id18, reads))),
      orderBy: [],
    },
    reads.asker,
  );
}

/** The plan without the columns that are held, and without parents whose key is held: those are loaded by their own id. */
function missingPart<TypeName extends SalesforceTypeName>(
  plan: PlanOf<TypeName>,
  id18: string,
  reads: RequestReads,
): PlanOf<TypeName> {
  const held = reads.store.get(plan.object.type, id18);
  if (held === undefined || held === NOT_VISIBLE) return plan;
  const columns = plan.columns.filter((column) => column === 'Id' || !(column in held));
  const parents = plan.parents.filter((parent) => columns.includes(parent.foreignKey));
  const paths = [
    ...columns,
    ...parents.flatMap((parent) => parent.plan.paths.map((path) => `${parent.relationship}.${path}`)),
  ];
  return { ...plan, columns, parents, paths };
}
