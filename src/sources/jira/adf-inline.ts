import { type AdfMark, type AdfNode, attribute, childrenOf, plainText } from './adf-node.ts';
import { autolink, codeSpan, escapeText, escapeTextWithLinks, isSafeUrl, linkTarget } from './markdown-text.ts';

/** Nesting beyond this is flattened to its text: no reader can follow it, and no stack should have to. */
export const MAX_DEPTH = 60;

export interface InlineStyle {
  /** What a hard break becomes: a Markdown break, `<br>` in a table, a space in a heading. */
  readonly lineBreak: '\\\n' | '<br>' | ' ';
}

interface Piece {
  readonly markdown: string;
  /** Tags that wrap it, outermost last. */
  readonly wraps: readonly Wrap[];
  readonly isBreak?: true;
}

interface Wrap {
  /** Markdown delimiter; null when only HTML says it. */
  readonly delimiter: string | null;
  readonly tag: string;
}

const inlineTypes = new Set([
  'text',
  'hardBreak',
  'mention',
  'emoji',
  'date',
  'status',
  'inlineCard',
  'mediaInline',
  'placeholder',
  'inlineExtension',
]);

/** Whether a node can stand in a line; an unknown leaf with text can. */
export function isInline(node: AdfNode): boolean {
  return inlineTypes.has(node.type) || node.text !== null;
}

/** Inline Markdown of nodes, on one line but for hard breaks. Block nodes that stand where they should not are read as lines. */
export function renderInline(nodes: readonly AdfNode[], style: InlineStyle, depth: number): string {
  const pieces = trimEnds(mergeEqualTexts(nodes).flatMap((node) => toPieces(node, style, depth)));
  const followers = charactersAfter(pieces);
  const written: string[] = [];
  let last = '';
  for (const [index, piece] of pieces.entries()) {
    const markdown = wrap(piece, last, followers[index] ?? '');
    last = markdown.at(-1) ?? last;
    written.push(markdown);
  }
  return written.join('');
}

/** With what the Markdown behind each piece begins: a paragraph may have thousands of them. */
function charactersAfter(pieces: readonly Piece[]): readonly string[] {
  let next = '';
  return pieces
    .toReversed()
    .map(({ markdown, wraps }) => {
      const after = next;
      if (markdown !== '') next = wraps.length > 0 ? '*' : markdown.charAt(0);
      return after;
    })
    .reverse();
}

function toPieces(node: AdfNode, style: InlineStyle, depth: number): Piece[] {
  switch (node.type) {
    case 'hardBreak':
      return [{ markdown: style.lineBreak, wraps: [], isBreak: true }];
    case 'mention':
      return [plain(mention(node))];
    case 'emoji':
      return [plain(escapeText(attribute(node, 'text') || attribute(node, 'shortName')))];
    case 'date':
      return [plain(escapeText(dateText(attribute(node, 'timestamp'))))];
    case 'status':
      return [plain(`\\[${escapeText(attribute(node, 'text'))}\\]`)];
    case 'inlineCard':
    case 'blockCard':
    case 'embedCard':
      return [plain(cardText(node))];
    case 'media':
    case 'mediaInline':
      return [plain(mediaText(node))];
    default:
  }
  if (node.text !== null) return textPieces(node, style);
  const own = attribute(node, 'text') || attribute(node, 'title');
  const children = childrenOf(node);
  if (depth >= MAX_DEPTH) return [plain(escapeText(plainText(node)))];
  const inner = children.length === 0 ? '' : renderInline(children, style, depth + 1);
  return [plain([own === '' ? '' : escapeText(own), inner].filter((part) => part !== '').join(' '))];
}

