import { isInterfaceType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { cacheHintOf } from '../../../src/cache/responses/cache-hints.ts';
import { buildSchema, readSchemaDocuments } from '../../../src/gateway/schema.ts';
import { typesBySource } from '../../../src/gateway/source-types.ts';

const schema = buildSchema(readSchemaDocuments(), []);
const listed: readonly string[] = Object.values(typesBySource).flat();

test('every record that may be kept belongs to one source', () => {
  const node = schema.getType('Node');
  const records = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && isInterfaceType(node) && type.getInterfaces().includes(node))
    .filter((type) => cacheHintOf(type)?.maxAgeSeconds !== 0)
    .map(({ name }) => name);
  expect(records.filter((name) => !listed.includes(name))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});

test('no source has a type that the graph does not know', () => {
  expect(listed.filter((name) => !isObjectType(schema.getType(name)))).toEqual([]);
});
