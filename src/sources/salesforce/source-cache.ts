import type { RecordCache } from '../../cache/record-cache.ts';

/** What of the record cache a source needs. */
export type SourceCache = Pick<RecordCache, 'readRecords' | 'readLists' | 'heldList' | 'beginRead' | 'putRecords'>;
