import type { OpenRecordCache } from '../../src/cache/open-record-cache.ts';
import { RecordCache } from '../../src/cache/record-cache.ts';
import { systemClock } from '../../src/platform/clock.ts';

const LONG_SECONDS = 3_600;

/**
 * Records as a request's own DataLoaders have them: what a request has read it does not read again, and the next request knows nothing of
 * it. Everything else is the real one's.
 */
export function perRequestRecords(shared: OpenRecordCache): OpenRecordCache {
  const ofRequest = new WeakMap<object, RecordCache>();
  const recordsOf = (scope: { readonly receipt: object }): RecordCache => {
    const records = ofRequest.get(scope.receipt) ?? newRecords();
    ofRequest.set(scope.receipt, records);
    return records;
  };
  return {
    ...shared,
    readRecords: (question) => recordsOf(question.scope).readRecords(question),
    readLists: (question) => recordsOf(question.scope).readLists(question),
    heldList: (question) => recordsOf(question.scope).heldList(question),
    putRecords: () => undefined,
  };
}

function newRecords(): RecordCache {
  return new RecordCache({
    clock: systemClock,
    limits: {
      ttlDefaultSeconds: LONG_SECONDS,
      ttlLongSeconds: LONG_SECONDS,
      staleTtlSeconds: 0,
      revalidateWindowSeconds: 0,
      absenceTtlSeconds: LONG_SECONDS,
      ttlFactor: () => 1,
    },
    memory: { maxEntries: 100_000, maxBytes: 1e9 },
    coalesceWindowMs: 0,
    tiers: () => [],
    isReady: () => true,
    announce: async () => true,
  });
}
