import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { expect, test } from 'vitest';
import { readSchemaDocuments } from '../../../src/gateway/schema.ts';

/** Elements without a description, as paths such as `PsRequest.status` or `Query.node(id)`. */
function undescribed(document: DocumentNode): string[] {
  const missing: string[] = [];
  const path: string[] = [];
  const described = new Set<string>([
    Kind.OBJECT_TYPE_DEFINITION,
    Kind.INTERFACE_TYPE_DEFINITION,
    Kind.UNION_TYPE_DEFINITION,
    Kind.ENUM_TYPE_DEFINITION,
    Kind.INPUT_OBJECT_TYPE_DEFINITION,
    Kind.SCALAR_TYPE_DEFINITION,
    Kind.DIRECTIVE_DEFINITION,
    Kind.FIELD_DEFINITION,
    Kind.INPUT_VALUE_DEFINITION,
    Kind.ENUM_VALUE_DEFINITION,
  ]);
  const extensions = new Set<string>([
    Kind.OBJECT_TYPE_EXTENSION,
    Kind.INPUT_OBJECT_TYPE_EXTENSION,
    Kind.ENUM_TYPE_EXTENSION,
  ]);
  visit(document, {
    enter(node) {
      if (!('name' in node) || !node.name || typeof node.name !== 'object' || !('value' in node.name)) return undefined;
      if (!described.has(node.kind) && !extensions.has(node.kind)) return undefined;
      path.push(node.name.value);
      if (described.has(node.kind)) {
        const text = 'description' in node ? node.description?.value.trim() : undefined;
        if (!text || text.length < 5 || !/[.:)`]$/.test(text)) missing.push(path.join('.'));
      }
      return undefined;
    },
    leave(node) {
      if (described.has(node.kind) || extensions.has(node.kind)) path.pop();
    },
  });
  return missing;
}

test('every type, field, argument, input field, enum value and directive of the schema has a description', () => {
  expect(readSchemaDocuments().flatMap(undescribed)).toEqual([]);
});

test('a missing description is found at every kind of place', () => {
  const bare = parse(`
    directive @d(x: Int) on OBJECT
    scalar S
    enum E { A }
    input I { x: Int }
    interface N { id: ID! }
    union U = T
    type T { f(x: Int): Int }
    extend type T { g: Int }
  `);
  expect(undescribed(bare)).toEqual([
    'd',
    'd.x',
    'S',
    'E',
    'E.A',
    'I',
    'I.x',
    'N',
    'N.id',
    'U',
    'T',
    'T.f',
    'T.f.x',
    'T.g',
  ]);
});
