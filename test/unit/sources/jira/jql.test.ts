import { JastBuilder, type TerminalClause } from '@atlassianlabs/jql-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allOf,
  anyIssue,
  compareInstant,
  containsWords,
  equals,
  escapeLucene,
  oneOf,
  quoteJql,
} from '../../../../src/sources/jira/jql.ts';

/** A builder reads a statement wrongly that it has just read, so each statement gets its own. */
const parse = (jql: string) => new JastBuilder().build(jql);

/** The statement's only condition, as Atlassian's own parser reads it. Fails when it is not valid, or not a single condition. */
function parseOnly(jql: string): TerminalClause {
  const { query, errors } = parse(jql);
  expect(errors).toEqual([]);
  const clause = query?.where;
  if (clause?.clauseType !== 'terminal') throw new Error(`Not a single condition: ${jql}`);
  return clause;
}

/** Reads a literal of JQL back; the rules are those of the grammar. */
function unquote(literal: string): string {
  expect(literal).toMatch(/^".*"$/s);
  return literal
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, hex?: string, character?: string) =>
      hex === undefined ? (character ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function operandText(clause: TerminalClause): string {
  if (clause.operand?.operandType !== 'value') throw new Error('The operand is no value.');
  return clause.operand.text;
}

/** Written characters: on lists of code points that no script uses, the grammar's own lexer fails now and then (14 of 20,000 lists). */
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', "'", '\n', '\t', '\u0000', ' ', 'a', ')', '(', ',', '*'),
    maxLength: 20,
  }),
  fc.constantFrom(
    '" OR project = "X',
    '\\" OR 1=1',
    '\\',
    '\\\\"',
    'x" ORDER BY key',
    '\u2028',
    'a\u0085b',
    '\ufdd0',
    '\ufffe\uffff',
  ),
);

describe('JQL', () => {
  it('keeps any value inside its literal', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const clause = parseOnly(equals('project', value).jql);
        expect(clause.field.value).toBe('project');
        expect(unquote(operandText(clause))).toBe(value);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps any list of values inside their literals', () => {
    fc.assert(
      fc.property(fc.array(nasty, { minLength: 1, maxLength: 4 }), (values) => {
        const { operand } = parseOnly(oneOf('statusCategory', values).jql);
        const parsed = operand?.operandType === 'list' ? operand.values : [];
        expect(parsed.map((value) => unquote(value.operandType === 'value' ? value.text : ''))).toEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps any searched text inside its literal, with every operator of the text search escaped', () => {
    fc.assert(
      fc.property(nasty, (value) => {
        const condition = containsWords('text', value);
        if (condition === null) {
          expect(value).not.toMatch(/[\p{L}\p{N}]/u);
          return;
        }
        const query = unquote(operandText(parseOnly(condition.jql)));
        expect(query.replace(/\\./gs, '')).not.toMatch(/[+\-&|!(){}[\]^~*?\\:"/]/);
      }),
      { numRuns: 500 },
    );
  });

  it('never makes a statement from an empty list', () => {
    expect(() => oneOf('statusCategory', [])).toThrow(/finds nothing/);
  });

  it('escapes a quote for the text search and once more for the literal', () => {
    expect(escapeLucene('say "hi" (x)')).toBe('say \\"hi\\" \\(x\\)');
    expect(containsWords('text', 'say "hi"')?.jql).toBe('text ~ "say \\\\\\"hi\\\\\\""');
    expect(quoteJql('a\nb')).toBe('"a\\u000ab"');
  });

  it('takes the operators AND, OR and NOT as words', () => {
    expect(containsWords('text', 'salt AND pepper NOT sugar')?.jql).toBe('text ~ "salt and pepper not sugar"');
  });

  it.each(['', '   ', '"\\', '***', '-- ()'])('knows that %j finds nothing', (text) => {
    expect(containsWords('text', text)).toBeNull();
  });

  it('looks for the whole word and for its beginning when the word may go on', () => {
    expect(containsWords('summary', 'roll back', { prefix: true })?.jql).toBe(
      '(summary ~ "roll back" OR summary ~ "roll back*")',
    );
    expect(containsWords('summary', 'C++', { prefix: true })?.jql).toBe('summary ~ "C\\\\+\\\\+"');
  });

  it('writes instants as minutes from now, so that no time zone matters, and a few minutes too generously', () => {
    const now = Date.parse('2026-03-10T12:00:00Z');
    expect(compareInstant('updated', '>=', now - 600_000, now)?.jql).toBe('updated >= "-13m"');
    expect(compareInstant('updated', '<=', now - 600_000, now)?.jql).toBe('updated <= "-7m"');
    expect(compareInstant('updated', '<=', now + 86_400_000, now)).toBeNull();
    expect(compareInstant('updated', '>=', Number.NEGATIVE_INFINITY, now)).toBeNull();
  });

  it('joins conditions and orders', () => {
    const jql = allOf([equals('project', 'PSD'), anyIssue], 'updated DESC, key DESC');
    const { query, errors } = parse(jql);
    expect(errors).toEqual([]);
    expect(query?.orderBy?.fields).toHaveLength(2);
  });
});
