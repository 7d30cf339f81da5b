import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CostIndex } from '../../../../src/gateway/explain/cost-index.ts';
import { CostRules } from '../../../../src/gateway/limits/cost-rules.ts';
import { openLimits } from '../../../../src/gateway/limits/open-limits.ts';
import { resolverMaps } from '../../../../src/gateway/resolvers.ts';
import { buildSchema as buildServedSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { loadConfig } from '../../../../src/platform/config.ts';
import type { RoleName } from '../../../../src/platform/settings.ts';
import { attacks } from '../../../support/attack-documents.ts';
import { readExamples } from '../../../support/example.ts';

const served = buildServedSchema(readSchemaDocuments(), resolverMaps(true));

const directives = `
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
`;
const small = buildSchema(`${directives}
  interface Named { name: String }
  type Cat implements Named { name: String kittens: [Cat!] @listSize(assumedSize: 3) }
  type Dog implements Named { name: String owner: Owner @cost(weight: 40) }
  type Owner { name: String }
  type Page { nodes: [Cat!]! edges: [Edge!]! total: Int }
  type Edge { node: Cat! }
  input Order { items: [String!]! }
  type Query {
    cat: Cat @cost(weight: 3)
    cats(first: Int, last: Int): Page @cost(weight: 5) @listSize(assumedSize: 20, slicingArguments: ["first", "last"], sizedFields: ["nodes", "edges"], requireOneSlicingArgument: false)
    byIds(ids: [ID!]!): [Cat] @cost(weight: 1) @listSize(slicingArguments: ["ids"])
    order(input: Order!): [Owner!] @cost(weight: 1) @listSize(slicingArguments: ["input.items"])
    pet: Named @cost(weight: 0)
    plain: Cat
  }
`);

function gateOf(schema = small, settings: Readonly<Record<string, string>> = {}) {
  return openLimits({ schema, settings: loadConfig(settings).operations }).gate;
}

const pointsOf = (query: string, variables: Readonly<Record<string, unknown>> = {}): number =>
  gateOf().costOf({ query, operationName: null, variables });

function send(
  query: string,
  {
    roles = ['VIEWER'],
    settings = {},
    headers = {},
    variables = {},
  }: {
    readonly roles?: readonly RoleName[];
    readonly settings?: Readonly<Record<string, string>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly variables?: Readonly<Record<string, unknown>>;
  } = {},
) {
  const bodyText = JSON.stringify({ query, variables });
  const asked = { search: '', bodyText, parsed: () => JSON.parse(bodyText) as unknown };
  return gateOf(small, settings).admit({ method: 'POST', headers }, asked, roles);
}

describe('the cost of an operation', () => {
  it.each<readonly [string, string, number]>([
    ['a field and its object', '{ cat { name } }', 3 + 1],
    ['a root field without a weight, which is a call of its own', '{ plain { name } }', 10 + 1],
    ['a list of a known length', '{ cat { kittens { name } } }', 3 + 1 + 3],
    ['lists in lists', '{ cat { kittens { kittens { name } } } }', 3 + 1 + 3 * (1 + 3)],
    ['a page of the size that is asked for', '{ cats(first: 7) { nodes { name } } }', 5 + 1 + 7],
    ['a page of the usual size', '{ cats { nodes { name } } }', 5 + 1 + 20],
    ['the greater of two sizes', '{ cats(first: 7, last: 9) { nodes { name } } }', 5 + 1 + 9],
    [
      'a size beyond what any page has, which the field refuses',
      '{ cats(first: 100000) { nodes { name } } }',
      5 + 1 + 200,
    ],
    [
      'records of a page asked for twice over',
      '{ cats(first: 7) { nodes { name } edges { node { name } } } }',
      5 + 1 + 7 + 14,
    ],
    ['records by a list of ids', '{ byIds(ids: ["a", "b"]) { name } }', 1 + 2],
    ['a list within an input object', '{ order(input: { items: ["a", "b", "c"] }) { name } }', 1 + 3],
    [
      'the dearest type of an interface',
      '{ pet { name ... on Cat { kittens { name } } ... on Dog { owner { name } } } }',
      1 + 41,
    ],
    [
      'fragments that overlap, once',
      '{ cat { ...A ...B } } fragment A on Cat { kittens { name } } fragment B on Cat { kittens { name } }',
      3 + 1 + 3,
    ],
    ['each alias', '{ a: cat { name } b: cat { name } }', 2 * 4],
    [
      'what a directive may leave out as if it were there',
      '{ cat { kittens @include(if: false) { name } } }',
      3 + 1 + 3,
    ],
    ['plain values, which are free', '{ __typename cats(first: 1) { total } }', 5 + 1],
    ['fields that there are not', '{ dogs { name } cat { name } }', 4],
  ])('counts %s', (_what, query, points) => {
    expect(pointsOf(query)).toBe(points);
  });

  it('multiplies by what variables hold, or by their defaults, or by the usual size', () => {
    const query = 'query ($n: Int = 4) { cats(first: $n) { nodes { kittens { name } } } }';
    expect(pointsOf(query, { n: 10 })).toBe(6 + 10 * 4);
    expect(pointsOf(query)).toBe(6 + 4 * 4);
    expect(pointsOf('query ($n: Int) { cats(first: $n) { nodes { name } } }')).toBe(6 + 20);
    expect(pointsOf('query ($n: Int) { cats(first: $n) { nodes { name } } }', { n: -5 })).toBe(6);
    expect(pointsOf('query ($ids: [ID!]!) { byIds(ids: $ids) { name } }', { ids: ['a', 'b', 'c'] })).toBe(1 + 3);
    expect(pointsOf('query ($o: Order!) { order(input: $o) { name } }', { o: { items: ['a', 'b'] } })).toBe(1 + 2);
    const nested = 'query ($o: [String!]!) { order(input: { items: $o }) { name } }';
    expect(pointsOf(nested, { o: ['a', 'b'] })).toBe(1 + 2);
  });

  it('is known of every field of the schema, and that of the examples is far from the limit', () => {
    const gate = gateOf(served);
    const limit = gate.maxCost(['VIEWER']);
    for (const { document, variables } of readExamples()) {
      const points = gate.costOf({ query: document, operationName: null, variables });
      expect(points).toBeGreaterThan(0);
      expect(points).toBeLessThan(limit / 2);
    }
  });

  it('can not be declared by an argument that there is not', () => {
    const schema = buildSchema(
      `${directives} type Cat { name: String } type Query { cats: [Cat] @listSize(slicingArguments: ["first"]) }`,
    );
    expect(() => new CostRules(schema, new CostIndex())).toThrow('names the argument first');
  });
});

describe('the gate', () => {
  it('tells the limit, what the operation has and what to do', () => {
    expect(() =>
      send('{ cats(first: 200) { nodes { kittens { kittens { name } } } } }', {
        settings: { OPERATION_MAX_COST: '1000' },
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'OPERATION_TOO_COMPLEX',
        message: expect.stringMatching(/^The operation costs up to 2,606 points; at most 1,000 are allowed\. Ask for /),
        details: { limit: 'cost', value: 2_606, max: 1_000 },
      }),
    );
  });

  it('lets in what is just within, with its cost and the fields of its root', () => {
    const aliases = (count: number) =>
      `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
    expect(send(aliases(100))).toMatchObject({ cost: 0, rootFields: Array(100).fill('__typename') });
    expect(() => send(aliases(101))).toThrow('101 aliases');
    expect(send('{ cat { name } }')).toEqual({ cost: 4, rootFields: ['cat'] });
  });

  it('allows each role its own cost, and who asks for a plan any', () => {
    const settings = { OPERATION_MAX_COST: 'viewer:10 operator:1000' };
    const query = '{ cats { nodes { name } } }';
    expect(() => send(query, { settings })).toThrow('26 points');
    expect(() => send(query, { settings, roles: ['VIEWER', 'ANALYST'] })).toThrow('26 points');
    expect(send(query, { settings, roles: ['VIEWER', 'ANALYST', 'OPERATOR'] }).cost).toBe(26);
    // To plan costs the same, whatever is planned.
    expect(send(query, { settings, headers: { 'x-explain': 'plan' } }).cost).toBe(10);
  });

  it('looks at the operation that is named', () => {
    const bodyText = JSON.stringify({
      query: 'query A { cat { name } } query B { plain { name } }',
      operationName: 'B',
    });
    const asked = { search: '', bodyText, parsed: () => JSON.parse(bodyText) as unknown };
    expect(gateOf().admit({ method: 'POST', headers: {} }, asked, ['VIEWER']).cost).toBe(11);
  });

  it('looks at what a query string asks for as at a body', () => {
    const search = `?query=${encodeURIComponent('query ($n: Int) { cats(first: $n) { nodes { name } } }')}&variables=${encodeURIComponent('{"n":3}')}`;
    const asked = { search, bodyText: '', parsed: () => undefined };
    expect(gateOf().admit({ method: 'GET', headers: {} }, asked, ['VIEWER']).cost).toBe(6 + 3);
  });

  it('changes what no object inherits, whatever the keys of an input are', () => {
    const gate = gateOf(served);
    for (const { body } of attacks.filter(({ body }) => body(0).includes('polluted'))) {
      const bodyText = body(1);
      const asked = { search: '', bodyText, parsed: () => JSON.parse(bodyText) as unknown };
      expect(() => gate.admit({ method: 'POST', headers: {} }, asked, ['VIEWER'])).toThrow('which no input may have');
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('tells who sends a batch to send its parts', () => {
    const asked = { search: '', bodyText: '[]', parsed: () => [{ query: '{ cat { name } }' }] };
    expect(() => gateOf().admit({ method: 'POST', headers: {} }, asked, ['VIEWER'])).toThrow('not taken in batches');
  });
});

describe('the limits by role', () => {
  it.each(['', 'ten', 'viewer:5', 'analyst:100', 'viewer:100 admin', '100 200'].slice(1))(
    'are not taken from %s',
    (text) => {
      expect(() => loadConfig({ OPERATION_MAX_COST: text })).toThrow('OPERATION_MAX_COST: expected a whole number');
    },
  );

  it('are those of the role below where a role is not named', () => {
    expect(loadConfig({ OPERATION_MAX_COST: 'viewer:100 operator:500' }).operations.maxCost).toEqual({
      VIEWER: 100,
      ANALYST: 100,
      OPERATOR: 500,
      ADMIN: 500,
    });
  });
});
