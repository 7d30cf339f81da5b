import { type FieldType, parseQuery, type WhereClause } from '@jetstreamapp/soql-parser-js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  type Condition,
  compare,
  contains,
  count,
  countBy,
  date,
  instant,
  isIn,
  MAX_STATEMENT_LENGTH,
  select,
  text,
} from '../../../../src/sources/salesforce/soql.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('\u2028', 'a\u2029b', '\u0085', '\ufffe'),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '\\',
      '%',
      '_',
      '"',
      '\n',
      '\r',
      '\t',
      '\b',
      '\f',
      ' ',
      'O',
      'R',
      '=',
      ')',
      '\u0000',
      '😀',
    ),
    maxLength: 40,
  }),
);

function statement(where: readonly Condition[]): string {
  return select({
    columns: ['Id', 'Name'],
    from: 'Account',
    where,
    orderBy: [{ column: 'Id', direction: 'ASC' }],
    limit: 5,
  });
}

/** Every literal of a WHERE clause in the order of the statement; the parser is one that this project did not write. */
function literalsOf(soql: string): string[] {
  const literals: string[] = [];
  let clause: WhereClause | undefined = parseQuery(soql).where;
  while (clause) {
    const left = clause.left;
    if (left && 'value' in left) literals.push(...[left.value].flat());
    clause = 'right' in clause ? clause.right : undefined;
  }
  return literals;
}

/** What Salesforce documents about quoted strings, written down apart from the builder. */
function unquote(literal: string): string {
  const named: Record<string, string> = {
    n: '\n',
    r: '\r',
    t: '\t',
    b: '\b',
    f: '\f',
    "'": "'",
    '\\': '\\',
    '"': '"',
    '%': '%',
    _: '_',
  };
  return literal
    .slice(1, -1)
    .replace(/\\u([0-9a-f]{4})|\\(.)/gs, (whole, code: string | undefined, name: string | undefined) => {
      if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
      const character = named[name ?? ''];
      if (character === undefined) throw new Error(`${whole} is no escape that Salesforce knows`);
      return character;
    });
}

test('any text comes back from the built statement as it went in, and changes nothing else in it', () => {
  fc.assert(
    fc.property(anyText, anyText, (first, second) => {
      const soql = statement([compare('Name', '=', text(first)), compare('Name', '!=', text(second))]);
      expect(literalsOf(soql).map(unquote)).toEqual([first.toWellFormed(), second.toWellFormed()]);
      const { where: _where, ...rest } = parseQuery(soql);
      const { where: _plain, ...expected } = parseQuery(statement([compare('Name', '=', text('x'))]));
      expect(rest).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('wildcards in a text that is looked for stand for themselves', () => {
  fc.assert(
    fc.property(anyText, (part) => {
      const [literal = ''] = literalsOf(statement([contains('Name', part)]));
      const inner = literal.slice(2, -2);
      expect(literal).toBe(`'%${inner}%'`);
      expect(inner.replace(/\\[\s\S]/g, '')).not.toMatch(/[%_']/);
      expect(unquote(`'${inner}'`)).toBe(part.toWellFormed());
    }),
    { numRuns: 500 },
  );
});

test('a list holds each of its texts, escaped', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), (values) => {
      expect(literalsOf(statement([isIn('Name', values.map(text))])).map(unquote)).toEqual(
        values.map((value) => value.toWellFormed()),
      );
    }),
    { numRuns: 500 },
  );
});

test('an empty list never becomes a statement', () => {
  expect(() => isIn('Id', [])).toThrow('An empty list for Id');
});

test.each(["Name'", 'Name FROM User', 'a.b.c.d.e.f.g', '', '1Name', 'Name--', "Account__r.Name'"])(
  'takes %j for no identifier',
  (name) => {
    expect(() => select({ columns: [name], from: 'Account', where: [], orderBy: [] })).toThrow('API name');
    expect(() => count(name, [])).toThrow('API name');
    expect(() => compare(name, '=', text('x'))).toThrow('API name');
  },
);

test.each(['2026-02-30', '2026-1-1', "2026-01-01' OR Name != '", '', '20260101'])('takes %j for no day', (value) => {
  expect(() => date(value)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('instants reach Salesforce in UTC', () => {
  expect(instant('2026-01-02T03:04:05+02:00').soql).toBe('2026-01-02T01:04:05.000Z');
  expect(() => instant("now' OR")).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(() => instant('+275760-09-13T00:00:00Z')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('a text over the limit of one literal is refused before it is sent', () => {
  expect(() => text('x'.repeat(4_001))).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(text('x'.repeat(4_000)).soql).toHaveLength(4_002);
});

test('a statement over the limit is refused before it is sent', () => {
  const many = Array.from({ length: 30 }, () => compare('Name', '=', text('x'.repeat(3_900))));
  expect(() => statement([anyOf(many)])).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  expect(MAX_STATEMENT_LENGTH).toBe(100_000);
});

test('statements parse, with AND and OR always parted by parentheses', () => {
  const either = anyOf([
    compare('Name', '=', text('a')),
    allOf([compare('Name', '=', text('b')), compare('Id', '>', text('0'))]),
  ]);
  const soql = statement([compare('Industry', '!=', text('c')), either]);
  expect(soql).toBe(
    "SELECT Id,Name FROM Account WHERE Industry != 'c' AND (Name = 'a' OR (Name = 'b' AND Id > '0')) ORDER BY Id ASC LIMIT 5",
  );
  const fields: FieldType[] | undefined = parseQuery(soql).fields;
  expect(fields).toHaveLength(2);
  expect(parseQuery(count('Account', [either])).fields).toMatchObject([{ functionName: 'COUNT' }]);
  expect(parseQuery(countBy('OwnerId', 'Account', [either])).groupBy).toMatchObject([{ field: 'OwnerId' }]);
});
