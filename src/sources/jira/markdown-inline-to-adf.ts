import type { Token, Tokens } from 'marked';
import type { AdfContent, WrittenMark } from './written-adf.ts';

/** What links may lead to; others stay text, with their address beside it. */
const linkable = /^(?:https?:\/\/|mailto:)[^\s]+$/i;

/** Text with its marks, line breaks and links. */
export function inlineNodes(tokens: readonly Token[], marks: readonly WrittenMark[]): AdfContent[] {
  return merged(tokens.flatMap((token) => inlineNode(token, marks)));
}

export function paragraphOf(content: readonly AdfContent[]): AdfContent[] {
  return content.length === 0 ? [] : [{ type: 'paragraph', content }];
}

/** All text beneath tokens, without recursion: for what is nested deeper than anyone can read. */
export function plainTextOf(tokens: readonly Token[]): string {
  const words: string[] = [];
  const stack: Token[] = [...tokens].reverse();
  for (let token = stack.pop(); token !== undefined; token = stack.pop()) {
    const inner: readonly Token[] = 'items' in token ? (token as Tokens.List).items : tokensWithin(token);
    if (inner.length > 0) stack.push(...[...inner].reverse());
    else if (token.type !== 'space') words.push('text' in token ? String(token.text) : token.raw);
  }
  return words.join(' ');
}

function tokensWithin(token: Token): readonly Token[] {
  return ('tokens' in token ? token.tokens : undefined) ?? [];
}

function inlineNode(token: Token, marks: readonly WrittenMark[]): AdfContent[] {
  switch (token.type) {
    case 'strong':
    case 'em':
      return inlineNodes(tokensWithin(token), withMark(marks, { type: token.type }));
    case 'del':
      return inlineNodes(tokensWithin(token), withMark(marks, { type: 'strike' }));
    case 'codespan':
      // Jira takes no other mark beside code but a link.
      return text(String((token as Tokens.Codespan).text), [
        ...marks.filter(({ type }) => type === 'link'),
        { type: 'code' },
      ]);
    case 'br':
      return [{ type: 'hardBreak' }];
    case 'link':
      return link(token as Tokens.Link, marks);
    case 'image': {
      const { href, text: alternative } = token as Tokens.Image;
      return linked(text(alternative || href, []), href, marks);
    }
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw.trim()) ? [{ type: 'hardBreak' }] : text(token.raw, marks);
    case 'checkbox':
      return [];
    default:
      if (tokensWithin(token).length > 0) return inlineNodes(tokensWithin(token), marks);
      return text(withoutEntities('text' in token ? String(token.text) : token.raw), marks);
  }
}

function link({ href, tokens, text: label }: Tokens.Link, marks: readonly WrittenMark[]): AdfContent[] {
  const content = inlineNodes(tokens, []);
  return linked(content.length > 0 ? content : text(label || href, []), href, marks);
}

function linked(content: readonly AdfContent[], href: string, marks: readonly WrittenMark[]): AdfContent[] {
  const address = withoutEntities(href);
  const isLink = linkable.test(address);
  const added: readonly WrittenMark[] = isLink ? withMark(marks, { type: 'link', attrs: { href: address } }) : marks;
  const nodes = content.map((node) => {
    if (node.type !== 'text') return node;
    const own = node.marks ?? [];
    const allowed = own.some(({ type }) => type === 'code') ? added.filter(({ type }) => type === 'link') : added;
    const all = [...allowed, ...own.filter(({ type }) => !allowed.some((mark) => mark.type === type))];
    return all.length === 0 ? node : { ...node, marks: all };
  });
  const isTold = content.some(({ text: shown }) => shown === address);
  return isLink || isTold || address === '' ? nodes : [...nodes, ...text(` (${address})`, marks)];
}

/** Line ends within a paragraph are spaces, as Markdown has it. */
function text(value: string, marks: readonly WrittenMark[]): AdfContent[] {
  const plain = value.replace(/[ \t]*\r?\n[ \t]*/g, ' ');
  if (plain === '') return [];
  return [{ type: 'text', text: plain, ...(marks.length === 0 ? {} : { marks }) }];
}

function withMark(marks: readonly WrittenMark[], mark: WrittenMark): readonly WrittenMark[] {
  return marks.some(({ type }) => type === mark.type) ? marks : [...marks, mark];
}

/** Neighbouring texts with equal marks are one. */
function merged(nodes: readonly AdfContent[]): AdfContent[] {
  const result: AdfContent[] = [];
  for (const node of nodes) {
    const last = result.at(-1);
    const isSame =
      last?.type === 'text' && node.type === 'text' && JSON.stringify(last.marks) === JSON.stringify(node.marks);
    if (isSame) result[result.length - 1] = { ...last, text: `${last.text ?? ''}${node.text ?? ''}` };
    else result.push(node);
  }
  return result;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The entities that people write; others stay as they are. */
function withoutEntities(value: string): string {
  return value.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal);
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : whole;
  });
}
