import type { RecordValues } from './record-values.ts';
import { listsTag, recordTag } from './tags.ts';

/** A record that was made, changed or removed, and what is known of it. */
export interface RecordChange {
  /** GraphQL type, as the cache has it. */
  readonly type: string;
  /** Identity in the cache. */
  readonly id: string;
  /** Every other name it has or had. */
  readonly names?: readonly string[];
  /**
   * What lists are chosen and ordered by, as it is now, by the source's field names; fields that are left out are not known. Null: the record
   * is gone. Absent: nothing is known.
   */
  readonly values?: RecordValues | null;
  /** Everything that this change may have changed, by the source's field names; absent: anything. */
  readonly fields?: readonly string[];
}

/** By the tag of the lists of a type: all that has happened to its records. */
export type ExplainedTags = ReadonlyMap<string, readonly RecordChange[]>;

export const NOTHING_EXPLAINED: ExplainedTags = new Map();

/** More changes of a type at once are not told one by one: reading its lists again is cheaper than to look at each of them. */
const MAX_EXPLAINED = 200;

/** Tags of the records, by all their names, and of the lists of their types. */
export function tagsOfChanges(changes: readonly RecordChange[]): string[] {
  const tags = new Set<string>();
  for (const { type, id, names = [] } of changes) {
    for (const name of [id, ...names]) tags.add(recordTag(type, name));
    tags.add(listsTag(type));
  }
  return [...tags];
}

/** The lists' tags that are invalidated for nothing but changes of which something is known: none of those that are in `blanket`. */
export function explainedTags(changes: readonly RecordChange[], blanket: readonly string[]): ExplainedTags {
  const explained = new Map<string, readonly RecordChange[]>();
  for (const [type, ofType] of Map.groupBy(changes, ({ type }) => type)) {
    const isKnown = ofType.every(({ values, fields }) => values !== undefined || fields !== undefined);
    const tag = listsTag(type);
    if (isKnown && ofType.length <= MAX_EXPLAINED && !blanket.includes(tag)) explained.set(tag, ofType);
  }
  return explained;
}

/** As it is stored and sent: what lists are judged by, without the names. */
export function writtenChanges(explained: ExplainedTags): Readonly<Record<string, readonly RecordChange[]>> {
  return Object.fromEntries([...explained].map(([tag, changes]) => [tag, changes.map(toWritten)]));
}

function toWritten({ type, id, values, fields }: RecordChange): RecordChange {
  return { type, id, ...(values === undefined ? {} : { values }), ...(fields === undefined ? {} : { fields }) };
}

/** Reads one tag's changes back; null for what no instance would have written, which explains nothing. */
export function readChanges(written: unknown): readonly RecordChange[] | null {
  return Array.isArray(written) && written.length > 0 && written.every(isChange) ? written : null;
}

function isChange(written: unknown): written is RecordChange {
  if (typeof written !== 'object' || written === null) return false;
  const { type, id, values, fields } = written as Record<string, unknown>;
  const isKnown = values !== undefined || fields !== undefined;
  const hasFields = fields === undefined || (Array.isArray(fields) && fields.every((one) => typeof one === 'string'));
  const isRecord = values == null || (typeof values === 'object' && !Array.isArray(values));
  return typeof type === 'string' && typeof id === 'string' && isKnown && hasFields && isRecord;
}
