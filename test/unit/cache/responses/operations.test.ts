import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../src/cache/responses/canonical-json.ts';
import { Operations } from '../../../../src/cache/responses/operations.ts';
import { ParsedDocuments } from '../../../../src/cache/responses/parsed-documents.ts';

const schema = buildSchema(`
  directive @cacheControl(maxAge: Int) on OBJECT | FIELD_DEFINITION
  type Query { thing(id: ID, options: Options): Thing }
  type Mutation { change: Int }
  input Options { a: Int b: Int }
  type Thing @cacheControl(maxAge: 9) { name: String }
`);
const create = (schemaHash = 'h'): Operations =>
  new Operations({ schema, schemaHash, parsed: new ParsedDocuments(1_000), isRestricted: () => false });
const operations = create();
const digestOf = (body: unknown, from = operations): string | undefined => {
  const text = JSON.stringify(body);
  return from.ofBody(text, () => JSON.parse(text) as unknown)?.digest;
};
const query = 'query Q($id: ID, $options: Options) { thing(id: $id, options: $options) { name } }';

describe('the same operation', () => {
  const digest = digestOf({ query, variables: { id: '1', options: { a: 1, b: 2 } } });
  test.each([
    [
      'with other white space and comments',
      { query: `# hello\n${query.replaceAll(' ', '  ')}`, variables: { id: '1', options: { a: 1, b: 2 } } },
    ],
    ['with keys in another order', { variables: { options: { b: 2, a: 1 }, id: '1' }, query }],
    ['with variables that it does not declare', { query, variables: { id: '1', options: { a: 1, b: 2 }, other: 7 } }],
    [
      'with the name of the client library',
      { query, variables: { id: '1', options: { a: 1, b: 2 } }, extensions: { clientLibrary: { name: 'x' } } },
    ],
    [
      'with null for what may be absent',
      { query, variables: { id: '1', options: { a: 1, b: 2 } }, operationName: null, extensions: null },
    ],
  ])('%s has the same digest', (_case, body) => {
    expect(digestOf(body)).toBe(digest);
  });

  test('by GET has the digest of the one by POST', () => {
    const search = new URLSearchParams({ query, variables: JSON.stringify({ id: '1', options: { b: 2, a: 1 } }) });
    expect(operations.ofSearch(`?${search}`)?.digest).toBe(digest);
  });

  test('is parsed once for the same text', () => {
    const text = JSON.stringify({ query, variables: { id: 'once' } });
    let parsed = 0;
    const parse = (): unknown => {
      parsed += 1;
      return JSON.parse(text);
    };
    expect(operations.ofBody(text, parse)).toBe(operations.ofBody(text, parse));
    expect(parsed).toBe(1);
  });
});

describe('another operation', () => {
  const base = { query, variables: { id: '1' } };
  test.each([
    ['another variable', { query, variables: { id: '2' } }],
    ['a number for a text', { query, variables: { id: 1 } }],
    ['null for absent', { query, variables: { id: '1', options: null } }],
    ['another field', { query: query.replace('name }', 'name other: name }'), variables: { id: '1' } }],
    ['another name of the operation', { query, variables: { id: '1' }, operationName: 'Q' }],
    ['an extension that may mean something', { query, variables: { id: '1' }, extensions: { mode: 'x' } }],
  ])('%s has another digest', (_case, body) => {
    expect(digestOf(body)).not.toBe(digestOf(base));
  });

  test.each(['1e999', '-1e999'])(
    'a number that is too large, %s, has another digest than null and than the other',
    (number) => {
      const digestWith = (written: string): string | undefined => {
        const text = `{"query":${JSON.stringify(query)},"variables":{"id":${written}}}`;
        return operations.ofBody(text, () => JSON.parse(text) as unknown)?.digest;
      };
      expect(digestWith(number)).not.toBe(digestWith('null'));
      expect(digestWith(number)).not.toBe(digestWith('"Infinity"'));
      expect(digestWith('1e999')).not.toBe(digestWith('-1e999'));
      expect(digestWith(number)).toBeDefined();
    },
  );

  test('another schema has another digest', () => {
    expect(digestOf(base, create('other'))).not.toBe(digestOf(base));
  });
});

describe('what is not exactly an operation', () => {
  test.each([
    ['a batch', [{ query }]],
    ['no query', { variables: {} }],
    ['an empty query', { query: '' }],
    ['a broken document', { query: '{ thing(' }],
    ['variables that are a text', { query, variables: '{}' }],
    ['variables that are a list', { query, variables: [] }],
    ['an empty name', { query, operationName: '' }],
    ['a name that is not there', { query, operationName: 'Other' }],
    ['two operations and no name', { query: 'query A { thing { name } } query B { thing { name } }' }],
    ['a document with too many tokens', { query: `{ ${'thing { name } '.repeat(500)} }` }],
    [
      'variables nested without end',
      { query, variables: { id: Array.from({ length: 5_000 }).reduce<unknown>((inner) => [inner], 1) } },
    ],
  ])('%s is left to the server', (_case, body) => {
    expect(digestOf(body)).toBeUndefined();
  });

  test('a parameter given twice by GET is left to the server', () => {
    expect(operations.ofSearch('?query={thing{name}}&query={thing{name}}')).toBeNull();
    expect(operations.ofSearch('?query={thing{name}}&variables=nonsense')).toBeNull();
  });

  test('a mutation is told from a query', () => {
    const text = '{"query":"mutation { change other: change }"}';
    expect(operations.ofBody(text, () => JSON.parse(text) as unknown)).toMatchObject({
      type: 'mutation',
      rootFields: ['change', 'change'],
      policy: { kind: 'uncacheable' },
    });
  });
});

describe('canonical JSON', () => {
  test('keeps a key that objects treat specially', () => {
    const left = JSON.parse('{"__proto__":{"a":1},"b":2}') as unknown;
    expect(canonicalJson(left)).toBe('{"__proto__":{"a":1},"b":2}');
  });

  test('is equal exactly for equal values, whatever the order of keys', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, shuffled(item)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (left, right) => {
        const text = canonicalJson(left);
        expect(canonicalJson(shuffled(left))).toBe(text);
        expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify(left)));
        if (canonicalJson(right) === text)
          expect(JSON.parse(JSON.stringify(right))).toEqual(JSON.parse(JSON.stringify(left)));
      }),
      { numRuns: 500 },
    );
  });
});

test('what is remembered of ever new requests is bounded', () => {
  const small = new Operations({
    schema,
    schemaHash: 'h',
    parsed: new ParsedDocuments(1_000),
    isRestricted: () => false,
    maxRememberedCharacters: 20_000,
  });
  const first = JSON.stringify({ query, variables: { id: 'first' } });
  let parsed = 0;
  const read = (): unknown => {
    parsed += 1;
    return JSON.parse(first);
  };
  small.ofBody(first, read);
  for (let n = 0; n < 200; n += 1) digestOf({ query, variables: { id: String(n) } }, small);
  small.ofBody(first, read);
  expect(parsed).toBe(2);
});
