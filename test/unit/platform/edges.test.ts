import { buildSchema, graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type Edge, type EdgeRequest, FieldNeeds, resolversFromEdges } from '../../../src/platform/edges.ts';
import { GatewayError } from '../../../src/platform/errors.ts';

const edges: Edge[] = [
  { type: 'Issue', field: 'owner', key: 'ownerId', loader: 'people.byId', to: 'Person', shape: 'one' },
  { type: 'Issue', field: 'watchers', key: 'issueId', loader: 'people.byIssueId', to: 'Person', shape: 'many' },
];

const schema = buildSchema(`
  type Query { issue: Issue }
  type Issue { owner: Person watchers(active: Boolean): [Person!] }
  type Person { name: String }
`);
for (const [type, fields] of Object.entries(resolversFromEdges(edges))) {
  for (const [field, resolve] of Object.entries(fields)) {
    const definition = (
      schema.getType(type) as unknown as { getFields(): Record<string, { resolve?: unknown }> }
    ).getFields()[field];
    if (definition) definition.resolve = resolve;
  }
}

async function run(document: string, issue: Record<string, unknown>) {
  const asked: { loader: string; key: string; request: EdgeRequest }[] = [];
  const loader = (name: string, answer: unknown) => ({
    load: async (key: string, request: EdgeRequest) => {
      asked.push({ loader: name, key, request });
      return answer;
    },
  });
  const loaders = {
    people: { byId: loader('byId', { name: 'Ada' }), byIssueId: loader('byIssueId', [{ name: 'Bo' }]) },
  };
  const result = await graphql({ schema, source: document, rootValue: { issue }, contextValue: { loaders } });
  return { asked, result: JSON.parse(JSON.stringify(result)) as { data: unknown; errors?: { message: string }[] } };
}

describe('resolversFromEdges', () => {
  it('loads by the key of the parent, with selection and arguments', async () => {
    const { asked, result } = await run('{ issue { owner { name } watchers(active: true) { name } } }', {
      ownerId: 'p1',
      issueId: 'i1',
    });
    expect(result.data).toEqual({ issue: { owner: { name: 'Ada' }, watchers: [{ name: 'Bo' }] } });
    expect(
      asked.map(({ loader, key, request }) => [loader, key, [...request.selection.fields.keys()], request.args]),
    ).toEqual([
      ['byId', 'p1', ['name'], {}],
      ['byIssueId', 'i1', ['name'], { active: true }],
    ]);
  });

  it('answers null or an empty list without a load when the parent has no key', async () => {
    const { asked, result } = await run('{ issue { owner { name } watchers { name } } }', { ownerId: null });
    expect(result.data).toEqual({ issue: { owner: null, watchers: [] } });
    expect(asked).toEqual([]);
  });

  it('reports a key that could not be read as the error of its field alone', async () => {
    const hidden = new GatewayError('FIELD_UNAVAILABLE', 'not shown');
    const { result } = await run('{ issue { owner { name } watchers { name } } }', { ownerId: hidden, issueId: 'i1' });
    expect(result.data).toEqual({ issue: { owner: null, watchers: [{ name: 'Bo' }] } });
    expect(result.errors).toHaveLength(1);
  });

  it('refuses two edges for one field', () => {
    expect(() => resolversFromEdges([...edges, ...edges.slice(0, 1)])).toThrow('Two edges claim Issue.owner');
  });
});

describe('FieldNeeds', () => {
  const needs = new FieldNeeds(edges, [{ type: 'Issue', field: 'title', needs: ['key', 'summary'] }]);

  it('says that an edge needs its key, a computed field its parts and a plain field itself', () => {
    expect(needs.needsOf('Issue', 'owner')).toEqual(['ownerId']);
    expect(needs.needsOf('Issue', 'title')).toEqual(['key', 'summary']);
    expect(needs.needsOf('Issue', 'summary')).toEqual(['summary']);
    expect(needs.edgeOf('Issue', 'owner')?.to).toBe('Person');
  });
});
