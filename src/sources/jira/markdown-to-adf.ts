import type { Token, Tokens } from 'marked';
import { badUserInput, type GatewayError } from '../../platform/errors.ts';
import { BoundedLexer, TooManyMarks } from './bounded-lexer.ts';
import { inlineNodes, paragraphOf, plainTextOf } from './markdown-inline-to-adf.ts';
import type { AdfContent } from './written-adf.ts';

/** A deeper nesting is flattened: nobody reads it, and a document of it would exhaust the stack of who reads it. */
const MAX_DEPTH = 8;

/** Where blocks stand: what Jira allows differs. */
type Place = 'document' | 'item' | 'quote';

/**
 * Markdown → Atlassian Document Format, for what Jira can show in a comment: paragraphs, headings, lists, task lists as lists, quotes, code,
 * rules, tables, links and marks of text. What Jira allows only elsewhere (a heading in a list, say) becomes the nearest thing that it allows; HTML
 * and images stay readable as text and links. No text is lost. Throws BAD_USER_INPUT for what is nested too deeply, or has too many marks, to be
 * read in time.
 */
export function markdownToAdf(markdown: string): AdfContent {
  return { type: 'doc', version: 1, content: blocksOf(tokensOf(markdown), 'document', 0) };
}

/** A line that opens so many quotes and lists takes the lexer long, and means nothing to anybody. Rules are of the same signs. */
const TOO_NESTED = /^(?![ \t]*([-*])(?:[ \t]*\1)*[ \t]*$)[ \t]*(?:(?:>|[-*+][ \t]|\d{1,9}[.)][ \t])[ \t]*){50}/m;

function tokensOf(markdown: string): Token[] {
  if (TOO_NESTED.test(markdown)) throw tooNested();
  try {
    return new BoundedLexer().lex(markdown);
  } catch (error) {
    if (error instanceof TooManyMarks) throw tooManyMarks();
    if (error instanceof RangeError) throw tooNested();
    throw error;
  }
}

function tooManyMarks(): GatewayError {
  return badUserInput(
    '`body` has so many signs of Markdown, such as `*`, `_` and `~`, close to each other that it would take too long to read. Put such text into a block of code (```), or use fewer of them in a paragraph.',
    { argument: 'input.body' },
  );
}

function tooNested(): GatewayError {
  return badUserInput('`body` is nested too deeply to be read as Markdown. Nest its lists and quotes less deeply.', {
    argument: 'input.body',
  });
}

function blocksOf(tokens: readonly Token[], place: Place, depth: number): AdfContent[] {
  return tokens.flatMap((token) => blockOf(token, place, depth));
}

function blockOf(token: Token, place: Place, depth: number): AdfContent[] {
  if (depth >= MAX_DEPTH) return paragraphs(plainTextOf([token]));
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'heading': {
      const { depth: level, tokens } = token as Tokens.Heading;
      if (place !== 'document') return paragraphOf(inlineNodes(tokens, [{ type: 'strong' }]));
      const content = inlineNodes(tokens, []);
      return content.length === 0 ? [] : [{ type: 'heading', attrs: { level }, content }];
    }
    case 'code': {
      const { text, lang = '' } = token as Tokens.Code;
      const [language = ''] = lang.trim().split(/\s/);
      return [
        {
          type: 'codeBlock',
          ...(language === '' ? {} : { attrs: { language } }),
          ...(text === '' ? {} : { content: [{ type: 'text', text }] }),
        },
      ];
    }
    case 'blockquote': {
      const content = blocksOf((token as Tokens.Blockquote).tokens, place === 'document' ? 'quote' : place, depth + 1);
      if (place !== 'document') return content;
      return content.length === 0 ? [] : [{ type: 'blockquote', content }];
    }
    case 'list':
      return listOf(token as Tokens.List, depth);
    case 'hr':
      return place === 'document' ? [{ type: 'rule' }] : paragraphs('———');
    case 'table':
      return place === 'document' ? [tableOf(token as Tokens.Table)] : tableAsParagraphs(token as Tokens.Table);
    case 'paragraph':
    case 'text':
      return paragraphOf(inlineNodes(token.tokens ?? [token], []));
    default:
      // HTML above all: Jira has none.
      return paragraphs(token.raw);
  }
}

function listOf({ ordered, start, items }: Tokens.List, depth: number): AdfContent[] {
  const content = items.map((item) => ({ type: 'listItem', content: itemContent(item, depth) }));
  if (content.length === 0) return [];
  if (!ordered) return [{ type: 'bulletList', content }];
  const order = typeof start === 'number' && start >= 0 ? start : 1;
  return [{ type: 'orderedList', attrs: { order }, content }];
}

/** An item begins with a paragraph or with code, always. */
function itemContent({ task, checked, tokens }: Tokens.ListItem, depth: number): AdfContent[] {
  const content = blocksOf(
    tokens.filter(({ type }) => type !== 'checkbox'),
    'item',
    depth + 1,
  );
  const [first] = content;
  const isBegun = first?.type === 'paragraph' || (first?.type === 'codeBlock' && !task);
  if (!isBegun) content.unshift({ type: 'paragraph', content: [] });
  if (task) {
    const [paragraph, ...rest] = content;
    const box = { type: 'text', text: checked ? '☑ ' : '☐ ' };
    return [{ type: 'paragraph', content: [box, ...(paragraph?.content ?? [])] }, ...rest];
  }
  return content;
}

function tableOf({ header, rows }: Tokens.Table): AdfContent {
  const cell = (type: string, { tokens }: Tokens.TableCell): AdfContent => {
    const content = inlineNodes(tokens, []);
    return { type, attrs: {}, content: [{ type: 'paragraph', content }] };
  };
  const row = (type: string, cells: readonly Tokens.TableCell[]): AdfContent => ({
    type: 'tableRow',
    content: cells.map((one) => cell(type, one)),
  });
  return { type: 'table', content: [row('tableHeader', header), ...rows.map((cells) => row('tableCell', cells))] };
}

function tableAsParagraphs({ header, rows }: Tokens.Table): AdfContent[] {
  return [header, ...rows].flatMap((cells) => paragraphs(cells.map(({ tokens }) => plainTextOf(tokens)).join(' | ')));
}

function paragraphs(text: string): AdfContent[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : [{ type: 'paragraph', content: [{ type: 'text', text: trimmed }] }];
}
