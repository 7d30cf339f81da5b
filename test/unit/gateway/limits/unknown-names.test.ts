import { buildSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { checkNames } from '../../../../src/gateway/limits/unknown-names.ts';

const schema = buildSchema(`
  scalar Anything
  enum Colour { RED }
  input Filter { colours: [Colour!] any: Anything inner: Filter }
  interface Named { name: String }
  type Thing implements Named { name: String colour: Colour }
  union Found = Thing
  type Query { things(filter: Filter, any: Anything): [Thing] named: Named found: Found }
`);
const check = (query: string) => () => checkNames(parse(query), schema, 0);

describe('the names of a document', () => {
  it.each<readonly [string, string]>([
    ['fields', '{ things { nothing } }'],
    ['arguments', '{ things(a: 1) { name } }'],
    ['fragments', '{ ...nothing }'],
    ['types', '{ named { ... on Nothing { __typename } } }'],
    ['types of variables', 'query ($a: Nothing) { things(any: $a) { name } }'],
    ['directives', '{ things { name @nothing } }'],
    ['keys in a literal', '{ things(filter: { inner: { nothing: 1 } }) { name } }'],
    ['keys in a default', 'query ($a: Filter = { nothing: 1 }) { things(filter: $a) { name } }'],
    ['values of an enum', '{ things(filter: { colours: [BLUE] }) { name } }'],
    ['variables', '{ things(any: $nothing) { name } }'],
    ['fields beneath an unknown one', '{ nothing { name } }'],
    ['fields of a union', '{ found { name } }'],
  ])('are counted where there are none such: %s', (_what, query) => {
    expect(check(query)).toThrow(
      expect.objectContaining({ broken: expect.objectContaining({ limit: 'unknownNames' }) }),
    );
  });

  it.each<readonly [string, string]>([
    [
      'of the schema',
      'query ($f: Filter = { colours: RED }) { things(filter: $f) { __typename colour ...F } } fragment F on Thing { name }',
    ],
    ['of introspection', '{ __schema { types { name } } __type(name: "Thing") { fields { name } } }'],
    ['of types in each other', '{ named { name ... on Thing { colour } } found { __typename ... on Named { name } } }'],
    ['of directives', 'query ($a: Boolean!) { things { name @include(if: $a) } }'],
    ['in a scalar that takes any', '{ things(any: { a: { b: [C] } }, filter: { any: { d: { e: 1 } } }) { name } }'],
  ])('are let pass where they are %s', (_what, query) => {
    expect(check(query)).not.toThrow();
  });
});
