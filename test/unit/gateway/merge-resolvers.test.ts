import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import { mergeResolvers } from '../../../src/gateway/merge-resolvers.ts';
import { buildSchema } from '../../../src/gateway/schema.ts';

const one = () => 1;
const two = () => 2;

describe('mergeResolvers', () => {
  test('puts the fields of one type from several maps together', () => {
    expect(mergeResolvers([{ Query: { a: one } }, { Query: { b: two }, Other: { c: one } }])).toEqual({
      Query: { a: one, b: two },
      Other: { c: one },
    });
  });

  test('names every field that two maps claim', () => {
    expect(() => mergeResolvers([{ Query: { a: one, b: one } }, { Query: { a: two, b: two, c: two } }])).toThrow(
      'Query.a, Query.b',
    );
  });
});

describe('buildSchema', () => {
  const sdl = parse('type Query { a: Int } type Record { id: ID! }');

  test('refuses resolvers for fields and types that the schema does not have', () => {
    expect(() => buildSchema([sdl], [{ Query: { a: one, gone: one }, Missing: { x: one } }])).toThrow(
      'Query.gone, Missing',
    );
  });

  test('attaches what it is given', () => {
    expect(
      buildSchema([sdl], [{ Query: { a: one } }])
        .getQueryType()
        ?.getFields().a?.resolve,
    ).toBe(one);
  });
});