function textPieces(node: AdfNode, style: InlineStyle): Piece[] {
  const text = node.text ?? '';
  const link = node.marks.find((mark) => mark.type === 'link');
  const href = link ? attribute(link, 'href') : '';
  const isCode = node.marks.some((mark) => mark.type === 'code');
  const linked = link !== undefined && isSafeUrl(href);
  const wraps = node.marks.flatMap(wrapOf);
  if (isCode) return [{ markdown: linkTo(codeSpan(forStyle(text, style)), linked ? href : null, style), wraps }];
  if (linked && text === href && /^https?:/i.test(href)) return [{ markdown: autolink(text), wraps }];
  // White space at the ends stays outside, or the delimiters would not be delimiters.
  const [, before = '', core = '', after = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  if (core === '') return [plain(before.replace(/[\r\n\t]/g, ' '))];
  const escaped = linked ? linkTo(escapeText(core), href, style) : escapeTextWithLinks(core);
  return [
    plain(before === '' ? '' : ' '),
    { markdown: style.lineBreak === '\\\n' ? escaped : escaped.replaceAll('\n', ' '), wraps },
    plain(after === '' ? '' : ' '),
  ];
}

function wrapOf(mark: AdfMark): Wrap[] {
  switch (mark.type) {
    case 'strong':
      return [{ delimiter: '**', tag: 'strong' }];
    case 'em':
      return [{ delimiter: '*', tag: 'em' }];
    case 'strike':
      return [{ delimiter: '~~', tag: 'del' }];
    case 'underline':
      return [{ delimiter: null, tag: 'u' }];
    case 'subsup':
      return [{ delimiter: null, tag: attribute(mark, 'type') === 'sup' ? 'sup' : 'sub' }];
    default:
      return [];
  }
}

/**
 * Delimiters are recognised only between certain neighbours (CommonMark's flanking rules); where they would not be, or would
 * run into another delimiter, the HTML tag says the same.
 */
function wrap(piece: Piece, before: string, after: string): string {
  if (piece.markdown === '' || piece.wraps.length === 0) return piece.markdown;
  const first = piece.markdown.charAt(0);
  const last = piece.markdown.at(-1) ?? '';
  const opens = isWord(first) ? isQuiet(before) : isQuiet(before) && !isWord(before) && !/[*~_]/.test(first);
  const closes = isWord(last) ? isQuiet(after) : isQuiet(after) && !isWord(after) && !/[*~_\\]/.test(last);
  const usesDelimiters = opens && closes;
  return piece.wraps.reduce(
    (inner, { delimiter, tag }) =>
      usesDelimiters && delimiter !== null && isFreshDelimiter(inner, delimiter)
        ? `${delimiter}${inner}${delimiter}`
        : `<${tag}>${inner}</${tag}>`,
    piece.markdown,
  );
}

/** `*` around `**x**` is well-defined; the same delimiter twice is not. */
function isFreshDelimiter(inner: string, delimiter: string): boolean {
  return !(inner.startsWith(delimiter) && inner.endsWith(delimiter)) || (delimiter === '*' && !inner.startsWith('***'));
}

function isQuiet(character: string): boolean {
  return isSpaceOrEnd(character) || isWord(character) || /[.,;:!?()"'/-]/.test(character);
}

function isSpaceOrEnd(character: string): boolean {
  return character === '' || /\s/.test(character);
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

function linkTo(label: string, href: string | null, style: InlineStyle): string {
  if (href === null) return label;
  const target = linkTarget(href);
  return `[${label}](${style.lineBreak === '<br>' ? target.replaceAll('|', '%7C') : target})`;
}

function mention(node: AdfNode): string {
  const name = attribute(node, 'text') || attribute(node, 'displayName') || node.text || attribute(node, 'id');
  return escapeText(name.startsWith('@') ? name : `@${name}`);
}

/** A day from milliseconds since the epoch, as ADF counts it; anything else is shown as it is. */
function dateText(timestamp: string): string {
  const date = new Date(Number(timestamp));
  return timestamp.trim() === '' || Number.isNaN(date.getTime()) ? timestamp : date.toISOString().slice(0, 10);
}

export function cardText(node: AdfNode): string {
  const url = attribute(node, 'url');
  if (url !== '') return autolink(url);
  const { data } = node.attrs;
  const named = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const text = [named.name, named.url].filter((part) => typeof part === 'string').join(' ');
  return text === '' ? '\\[card\\]' : escapeTextWithLinks(text);
}

/** Attachments need Jira's cookies to load, so they are named; only images elsewhere are embedded. */
export function mediaText(node: AdfNode): string {
  const alt = attribute(node, 'alt') || attribute(node, '__fileName');
  const url = attribute(node, 'url');
  if (/^https?:\/\//i.test(url)) return `![${escapeText(alt)}](${linkTarget(url)})`;
  return alt === '' ? '\\[attachment\\]' : `\\[attachment: ${escapeText(alt)}\\]`;
}

function plain(markdown: string): Piece {
  return { markdown, wraps: [] };
}

function forStyle(code: string, style: InlineStyle): string {
  return style.lineBreak === '<br>' ? code.replaceAll('|', '\\|') : code;
}

/** Neighbouring texts with the same marks are one text: editors split them at will. */
function mergeEqualTexts(nodes: readonly AdfNode[]): AdfNode[] {
  const merged: AdfNode[] = [];
  for (const node of nodes) {
    const last = merged.at(-1);
    if (last?.type === 'text' && node.type === 'text' && haveEqualMarks(last, node))
      merged[merged.length - 1] = { ...last, text: `${last.text ?? ''}${node.text ?? ''}` };
    else merged.push(node);
  }
  return merged;
}

function haveEqualMarks(left: AdfNode, right: AdfNode): boolean {
  return (
    left.marks.length === right.marks.length &&
    left.marks.every((mark, index) => {
      const other = right.marks[index];
      return (
        other?.type === mark.type && ['href', 'type'].every((name) => attribute(mark, name) === attribute(other, name))
      );
    })
  );
}

/** White space means nothing at the ends of a paragraph, and a hard break there would show as a backslash. */
function trimEnds(pieces: readonly Piece[]): readonly Piece[] {
  const means = (piece: Piece) => !piece.isBreak && piece.markdown.trim() !== '';
  const first = pieces.findIndex(means);
  return first === -1 ? [] : pieces.slice(first, pieces.findLastIndex(means) + 1);
}
