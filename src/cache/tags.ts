import type { SourceName } from '../platform/errors.ts';

/** On everything that came from a source. */
export const sourceTag = (source: SourceName): string => `source:${source}`;

/** On every record of a type, and on every list of its records. */
export const typeTag = (type: string): string => type;

/** On one record; `id` is its identity or any other name it has, as in `JiraIssue:PSD-7`. */
export const recordTag = (type: string, id: string): string => `${type}:${id}`;

/**
 * On every list of records of a type. Whoever makes or removes a record, or changes what lists are chosen or ordered by, invalidates it
 * together with the record: which lists the record has left or entered can't be told from here.
 */
export const listsTag = (type: string): string => `${type}[]`;
