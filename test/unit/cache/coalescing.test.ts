import { describe, expect, it } from 'vitest';
import { planFetches } from '../../../src/cache/fetch-plan.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { memoryCache, readScope, ScriptedSource, settle } from '../../support/cache-source.ts';

const down = new GatewayError('UPSTREAM_TIMEOUT', 'Salesforce did not answer.', { source: 'SALESFORCE' });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('equal reads', () => {
  it('are one call for 500 requests that hit an expired hot key at once, and its cost is on each receipt', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = (scope = readScope()) => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope });
    await ask();
    clock.advanceMs(1_000_000);
    source.answersAtOnce = false;
    const scopes = Array.from({ length: 500 }, () => readScope());
    const reads = scopes.map((scope) => ask(scope));
    await settle();
    expect(source.calls).toHaveLength(2);
    source.underWay[0]?.answer();
    const answers = await Promise.all(reads);
    expect(answers.every(([answer]) => answer?.kind === 'found' && answer.state === 'fresh')).toBe(true);
    expect(scopes.every(({ receipt }) => receipt.calls.length === 1)).toBe(true);
    expect(scopes.filter(({ receipt }) => receipt.cache.coalesced === 1)).toHaveLength(499);
    expect(cache.stats()).toMatchObject({ coalesced: 499, inFlight: 0 });
  });

  it('wait for the fields that are on their way and ask only for the others', async () => {
    const source = new ScriptedSource().fill(2);
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const first = cache.readRecords({ kind: source.kind, ids: ['a1', 'a2'], fields: ['Name'], scope: readScope() });
    const second = cache.readRecords({
      kind: source.kind,
      ids: ['a2'],
      fields: ['Name', 'Industry'],
      scope: readScope(),
    });
    await settle();
    expect(source.calls).toEqual([
      { ids: ['a1', 'a2'], fields: ['Name'] },
      { ids: ['a2'], fields: ['Industry'] },
    ]);
    source.underWay[1]?.answer();
    source.underWay[0]?.answer();
    await first;
    expect(await second).toMatchObject([{ values: { Name: 'Account 2', Industry: 'Retail' } }]);
  });

  it('fail together, and the failure is not remembered', async () => {
    const source = new ScriptedSource().fill(1);
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    const reads = [ask(), ask(), ask()];
    await settle();
    source.underWay[0]?.fail(down);
    for (const [answer] of await Promise.all(reads)) expect(answer).toEqual({ kind: 'failed', error: down });
    source.answersAtOnce = true;
    expect((await ask())[0]).toMatchObject({ kind: 'found' });
  });
});

describe('different keys of one kind', () => {
  it('that several requests ask within the window share a call', async () => {
    const source = new ScriptedSource().fill(10);
    const { cache } = memoryCache({ coalesceWindowMs: 20 });
    const reads = Array.from({ length: 10 }, async (_, n) => {
      await pause(n % 3);
      return await cache.readRecords({ kind: source.kind, ids: [`a${n + 1}`], fields: ['Name'], scope: readScope() });
    });
    const answers = await Promise.all(reads);
    expect(answers.every(([answer], n) => answer?.kind === 'found' && answer.values.Name === `Account ${n + 1}`)).toBe(
      true,
    );
    expect(source.calls).toHaveLength(1);
  });

  it('do not wait when the call is full', async () => {
    const source = new ScriptedSource({ maxIdsPerFetch: 3 }).fill(7);
    const { cache } = memoryCache({ coalesceWindowMs: 10_000 });
    const ask = (ids: string[]) => cache.readRecords({ kind: source.kind, ids, fields: ['Name'], scope: readScope() });
    await Promise.all([ask(['a1']), ask(['a2']), ask(['a3'])]);
    expect(source.calls).toEqual([{ ids: ['a1', 'a2', 'a3'], fields: ['Name'] }]);
  });

  it('each make their own call when the window is off', async () => {
    const source = new ScriptedSource().fill(2);
    const { cache } = memoryCache({ coalesceWindowMs: 0 });
    const ask = (id: string) =>
      cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: readScope() });
    await Promise.all([ask('a1'), ask('a2')]);
    expect(source.calls).toHaveLength(2);
  });

  it('are read as of the moment when the call leaves, so an invalidation within the window costs nothing', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache } = memoryCache({ coalesceWindowMs: 15 });
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    const early = ask();
    source.records.set('a1', { Name: 'Changed' });
    await cache.invalidate(['Account:a1']);
    const late = ask();
    expect(await Promise.all([early, late])).toMatchObject([
      [{ values: { Name: 'Changed' } }],
      [{ values: { Name: 'Changed' } }],
    ]);
    expect(source.calls).toHaveLength(1);
  });
});

