import { buildSchema, type GraphQLResolveInfo, graphqlSync } from 'graphql';
import { describe, expect, it } from 'vitest';
import { nodeSelectionOf, type Selection, selectionOf } from '../../../src/platform/selection.ts';

const schema = buildSchema(`
  interface Node { id: ID! }
  type Query { issue: Issue node: Node issues: IssueConnection any: [Result] }
  type Issue implements Node { id: ID! key: String summary: String owner: Person }
  type Person implements Node { id: ID! name: String manager: Person }
  union Result = Issue | Person
  type IssueConnection { nodes: [Issue] edges: [IssueEdge] totalCount: Int }
  type IssueEdge { cursor: String node: Issue }
`);

/** Runs the document and returns what `read` sees at the root field. */
function read<T>(document: string, field: string, see: (info: GraphQLResolveInfo) => T, variables = {}): T {
  let seen: T | undefined;
  const rootValue = {
    [field]: (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
      seen = see(info);
      return null;
    },
  };
  const result = graphqlSync({ schema, source: document, rootValue, variableValues: variables });
  expect(result.errors).toBeUndefined();
  if (seen === undefined) throw new Error('the field was not resolved');
  return seen;
}

/** `{a: {b: {}}}` for a selection of a with b beneath. */
function plain(selection: Selection): Record<string, unknown> {
  return Object.fromEntries([...selection.fields].map(([name, sub]) => [name, plain(sub)]));
}

describe('selectionOf', () => {
  it('names fields, not aliases, and merges what several aliases ask for', () => {
    const selection = read('{ issue { a: owner { name } b: owner { id } } }', 'issue', (info) =>
      selectionOf(info, 'Issue'),
    );
    expect(plain(selection)).toEqual({ owner: { name: {}, id: {} } });
  });

  it('follows fragments and inline fragments', () => {
    const document =
      '{ issue { ...F ... { id } } } fragment F on Issue { key owner { ...P } } fragment P on Person { name }';
    expect(plain(read(document, 'issue', (info) => selectionOf(info, 'Issue')))).toEqual({
      key: {},
      owner: { name: {} },
      id: {},
    });
  });

  it('leaves out what @skip and @include leave out, by variable too', () => {
    const document =
      'query ($yes: Boolean!) { issue { key @skip(if: $yes) summary @include(if: $yes) ... @include(if: false) { id } owner @skip(if: true) { name } } }';
    expect(plain(read(document, 'issue', (info) => selectionOf(info, 'Issue'), { yes: true }))).toEqual({
      summary: {},
    });
    expect(plain(read(document, 'issue', (info) => selectionOf(info, 'Issue'), { yes: false }))).toEqual({ key: {} });
  });

  it('sees an interface field as each concrete type sees it', () => {
    const document = '{ node { id ... on Issue { key } ... on Person { name ... on Node { __typename } } } }';
    expect(plain(read(document, 'node', (info) => selectionOf(info, 'Issue')))).toEqual({ id: {}, key: {} });
    expect(plain(read(document, 'node', (info) => selectionOf(info, 'Person')))).toEqual({
      id: {},
      name: {},
      __typename: {},
    });
  });

  it('sees a union field as each member sees it', () => {
    const document = '{ any { ... on Issue { key } ... on Person { manager { name } } ... on Node { id } } }';
    expect(plain(read(document, 'any', (info) => selectionOf(info, 'Issue')))).toEqual({ key: {}, id: {} });
    expect(plain(read(document, 'any', (info) => selectionOf(info, 'Person')))).toEqual({
      manager: { name: {} },
      id: {},
    });
  });

  it('walks down a path, and gives nothing where the operation does not go', () => {
    const document = '{ issues { edges { node { key } } } }';
    expect(plain(read(document, 'issues', (info) => selectionOf(info, 'Issue', ['edges', 'node'])))).toEqual({
      key: {},
    });
    expect(plain(read(document, 'issues', (info) => selectionOf(info, 'Issue', ['nodes'])))).toEqual({});
  });
});

describe('nodeSelectionOf', () => {
  it('unites what edges.node and nodes ask for', () => {
    const document = '{ issues { nodes { key owner { id } } edges { node { summary owner { name } } } } }';
    expect(plain(read(document, 'issues', (info) => nodeSelectionOf(info, 'Issue')))).toEqual({
      key: {},
      owner: { id: {}, name: {} },
      summary: {},
    });
  });
});
