import { cardText, isInline, MAX_DEPTH, mediaText, renderInline } from './adf-inline.ts';
import { type AdfNode, attribute, childrenOf, plainText, toNode } from './adf-node.ts';
import { renderTable } from './adf-table.ts';
import { codeBlock, escapeLineStarts, escapeText } from './markdown-text.ts';

/**
 * Atlassian Document Format → Markdown. Total: takes anything, never throws, and no text is lost, whatever the nodes are called.
 * Plain strings (old comments, single-line fields) are escaped; null, empty documents and what holds no text give null.
 */
export function adfToMarkdown(document: unknown): string | null {
  const root = toNode(document);
  if (root === null) return null;
  const markdown = root.text !== null ? paragraphOf([root], 0) : renderBlocks(childrenOf(root), 0);
  return markdown.trim() === '' ? null : markdown;
}

/** Blocks with an empty line between them; neighbouring inline nodes make one paragraph. */
function renderBlocks(nodes: readonly AdfNode[], depth: number, separator = '\n\n'): string {
  const blocks: string[] = [];
  let line: AdfNode[] = [];
  let previousList = '';
  const endLine = () => {
    if (line.length > 0) blocks.push(paragraphOf(line, depth));
    line = [];
  };
  for (const node of nodes) {
    if (isInline(node)) {
      line.push(node);
      continue;
    }
    endLine();
    // Two lists in a row would read as one: the second gets the other marker.
    const isRepeated = node.type === previousList;
    const block = renderBlock(node, depth, isRepeated);
    if (block === '') continue;
    previousList = isRepeated ? '' : node.type;
    blocks.push(block);
  }
  endLine();
  return blocks.filter((block) => block !== '').join(separator);
}

function renderBlock(node: AdfNode, depth: number, isRepeated: boolean): string {
  if (depth >= MAX_DEPTH) return escapeLineStarts(escapeText(plainText(node)));
  const children = childrenOf(node);
  const inner = () => renderBlocks(children, depth + 1);
  switch (node.type) {
    case 'paragraph':
    case 'caption':
      return children.every((child) => isInline(child) || child.type === 'media')
        ? paragraphOf(children, depth)
        : inner();
    case 'heading':
      return heading(node, children, depth);
    case 'bulletList':
      return list(children, depth, () => (isRepeated ? '* ' : '- '));
    case 'orderedList': {
      const start = Math.max(0, Math.trunc(Number(attribute(node, 'order') || 1)) || 0);
      return list(children, depth, (index) => `${start + index}${isRepeated ? ')' : '.'} `);
    }
    case 'taskList':
      return list(children, depth, (_index, item) => (attribute(item, 'state') === 'DONE' ? '- [x] ' : '- [ ] '));
    case 'decisionList':
      return list(children, depth, (_index, item) => (attribute(item, 'state') === 'DECIDED' ? '- ✓ ' : '- '));
    case 'codeBlock':
      return codeBlock(children.map((child) => child.text ?? plainText(child)).join(''), attribute(node, 'language'));
    case 'blockquote':
      return quote(inner());
    case 'panel':
      return quote([panelTitle(attribute(node, 'panelType')), inner()].filter((part) => part !== '').join('\n\n'));
    case 'rule':
      return '---';
    case 'table':
      return renderTable(node, depth);
    case 'media':
      return mediaText(node);
    case 'blockCard':
    case 'embedCard':
      return cardText(node);
    case 'extension':
    case 'bodiedExtension':
    case 'multiBodiedExtension':
      return extension(node, inner());
    default:
      return container(node, inner());
  }
}

function paragraphOf(nodes: readonly AdfNode[], depth: number): string {
  return escapeLineStarts(renderInline(nodes, { lineBreak: '\\\n' }, depth));
}

function heading(node: AdfNode, children: readonly AdfNode[], depth: number): string {
  const level = Math.min(Math.max(Math.trunc(Number(attribute(node, 'level'))) || 1, 1), 6);
  // A run of # at the end would be taken for the closing of the heading.
  const text = renderInline(children, { lineBreak: ' ' }, depth).replace(/#+$/, (run) => run.replaceAll('#', '\\#'));
  return text === '' ? '' : `${'#'.repeat(level)} ${text}`;
}

/** Items one below the other; what belongs to an item is indented by the width of its bullet. Nested lists may stand beside items. */
function list(items: readonly AdfNode[], depth: number, markerOf: (index: number, item: AdfNode) => string): string {
  let count = 0;
  return items
    .map((item) => {
      const isNestedList = /List$/.test(item.type);
      const marker = isNestedList ? '  ' : markerOf(count++, item);
      const indent = ' '.repeat(/^\d/.test(marker) ? marker.length : 2);
      const body = isNestedList ? renderBlock(item, depth + 1, false) : itemBody(item, depth);
      return marker + body.replaceAll('\n', `\n${indent}`).replace(/^[ ]+$/gm, '');
    })
    .join('\n');
}

function itemBody(item: AdfNode, depth: number): string {
  if (depth + 1 >= MAX_DEPTH) return escapeLineStarts(escapeText(plainText(item)));
  const children = childrenOf(item);
  if (item.text !== null) return paragraphOf([item], depth + 1);
  // An item of one paragraph and nested lists stays tight; further paragraphs need the empty line.
  const isTight = children.slice(1).every(canInterruptParagraph);
  return renderBlocks(children, depth + 1, isTight ? '\n' : '\n\n');
}

/** Only such a list can follow a paragraph without an empty line between them. */
function canInterruptParagraph(node: AdfNode): boolean {
  const startsAtOne = node.type === 'orderedList' && (attribute(node, 'order') || '1') === '1';
  const isList = startsAtOne || node.type === 'bulletList' || node.type === 'taskList';
  const [first] = isList ? childrenOf(node) : [];
  return first !== undefined && plainText(first).trim() !== '';
}

function quote(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

function panelTitle(type: string): string {
  const titles: Readonly<Record<string, string>> = {
    info: 'Info',
    note: 'Note',
    tip: 'Tip',
    warning: 'Warning',
    error: 'Error',
    success: 'Success',
  };
  const title = Object.hasOwn(titles, type) ? titles[type] : undefined;
  return title === undefined ? '' : `**${title}**`;
}

function extension(node: AdfNode, inner: string): string {
  const fallback = attribute(node, 'text');
  if (fallback === '' && inner === '')
    return `\\[extension: ${escapeText(attribute(node, 'extensionKey') || 'unknown')}\\]`;
  return container(node, inner);
}

/** Expands, layouts, and every node that has no rule: its own title or text, then what it holds. */
function container(node: AdfNode, inner: string): string {
  const title = attribute(node, 'title');
  const text = attribute(node, 'text');
  return [
    title === '' ? '' : `**${escapeText(title).replaceAll('\n', ' ').trim()}**`,
    text === '' ? '' : escapeLineStarts(escapeText(text)),
    inner,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
