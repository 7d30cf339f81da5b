/** A node of the Atlassian Document Format as it arrives: nothing about it is certain. */
export interface AdfNode {
  readonly type: string;
  readonly text: string | null;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly marks: readonly AdfMark[];
  /** Raw children; read them with `childrenOf`. */
  readonly content: unknown;
}

export interface AdfMark {
  readonly type: string;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Reads anything as a node: a string is text, what is no object is nothing. */
export function toNode(value: unknown): AdfNode | null {
  if (typeof value === 'string') return { type: 'text', text: value, attrs: {}, marks: [], content: undefined };
  if (!isRecord(value)) return null;
  return {
    type: typeof value.type === 'string' ? value.type : '',
    text: typeof value.text === 'string' ? value.text : null,
    attrs: isRecord(value.attrs) ? value.attrs : {},
    marks: Array.isArray(value.marks) ? value.marks.flatMap(toMark) : [],
    content: value.content,
  };
}

export function childrenOf(node: AdfNode): AdfNode[] {
  const { content } = node;
  const members: readonly unknown[] = Array.isArray(content) ? content : [content];
  return members.flatMap((member) => toNode(member) ?? []);
}

/** An attribute as text; empty when it holds none. */
export function attribute(node: { readonly attrs: AdfNode['attrs'] }, name: string): string {
  const value = node.attrs[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** All text beneath a node, words kept apart, without recursion: for what is nested deeper than anyone can read. */
export function plainText(root: AdfNode): string {
  const words: string[] = [];
  const stack: AdfNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const own = node.text ?? attribute(node, 'text');
    if (own !== '') words.push(own);
    for (const child of childrenOf(node).reverse()) stack.push(child);
  }
  return words.join(' ');
}

function toMark(value: unknown): AdfMark[] {
  if (!isRecord(value) || typeof value.type !== 'string') return [];
  return [{ type: value.type, attrs: isRecord(value.attrs) ? value.attrs : {} }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
