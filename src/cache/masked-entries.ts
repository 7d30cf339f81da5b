import type { RecordMask } from './record-mask.ts';
import type { RecordValues } from './record-values.ts';
import { recordTag } from './tags.ts';

/** What the key of an entry says (see keyOf); null for other text. */
function partsOf(key: string): { readonly type: string; readonly recordType: string; readonly id: string } | null {
  const [, , type = '', id] = /^([^|]*)\|([^|]*)\|(.*)$/s.exec(key) ?? [];
  if (id === undefined) return null;
  return { type, recordType: type.split('[]')[0] ?? type, id };
}

/** Whether the mask changes an entry: its values, or, where what was searched for is part of it, its key. */
export function isMasked(mask: RecordMask, key: string, id: string | null, values: RecordValues): boolean {
  const parts = partsOf(key);
  if (!parts) return false;
  const kind = { type: parts.type, recordType: parts.recordType };
  if (mask(kind, id ?? parts.id, values) !== values) return true;
  const asked = { asked: parts.id };
  return mask({ type: '', recordType: '' }, '', asked) !== asked;
}

/** The entry's tags that are on few others: not those of its source or of all records of its type. */
export function ownTags(key: string, tags: readonly string[]): readonly string[] {
  const parts = partsOf(key);
  if (!parts) return [];
  const own = tags.filter((tag) => tag.includes(':') && !tag.startsWith('source:'));
  // A list without tags of its own goes with all lists of its type.
  if (own.length > 0) return own;
  return parts.type === parts.recordType ? [recordTag(parts.type, parts.id)] : [`${parts.recordType}[]`];
}

/** Entries as a shared tier holds them: whether the mask would change what this text says. Text of another format is no entry. */
export function isMaskedText(mask: RecordMask, key: string, text: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  const values: Record<string, RecordValues[string]> = {};
  for (const [field, held] of Object.entries(document)) if (Array.isArray(held)) values[field] = held[0];
  const { $: head } = document as { readonly $?: { readonly id?: unknown } };
  return isMasked(mask, key, typeof head?.id === 'string' ? head.id : null, values);
}
