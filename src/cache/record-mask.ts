import type { EntryKind } from './entry-kind.ts';
import type { RecordValues } from './record-values.ts';

/**
 * What must not be kept or served of a record although its source shows it. Answers the same object where there is nothing to hide, and for
 * values that it has masked before. Called for everything that comes from a source or a shared tier, so it has to be quick.
 */
export type RecordMask = (
  kind: Pick<EntryKind, 'type' | 'recordType'>,
  id: string,
  values: RecordValues,
) => RecordValues;

export const hideNothing: RecordMask = (_kind, _id, values) => values;
