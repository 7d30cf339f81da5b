import { describe, expect, test } from 'vitest';
import {
  hashOf,
  ManifestError,
  manifestText,
  readManifest,
  type TrustedDocument,
} from '../../../../src/gateway/documents/manifest.ts';

function document(name: string, clients: readonly string[] = []): TrustedDocument {
  const body = `query ${name} {\n  viewer {\n    id\n  }\n}`;
  return { id: hashOf(body), name, type: 'query', body, clients };
}

const manifestOf = (...operations: readonly object[]): string =>
  JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations });

function problemsOf(text: string): readonly string[] {
  try {
    readManifest(text);
  } catch (error) {
    if (error instanceof ManifestError) return error.problems;
    throw error;
  }
  return [];
}

test('the hash is that of clients: SHA-256 of the text, in hex', () => {
  expect(hashOf('{__typename}')).toBe('ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38');
});

test('the same documents give the same text, in whichever order they come', () => {
  const [a, b] = [document('A', ['web', 'app', 'web']), document('B')];
  expect(manifestText([a, b])).toBe(manifestText([b, { ...a, clients: ['app', 'web'] }]));
});

test('what was written is read again', () => {
  const documents = [document('A', ['web']), document('B')];
  expect(readManifest(manifestText(documents))).toEqual(documents);
});

test('a manifest that a client has written by its own tools names no clients', () => {
  const { clients: _, ...theirs } = document('A');
  expect(readManifest(manifestOf(theirs))).toEqual([document('A')]);
});

describe('a manifest is refused', () => {
  const good = document('Card');
  const two = 'query Card { viewer { id } } query Other { viewer { id } }';
  test.each([
    ['that is not JSON', '{', 'It is not JSON.'],
    ['that is something else', '[]', /^It: /],
    ['of another format', '{"format":"x","version":1,"operations":[]}', /^format: expected/],
    ['of another version', manifestOf().replace('1', '2'), 'version: expected 1.'],
    ['whose document was changed', manifestOf({ ...good, body: `${good.body} ` }), /Card\): its id is not the SHA-256/],
    ['whose ids are of another kind', manifestOf({ ...good, id: 'c0ffee' }), /its id is not the SHA-256/],
    ['whose document is no GraphQL', manifestOf({ ...good, body: '{', id: hashOf('{') }), /its body is not GraphQL/],
    ['with two operations in one', manifestOf({ ...good, body: two, id: hashOf(two) }), /exactly one operation/],
    ['with another name', manifestOf({ ...good, name: 'Other' }), /of another name/],
    ['with another type', manifestOf({ ...good, type: 'mutation' }), /holds a query, not a mutation/],
  ])('%s', (_what, text, problem) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('with all that is wrong at once', () => {
    const broken = ['A', 'B', 'C'].map((name) => ({ ...document(name), id: 'x' }));
    expect(problemsOf(manifestOf(...broken))).toHaveLength(3);
  });
});
