import type { SourceName } from '../platform/errors.ts';

/** On everything that came from a source. */
export const sourceTag = (source: SourceName): string => `source:${source}`;

/** On every record of a type, and on every list of its records. */
export const typeTag = (type: string): string => type;

/** On one record; `id` is its identity or any other name it has, as in `JiraIssue:PSD-7`. */
export const recordTag = (type: string, id: string): string => `${type}:${id}`;

/**
 * On every list of records of a type. Every change of a record invalidates it together with the record; where it is known what has changed,
 * lists that this can't concern are kept all the same (change-book.ts).
 */
export const listsTag = (type: string): string => `${type}[]`;
