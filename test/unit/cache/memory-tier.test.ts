import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeldFound } from '../../../src/cache/held-entry.ts';
import { sizeOfHeld } from '../../../src/cache/held-size.ts';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import { MemoryTier } from '../../../src/cache/memory-tier.ts';
import type { JsonValue } from '../../../src/cache/record-values.ts';
import { memoryCache, readScope, ScriptedSource } from '../../support/cache-source.ts';

function held(id: string, values: Record<string, JsonValue>, readAtMs = 1): HeldFound {
  return {
    kind: 'found',
    id,
    values,
    readings: { readAtMs, asOf: 0, early: 0 },
    names: [],
    tags: ['source:S', 'T', `T:${id}`],
  };
}

describe('the memory tier', () => {
  it('lets go what was not used for longest', () => {
    const memory = new MemoryTier({ maxEntries: 3, maxBytes: 1e9 }, new InvalidationLedger());
    for (const id of ['a', 'b', 'c']) memory.put(id, held(id, { Name: id }));
    memory.get('a');
    memory.put('d', held('d', { Name: 'd' }));
    expect(['a', 'b', 'c', 'd'].map((id) => memory.get(id)?.kind)).toEqual(['found', undefined, 'found', 'found']);
    expect(memory.evictions).toBe(1);
  });

  it('never exceeds its bounds, and counts to zero when it is empty', () => {
    const value = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.integer(),
      fc.constant(null),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const puts = fc.array(
      fc.tuple(fc.nat({ max: 15 }), fc.dictionary(fc.constantFrom('A', 'B', 'C'), value), fc.nat({ max: 5 })),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(puts, (all) => {
        const memory = new MemoryTier({ maxEntries: 8, maxBytes: 6_000 }, new InvalidationLedger());
        for (const [n, values, readAtMs] of all) {
          memory.put(`k${n}`, held(`k${n}`, values as Record<string, JsonValue>, readAtMs));
          expect(memory.bytes).toBeLessThanOrEqual(6_000);
          expect(memory.entries).toBeLessThanOrEqual(8);
        }
        for (let n = 0; n <= 15; n += 1) memory.delete(`k${n}`);
        expect(memory.bytes).toBe(0);
      }),
    );
  });

  it('keeps nothing that is larger than itself', () => {
    const memory = new MemoryTier({ maxEntries: 8, maxBytes: 10_000 }, new InvalidationLedger());
    memory.put('small', held('small', { Name: 'x' }));
    memory.put('large', held('large', { Name: 'x'.repeat(20_000) }));
    expect(memory.bytes).toBeLessThanOrEqual(10_000);
    expect(memory.get('large')).toBeUndefined();
  });

  it('estimates from above what records take, and not by more than a factor of three', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const records = (n: number): Record<string, JsonValue> => ({
      Id: `a0R${n}`,
      Name: `PSR-${n}`,
      Status__c: `In progress ${n % 7}`,
      Estimated_Hours__c: n * 1.5,
      Description__c: `A description of request ${n} that is somewhat longer than a name`,
      Account__c: null,
      Owner: { Id: `005${n}`, Name: `Person ${n}` },
    });
    const memory = new MemoryTier({ maxEntries: 1e6, maxBytes: 1e9 }, new InvalidationLedger());
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 20_000; n += 1)
      memory.put(`SALESFORCE|PsRequest|a0R${n}`, held(`a0R${n}`, JSON.parse(JSON.stringify(records(n)))));
    collect();
    const taken = process.memoryUsage().heapUsed - before;
    expect(memory.entries).toBe(20_000);
    expect(memory.bytes).toBeGreaterThan(taken * 0.9);
    expect(memory.bytes).toBeLessThan(taken * 3);
  });

  it('counts characters beyond Latin-1 twice', () => {
    const size = (text: string) => sizeOfHeld('k', held('k', { Name: text }));
    expect(size('ж'.repeat(1_000)) - size('x'.repeat(1_000))).toBe(1_000);
  });
});

describe('ever new keys', () => {
  it('leave memory flat', async () => {
    const source = new ScriptedSource({
      fetch: async (ids) =>
        new Map(ids.map((id) => [id, { kind: 'found' as const, values: { Name: id.repeat(20) }, names: [`n-${id}`] }])),
    });
    const { cache } = memoryCache({ memory: { maxEntries: 2_000, maxBytes: 4 * 1024 * 1024 } });
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapAfter = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        await cache.readRecords({ kind: source.kind, ids: [`id-${n}`], fields: ['Name'], scope: readScope() });
        if (n % 50 === 0) await cache.invalidate([`Account:id-${n - 25}`]);
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    const early = await heapAfter(0, 8_000);
    const late = await heapAfter(8_000, 40_000);
    expect(cache.stats()).toMatchObject({ inFlight: 0 });
    expect(cache.stats().entries).toBeLessThanOrEqual(2_000);
    expect(late - early).toBeLessThan(3 * 1024 * 1024);
  });
});
