/**
 * Reading 10,000 cached records beside a plain Map and beside Keyv in memory: `node bench/record-cache.ts`. Ratios, never times:
 * the machine is whatever it is. Each round runs all of them in turn, so that its noise falls on all; the median ratio is printed.
 */
import { Keyv } from 'keyv';
import { RecordCache } from '../src/cache/record-cache.ts';
import type { RecordKind } from '../src/cache/record-kind.ts';
import { systemClock } from '../src/platform/clock.ts';
import { Receipt } from '../src/platform/receipt.ts';
import { median } from '../test/support/quantiles.ts';
import { report } from './support/report.ts';

const RECORDS = 10_000;
/** Records of one request: what a page of a list asks for at once. */
const BATCH = 200;
const ROUNDS = 21;

const fields = ['Name', 'Status__c', 'Owner', 'Hours__c', 'Go_Live_Date__c'];
const record = (id: string) => ({
  Name: `PSR-${id}`,
  Status__c: 'In progress',
  Owner: { Name: `Person ${id}` },
  Hours__c: 12.5,
  Go_Live_Date__c: '2026-11-20',
});
const ids = Array.from({ length: RECORDS }, (_, n) => `a0R${n}`);
const batches = Array.from({ length: RECORDS / BATCH }, (_, n) => ids.slice(n * BATCH, (n + 1) * BATCH));
const kind: RecordKind = {
  source: 'SALESFORCE',
  type: 'PsRequest',
  freshness: 'long',
  maxIdsPerFetch: BATCH,
  fetch: async (asked) => new Map(asked.map((id) => [id, { kind: 'found' as const, values: record(id) }])),
};
const newCache = () =>
  new RecordCache({
    clock: systemClock,
    limits: {
      ttlDefaultSeconds: 300,
      ttlLongSeconds: 3_600,
      staleTtlSeconds: 86_400,
      revalidateWindowSeconds: 30,
      absenceTtlSeconds: 30,
      ttlFactor: () => 1,
    },
    memory: { maxEntries: 2 * RECORDS, maxBytes: 1e9 },
    coalesceWindowMs: 0,
    tiers: () => [],
    isReady: () => true,
    announce: async () => true,
  });

const cache = newCache();
const scope = { signal: new AbortController().signal, receipt: new Receipt() };
const map = new Map(ids.map((id) => [id, record(id)]));
const keyv = new Keyv();
for (const id of ids) await keyv.set(id, record(id), 3_600_000);
let sink = 0;

const contenders: Record<string, () => Promise<void>> = {
  'Map.get': async () => {
    for (const id of ids) sink += map.get(id)?.Hours__c ?? 0;
  },
  'record cache, warm, 200 at a time': async () => {
    for (const batch of batches) {
      for (const answer of await cache.readRecords({ kind, ids: batch, fields, scope })) {
        if (answer.kind === 'found') sink += answer.values.Hours__c as number;
      }
    }
  },
  'record cache, warm, one at a time': async () => {
    for (const id of ids) {
      const [answer] = await cache.readRecords({ kind, ids: [id], fields, scope });
      if (answer?.kind === 'found') sink += answer.values.Hours__c as number;
    }
  },
  'record cache, after an invalidation of something else': async () => {
    await cache.invalidate(['Something:else']);
    for (const batch of batches) sink += (await cache.readRecords({ kind, ids: batch, fields, scope })).length;
  },
  'record cache, cold, 200 at a time': async () => {
    const cold = newCache();
    for (const batch of batches) sink += (await cold.readRecords({ kind, ids: batch, fields, scope })).length;
  },
  'keyv.getMany, 200 at a time': async () => {
    for (const batch of batches)
      for (const value of await keyv.getMany<ReturnType<typeof record>>(batch)) sink += value?.Hours__c ?? 0;
  },
  'keyv.get': async () => {
    for (const id of ids) sink += (await keyv.get<ReturnType<typeof record>>(id))?.Hours__c ?? 0;
  },
  'keyv.set': async () => {
    for (const id of ids) await keyv.set(id, record(id), 3_600_000);
  },
};

const took = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < ROUNDS + 3; round += 1) {
  const names = Object.keys(contenders);
  if (round % 2 === 1) names.reverse();
  for (const name of names) {
    const startedAt = process.hrtime.bigint();
    await contenders[name]?.();
    // The first rounds are the compiler's.
    if (round >= 3) took.get(name)?.push(Number(process.hrtime.bigint() - startedAt));
  }
}
const of = (name: string) => median(took.get(name) ?? []);
if (sink <= 0) throw new Error('The contenders read nothing.');
report(
  `${RECORDS} records of ${fields.length} fields, median of ${ROUNDS} rounds`,
  Object.keys(contenders).flatMap((name) => {
    const measured = `${(of(name) / 1e6).toFixed(2)} ms`;
    return ['Map.get', 'keyv.get']
      .filter((peer) => peer !== name)
      .map((peer) => ({ what: name, measured, ratio: `${(of(name) / of(peer)).toFixed(2)} x`, peer }));
  }),
);
