import { badUserInput, GatewayError } from './errors.ts';

/** Relay paging arguments as a client sends them. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** Paging arguments after checking: walk in `direction` from the position `from` (null: the list's end), `size` items. */
export interface Page {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /** The raw cursor to start after (forward) or before (backward); decode with `parseCursor`. */
  readonly from: string | null;
}

const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 200;

/** Checks paging arguments. Throws BAD_USER_INPUT that names the argument and the bounds. */
export function parsePage(args: PageArguments, maxSize: number = MAX_PAGE_SIZE): Page {
  const { first, after, last, before } = args;
  if (first != null && last != null)
    throw badUserInput('`first` and `last` exclude each other. Send `first` with `after`, or `last` with `before`.');
  if (last != null && after != null)
    throw badUserInput('`after` goes with `first`, not with `last`. To walk backwards send `last` with `before`.');
  if (before != null && last == null)
    throw badUserInput('`before` needs `last`. To walk backwards send `last` with `before`.');
  const [name, size] = last != null ? (['last', last] as const) : (['first', first ?? DEFAULT_PAGE_SIZE] as const);
  if (size < 1 || size > maxSize) {
    const advice = size > maxSize ? ' Ask for fewer at once and page on with a cursor.' : '';
    throw badUserInput(`\`${name}\` is ${size}, but must be between 1 and ${maxSize}.${advice}`, { argument: name });
  }
  return last != null
    ? { direction: 'backward', size, from: before ?? null }
    : { direction: 'forward', size, from: after ?? null };
}

/** A cursor is `base64url(JSON)` of a position; `kind` ties it to one list and order, so that it can't be used with another. */
export function toCursor(kind: string, position: readonly (string | number | boolean | null)[]): string {
  return Buffer.from(JSON.stringify([kind, ...position]), 'utf8').toString('base64url');
}

/** The position in a cursor of this `kind` with exactly `length` parts. Throws BAD_CURSOR for anything else. */
export function parseCursor(cursor: string, kind: string, length: number): (string | number | boolean | null)[] {
  const position = decodeCursor(cursor);
  if (position === null || position.length !== length + 1) {
    throw new GatewayError(
      'BAD_CURSOR',
      'The cursor is malformed. Pass a cursor exactly as `pageInfo` or an edge returned it, or none to start at the beginning.',
    );
  }
  if (position[0] !== kind) {
    throw new GatewayError(
      'BAD_CURSOR',
      'The cursor belongs to another list or another order. Page with the same `orderBy` that the cursor came from, or start without it.',
    );
  }
  return position.slice(1);
}

function decodeCursor(cursor: string): (string | number | boolean | null)[] | null {
  if (!/^[A-Za-z0-9_-]{4,4000}$/.test(cursor)) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) && value.every((part) => part === null || typeof part !== 'object') ? value : null;
  } catch {
    return null;
  }
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** What resolvers of every `…Connection` type start from. `totalCount` is a function, so that it costs a count only when asked. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  readonly totalCount?: () => Promise<number | null>;
}

/**
 * Builds a connection from rows fetched in walking order with one row more than the page's size, which tells whether there are more.
 * Backward rows arrive last-first and are turned round here.
 */
export function toConnection<Node>(
  page: Page,
  rows: readonly Node[],
  cursorOf: (node: Node) => string,
  totalCount?: () => Promise<number | null>,
): Connection<Node> {
  const hasMore = rows.length > page.size;
  const kept = rows.slice(0, page.size);
  const nodes = page.direction === 'backward' ? kept.reverse() : kept;
  const edges = nodes.map((node) => ({ cursor: cursorOf(node), node }));
  const hasOpposite = page.from !== null;
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: page.direction === 'forward' ? hasMore : hasOpposite,
      hasPreviousPage: page.direction === 'forward' ? hasOpposite : hasMore,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    ...(totalCount ? { totalCount } : {}),
  };
}
