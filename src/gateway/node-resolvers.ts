import type { GraphQLResolveInfo } from 'graphql';
import type { EdgeContext, EdgeLoader } from '../platform/edges.ts';
import { badUserInput } from '../platform/errors.ts';
import { demanded } from '../platform/freshness-directive.ts';
import { parseGlobalId } from '../platform/global-id.ts';
import { selectionOf } from '../platform/selection.ts';
import { type Entity, entityByType } from './entities.ts';

/** Ids of one `nodes` call. */
const MAX_NODES = 200;

export const nodeResolvers = {
  Query: {
    node: (_parent: unknown, { id }: { id: string }, context: EdgeContext, info: GraphQLResolveInfo) =>
      loadNode(id, context, info),
    nodes: (_parent: unknown, { ids }: { ids: readonly string[] }, context: EdgeContext, info: GraphQLResolveInfo) => {
      if (ids.length < 1 || ids.length > MAX_NODES)
        throw badUserInput(
          `\`ids\` holds ${ids.length} ids, but must hold between 1 and ${MAX_NODES}. Ask for the rest in another request.`,
          { argument: 'ids' },
        );
      // An id that is not acceptable costs its own place only: an Error in a list is that element's error.
      return ids.map((id) => {
        try {
          return loadNode(id, context, info);
        } catch (error) {
          return error;
        }
      });
    },
  },
  Node: { __resolveType: typeNameOf },
  SearchResult: { __resolveType: typeNameOf },
};

/** The GraphQL type of a model: as it says itself, else as its global id says. */
export function typeNameOf(model: { readonly __typename?: string; readonly id?: string }): string | undefined {
  return model.__typename ?? parseGlobalId(model.id ?? '')?.type;
}

function loadNode(id: string, context: EdgeContext, info: GraphQLResolveInfo): Promise<unknown> {
  const parsed = parseGlobalId(id);
  const entity = parsed && entityByType.get(parsed.type);
  if (!entity)
    throw badUserInput(
      'The id is not one that this graph made. Pass the `id` of a record as another field of this graph returned it.',
      { argument: info.fieldName === 'nodes' ? 'ids' : 'id' },
    );
  return loadEntity(entity, 'nativeId', parsed.nativeId, context, info);
}

/** Loads one record by one of its keys; what one tick asks for is batched by the loader. */
export function loadEntity(
  entity: Entity,
  key: string,
  value: string,
  context: EdgeContext,
  info: GraphQLResolveInfo,
): Promise<unknown> {
  const path = entity.loaders[key] ?? '';
  const [slice = '', name = ''] = path.split('.');
  const loader = context.loaders[slice]?.[name] as EdgeLoader | undefined;
  if (!loader) throw new Error(`${entity.type} is to be loaded with ${path}, which does not exist.`);
  const demand = demanded(info, context.scope?.demand);
  return loader.load(value, { selection: selectionOf(info, entity.type), args: {}, ...demand });
}
