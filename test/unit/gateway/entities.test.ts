import { graphql, parse } from 'graphql';
import { beforeEach, describe, expect, test } from 'vitest';
import { federationResolvers } from '../../../src/gateway/federation-resolvers.ts';
import { nodeResolvers } from '../../../src/gateway/node-resolvers.ts';
import { buildSchema } from '../../../src/gateway/schema.ts';
import type { EdgeRequest } from '../../../src/platform/edges.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';

const sdl = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key"])
  interface Node { id: ID! }
  type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node] }
  type PsRequest implements Node @key(fields: "id") @key(fields: "salesforceId") @key(fields: "number") {
    id: ID! salesforceId: ID! number: String! status: String
  }
  type Account implements Node @key(fields: "id") @key(fields: "salesforceId") { id: ID! salesforceId: ID! name: String }
`;

interface Load {
  readonly loader: string;
  readonly key: string;
  readonly fields: readonly string[];
}
let loads: Load[] = [];
beforeEach(() => {
  loads = [];
});

function loader(name: string, type: string) {
  return {
    load: async (key: string, { selection }: EdgeRequest) => {
      loads.push({ loader: name, key, fields: [...selection.fields.keys()] });
      if (key === 'unknown') return null;
      return { id: toGlobalId(type, key), salesforceId: key, number: 'PSR-00042', status: 'DRAFT', name: 'Acme' };
    },
  };
}

async function ask(source: string, variableValues: Record<string, unknown>, allowIntrospection = true) {
  const { _entities, ...query } = federationResolvers(allowIntrospection).Query as Record<string, unknown>;
  const { PsRequest, Account } = federationResolvers(allowIntrospection);
  const schema = buildSchema(
    [parse(sdl)],
    [
      { Query: nodeResolvers.Query, Node: nodeResolvers.Node },
      { PsRequest, Account, Query: { _entities, ...query }, _Entity: federationResolvers(true)._Entity },
    ],
  );
  const contextValue = {
    loaders: {
      salesforce: {
        psRequestById: loader('psRequestById', 'PsRequest'),
        psRequestByNumber: loader('psRequestByNumber', 'PsRequest'),
        accountById: loader('accountById', 'Account'),
      },
    },
  };
  const result = await graphql({ schema, source, variableValues, contextValue });
  return JSON.parse(JSON.stringify(result)) as {
    data: Record<string, unknown>;
    errors?: { message: string; path: unknown }[];
  };
}

describe('node and nodes', () => {
  const source = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on PsRequest { status } ... on Account { name } } }`;

  test('load each record from the loader of its type, in the order of the ids, with the fields asked of that type', async () => {
    const ids = [toGlobalId('Account', '001'), toGlobalId('PsRequest', 'a0R'), toGlobalId('Account', 'unknown')];
    const { data } = await ask(source, { ids });
    expect(data.nodes).toEqual([
      { __typename: 'Account', id: ids[0], name: 'Acme' },
      { __typename: 'PsRequest', id: ids[1], status: 'DRAFT' },
      null,
    ]);
    expect(loads[0]).toEqual({ loader: 'accountById', key: '001', fields: ['__typename', 'id', 'name'] });
    expect(loads[1]).toEqual({ loader: 'psRequestById', key: 'a0R', fields: ['__typename', 'id', 'status'] });
  });

  test('an id of no recognised form costs its own place only, and no load', async () => {
    const { data, errors } = await ask(source, {
      ids: ['nonsense', toGlobalId('PsRequest', 'a0R'), toGlobalId('Ghost', '1')],
    });
    expect(data.nodes).toEqual([null, expect.objectContaining({ __typename: 'PsRequest' }), null]);
    expect(errors?.map(({ path }) => path)).toEqual([
      ['nodes', 0],
      ['nodes', 2],
    ]);
    expect(loads).toHaveLength(1);
  });

  test.each([0, 201])('refuse %i ids', async (count) => {
    const { data, errors } = await ask(source, {
      ids: Array.from({ length: count }, () => toGlobalId('Account', '001')),
    });
    expect(data.nodes).toBeNull();
    expect(errors?.[0]?.message).toContain('between 1 and 200');
    expect(loads).toHaveLength(0);
  });
});

describe('_entities', () => {
  const source = `query ($representations: [_Any!]!) {
    _entities(representations: $representations) { __typename ... on PsRequest { number } ... on Account { name } }
  }`;

  test('take every key of a type', async () => {
    const { data } = await ask(source, {
      representations: [
        { __typename: 'PsRequest', id: toGlobalId('PsRequest', 'a0R1') },
        { __typename: 'PsRequest', salesforceId: 'a0R2' },
        { __typename: 'PsRequest', number: 'PSR-00042' },
        { __typename: 'Account', salesforceId: 'unknown' },
      ],
    });
    expect(data._entities).toEqual([
      { __typename: 'PsRequest', number: 'PSR-00042' },
      { __typename: 'PsRequest', number: 'PSR-00042' },
      { __typename: 'PsRequest', number: 'PSR-00042' },
      null,
    ]);
    expect(loads.map(({ loader: name, key }) => [name, key])).toEqual([
      ['psRequestById', 'a0R1'],
      ['psRequestById', 'a0R2'],
      ['psRequestByNumber', 'PSR-00042'],
      ['accountById', 'unknown'],
    ]);
  });

  test('a bad representation costs its own place only', async () => {
    const { data, errors } = await ask(source, {
      representations: [
        { __typename: 'Ghost', id: '1' },
        { __typename: 'PsRequest' },
        { __typename: 'PsRequest', id: toGlobalId('Account', '001') },
        { __typename: 'PsRequest', salesforceId: { toString: 'x' } },
        {},
        { __typename: 'Account', salesforceId: '001' },
      ],
    });
    expect(data._entities).toEqual([null, null, null, null, null, { __typename: 'Account', name: 'Acme' }]);
    expect(errors).toHaveLength(5);
    expect(loads).toHaveLength(1);
  });

  test('the schema is told through _service unless introspection is off', async () => {
    const open = await ask('{ _service { sdl } }', {});
    expect(JSON.stringify(open.data)).toContain('@key(fields: \\"number\\")');
    const closed = await ask('{ _service { sdl } }', {}, false);
    expect(closed.errors?.[0]?.message).toContain('introspection is off');
  });
});
