import { buildSchema, Kind, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { defaultVariableLimits } from '../../../../src/gateway/limits/document-limits.ts';
import { InputCheck } from '../../../../src/gateway/limits/input-values.ts';

const schema = buildSchema(`
  scalar Anything
  enum Colour { RED GREEN }
  input Filter { colours: [Colour!] name: String any: Anything inner: Filter }
  input Order { amount: Int! note: String }
  input One @oneOf { a: Int b: Int }
  type Query { things(filter: Filter, order: Order, one: One, ids: [ID!]): String }
`);

/** One fault is refused here only beside so much text. */
const padding = 'x'.repeat(defaultVariableLimits.maxExplainedCharacters);

function check(type: string, value: unknown, more: Readonly<Record<string, unknown>> = {}): void {
  const [operation] = parse(`query ($v: ${type}, $padding: String) { things }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The test asks for nothing.');
  new InputCheck(schema, defaultVariableLimits).check(operation.variableDefinitions ?? [], { v: value, ...more });
}
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, 1]));

describe('variables that do not fit their types', () => {
  it.each<readonly [string, string, unknown, string]>([
    ['an unknown key', 'Filter', { nothing: 1 }, '`$v` has the key `nothing`, which Filter does not have'],
    ['a key of an inner object', 'Filter', { inner: { x: 1 } }, '`$v.inner` has the key `x`'],
    ['a value of no enum', 'Filter', { colours: ['RED', 'BLUE'] }, '`$v.colours.1` is no Colour'],
    ['an object for a text', 'Filter', { name: { a: 1 } }, '`$v.name` is no String'],
    ['a text for an object', 'Filter', 'name', '`$v` is no Filter'],
    ['a list for an object', '[Filter]', [[{}]], '`$v.0` is no Filter'],
    ['null where there must be a value', '[ID!]', [null], '`$v.0` has no value, but ID! needs one'],
    ['a missing key', 'Order', { note: 'n' }, '`$v` lacks the key `amount`, which Order needs'],
    ['two keys of which one is due', 'One', { a: 1, b: 2 }, '`$v` has not exactly one key'],
    ['no value of a variable that needs one', 'Order!', undefined, '`$v` has no value, but Order! needs one'],
  ])(
    'are refused in short beside a long text, and left to the server in a short request: %s',
    (_what, type, value, fault) => {
      expect(() => check(type, value)).not.toThrow();
      expect(() => check(type, value, { padding })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', message: expect.stringContaining(fault) }),
      );
    },
  );

  it.each<readonly [string, string, unknown]>([
    ['keys', 'Filter', many(11)],
    ['values', 'Filter', { colours: Array(11).fill('BLUE') }],
    ['items', '[ID!]', Array(11).fill(null)],
  ])('are refused for more than ten %s, however short they are', (_what, type, value) => {
    expect(() => check(type, value)).toThrow('The variables do not fit their types: `$v');
  });

  it('are told in a message of bounded length', () => {
    const error = (() => {
      try {
        check('Filter', { [padding]: 1 }, { padding });
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error?.message.length).toBeLessThan(400);
  });
});

it('variables that fit are let in, however long they are', () => {
  check('Filter', { colours: 'RED', name: null, any: { whatever: [1, { a: {} }] }, inner: { inner: {} } }, { padding });
  check('[Order!]!', Array(1_000).fill({ amount: 1, note: padding.slice(0, 100) }), { padding });
  check('[ID!]', ['a', 1], { padding, undeclared: many(100) });
});

it('values are counted once for each time that their variable is declared', () => {
  const value = Array(300).fill('x');
  const [operation] = parse(`query (${'$v: [ID!], '.repeat(100)}) { things }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('The test asks for nothing.');
  const check = () =>
    new InputCheck(schema, defaultVariableLimits).check(operation.variableDefinitions ?? [], { v: value });
  expect(check).toThrow('values in its variables');
});
