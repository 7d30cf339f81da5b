import { type GraphQLObjectType, isObjectType, type SelectionSetNode } from 'graphql';
import type { LookAhead } from '../../platform/costs.ts';
import type { CacheExpectation } from './cache-expectation.ts';
import { collectFields, type OperationScope } from './collected-fields.ts';
import type { CostIndex } from './cost-index.ts';

/** The references that come along with records, as paths of field names from the record: `project`, `project.account`. */
export type ComesAlong = ReadonlySet<string>;

interface Level {
  readonly type: GraphQLObjectType;
  readonly selectionSets: readonly SelectionSetNode[];
  readonly prefix: string;
}

/** Level by level, as the source does it, so that the far ones are left out when the references run out. */
export function referencesThatComeAlong(
  scope: OperationScope,
  costs: CostIndex,
  cache: CacheExpectation,
  { levels, references }: LookAhead,
  record: Omit<Level, 'prefix'>,
): ComesAlong {
  const along = new Set<string>();
  let level: Level[] = [{ ...record, prefix: '' }];
  for (let depth = 0; depth < levels && level.length > 0; depth += 1) {
    const next: Level[] = [];
    for (const { type, selectionSets, prefix } of level) {
      const byName = Map.groupBy(collectFields(scope, type, selectionSets), ({ name }) => name);
      for (const [name, fields] of byName) {
        const edge = costs.edge(type.name, name);
        if (edge?.shape !== 'one' || along.size === references) continue;
        const to = scope.schema.getType(edge.to);
        if (!costs.loader(edge.loader).comesAlong || cache.mayServe(edge.loader) || !isObjectType(to)) continue;
        along.add(prefix + name);
        const beneath = fields.flatMap((field) => field.selectionSets);
        next.push({ type: to, selectionSets: beneath, prefix: `${prefix}${name}.` });
      }
    }
    level = next;
  }
  return along;
}
