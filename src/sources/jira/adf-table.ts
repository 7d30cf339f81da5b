import { MAX_DEPTH, renderInline } from './adf-inline.ts';
import { type AdfNode, attribute, childrenOf, plainText } from './adf-node.ts';
import { codeSpan, escapeText } from './markdown-text.ts';

/** Wider tables are cut into what a reader can see; a made-up `colspan` must not fill the memory. */
const MAX_SPAN = 50;

/**
 * A table as GitHub's Markdown has it: one line for each row, so a cell's blocks are flattened with `<br>`. The first row is the header
 * if it holds header cells, else the header is empty. Spans become empty cells.
 */
export function renderTable(table: AdfNode, depth: number): string {
  const rows: string[][] = [];
  let header: string[] | null = null;
  let spanned: number[] = [];
  for (const row of childrenOf(table)) {
    const cells: string[] = [];
    const nextSpanned: number[] = [];
    const skipSpanned = () => {
      for (let left = spanned[cells.length] ?? 0; left > 0; left = spanned[cells.length] ?? 0) {
        nextSpanned[cells.length] = left - 1;
        cells.push('');
      }
    };
    const sources = row.type === 'tableRow' ? childrenOf(row) : [row];
    for (const cell of sources) {
      skipSpanned();
      const rowSpan = span(cell, 'rowspan') - 1;
      for (let column = 0; column < span(cell, 'colspan'); column++) {
        if (rowSpan > 0) nextSpanned[cells.length] = rowSpan;
        cells.push(column === 0 ? renderCell(cell, depth + 1) : '');
      }
    }
    skipSpanned();
    spanned = nextSpanned;
    if (header === null && rows.length === 0 && sources.some((cell) => cell.type === 'tableHeader')) header = cells;
    else rows.push(cells);
  }
  // GitHub drops cells beyond the header's width.
  const width = rows.reduce((most, row) => Math.max(most, row.length), Math.max(1, header?.length ?? 0));
  const top = Array.from({ length: width }, (_, column) => header?.[column] ?? '');
  return [line(top), line(top.map(() => '---')), ...rows.map(line)].join('\n');
}

function renderCell(cell: AdfNode, depth: number): string {
  const isCell = cell.text === null && /^table(?:Cell|Header)$/.test(cell.type);
  return flatten(isCell ? childrenOf(cell) : [cell], depth).join('<br>');
}

/** The lines of block nodes inside a cell. */
function flatten(nodes: readonly AdfNode[], depth: number): string[] {
  if (depth >= MAX_DEPTH) return nodes.map((node) => oneLine(escapeText(plainText(node))));
  return nodes.flatMap((node) => flattenNode(node, depth)).filter((text) => text !== '');
}

function flattenNode(node: AdfNode, depth: number): string[] {
  const inline = () => oneLine(renderInline(childrenOf(node), { lineBreak: '<br>' }, depth + 1));
  switch (node.type) {
    case 'paragraph':
    case 'heading':
    case 'taskItem':
    case 'decisionItem':
    case 'caption':
      return [inline()];
    case 'codeBlock':
      return childrenOf(node)
        .map((child) => child.text ?? plainText(child))
        .join('')
        .split(/\r?\n/)
        .map((code) => codeSpan(code.replaceAll('|', '\\|')));
    case 'rule':
      return [];
    case 'bulletList':
    case 'orderedList':
      return childrenOf(node).map((item, index) => {
        const marker = node.type === 'orderedList' ? `${Number(attribute(node, 'order') || 1) + index}\\.` : '•';
        return `${marker} ${flattenNode(item, depth + 1).join('<br>')}`;
      });
    default:
  }
  const children = childrenOf(node);
  const own = attribute(node, 'title');
  const isContainer = node.text === null && children.length > 0;
  const lines = isContainer
    ? flatten(children, depth + 1)
    : [oneLine(renderInline([node], { lineBreak: '<br>' }, depth + 1))];
  return own !== '' && isContainer ? [escapeText(own), ...lines] : lines;
}

function span(cell: AdfNode, name: 'colspan' | 'rowspan'): number {
  const value = Number(attribute(cell, name) || 1);
  return Number.isInteger(value) ? Math.min(Math.max(value, 1), MAX_SPAN) : 1;
}

function oneLine(markdown: string): string {
  return markdown.replace(/\s*\n\s*/g, ' ');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
