import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfToMarkdown } from '../../../../src/sources/jira/adf.ts';
import { markdownToAdf } from '../../../../src/sources/jira/markdown-to-adf.ts';
import type { AdfContent } from '../../../../src/sources/jira/written-adf.ts';
import { problemOfAdf } from '../../../../src/standins/jira/adf-structure.ts';

const contentOf = (markdown: string) => markdownToAdf(markdown).content ?? [];
const shape = ({ type, text, content, marks }: AdfContent): string => {
  const name = text === undefined ? type : `'${text}'${(marks ?? []).map((mark) => `^${mark.type}`).join('')}`;
  return content === undefined ? name : `${name}(${content.map(shape).join(' ')})`;
};
const shapeOf = (markdown: string) => contentOf(markdown).map(shape).join(' ');

describe('Markdown as a document of Jira', () => {
  it.each([
    ['plain text', 'One\ntwo', "paragraph('One two')"],
    ['a line break', 'One  \ntwo', "paragraph('One' hardBreak 'two')"],
    ['a heading', '### H *e*', "heading('H ' 'e'^em)"],
    ['marks within marks', '**a _b_** ~~c~~', "paragraph('a '^strong 'b'^strong^em ' ' 'c'^strike)"],
    ['code within bold text, where Jira takes no other mark', '**`a`**', "paragraph('a'^code)"],
    ['a link', '[a `b`](https://x.example)', "paragraph('a '^link 'b'^link^code)"],
    ['a link that could run something', '[a](javascript:alert)', "paragraph('a (javascript:alert)')"],
    ['an address', 'https://x.example', "paragraph('https://x.example'^link)"],
    ['a picture', '![a](https://x.example/p.png)', "paragraph('a'^link)"],
    ['HTML', '<b>a</b>', "paragraph('<b>a</b>')"],
    ['entities', '&lt;a&gt; &amp;copy; &#65;', "paragraph('<a> &copy; A')"],
    ['a list in a list', '- a\n  - b', "bulletList(listItem(paragraph('a') bulletList(listItem(paragraph('b')))))"],
    [
      'a list that begins with a list',
      '- - a',
      "bulletList(listItem(paragraph() bulletList(listItem(paragraph('a')))))",
    ],
    ['tasks', '- [x] a\n- [ ] b', "bulletList(listItem(paragraph('☑ ' 'a')) listItem(paragraph('☐ ' 'b')))"],
    ['a heading in a list, where Jira takes none', '- # a', "bulletList(listItem(paragraph('a'^strong)))"],
    ['a quote in a quote', '> a\n> > b', "blockquote(paragraph('a') paragraph('b'))"],
    [
      'a table',
      '|a|b|\n|-|-|\n|1|2|',
      "table(tableRow(tableHeader(paragraph('a')) tableHeader(paragraph('b'))) tableRow(tableCell(paragraph('1')) tableCell(paragraph('2'))))",
    ],
    ['code', '```ts\nlet a;\n```', "codeBlock('let a;')"],
    ['a rule', 'a\n\n---', "paragraph('a') rule"],
    ['nothing', ' \n\t', ''],
  ])('has %s', (_, markdown, expected) => {
    expect(shapeOf(markdown)).toBe(expected);
    expect(problemOfAdf(markdownToAdf(markdown))).toBeNull();
  });

  it('keeps where a list begins to count, and the language of code', () => {
    expect(contentOf('3. a')).toMatchObject([{ type: 'orderedList', attrs: { order: 3 } }]);
    expect(contentOf('```sql extra\nselect 1\n```')).toMatchObject([{ attrs: { language: 'sql' } }]);
  });

  it('is always one that Jira takes, whatever people write', () => {
    const pieces = fc.constantFrom(
      ...[
        '# ',
        '- ',
        '1. ',
        '> ',
        '  ',
        '    ',
        '\n',
        '\n\n',
        '```',
        '`',
        '**',
        '_',
        '~~',
        '[',
        '](https://x.example)',
        '](a b)',
        '![',
        '|',
        '|-|',
        '---',
        '<b>',
        '</b>',
        '<br>',
        '&amp;',
        '&#0;',
        '\\',
        '- [ ] ',
        'word',
        'ä🚀',
        '*',
        'https://x.example',
        '\t',
        '[a]: https://x.example',
        '\r\n',
      ],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const document = markdownToAdf(parts.join(''));
        expect(problemOfAdf(document)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  it('loses no word', () => {
    const words = fc.array(fc.constantFrom('- ', '> ', '# ', '1. ', '\n', '\n\n', '**', '| ', 'w'), { maxLength: 40 });
    fc.assert(
      fc.property(words, (parts) => {
        let count = 0;
        const markdown = parts.map((part) => (part === 'w' ? `word${++count} ` : part)).join('');
        const text = JSON.stringify(markdownToAdf(markdown));
        for (let n = 1; n <= count; n += 1) expect(text).toMatch(new RegExp(`word${n}\\b`));
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads back as the same document', () => {
    const markdown =
      '## H\n\n**a** *b* `c` [d](https://x.example)\n\n- one\n  - two\n- three\n\n1. first\n\n> said\n\n```ts\nlet a;\n```\n\n| a | b |\n| --- | --- |\n| 1 | 2 |';
    expect(adfToMarkdown(markdownToAdf(markdown))).toBe(markdown);
  });

  it.each([
    ['quotes', '> '.repeat(5_000)],
    ['quotes without spaces', `${'>'.repeat(9_999)}a`],
    ['lists', '1. '.repeat(3_333)],
    ['brackets', '['.repeat(10_000)],
    ['marks', '_a__b'.repeat(2_000)],
    ['indented lists', Array.from({ length: 140 }, (_, depth) => `${' '.repeat(depth * 2)}- a`).join('\n')],
  ])('of nothing but nested %s is read or refused', (_, markdown) => {
    try {
      expect(problemOfAdf(markdownToAdf(markdown))).toBeNull();
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  const prose = `${'A **bold** word, an _italic_ one, `code`, a [link](https://x.example/a_b) and a_name in prose.\n'.repeat(104)}`;
  const full = (unit: string): [string, string] => [unit, unit.repeat(9_990 / unit.length)];
  const thereAndBack = (unit: string): [string, string] => {
    const [back, times] = [[...unit].reverse().join(''), 4_990 / unit.length];
    return [`${unit} and ${back}`, unit.repeat(times) + back.repeat(times)];
  };
  it.each<[string, string]>([
    ...['*a_', '**é_', 'a*_', '**a__', '*a_[', '_*a ', '*a_~~b', 'a__', '~~a~', '!', '- ', '* ', 'a\n-\n'].map(full),
    ...[': *``\\!', '[\\', '[\\*', '.![> **', '- \\``_: ', '*a b\\*!', 'a b```~'].map(thereAndBack),
    ['rows without cells', `${'|a'.repeat(1_500)}|\n${'|-'.repeat(1_500)}|\n${'x\n'.repeat(1_990)}`],
    ['such rows in a quote', `> ${'|a'.repeat(1_500)}|\n> ${'|-'.repeat(1_500)}|\n${'> x\n'.repeat(990)}`],
  ])('takes no time to speak of when it is made of %j', (_, markdown) => {
    const reading = (text: string): number => {
      const before = process.threadCpuUsage();
      for (let run = 0; run < 6; run += 1) {
        try {
          markdownToAdf(`${text}${' '.repeat(run % 2)}`);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
        }
      }
      const { user, system } = process.threadCpuUsage(before);
      return user + system;
    };
    reading(prose);
    // Several hundred times as long without a bound.
    expect(reading(markdown)).toBeLessThan(60 * Math.max(reading(prose), 4_000));
  });

  it.each([
    ['prose in one long paragraph', prose],
    ['bold words by the hundred', 'a word **b** '.repeat(760)],
    [
      'a log that nobody has put into a block',
      '2026-01-01T00:00:00Z ERROR [main] a.b.C_d - key=val_x path=/a/b_c/*.txt\n'.repeat(138),
    ],
    ['a table of a thousand cells', `|a|b|\n|-|-|\n${'|*a*|_b_|\n'.repeat(500)}`],
    [
      'rules and tables with long lines',
      `${'- '.repeat(80)}\n\na | b\n${'-'.repeat(80)} | ${'-'.repeat(80)}\nc | d\n\n${'*'.repeat(80)}`,
    ],
  ])('reads %s', (_, markdown) => {
    expect(problemOfAdf(markdownToAdf(markdown))).toBeNull();
  });
});
