import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InvalidationLedger } from '../../../../src/cache/invalidation-ledger.ts';
import { decodeAnswer, encodeAnswer } from '../../../../src/cache/responses/answer-codec.ts';
import { ResponseCache, type ServedAnswer } from '../../../../src/cache/responses/response-cache.ts';
import { type BytesStore, SharedAnswers } from '../../../../src/cache/responses/shared-answers.ts';
import { StoredAnswer } from '../../../../src/cache/responses/stored-answer.ts';
import { SourceReturns } from '../../../../src/cache/source-returns.ts';
import { TierBreaker } from '../../../../src/cache/tier-breaker.ts';
import { FreshnessTrace } from '../../../../src/platform/freshness.ts';
import { TagCollector } from '../../../../src/platform/tag-collector.ts';
import { MovableClock } from '../../../support/identity.ts';

const facts = {
  readAtMs: 1,
  freshUntilMs: 2,
  isPrivate: true,
  dependsOnRole: false,
  tags: ['A:1'],
  asOf: 3,
  plainCalls: { SALESFORCE: 2, JIRA: 1.5 },
};

describe('an answer as bytes', () => {
  test.each([['short'], ['long '.repeat(5_000)], ['ünïcödé '.repeat(500)]])('comes back as it was', async (body) => {
    const answer = new StoredAnswer(Buffer.from(body), facts);
    const decoded = await decodeAnswer('key', await encodeAnswer('key', answer));
    expect(decoded?.body.toString()).toBe(body);
    expect(decoded?.facts).toEqual(facts);
    expect(decoded?.digest).toBe(answer.digest);
  });

  test('is nothing under another key', async () => {
    const bytes = await encodeAnswer('mine', new StoredAnswer(Buffer.from('secret'), facts));
    expect(await decodeAnswer('yours', bytes)).toBeNull();
  });

  test('is nothing, and never an error, when any of it was changed, cut off or is garbage', async () => {
    const bytes = await encodeAnswer('key', new StoredAnswer(Buffer.from('text '.repeat(1_000)), facts));
    const bodyAt = 8 + bytes.readUInt32BE(4);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8((changed.readUInt8(at) + by) % 256, at);
        const decoded = await decodeAnswer('key', changed);
        // Gzip has bytes of its own that mean nothing; what comes out of it is what went in, or nothing.
        if (at >= bodyAt || at < 8)
          expect(decoded?.body.toString() ?? 'text '.repeat(1_000)).toBe('text '.repeat(1_000));
        else expect(decoded === null || decoded.body.toString() === 'text '.repeat(1_000)).toBe(true);
        expect(await decodeAnswer('key', bytes.subarray(0, at))).toBeNull();
      }),
      { numRuns: 200 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array(), async (junk) => {
        expect(await decodeAnswer('key', Buffer.from(junk))).toBeNull();
      }),
    );
  });
});

const policy = {
  kind: 'cacheable',
  maxAgeSeconds: 60,
  isPrivate: false,
  dependsOnRole: false,
  tags: ['A'],
  lookupTypes: [],
} as const;
let store: BytesStore & { readonly held: Map<string, Buffer> };
let breakers: TierBreaker[];
let clock: MovableClock;

beforeEach(() => {
  const held = new Map<string, Buffer>();
  store = {
    held,
    get: async (key) => held.get(key) ?? null,
    set: async (key, bytes) => {
      held.set(key, bytes);
    },
  };
  breakers = [];
  clock = new MovableClock();
});
afterEach(() => {
  for (const breaker of breakers) breaker.close();
});

function instance(ledger = new InvalidationLedger()): {
  readonly ask: () => Promise<ServedAnswer>;
  readonly executions: () => number;
} {
  const breaker = new TierBreaker({
    budgetMs: 50,
    probeIntervalMs: 60_000,
    probe: async () => undefined,
    onChange: () => undefined,
  });
  breakers.push(breaker);
  const cache = new ResponseCache({
    returns: new SourceReturns(),
    clock,
    invalidations: ledger,
    maxBytes: 1_000_000,
    shared: new SharedAnswers({ store, breaker, clock }),
  });
  let executions = 0;
  return {
    executions: () => executions,
    ask: () =>
      cache.answer(
        {
          operation: { type: 'query', digest: 'd', name: null, documentHash: '', policy, rootFields: [] },
          visibility: { tenant: 't', roles: ['VIEWER'], person: null },
          conditions: {
            noCache: false,
            noStore: false,
            onlyIfCached: false,
            maxAgeSeconds: Number.POSITIVE_INFINITY,
            minFreshSeconds: 0,
          },
          signal: new AbortController().signal,
          variant: '',
          mayRead: true,
        },
        async () => {
          executions += 1;
          return {
            status: 200,
            headers: {},
            body: '{"data":{"a":1}}\n',
            isComplete: true,
            freshness: new FreshnessTrace(),
            plainCalls: {},
            tags: new TagCollector(),
          };
        },
      ),
  };
}

describe('answers shared by instances', () => {
  test('are executed by one and given by all', async () => {
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    const other = instance();
    expect(await other.ask()).toMatchObject({ kind: 'stored', from: 'shared' });
    expect(await other.ask()).toMatchObject({ kind: 'stored', from: 'memory' });
    expect(other.executions()).toBe(0);
  });

  test('are refused once something in them was invalidated under a later place in the common order', async () => {
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    const ledger = new InvalidationLedger();
    ledger.applyOther('A', 7);
    ledger.sawLog(7);
    const other = instance(ledger);
    expect(await other.ask()).toMatchObject({ kind: 'stored', from: 'execution' });
  });

  test('are refused when they are no longer fresh', async () => {
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    clock.advanceMs(60_000);
    expect(await instance().ask()).toMatchObject({ from: 'execution' });
  });

  test('are done without while the store is garbage, fails or hangs, and a hang is waited for once', async () => {
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    for (const key of store.held.keys()) store.held.set(key, Buffer.from('<html>'));
    expect(await instance().ask()).toMatchObject({ from: 'execution' });

    let asked = 0;
    store.get = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const hung = instance();
    clock.advanceMs(60_000);
    expect(await hung.ask()).toMatchObject({ from: 'execution' });
    clock.advanceMs(60_000);
    expect(await hung.ask()).toMatchObject({ from: 'execution' });
    expect(asked).toBe(1);
  });

  test('are not taken from an instance whose clock is far ahead, and last no longer where it is a little ahead', async () => {
    const other = instance();
    clock.advanceMs(3_600_000);
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    clock.advanceMs(-3_600_000);
    expect(await other.ask()).toMatchObject({ kind: 'stored', from: 'execution' });
    await expect.poll(() => other.executions()).toBe(1);
    store.held.clear();

    clock.advanceMs(30_000);
    await instance().ask();
    await expect.poll(() => store.held.size).toBe(1);
    clock.advanceMs(-30_000);
    const third = instance();
    expect(await third.ask()).toMatchObject({ kind: 'stored', from: 'shared' });
    clock.advanceMs(59_000);
    expect(await third.ask()).toMatchObject({ from: 'memory' });
    clock.advanceMs(2_000);
    store.held.clear();
    expect(await third.ask()).toMatchObject({ from: 'execution' });
  });
});
