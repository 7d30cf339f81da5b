import type { AdfNode } from '../data/company.ts';

const LEAF_ATTRIBUTES = ['text', 'title', 'url', 'shortName'] as const;

/** All text in a document, for the search index: marks and structure do not matter, blocks are apart. */
export function adfText(node: AdfNode): string {
  const own =
    node.text ?? LEAF_ATTRIBUTES.map((name) => node.attrs?.[name]).find((value) => typeof value === 'string') ?? '';
  const children = (node.content ?? []).map(adfText).join(isInlineParent(node) ? '' : '\n');
  return `${own}${children}`;
}

function isInlineParent(node: AdfNode): boolean {
  return node.type === 'paragraph' || node.type === 'heading' || node.type === 'codeBlock';
}

/** Jira's HTML of a document, reduced to its blocks: what `expand=renderedFields` and `renderedBody` hold. */
export function adfHtml(node: AdfNode): string {
  const blocks = adfText(node).split('\n');
  return blocks
    .map((block) => `<p>${block.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`)
    .join('\n');
}

export function isAdfDocument(value: unknown): value is AdfNode {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'doc' &&
    'content' in value &&
    Array.isArray(value.content)
  );
}