describe('a request that goes away', () => {
  it('cancels the fetch only when it was the last to wait', async () => {
    const source = new ScriptedSource().fill(2);
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const [one, two] = [new AbortController(), new AbortController()];
    const ask = (ids: string[], signal: AbortSignal) =>
      cache.readRecords({ kind: source.kind, ids, fields: ['Name'], scope: readScope(signal) });
    const first = ask(['a1', 'a2'], one.signal);
    const second = ask(['a2'], two.signal);
    await settle();
    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(source.underWay[0]?.call.signal.aborted).toBe(false);
    two.abort();
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    expect(source.underWay[0]?.call.signal.aborted).toBe(true);
    await settle();
    expect(cache.stats()).toMatchObject({ inFlight: 0, entries: 0 });
  });

  it('is not joined afterwards by another that wants the same', async () => {
    const source = new ScriptedSource().fill(1);
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const gone = new AbortController();
    const first = cache.readRecords({
      kind: source.kind,
      ids: ['a1'],
      fields: ['Name'],
      scope: readScope(gone.signal),
    });
    await settle();
    gone.abort();
    await expect(first).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    const second = cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await settle();
    expect(source.calls).toHaveLength(2);
    source.underWay[1]?.answer();
    expect(await second).toMatchObject([{ kind: 'found' }]);
  });

  it('takes its keys out of a call that has not left', async () => {
    const source = new ScriptedSource().fill(2);
    const { cache } = memoryCache({ coalesceWindowMs: 20 });
    const gone = new AbortController();
    const first = cache.readRecords({
      kind: source.kind,
      ids: ['a1'],
      fields: ['Name'],
      scope: readScope(gone.signal),
    });
    const second = cache.readRecords({ kind: source.kind, ids: ['a2'], fields: ['Name'], scope: readScope() });
    gone.abort();
    await expect(first).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
    await second;
    expect(source.calls).toEqual([{ ids: ['a2'], fields: ['Name'] }]);
  });

  it('leaves no listener on its signal', async () => {
    const source = new ScriptedSource().fill(50);
    const { cache } = memoryCache();
    const { signal } = new AbortController();
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    for (let n = 1; n <= 50; n += 1) {
      await cache.readRecords({ kind: source.kind, ids: [`a${n}`], fields: ['Name'], scope: readScope(signal) });
    }
    expect(listeners).toBe(0);
  });
});

describe('records that lack different fields', () => {
  const items = (...lacking: string[][]) => lacking.map((fields, n) => ({ id: `a${n}`, fields: new Set(fields) }));

  it('share a fetch with the union of the fields where that saves a call', () => {
    const plan = planFetches(items(['A', 'B'], ['C'], ['B', 'A']), {
      maxIdsPerFetch: 100,
      fetchesTravelTogether: false,
    });
    expect(plan.map(({ errands, fields }) => [errands.map(({ id }) => id), fields])).toEqual([
      [
        ['a0', 'a1', 'a2'],
        ['A', 'B', 'C'],
      ],
    ]);
  });

  it('are fetched apart, each with its own fields, where that costs no call more', () => {
    const full = planFetches(items(['A'], ['A'], ['B'], ['B']), { maxIdsPerFetch: 2, fetchesTravelTogether: false });
    expect(full.map(({ fields }) => fields)).toEqual([['A'], ['B']]);
    const together = planFetches(items(['A'], ['B']), { maxIdsPerFetch: 100, fetchesTravelTogether: true });
    expect(together.map(({ fields }) => fields)).toEqual([['A'], ['B']]);
  });

  it('never exceed what a call can take, and are all fetched', () => {
    const plan = planFetches(items(...Array.from({ length: 250 }, (_, n) => [n % 2 ? 'A' : 'B'])), {
      maxIdsPerFetch: 100,
      fetchesTravelTogether: false,
    });
    expect(plan.flatMap(({ errands }) => errands)).toHaveLength(250);
    expect(Math.max(...plan.map(({ errands }) => errands.length))).toBeLessThanOrEqual(100);
    expect(plan).toHaveLength(3);
  });
});
