import { parseCursor } from './connection.ts';
import { GatewayError } from './errors.ts';

/**
 * The number that a native id stands for; null when it can't be the id of any row (`bigint`, identity), so that such an id finds nothing
 * instead of failing the statement for everyone in the batch.
 */
export function rowIdOf(nativeId: string): number | null {
  if (!/^[1-9]\d{0,15}$/.test(nativeId)) return null;
  const id = Number(nativeId);
  return Number.isSafeInteger(id) ? id : null;
}

/** The row that a cursor of a list ordered by id stands at; null for no cursor. Throws BAD_CURSOR for anything else. */
export function parseRowCursor(cursor: string | null, kind: string): number | null {
  if (cursor === null) return null;
  const [id] = parseCursor(cursor, kind, 1);
  if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
  throw malformedCursor();
}

export function malformedCursor(): GatewayError {
  return new GatewayError(
    'BAD_CURSOR',
    'The cursor is malformed. Pass a cursor exactly as `pageInfo` or an edge returned it, or none to start at the beginning.',
  );
}
