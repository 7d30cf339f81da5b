/** What may stand beneath each kind of node of a written document; kinds that are not listed are refused. An empty list: nothing. */
const inline = ['text', 'hardBreak', 'mention', 'emoji', 'inlineCard', 'date', 'status'];
const listed = ['paragraph', 'codeBlock', 'bulletList', 'orderedList', 'mediaSingle'];
const children: Readonly<Record<string, readonly string[]>> = {
  doc: [...listed, 'heading', 'blockquote', 'rule', 'table', 'panel', 'taskList', 'expand'],
  paragraph: inline,
  heading: inline,
  bulletList: ['listItem'],
  orderedList: ['listItem'],
  listItem: listed,
  blockquote: listed,
  codeBlock: ['text'],
  table: ['tableRow'],
  tableRow: ['tableHeader', 'tableCell'],
  tableHeader: [...listed, 'heading', 'blockquote', 'rule', 'panel'],
  tableCell: [...listed, 'heading', 'blockquote', 'rule', 'panel'],
  panel: [...listed, 'heading', 'rule'],
  expand: [...listed, 'heading', 'rule', 'panel', 'blockquote', 'table'],
  taskList: ['taskItem', 'taskList'],
  taskItem: inline,
};
const leaves = new Set([...inline, 'rule', 'mediaSingle']);
const neverEmpty = new Set([
  'bulletList',
  'orderedList',
  'listItem',
  'blockquote',
  'table',
  'tableRow',
  'tableHeader',
  'tableCell',
]);
const startsOfItem = new Set(['paragraph', 'codeBlock', 'mediaSingle']);
const markNames = new Set(['strong', 'em', 'strike', 'code', 'link', 'underline', 'subsup', 'textColor']);

interface Node {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly { readonly type?: unknown; readonly attrs?: Readonly<Record<string, unknown>> }[];
  readonly content?: readonly Node[];
}

/** What is wrong with a document that somebody wants to store, as Atlassian's schema has it; null: nothing. */
export function problemOfAdf(node: unknown): string | null {
  return problemOf(node as Node);
}

function problemOf(node: Node): string | null {
  const type = String(node.type);
  const content = node.content ?? [];
  if (type === 'text') return problemOfText(node);
  if (leaves.has(type)) return content.length > 0 ? `${type} holds something` : null;
  const allowed = children[type];
  if (!allowed) return `there is no ${type}`;
  if (content.length === 0 && neverEmpty.has(type)) return `${type} is empty`;
  if (type === 'heading' && ![1, 2, 3, 4, 5, 6].includes(Number(node.attrs?.level))) return 'a heading has no level';
  if (type === 'listItem' && !startsOfItem.has(String(content[0]?.type))) return 'an item begins with a list';
  for (const child of content) {
    if (!allowed.includes(String(child.type))) return `${String(child.type)} is not allowed in ${type}`;
    if (type === 'codeBlock' && (child.marks ?? []).length > 0) return 'code has marks';
    const problem = problemOf(child);
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfText({ text, marks = [] }: Node): string | null {
  if (typeof text !== 'string' || text === '') return 'a text is empty';
  const names = marks.map(({ type }) => String(type));
  const unknown = names.find((name) => !markNames.has(name));
  if (unknown !== undefined) return `there is no mark ${unknown}`;
  if (new Set(names).size < names.length) return 'a mark stands twice';
  if (names.includes('code') && names.some((name) => name !== 'code' && name !== 'link')) return 'code has other marks';
  const link = marks.find(({ type }) => type === 'link');
  return link && typeof link.attrs?.href !== 'string' ? 'a link leads nowhere' : null;
}
