import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize } from '../../../../src/standins/jira/text-index.ts';
import { compileTextQuery, TextQueryError } from '../../../../src/standins/jira/text-query.ts';

const matches = (query: string, text: string) => compileTextQuery(query)(tokenize(text));
const escaped = (text: string) => text.replace(/[+\-&|!(){}[\]^~*?\\:"/]/g, '\\$&');

describe('a text query', () => {
  it.each([
    ['deploy gateway', 'Gateway: deploy it', true],
    ['deploy gateway', 'Gateway only', false],
    ['"deploy gateway"', 'deploy the gateway', false],
    ['"deploy the gateway"', 'We deploy the gateway', true],
    ['a OR b AND c', 'a', true],
    ['a OR b AND c', 'b', false],
    ['(a OR b) AND c', 'b c', true],
    ['+a -b', 'a b', false],
    ['a && !b', 'a', true],
    ['PSR-00001', 'psr 00001', true],
    ['PSR-00001', '00001 psr', false],
    ['gate*', 'Gateway', true],
    ['g?teway', 'gateway', true],
    ['gate\\*', 'Gateway', false],
    ['gate\\*', 'gate', true],
  ])('%j on %j: %s', (query, text, expected) => {
    expect(matches(query, text)).toBe(expected);
  });

  it.each(['', '   ', '"open', 'a (b', 'a)', 'a\\', 'field:value', '[a TO b]', 'a~2', 'a^4', 'a AND', '*a', '/re/'])(
    'refuses %j',
    (query) => {
      expect(() => compileTextQuery(query)).toThrow(TextQueryError);
    },
  );

  it.each(['valueOf', 'constructor', '__proto__', 'toString'])('takes %j for a word like any other', (text) => {
    expect(matches(text, text)).toBe(true);
    expect(matches(text, 'else')).toBe(false);
  });

  it('made of any escaped words finds the text they were taken from', () => {
    const word = fc
      .string({ minLength: 1, unit: 'grapheme' })
      .filter((text) => /^\S+$/u.test(text) && !/^(?:AND|OR|NOT)$/.test(text));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        expect(matches(words.map(escaped).join(' '), words.join(' '))).toBe(true);
      }),
    );
  });
});
