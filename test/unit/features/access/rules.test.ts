import { addResolversToSchema, buildSubgraphSchema, type GraphQLResolverMap } from '@apollo/subgraph';
import { type GraphQLSchema, graphql, parse } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { applyAccessRules, refusalOf } from '../../../../src/features/access/rules.ts';
import { anonymousViewer } from '../../../../src/features/access/viewer.ts';
import { buildSchema, readSchemaDocuments } from '../../../../src/gateway/schema.ts';
import { GatewayError } from '../../../../src/platform/errors.ts';
import type { RoleName } from '../../../../src/platform/settings.ts';

const directive = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])
  directive @requiresRole(role: Role!) on OBJECT | FIELD_DEFINITION
  enum Role { VIEWER ANALYST OPERATOR ADMIN }
`;

function schemaOf(sdl: string, resolvers: GraphQLResolverMap = {}): GraphQLSchema {
  const schema = buildSubgraphSchema([{ typeDefs: parse(directive + sdl) }]);
  addResolversToSchema(schema, resolvers);
  return schema;
}

describe('the check of the schema', () => {
  test('the served schema has a rule for every field', () => {
    expect(() => applyAccessRules(buildSchema(readSchemaDocuments(), []))).not.toThrow();
  });

  test('a field without a rule stops the start, and every such field is named', () => {
    const schema = schemaOf(`
      type Query { open: Int @requiresRole(role: VIEWER) forgotten: Int things: [Thing] @requiresRole(role: VIEWER) }
      type Thing { a: Int b: Int @requiresRole(role: VIEWER) }
      type Ruled @requiresRole(role: VIEWER) { a: Int }
    `);
    expect(() => applyAccessRules(schema)).toThrow(/Query\.forgotten has no rule[\s\S]*Thing\.a has no rule/);
    expect(() => applyAccessRules(schema)).not.toThrow(/Query\.open|Thing\.b|Ruled/);
  });

  test('a field added to a served type in an extension is held to the same', () => {
    const added = parse('extend type Mutation { wipe: Boolean }');
    expect(() => applyAccessRules(buildSchema([...readSchemaDocuments(), added], []))).toThrow(
      /Mutation\.wipe has no rule/,
    );
  });

  test('a rule on a whole root type is refused, since the next field would get it unasked', () => {
    const schema = schemaOf('type Query @requiresRole(role: VIEWER) { a: Int }');
    expect(() => applyAccessRules(schema)).toThrow(/Query has a rule for all its fields/);
  });

  test('a rule on a field of an interface is refused, since it would guard nothing', () => {
    const schema = schemaOf(`
      interface Named { name: String @requiresRole(role: ADMIN) }
      type Query { a: Named @requiresRole(role: VIEWER) }
      type Thing implements Named @requiresRole(role: VIEWER) { name: String }
    `);
    expect(() => applyAccessRules(schema)).toThrow(/Named\.name has a rule/);
  });
});

test('who may not change something is told to ask for the role, and who may not read a field that it can be left out', () => {
  const analyst = { roles: ['VIEWER', 'ANALYST'] as const, isAnonymous: false };
  expect(refusalOf(analyst, 'OPERATOR', '`Mutation.change`')?.message).toMatch(/\. Ask whoever runs/);
  expect(refusalOf(analyst, 'OPERATOR', '`Open.secret`')?.message).toContain('Leave it out, or ask whoever');
});

describe('a guarded field', () => {
  let ran: string[] = [];
  beforeEach(() => {
    ran = [];
  });
  const note = (name: string, value: unknown) => () => {
    ran.push(name);
    return value;
  };
  const sdl = `
    interface Named { name: String secret: String }
    union Either = Open | Closed
    type Open implements Named @key(fields: "name") @requiresRole(role: VIEWER) {
      name: String
      secret: String @requiresRole(role: OPERATOR)
      plainSecret: String @requiresRole(role: ADMIN)
    }
    type Closed implements Named @key(fields: "name") @requiresRole(role: ADMIN) {
      name: String
      secret: String
      shown: String @requiresRole(role: VIEWER)
    }
    type Query {
      named: Named @requiresRole(role: VIEWER)
      closed: Closed @requiresRole(role: VIEWER)
      either: [Either] @requiresRole(role: VIEWER)
      trend: Int @requiresRole(role: ANALYST)
      must: Int! @requiresRole(role: ANALYST)
    }
    type Mutation { change: Int @requiresRole(role: OPERATOR) }
  `;
  const openThing = { __typename: 'Open', name: 'open', plainSecret: 'p' };
  const closedThing = { __typename: 'Closed', name: 'closed', secret: 's', shown: 'x' };

  async function ask(role: RoleName, source: string, isAnonymous = false) {
    const schema = schemaOf(sdl, {
      Query: {
        named: () => openThing,
        closed: () => closedThing,
        either: () => [openThing, closedThing],
        trend: note('trend', 7),
        must: note('must', 8),
      },
      Mutation: { change: note('change', 1) },
      Open: { secret: note('Open.secret', 's'), __resolveReference: note('Open', openThing) },
      Closed: { __resolveReference: note('Closed', closedThing) },
    });
    applyAccessRules(schema);
    const viewer = { ...anonymousViewer(role), isAnonymous };
    const answer = await graphql({ schema, source, contextValue: { viewer } });
    const refusals = (answer.errors ?? []).map((error) => {
      expect(error.originalError).toBeInstanceOf(GatewayError);
      expect((error.originalError as GatewayError).code).toBe(isAnonymous ? 'UNAUTHENTICATED' : 'FORBIDDEN');
      return error.path?.join('.');
    });
    return { data: JSON.parse(JSON.stringify(answer.data)) as unknown, refusals, errors: answer.errors ?? [] };
  }

  test('is null with FORBIDDEN for a lower role, does not run, and leaves the rest of the answer alone', async () => {
    const { data, refusals, errors } = await ask('VIEWER', '{ trend named { name } }');
    expect(data).toEqual({ trend: null, named: { name: 'open' } });
    expect(refusals).toEqual(['trend']);
    expect(ran).toEqual([]);
    expect(errors[0]?.message).toMatch(/`Query\.trend` needs the role ANALYST; yours: VIEWER\./);
  });

  test('tells a caller without credentials to sign in', async () => {
    const { data, refusals, errors } = await ask('VIEWER', '{ trend named { name } }', true);
    expect([data, refusals, ran]).toEqual([{ trend: null, named: { name: 'open' } }, ['trend'], []]);
    expect(errors[0]?.message).toMatch(/needs the role ANALYST, and this request has no credentials\. Sign in/);
  });

  test.each([
    ['ANALYST', 7],
    ['OPERATOR', 7],
    ['ADMIN', 7],
  ] as const)('answers %s, whose role is enough', async (role, value) => {
    expect(await ask(role, '{ trend }')).toMatchObject({ data: { trend: value }, refusals: [] });
    expect(ran).toEqual(['trend']);
  });

  test('is refused by whichever way it is reached: alias, fragment, inline fragment, interface, union', async () => {
    const { refusals } = await ask(
      'ANALYST',
      `{
        named { a: secret ... on Open { b: secret plainSecret } ...Secret ... on Named { d: secret } }
        either { ... on Named { secret } ... on Open { e: secret } }
      }
      fragment Secret on Named { c: secret }`,
    );
    expect(new Set(refusals)).toEqual(
      new Set([
        'named.a',
        'named.b',
        'named.c',
        'named.d',
        'named.plainSecret',
        'either.0.secret',
        'either.0.e',
        'either.1.secret',
      ]),
    );
    expect(ran).toEqual([]);
  });

  test('served by the default resolver is guarded as well, and answers the role that is enough', async () => {
    const { data, refusals } = await ask('ADMIN', '{ named { ... on Open { plainSecret } secret } }');
    expect(data).toEqual({ named: { plainSecret: 'p', secret: 's' } });
    expect(refusals).toEqual([]);
  });

  test('inherits the rule of its type unless it has one of its own', async () => {
    const { data, refusals } = await ask('OPERATOR', '{ closed { name secret shown } }');
    expect(data).toEqual({ closed: { name: null, secret: null, shown: 'x' } });
    expect(refusals).toEqual(['closed.name', 'closed.secret']);
  });

  test('is refused through _entities too, and a type that is refused as a whole is not even loaded', async () => {
    const source = `{ _entities(representations: [
      { __typename: "Open", name: "open" }, { __typename: "Closed", name: "closed" }
    ]) { ... on Open { name secret } ... on Closed { name } } }`;
    const { data, refusals } = await ask('VIEWER', source);
    expect(data).toEqual({ _entities: [{ name: 'open', secret: null }, null] });
    expect(refusals.sort()).toEqual(['_entities.0.secret', '_entities.1']);
    expect(ran).toEqual(['Open']);
    expect(await ask('ADMIN', source)).toMatchObject({ refusals: [] });
  });

  test('of a mutation changes nothing when it is refused', async () => {
    const { data, refusals } = await ask('ANALYST', 'mutation { change }');
    expect(data).toEqual({ change: null });
    expect(refusals).toEqual(['change']);
    expect(ran).toEqual([]);
  });

  test('that is not nullable takes its parent along, as GraphQL demands', async () => {
    const { data, refusals } = await ask('VIEWER', '{ must }');
    expect(data).toBeNull();
    expect(refusals).toEqual(['must']);
  });
});

test('only fields above the least role are wrapped; the others keep their very resolver', () => {
  const resolve = () => null;
  const schema = buildSchema(readSchemaDocuments(), [
    { Query: { psRequests: resolve, validationTrend: resolve }, Mutation: { submitAssessments: resolve } },
  ]);
  applyAccessRules(schema);
  expect(schema.getQueryType()?.getFields().psRequests?.resolve).toBe(resolve);
  expect(schema.getQueryType()?.getFields().validationTrend?.resolve).not.toBe(resolve);
  expect(schema.getMutationType()?.getFields().submitAssessments?.resolve).not.toBe(resolve);
});
