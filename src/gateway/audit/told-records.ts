import { createHash } from 'node:crypto';
import { SEVERAL_TYPES } from '../../features/audit/event.ts';
import type { NamedRecord } from './named-record.ts';
import { sourceSpelling } from './record-spellings.ts';

/** The records that one root field names. */
export interface FieldRecords {
  /** Of all of them, or what the field answers. */
  readonly resourceType: string | null;
  /** As an entry about this field alone tells them. */
  readonly ids: readonly string[];
  /** As they are told beside records of other types. */
  readonly sent: readonly string[];
  /** How many were named by what may not be kept. */
  readonly withheld: number;
}

/** What one entry tells of the records that it is about. */
export interface ToldRecords {
  readonly resourceType: string | null;
  /** Null: it names none, or only one by what may not be kept. */
  readonly resourceId: string | null;
  /** By each of these the entry is found, too. */
  readonly names: readonly string[];
}

/** Of all ids of one entry: what PostgreSQL takes into an index (a third of a page), with the columns beside it. */
const MAX_IDS_LENGTH = 1_900;

/** `answered`: the type of what the field answers. */
export function recordsOfField(answered: string | null, records: readonly NamedRecord[]): FieldRecords {
  const types = new Set(records.filter(({ type, id }) => type !== null || id !== null).map(({ type }) => type));
  const [only] = types;
  const isOfOneType = types.size === 1 && only != null;
  const resourceType = isOfOneType ? only : answered;
  const kept = records.flatMap(({ id, sent }) => (id === null || sent === null ? [] : [{ id, sent }]));
  const sent = kept.map((record) => sourceSpelling(resourceType, record.sent));
  return {
    resourceType,
    ids: isOfOneType ? kept.map(({ id }) => sourceSpelling(only, id)) : sent,
    sent,
    withheld: records.length - kept.length,
  };
}

/** What is told of all fields in one entry. */
export function toldTogether(fields: readonly FieldRecords[]): ToldRecords {
  const naming = fields.filter(({ ids, withheld }) => ids.length + withheld > 0);
  const types = new Set((naming.length > 0 ? naming : fields).map(({ resourceType }) => resourceType));
  if (naming.length === 0) types.delete(null);
  const [only = null] = types;
  const isOfOneType = types.size === 1 && only !== null;
  if (naming.length < 2) {
    const [field] = naming;
    return { resourceType: types.size === 1 ? only : null, resourceId: field ? idsText(field) : null, names: [] };
  }
  const ids = [...new Set(naming.flatMap((field) => (isOfOneType ? field.ids : field.sent)))];
  const withheld = naming.reduce((sum, field) => sum + field.withheld, 0);
  // A list is one name: so many rows for each batch of records would be too many.
  const alone = naming.flatMap((field) => (field.ids.length === 1 ? field.ids : []));
  return {
    resourceType: isOfOneType ? only : SEVERAL_TYPES,
    resourceId: idsText({ ids, withheld }),
    names: ids.length + withheld > 1 ? [...new Set(alone)] : [],
  };
}

/**
 * As many as there is room for; of the others how many, and of all a hash by which who has a list can tell whether it was this one. Of those that may not be
 * kept only how many, because a hash of what can be guessed tells it.
 */
export function idsText({ ids, withheld }: Pick<FieldRecords, 'ids' | 'withheld'>): string | null {
  if (ids.length === 0 && withheld < 2) return null;
  const tail = withheld === 0 ? [] : [`+${withheld} withheld`];
  const all = [...ids, ...tail].join(' ');
  if (all.length <= MAX_IDS_LENGTH) return all;
  const hash = createHash('sha256').update(ids.join(' ')).digest('hex');
  let told = '';
  for (const [count, id] of ids.entries()) {
    const rest = [`+${ids.length - count} sha256:${hash}`, ...tail].join(' ');
    if (told.length + id.length + rest.length + 1 > MAX_IDS_LENGTH) return `${told}${rest}`;
    told += `${id} `;
  }
  return told.trimEnd();
}
