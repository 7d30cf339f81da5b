import type { AdfNode } from './company.ts';

export function doc(...content: AdfNode[]): AdfNode {
  return { version: 1, type: 'doc', content };
}

export function text(value: string, ...marks: NonNullable<AdfNode['marks']>): AdfNode {
  return marks.length === 0 ? { type: 'text', text: value } : { type: 'text', text: value, marks };
}

export function paragraph(...content: (AdfNode | string)[]): AdfNode {
  return { type: 'paragraph', content: content.map((part) => (typeof part === 'string' ? text(part) : part)) };
}

export function heading(level: number, value: string): AdfNode {
  return { type: 'heading', attrs: { level }, content: [text(value)] };
}

export function bulletList(...items: (AdfNode | string)[]): AdfNode {
  return { type: 'bulletList', content: items.map(listItem) };
}

export function orderedList(order: number, ...items: (AdfNode | string)[]): AdfNode {
  return { type: 'orderedList', attrs: { order }, content: items.map(listItem) };
}

export function node(type: string, attrs: Readonly<Record<string, unknown>> | null, ...content: AdfNode[]): AdfNode {
  return { type, ...(attrs === null ? {} : { attrs }), ...(content.length === 0 ? {} : { content }) };
}

function listItem(item: AdfNode | string): AdfNode {
  return { type: 'listItem', content: [typeof item === 'string' ? paragraph(item) : item] };
}
