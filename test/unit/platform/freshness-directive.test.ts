import { buildSchema, defaultFieldResolver, executeSync, type GraphQLObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import type { FreshnessDemand } from '../../../src/platform/freshness.ts';
import { demandOf, demandOfOperation } from '../../../src/platform/freshness-directive.ts';

const schema = buildSchema(`
  directive @freshness(maxAgeSeconds: Int, onStale: OnStale) on QUERY | FIELD
  enum OnStale { SERVE NULL FAIL }
  interface Named { name: String friend: Person }
  type Person implements Named { name: String friend: Person friends: [Person] }
  type Robot implements Named { name: String friend: Person }
  type Query { person: Person robot: Robot named: [Named] }
`);

const seen = new Map<string, FreshnessDemand | undefined>();
const person = { __typename: 'Person', name: 'Ada', friend: { friends: [{}, {}] }, friends: [] };
for (const type of ['Query', 'Person', 'Robot']) {
  for (const field of Object.values((schema.getType(type) as GraphQLObjectType).getFields())) {
    field.resolve = (parent, args, context: { demand?: FreshnessDemand }, info) => {
      const keys: string[] = [];
      for (let path: typeof info.path | undefined = info.path; path; path = path.prev)
        if (typeof path.key === 'string') keys.unshift(path.key);
      seen.set(keys.join('.'), demandOf(info, context.demand));
      return field.name === 'name' ? 'a name' : (defaultFieldResolver(parent, args, context, info) ?? person);
    };
  }
}

/** What each field of the answer was asked with, by its path. */
function demandsIn(
  document: string,
  variableValues: Record<string, unknown> = {},
  demand?: FreshnessDemand,
): Record<string, FreshnessDemand | undefined> {
  seen.clear();
  const rootValue = { named: [person, { __typename: 'Robot', friend: person }], robot: { friend: person } };
  executeSync({ schema, document: parse(document), rootValue, variableValues, contextValue: demand ? { demand } : {} });
  return Object.fromEntries(seen);
}

describe('demandOf', () => {
  it('says nothing about a document without the directive, whatever the request demands', () => {
    expect(demandsIn('{ person { friend { name } } }', {}, { maxAgeSeconds: 3 })).toEqual({
      person: undefined,
      'person.friend': undefined,
      'person.friend.name': undefined,
    });
  });

  it('holds for the field and everything beneath it, and for nothing beside it', () => {
    const demands = demandsIn(
      '{ person { friend @freshness(maxAgeSeconds: 5) { friends { name } } name } robot { name } }',
    );
    expect(demands).toEqual({
      person: undefined,
      'person.friend': { maxAgeSeconds: 5 },
      'person.friend.friends': { maxAgeSeconds: 5 },
      'person.friend.friends.name': { maxAgeSeconds: 5 },
      'person.name': undefined,
      robot: undefined,
      'robot.name': undefined,
    });
  });

  it('takes the smallest age and the innermost onStale of all that apply', () => {
    const demands = demandsIn(
      `{ person @freshness(maxAgeSeconds: 10, onStale: FAIL) {
           friend @freshness(maxAgeSeconds: 60) { name @freshness(onStale: NULL) } } }`,
    );
    expect(demands['person.friend']).toEqual({ maxAgeSeconds: 10, onStale: 'FAIL' });
    expect(demands['person.friend.name']).toEqual({ maxAgeSeconds: 10, onStale: 'NULL' });
  });

  it('adds what holds for the whole request', () => {
    const document = '{ person @freshness(onStale: NULL) { name } robot { name } }';
    const demands = demandsIn(document, {}, { maxAgeSeconds: 7, onStale: 'FAIL' });
    expect(demands.person).toEqual({ maxAgeSeconds: 7, onStale: 'NULL' });
    expect(demands.robot).toBeUndefined();
  });

  it('knows aliases, fragments, merged fields and types', () => {
    const demands = demandsIn(`
      query { mine: person { ...F } named { ... on Robot { friend @freshness(maxAgeSeconds: 1) { name } } ... on Person { other: friend { name } } } }
      fragment F on Named { ... on Person { friend @freshness(maxAgeSeconds: 9) { __typename } } friend { name } }`);
    expect(demands['mine.friend.name']).toEqual({ maxAgeSeconds: 9 });
    expect(demands['named.friend.name']).toEqual({ maxAgeSeconds: 1 });
    expect(demands['named.other.name']).toBeUndefined();
  });

  it('reads variables, and passes over a field that is skipped', () => {
    const document = `query ($age: Int, $skip: Boolean!) {
      person { friend @freshness(maxAgeSeconds: $age) { name } }
      robot { friend @skip(if: $skip) @freshness(maxAgeSeconds: 1) { name } friend { name } } }`;
    expect(demandsIn(document, { age: 4, skip: true })['person.friend']).toEqual({ maxAgeSeconds: 4 });
    expect(seen.get('robot.friend')).toBeUndefined();
    demandsIn(document, { age: 6, skip: false });
    expect([seen.get('person.friend'), seen.get('robot.friend')]).toEqual([{ maxAgeSeconds: 6 }, { maxAgeSeconds: 1 }]);
  });
});

describe('demandOfOperation', () => {
  const ofOperation = (text: string, variables: Record<string, unknown> = {}, ofHeaders?: FreshnessDemand) => {
    const document = parse(text);
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new Error('the operation comes first');
    return demandOfOperation(schema, document, operation, variables, ofHeaders);
  };

  it('is what the operation says, sharpened by the headers', () => {
    expect(ofOperation('query @freshness(maxAgeSeconds: 30, onStale: FAIL) { person { name } }')).toEqual({
      maxAgeSeconds: 30,
      onStale: 'FAIL',
    });
    const byVariable = 'query ($age: Int = 20) @freshness(maxAgeSeconds: $age) { person { name } }';
    expect(ofOperation(byVariable)).toEqual({ maxAgeSeconds: 20 });
    expect(ofOperation(byVariable, { age: 50 }, { maxAgeSeconds: 40 })).toEqual({ maxAgeSeconds: 40 });
    expect(ofOperation('{ person { name } }', {}, { maxAgeSeconds: 40 })).toEqual({ maxAgeSeconds: 40 });
  });

  it.each([
    ['on the operation', 'query @freshness(maxAgeSeconds: -1) { person { name } }', {}],
    ['on a field, by a variable', 'query ($age: Int) { person @freshness(maxAgeSeconds: $age) { name } }', { age: -2 }],
    ['in a fragment', 'query { ...F } fragment F on Query { person @freshness(maxAgeSeconds: -3) { name } }', {}],
  ])('refuses a negative age %s', (_where, document, variables) => {
    const refused = expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('maxAgeSeconds'),
    });
    expect(() => ofOperation(document, variables)).toThrow(GatewayError);
    expect(() => ofOperation(document, variables)).toThrow(refused);
  });

  it('leaves variables that are not acceptable to the execution', () => {
    const document = 'query ($age: Int!) @freshness(maxAgeSeconds: $age) { person { name } }';
    expect(ofOperation(document, { age: 'soon' })).toBeUndefined();
  });
});
