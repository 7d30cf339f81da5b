import { parse, print } from 'graphql';
import { expect, test } from 'vitest';
import { formOf, sortedDocument, withoutValues } from '../../../../src/gateway/documents/document-form.ts';

const form = (text: string): string => formOf(parse(text, { noLocation: true }));
const PLAIN = 'query Q { psRequest(id: "1") { number account { ...A } } } fragment A on Account { name }';

test.each([
  ['white space and comments', PLAIN.replaceAll(' ', '  \n # note\n')],
  [
    'the order of definitions',
    'fragment A on Account { name } query Q { psRequest(id: "1") { number account { ...A } } }',
  ],
  [
    'the `__typename` that clients add',
    'query Q { psRequest(id: "1") { number __typename account { ...A __typename } __typename } } fragment A on Account { __typename name }',
  ],
])('%s makes no difference', (_what, text) => {
  expect(form(text)).toBe(form(PLAIN));
});

test.each([
  ['another field', PLAIN.replace('number', 'status')],
  ['one more field', PLAIN.replace('number', 'number status')],
  ['another argument', PLAIN.replace('"1"', '"2"')],
  ['another name', PLAIN.replace('query Q', 'query R')],
  ['another alias', PLAIN.replace('number', 'n: number')],
  ['a directive', PLAIN.replace('number', 'number @include(if: true)')],
  ['a `__typename` under an alias', PLAIN.replace('number', 'number t: __typename')],
  ['a `__typename` with a directive', PLAIN.replace('number', 'number __typename @skip(if: false)')],
  ['another fragment', PLAIN.replace('{ name }', '{ region }')],
  ['another order of fields', PLAIN.replace('number account { ...A }', 'account { ...A } number')],
])('%s makes a difference', (_what, text) => {
  expect(form(text)).not.toBe(form(PLAIN));
});

test('a selection of nothing but `__typename` stays', () => {
  expect(form('{ viewer { __typename } }')).toContain('__typename');
});

test('definitions are sorted as the clients of Apollo do before they hash: operation, then fragments by name', () => {
  const document = parse('fragment B on X { b } query Q { ...A ...B } fragment A on X { a }');
  const names = [...print(sortedDocument(document)).matchAll(/^(?:query|fragment) (\w+)/gm)].map(([, name]) => name);
  expect(names).toEqual(['Q', 'A', 'B']);
});

test('nothing that was written as a value is left where documents are logged', () => {
  const text = withoutValues(
    parse('query Q($a: Int = 4711) { f(s: "secret", b: """secret""", n: 4711, o: { x: [47.11], e: RED }) }'),
  );
  expect(text).not.toMatch(/secret|47/);
  expect(text).toContain('RED');
});
