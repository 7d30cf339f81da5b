import type { GraphQLResolveInfo } from 'graphql';
import { isObjectType } from 'graphql';
import type { EdgeContext } from '../platform/edges.ts';
import { badUserInput, GatewayError } from '../platform/errors.ts';
import { nativeIdOf } from '../platform/global-id.ts';
import { type Entity, entities, entityByType } from './entities.ts';
import type { ResolverMap } from './merge-resolvers.ts';
import { loadEntity, typeNameOf } from './node-resolvers.ts';

/** What a router sends for one record: its type and the fields of one of its keys. */
type Representation = Readonly<Record<string, unknown>> & { readonly __typename?: unknown };
type ReferenceResolver = (reference: Representation, context: EdgeContext, info: GraphQLResolveInfo) => unknown;

/** Representations of one `_entities` call; a router splits longer lists. */
const MAX_REPRESENTATIONS = 1_000;

/**
 * How other services' references become records: `__resolveReference` of every entity, and an `_entities` in which a bad
 * representation costs its own place only. `_service` tells the whole schema, so it goes with introspection.
 */
export function federationResolvers(allowIntrospection: boolean): ResolverMap {
  const references = Object.fromEntries(
    entities.map((entity) => [entity.type, { __resolveReference: referenceResolver(entity) }]),
  );
  return {
    ...references,
    _Entity: { __resolveType: typeNameOf },
    Query: { _entities: resolveEntities, ...(allowIntrospection ? {} : { _service: refuseService }) },
  };
}

function resolveEntities(
  _parent: unknown,
  { representations }: { representations: readonly Representation[] },
  context: EdgeContext,
  info: GraphQLResolveInfo,
): unknown[] {
  if (representations.length > MAX_REPRESENTATIONS)
    throw badUserInput(
      `\`representations\` holds ${representations.length} references, but may hold at most ${MAX_REPRESENTATIONS}. Send the rest in another request.`,
      { argument: 'representations' },
    );
  return representations.map((reference) => {
    try {
      return resolverOf(reference, info)(reference, context, info);
    } catch (error) {
      return error;
    }
  });
}

/** The type's own `__resolveReference`, as the schema holds it: guards that were put around it apply. */
function resolverOf(reference: Representation, info: GraphQLResolveInfo): ReferenceResolver {
  const typeName = typeof reference?.__typename === 'string' ? reference.__typename : '';
  const type = entityByType.has(typeName) ? info.schema.getType(typeName) : undefined;
  const apollo = isObjectType(type) ? type.extensions.apollo : undefined;
  const resolve = (apollo as { subgraph?: { resolveReference?: ReferenceResolver } } | undefined)?.subgraph
    ?.resolveReference;
  if (!resolve)
    throw badUserInput(
      `A representation needs a \`__typename\` that this graph has entities of: ${[...entityByType.keys()].join(', ')}.`,
      { argument: 'representations' },
    );
  return resolve;
}

function referenceResolver(entity: Entity): ReferenceResolver {
  const keys = ['id', ...Object.keys(entity.loaders).filter((key) => key !== 'nativeId')];
  return (reference, context, info) => {
    const key = keys.find((name) => typeof reference[name] === 'string');
    if (key === undefined)
      throw badUserInput(`A representation of ${entity.type} needs one of its keys as text: ${keys.join(', ')}.`, {
        argument: 'representations',
      });
    const value = String(reference[key]);
    if (key !== 'id') return loadEntity(entity, key, value, context, info);
    return loadEntity(entity, 'nativeId', nativeIdOf(value, entity.type, 'id'), context, info);
  };
}

function refuseService(): never {
  throw new GatewayError(
    'FORBIDDEN',
    'The schema is not told here, because introspection is off. Compose from the SDL that `npm run sdl` prints in the repository, or set ALLOW_INTROSPECTION=true.',
  );
}
