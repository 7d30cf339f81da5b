import { isNonNullType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { mergeResolvers } from '../../../src/gateway/merge-resolvers.ts';
import { edges, resolverMaps } from '../../../src/gateway/resolvers.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';

const schema = buildSchema(readSchemaDocuments(), resolverMaps(true));

/** Types that federation lays down as they are; nothing of them fetches but `_entities`, whose items are nullable. */
const ofFederation = new Set(['Query._service', 'Query._entities']);

/** Fields whose values do not come with their parent: everything with code of its own. */
function fetchedFields(): string[] {
  return Object.entries(mergeResolvers(resolverMaps(true))).flatMap(([typeName, fields]) => {
    const type = schema.getType(typeName);
    if (!isObjectType(type)) return [];
    const names = new Set(Object.keys(type.getFields()));
    return Object.keys(fields)
      .filter((name) => names.has(name))
      .map((name) => `${typeName}.${name}`);
  });
}

/**
 * Promised as non-null although they take a fetch: their parents are of PostgreSQL as well, and come in a list or page of
 * it that is nullable, so what falls with them is of the same source. A test over the whole gateway shows that.
 */
const withinTheirSource = new Set(['ValidationResult.rule', 'ValidationRun.rules']);

function isNonNull(path: string): boolean {
  const [typeName = '', field = ''] = path.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) && isNonNullType(type.getFields()[field]?.type);
}

test('what takes a fetch of its own is nullable, so that its source costs no more than the field', () => {
  const fetched = fetchedFields();
  expect(fetched.length).toBeGreaterThan(50);
  expect(fetched).toEqual(expect.arrayContaining(edges.map(({ type, field }) => `${type}.${field}`)));
  const nonNull = fetched.filter((path) => isNonNull(path) && !ofFederation.has(path));
  expect(new Set(nonNull)).toEqual(withinTheirSource);
});

test('every root field is nullable, whether it fetches or not', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
  );
  expect(roots.filter((path) => isNonNull(path) && !ofFederation.has(path))).toEqual([]);
});

test('identity and what every record has come with their parent and are non-null', () => {
  const wrong = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      ['id', 'salesforceId', 'key', 'cursor', 'pageInfo', 'edges', 'nodes', 'createdAt', 'updatedAt'].flatMap(
        (field) =>
          type.name !== 'Query' && field in type.getFields() && !isNonNull(`${type.name}.${field}`)
            ? [`${type.name}.${field}`]
            : [],
      ),
    );
  expect(wrong).toEqual([]);
});
