import { parseGlobalId } from '../../platform/global-id.ts';
import { entityByType } from '../entities.ts';

/** A record as an id in a request names it. */
export interface NamedRecord {
  /** Null: the id does not tell. */
  readonly type: string | null;
  /** Without its type. */
  readonly id: string | null;
  /** As it was sent, without blanks around it. Null: it is not to be kept. */
  readonly sent: string | null;
}

/** Anything else was not meant as an id, and may be anything that somebody wrote. */
const idShape = /^[\w.:=+/[\]-]{1,200}$/;
const SESSION = 'Session';

/** Null: nothing of it may be kept, because it is no id, or the id of nothing that this graph has, and may be of a person. */
export function namedRecord(sent: unknown): NamedRecord | null {
  // Blanks around a key or a number keep nobody from reading its record.
  const text = typeof sent === 'string' ? sent.trim() : '';
  if (!idShape.test(text)) return null;
  const global = parseGlobalId(text);
  if (!global) return hidesText(text) ? null : { type: null, id: text, sent: text };
  const { type, nativeId } = global;
  if (!(entityByType.has(type) || type === SESSION) || !idShape.test(nativeId)) return null;
  return { type, id: nativeId, sent: text };
}

/** Whether it is written as global ids are without being one. */
function hidesText(sent: string): boolean {
  return /^[A-Za-z]{2,}:/.test(Buffer.from(sent, 'base64').toString('latin1'));
}
