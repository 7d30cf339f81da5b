import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adfToMarkdown } from '../../../../src/sources/jira/adf.ts';
import { everyNode, largeDocument } from '../../../../src/standins/data/adf-samples.ts';
import { createRandom } from '../../../../src/standins/data/random.ts';

type Node = Record<string, unknown>;
const doc = (...content: unknown[]): Node => ({ type: 'doc', version: 1, content });
const text = (value: string, ...marks: unknown[]): Node => ({
  type: 'text',
  text: value,
  ...(marks.length ? { marks } : {}),
});
const paragraph = (...content: unknown[]): Node => ({
  type: 'paragraph',
  content: content.map((part) => (typeof part === 'string' ? text(part) : part)),
});
const node = (type: string, attrs: Node, ...content: unknown[]): Node => ({ type, attrs, content });
const item = (...content: unknown[]): Node => ({ type: 'listItem', content });
const mark = (type: string, attrs: Node = {}): Node => ({ type, attrs });
const render = (...content: unknown[]) => adfToMarkdown(doc(...content));

describe('adfToMarkdown', () => {
  it.each([
    ['strong', paragraph('a ', text('b', mark('strong')), ' c'), 'a **b** c'],
    ['em', paragraph(text('b', mark('em'))), '*b*'],
    ['strong and em', paragraph(text('b', mark('em'), mark('strong'))), '***b***'],
    ['strike', paragraph(text('b', mark('strike'))), '~~b~~'],
    ['underline', paragraph(text('b', mark('underline'))), '<u>b</u>'],
    ['sub', paragraph('H', text('2', mark('subsup', { type: 'sub' })), 'O'), 'H<sub>2</sub>O'],
    ['sup', paragraph('m', text('2', mark('subsup', { type: 'sup' }))), 'm<sup>2</sup>'],
    ['colour', paragraph(text('b', mark('textColor', { color: '#f00' }))), 'b'],
    ['code', paragraph(text('a*b', mark('code'))), '`a*b`'],
    ['code with backticks', paragraph(text('a``b`', mark('code'))), '``` a``b` ```'],
    ['link', paragraph(text('x', mark('link', { href: 'https://e.org/(a b)' }))), '[x](https://e.org/%28a%20b%29)'],
    ['white space at the ends of a mark', paragraph('a', text(' b ', mark('strong')), 'c'), 'a **b** c'],
    ['marks that touch', paragraph(text('a', mark('strong')), text('b', mark('em'))), '<strong>a</strong><em>b</em>'],
    ['punctuation inside a word', paragraph('a', text('"b"', mark('strong')), 'c'), 'a<strong>"b"</strong>c'],
    ['split text', paragraph(text('a', mark('strong')), text('b', mark('strong'))), '**ab**'],
    ['an address', paragraph('see https://e.org/a_b.'), 'see <https://e.org/a_b>.'],
    ['a mention', paragraph(node('mention', { id: '1', text: '@Ann_B' })), '@Ann\\_B'],
    ['an emoji', paragraph(node('emoji', { shortName: ':ship:' })), ':ship:'],
    ['a date', paragraph(node('date', { timestamp: '1795478400000' })), '2026-11-24'],
    ['a status', paragraph(node('status', { text: 'DONE' })), '\\[DONE\\]'],
    ['a card', paragraph(node('inlineCard', { url: 'https://e.org/x' })), '<https://e.org/x>'],
    ['a heading', node('heading', { level: 3 }, text('C #')), '### C \\#'],
    ['a rule', node('rule', {}), '---'],
    ['a quote', node('blockquote', {}, paragraph('a'), paragraph('b')), '> a\n>\n> b'],
    ['a panel', node('panel', { panelType: 'error' }, paragraph('a')), '> **Error**\n>\n> a'],
    ['a code block', node('codeBlock', { language: 'sql' }, text('a\n```\nb')), '````sql\na\n```\nb\n````'],
    [
      'tasks',
      node('taskList', {}, node('taskItem', { state: 'DONE' }, text('a')), node('taskItem', {}, text('b'))),
      '- [x] a\n- [ ] b',
    ],
    ['decisions', node('decisionList', {}, node('decisionItem', { state: 'DECIDED' }, text('a'))), '- ✓ a'],
    ['an attachment', node('mediaSingle', {}, node('media', { type: 'file', alt: 'plan' })), '\\[attachment: plan\\]'],
    ['an expand', node('expand', { title: 'More' }, paragraph('a')), '**More**\n\na'],
    ['an extension', node('extension', { extensionKey: 'chart' }), '\\[extension: chart\\]'],
    [
      'hard breaks, but not at the ends',
      paragraph(node('hardBreak', {}), 'a', node('hardBreak', {}), 'b', node('hardBreak', {})),
      'a\\\nb',
    ],
  ])('renders %s', (_name, block, markdown) => {
    expect(render(block)).toBe(markdown);
  });

  it('nests lists by the width of their markers and keeps where an ordered list starts', () => {
    const inner = node(
      'orderedList',
      { order: 9 },
      item(paragraph('x')),
      item(paragraph('y'), node('codeBlock', {}, text('z'))),
    );
    const outer = node(
      'bulletList',
      {},
      item(paragraph('a'), node('bulletList', {}, item(paragraph('b')))),
      item(paragraph('c'), inner),
    );
    expect(render(outer)).toBe('- a\n  - b\n- c\n\n  9. x\n  10. y\n\n      ```\n      z\n      ```');
  });

  it('keeps two lists in a row apart', () => {
    const list = (value: string) => node('bulletList', {}, item(paragraph(value)));
    expect(render(list('a'), list('b'))).toBe('- a\n\n* b');
  });

  it('flattens table cells into one line and escapes their pipes', () => {
    const cell = (type: string, ...content: unknown[]) => node(type, {}, ...content);
    const table = node(
      'table',
      {},
      node('tableRow', {}, cell('tableHeader', paragraph('a|b')), cell('tableHeader', paragraph('c'))),
      node(
        'tableRow',
        {},
        cell('tableCell', paragraph('1'), paragraph('2', node('hardBreak', {}), '3')),
        cell(
          'tableCell',
          node('bulletList', {}, item(paragraph('x')), item(paragraph('y'))),
          node('codeBlock', {}, text('p|q\nr')),
        ),
      ),
      node('tableRow', {}, node('tableCell', { colspan: 1_000_000_000 }, paragraph('wide'))),
    );
    const lines = render(table)?.split('\n') ?? [];
    expect(lines[0]).toMatch(/^\| a\\\|b \| c \|/);
    expect(lines[2]).toBe('| 1<br>2<br>3 | • x<br>• y<br>`p\\|q`<br>`r` |');
    expect(lines).toHaveLength(4);
    expect(lines[3]?.length).toBeLessThan(1_000);
  });

  it('puts the cells that a row span covers in later rows', () => {
    const row = (...cells: unknown[]) => node('tableRow', {}, ...cells);
    const table = node(
      'table',
      {},
      row(node('tableCell', { rowspan: 2 }, paragraph('a')), node('tableCell', {}, paragraph('b'))),
      row(node('tableCell', {}, paragraph('c'))),
    );
    expect(render(table)).toBe('|  |  |\n| --- | --- |\n| a | b |\n|  | c |');
  });

  it.each([
    ['emphasis', '*a* _b_ **c** ~~d~~', '\\*a\\* \\_b\\_ \\*\\*c\\*\\* \\~\\~d\\~\\~'],
    ['links and HTML', '[a](b) <script>x</script>', '\\[a\\](b) \\<script\\>x\\</script\\>'],
    ['entities', '&amp; AT&T', '\\&amp; AT\\&T'],
    ['backslashes', 'C:\\dir', 'C:\\\\dir'],
    ['a heading', '# a', '\\# a'],
    ['a list', '- a', '\\- a'],
    ['a numbered list', '12. a', '12\\. a'],
    ['an indented line', '      a', 'a'],
    ['an underline of a heading', 'a\n===', 'a\n\\==='],
    ['a code fence', '```', '\\`\\`\\`'],
  ])('escapes what would read as %s', (_name, written, markdown) => {
    expect(render(paragraph(written))).toBe(markdown);
  });

  it('shows a link to a script as its text only', () => {
    expect(render(paragraph(text('click', mark('link', { href: 'javascript:alert(1)' }))))).toBe('click');
  });

  it.each([
    ['null', null, null],
    ['nothing', undefined, null],
    ['a number', 7, null],
    ['plain text', 'just *text*', 'just \\*text\\*'],
    ['an empty document', { type: 'doc', version: 1, content: [] }, null],
    ['a document without content', { type: 'doc' }, null],
    ['content that is no list', { type: 'doc', content: { type: 'paragraph', content: 'x' } }, 'x'],
    ['nulls among the nodes', { type: 'doc', content: [null, 5, { type: 'paragraph', content: [null, 'x'] }] }, 'x'],
    [
      'attributes of the wrong type',
      { type: 'doc', content: [{ type: 'heading', attrs: { level: 'x' }, content: ['a'] }] },
      '# a',
    ],
  ])('takes %s', (_name, given, markdown) => {
    expect(adfToMarkdown(given)).toBe(markdown);
  });

  it('keeps the text of every node of a document with all of them', () => {
    const markdown = adfToMarkdown(everyNode('abc')) ?? '';
    expect(markdown).toContain('Text inside a node that nobody knows.');
    expect(markdown).toContain('Text on an unknown leaf.');
    expect(markdown).toContain('marked oddly');
    expect(markdown).toContain('Chart fallback');
    expect(markdown).toContain('Deeper still.');
  });

  it('renders a document of 30 KB', () => {
    expect(adfToMarkdown(largeDocument(createRandom(1)))?.length).toBeGreaterThan(15_000);
  });

  it.each(['blockquote', 'bulletList', 'listItem', 'table', 'tableCell', 'expand', 'unknownThing', 'paragraph'])(
    'survives 20,000 nested %s nodes and keeps the text inside',
    (type) => {
      let deep: Node = paragraph('the innermost words');
      for (let depth = 0; depth < 20_000; depth++) deep = { type, content: [deep] };
      expect(adfToMarkdown(doc(deep))).toContain('the innermost words');
    },
  );

  it('loses no word of any document, whatever its nodes are', () => {
    const words = fc.string({
      unit: fc.constantFrom(...'abcXYZ019äß漢🚀*_`~[]<>|\\&#-+.!()"\' \n'),
      minLength: 1,
      maxLength: 20,
    });
    const marks = fc.array(
      fc.constantFrom('strong', 'em', 'strike', 'underline', 'code', 'textColor', 'sparkle').map((type) => ({ type })),
      { maxLength: 3 },
    );
    const leaf = fc.record({
      type: fc.constantFrom('text', 'text', 'text', 'holoText'),
      text: fc.tuple(words, fc.nat(1_000_000)).map(([written, n]) => `${written} w${n}`),
      marks,
    });
    const types = [
      'paragraph',
      'heading',
      'bulletList',
      'orderedList',
      'listItem',
      'taskList',
      'taskItem',
      'panel',
      'blockquote',
      'codeBlock',
      'table',
      'tableRow',
      'tableCell',
      'tableHeader',
      'expand',
      'layoutSection',
      'mediaSingle',
      'caption',
      'quantum',
      'decisionList',
      'inlineExtension',
    ];
    const { tree } = fc.letrec<{ tree: Node }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6, withCrossShrink: true },
        leaf,
        fc.record({
          type: fc.constantFrom(...types),
          attrs: fc.constantFrom({}, { level: 2 }, { order: 3 }),
          content: fc.array(tie('tree'), { maxLength: 4 }),
        }),
      ),
    }));
    const leavesOf = (value: unknown): string[] =>
      typeof (value as Node).text === 'string'
        ? [String((value as Node).text)]
        : ((value as { content?: unknown[] }).content ?? []).flatMap(leavesOf);
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (content) => {
        const shown = (adfToMarkdown(doc(...content)) ?? '').replace(/[^\p{L}\p{N}🚀]/gu, '');
        for (const word of content
          .flatMap(leavesOf)
          .join(' ')
          .match(/[\p{L}\p{N}🚀]+/gu) ?? [])
          expect(shown).toContain(word);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes time by the number of its texts, not by the square', () => {
    const marked = (count: number): Node =>
      doc(
        paragraph(
          ...Array.from({ length: count }, (_, at) =>
            text(' a ', mark('strong'), mark('link', { href: `https://x.example/${at}` })),
          ),
        ),
      );
    const timeOf = (document: Node): number => {
      const before = process.threadCpuUsage();
      for (let run = 0; run < 4; run += 1) adfToMarkdown(document);
      const { user, system } = process.threadCpuUsage(before);
      return user + system;
    };
    const [few, many] = [marked(1_000), marked(16_000)];
    timeOf(few);
    // Sixteen times as many; 256 times as long if each looked at all the others.
    expect(timeOf(many)).toBeLessThan(80 * Math.max(timeOf(few), 1_500));
  });

  it('may have more rows, and more runs of backticks, than a function takes arguments', () => {
    const rows = Array.from({ length: 150_000 }, () => node('tableRow', {}, node('tableCell', {}, 'x')));
    expect(adfToMarkdown(doc({ type: 'table', content: rows }))).toContain('| x |');
    const code = node('codeBlock', {}, text('` '.repeat(200_000)));
    expect(adfToMarkdown(doc(code))).toContain('` `');
  });
});
