import { describe, expect, it } from 'vitest';
import type { ListKind } from '../../../src/cache/record-kind.ts';
import { listsTag, recordTag, sourceTag, typeTag } from '../../../src/cache/tags.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { memoryCache, readScope, ScriptedSource, settle } from '../../support/cache-source.ts';

const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Salesforce could not be reached.', { source: 'SALESFORCE' });
const rejected = new GatewayError('UPSTREAM_REJECTED', 'Salesforce refused the request.', { source: 'SALESFORCE' });

describe('reading records by field', () => {
  it('answers a subset of what it holds without a call, in the order asked', async () => {
    const source = new ScriptedSource().fill(3);
    const { cache } = memoryCache();
    const first = readScope();
    await cache.readRecords({ kind: source.kind, ids: ['a1', 'a2', 'a3'], fields: ['Name', 'Industry'], scope: first });
    const second = readScope();
    const answers = await cache.readRecords({
      kind: source.kind,
      ids: ['a3', 'a1', 'a3'],
      fields: ['Name'],
      scope: second,
    });
    expect(answers.map((answer) => answer.kind === 'found' && answer.values.Name)).toEqual([
      'Account 3',
      'Account 1',
      'Account 3',
    ]);
    expect(answers.map((answer) => answer.kind === 'found' && answer.state)).toEqual(['fresh', 'fresh', 'fresh']);
    expect(source.calls).toHaveLength(1);
    expect(first.receipt.cache).toEqual({ hits: 0, misses: 3, stale: 0, coalesced: 0 });
    expect(first.receipt.calls).toHaveLength(1);
    expect(second.receipt.cache).toEqual({ hits: 3, misses: 0, stale: 0, coalesced: 0 });
    expect(second.receipt.calls).toHaveLength(0);
  });

  it('fetches one more field for those records alone, and only that field', async () => {
    const source = new ScriptedSource().fill(3);
    const { cache } = memoryCache();
    await cache.readRecords({ kind: source.kind, ids: ['a1', 'a2'], fields: ['Name'], scope: readScope() });
    await cache.readRecords({ kind: source.kind, ids: ['a3'], fields: ['Name', 'Industry'], scope: readScope() });
    const answers = await cache.readRecords({
      kind: source.kind,
      ids: ['a1', 'a2', 'a3'],
      fields: ['Name', 'Industry'],
      scope: readScope(),
    });
    expect(source.calls.at(-1)).toEqual({ ids: ['a1', 'a2'], fields: ['Industry'] });
    expect(
      answers.every((answer) => answer.kind === 'found' && answer.values.Industry === 'Retail' && answer.values.Name),
    ).toBe(true);
  });

  it('holds null as a value', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache } = memoryCache();
    for (let time = 0; time < 2; time += 1) {
      const [answer] = await cache.readRecords({
        kind: source.kind,
        ids: ['a1'],
        fields: ['Phone'],
        scope: readScope(),
      });
      expect(answer).toMatchObject({ kind: 'found', values: { Phone: null } });
    }
    expect(source.calls).toHaveLength(1);
  });

  it('keeps values of fields that are named like parts of every object', async () => {
    const source = new ScriptedSource();
    source.records.set('a1', JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}'));
    const { cache } = memoryCache();
    const fields = ['__proto__', 'constructor', 'toString'];
    const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields, scope: readScope() });
    expect(answer?.kind === 'found' && fields.map((field) => Object.keys(answer.values).includes(field))).toEqual([
      true,
      true,
      true,
    ]);
    const [missing] = await cache.readRecords({
      kind: source.kind,
      ids: ['a1'],
      fields: ['valueOf'],
      scope: readScope(),
    });
    expect(missing).toMatchObject({ kind: 'found', values: { valueOf: null } });
    expect(source.calls).toHaveLength(2);
  });

  it('remembers absence with its reason, briefly', async () => {
    const source = new ScriptedSource().fill(1);
    source.absent.set('x2', 'forbidden');
    const { cache, clock } = memoryCache();
    const ask = () =>
      cache.readRecords({ kind: source.kind, ids: ['x1', 'x2', 'a1'], fields: ['Name'], scope: readScope() });
    await ask();
    expect((await ask()).map((answer) => answer.kind === 'absent' && answer.reason)).toEqual([
      'notFound',
      'forbidden',
      false,
    ]);
    expect(source.calls).toHaveLength(1);
    clock.advanceMs(21_000);
    source.absent.delete('x2');
    source.records.set('x2', { Name: 'Back' });
    expect((await ask())[1]).toMatchObject({ kind: 'found', values: { Name: 'Back' } });
    expect(source.calls.at(-1)).toEqual({ ids: ['x1', 'x2'], fields: ['Name'] });
  });

  it('drops what it holds of a record that is gone', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    source.records.delete('a1');
    clock.advanceMs(400_000);
    expect((await ask())[0]).toMatchObject({ kind: 'absent', reason: 'notFound', state: 'fresh' });
    source.failsWith = down;
    clock.advanceMs(60_000);
    expect((await ask())[0]).toMatchObject({ kind: 'absent', reason: 'notFound', state: 'stale' });
  });

  it('refuses a question without fields', async () => {
    const { cache } = memoryCache();
    const question = { kind: new ScriptedSource().kind, ids: ['a1'], fields: [], scope: readScope() };
    await expect(cache.readRecords(question)).rejects.toThrow('one field at least');
  });

  it('counts a record that the source says nothing about as omitted', async () => {
    const source = new ScriptedSource({ fetch: async () => new Map() });
    const { cache } = memoryCache();
    const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    expect(answer).toMatchObject({ kind: 'absent', reason: 'omitted' });
  });
});

describe('other names of records', () => {
  it('finds a record by any name and keeps it once', async () => {
    const source = new ScriptedSource().fill(2);
    source.names.set('PSD-7', 'a1').set('OLD-3', 'a1');
    const { cache } = memoryCache();
    const [byName] = await cache.readRecords({
      kind: source.kind,
      ids: ['PSD-7'],
      fields: ['Name'],
      scope: readScope(),
    });
    expect(byName).toMatchObject({ kind: 'found', id: 'a1' });
    const answers = await cache.readRecords({
      kind: source.kind,
      ids: ['OLD-3', 'a1', 'PSD-7'],
      fields: ['Name'],
      scope: readScope(),
    });
    expect(answers.map((answer) => answer.kind === 'found' && answer.id)).toEqual(['a1', 'a1', 'a1']);
    expect(source.calls).toHaveLength(1);
    const scope = readScope();
    await cache.readRecords({ kind: source.kind, ids: ['OLD-3', 'PSD-7'], fields: ['Industry'], scope });
    expect(source.calls.at(-1)).toEqual({ ids: ['a1'], fields: ['Industry'] });
  });

  it('is invalidated by any of its names', async () => {
    const source = new ScriptedSource().fill(1);
    source.names.set('PSD-7', 'a1');
    const { cache } = memoryCache();
    const ask = (id: string) =>
      cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: readScope() });
    await ask('a1');
    source.records.set('a1', { Name: 'Changed' });
    await cache.invalidate([recordTag('Account', 'PSD-7')]);
    expect((await ask('a1'))[0]).toMatchObject({ values: { Name: 'Changed' } });
  });
});

describe('freshness', () => {
  it('serves what is a little too old while one read renews it, and reports it', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = async () => {
      const scope = readScope();
      const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope });
      return { answer, scope };
    };
    await ask();
    source.records.set('a1', { Name: 'Newer' });
    clock.advanceMs(310_000);
    source.answersAtOnce = false;
    const { answer, scope } = await ask();
    expect(answer).toMatchObject({ kind: 'found', state: 'stale', values: { Name: 'Account 1' } });
    expect(scope.freshness.staleUses).toEqual([
      expect.objectContaining({
        source: 'SALESFORCE',
        type: 'Account',
        id: 'a1',
        state: 'STALE',
        ageSeconds: 310,
        reason: 'REVALIDATING',
      }),
    ]);
    expect(scope.receipt.cache).toEqual({ hits: 1, misses: 0, stale: 1, coalesced: 0 });
    await ask();
    await settle();
    expect(source.calls).toHaveLength(2);
    source.underWay[0]?.answer();
    await settle();
    expect((await ask()).answer).toMatchObject({ state: 'fresh', values: { Name: 'Newer' } });
  });

  it('waits for the source beyond the window', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    source.records.set('a1', { Name: 'Newer' });
    clock.advanceMs(331_000);
    expect((await ask())[0]).toMatchObject({ state: 'fresh', values: { Name: 'Newer' } });
  });

  it('serves stale while the source is down, up to the limit, labelled with the reason', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = async () => {
      const scope = readScope();
      const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope });
      return { answer, scope };
    };
    await ask();
    source.failsWith = down;
    clock.advanceMs(80_000_000);
    const { answer, scope } = await ask();
    expect(answer).toMatchObject({ state: 'stale', values: { Name: 'Account 1' } });
    expect(scope.freshness.staleUseOf('Account', 'a1')).toMatchObject({
      reason: 'UPSTREAM_UNAVAILABLE',
      ageSeconds: 80_000,
    });
    clock.advanceMs(86_700_000 - 80_000_000 + 1);
    expect((await ask()).answer).toMatchObject({ kind: 'failed', error: down });
  });

  it('serves nothing stale when the source refuses instead of failing', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    source.failsWith = rejected;
    clock.advanceMs(400_000);
    expect((await ask())[0]).toEqual({ kind: 'failed', error: rejected });
  });

  it('gives the fields that are known and says which are not, when one more field can not be fetched', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    source.failsWith = down;
    const [fresh] = await cache.readRecords({
      kind: source.kind,
      ids: ['a1'],
      fields: ['Name', 'Phone'],
      scope: readScope(),
    });
    expect(fresh).toMatchObject({
      kind: 'found',
      state: 'fresh',
      values: { Name: 'Account 1' },
      unread: { fields: ['Phone'], error: down },
    });
    clock.advanceMs(400_000);
    const [stale] = await cache.readRecords({
      kind: source.kind,
      ids: ['a1'],
      fields: ['Name', 'Phone'],
      scope: readScope(),
    });
    expect(stale).toMatchObject({ kind: 'found', state: 'stale', unread: { fields: ['Phone'] } });
  });

  it('asks again for what is older than the client takes, and obeys what it says about stale values', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = (demand: { maxAgeSeconds?: number; onStale?: 'SERVE' | 'NULL' | 'FAIL' }) =>
      cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], demand, scope: readScope() });
    await ask({});
    clock.advanceMs(60_000);
    await ask({ maxAgeSeconds: 60 });
    expect(source.calls).toHaveLength(1);
    await ask({ maxAgeSeconds: 59 });
    expect(source.calls).toHaveLength(2);
    source.failsWith = down;
    clock.advanceMs(10_000);
    expect((await ask({ maxAgeSeconds: 5 }))[0]).toMatchObject({ kind: 'found', state: 'stale' });
    expect((await ask({ maxAgeSeconds: 5, onStale: 'NULL' }))[0]).toMatchObject({ kind: 'absent', reason: 'stale' });
    expect((await ask({ maxAgeSeconds: 5, onStale: 'FAIL' }))[0]).toEqual({ kind: 'failed', error: down });
    expect((await ask({ maxAgeSeconds: 30, onStale: 'FAIL' }))[0]).toMatchObject({ kind: 'found', state: 'fresh' });
  });

  it('does not serve meanwhile to a client that takes nothing stale', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache, clock } = memoryCache();
    const ask = (onStale: 'SERVE' | 'FAIL') =>
      cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], demand: { onStale }, scope: readScope() });
    await ask('SERVE');
    clock.advanceMs(310_000);
    expect((await ask('FAIL'))[0]).toMatchObject({ state: 'fresh' });
    expect(source.calls).toHaveLength(2);
  });

  it('keeps values longer while the allowance of the source is tight', async () => {
    const source = new ScriptedSource().fill(1);
    let factor = 4;
    const { cache, clock } = memoryCache({
      limits: {
        ttlDefaultSeconds: 300,
        ttlLongSeconds: 3_600,
        staleTtlSeconds: 86_400,
        revalidateWindowSeconds: 0,
        absenceTtlSeconds: 20,
        ttlFactor: () => factor,
      },
    });
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    clock.advanceMs(1_000_000);
    expect((await ask())[0]).toMatchObject({ state: 'fresh' });
    expect(source.calls).toHaveLength(1);
    factor = 1;
    await ask();
    expect(source.calls).toHaveLength(2);
  });

  it('lets different calls fall due at different times, none later than the limit', async () => {
    const source = new ScriptedSource().fill(200);
    const { cache, clock } = memoryCache({ memory: { maxEntries: 1_000, maxBytes: 1e8 } });
    for (let n = 1; n <= 200; n += 1) {
      await cache.readRecords({ kind: source.kind, ids: [`a${n}`], fields: ['Name'], scope: readScope() });
    }
    const due = async () => {
      const ids = Array.from({ length: 200 }, (_, n) => `a${n + 1}`);
      source.failsWith = down;
      const answers = await cache.readRecords({ kind: source.kind, ids, fields: ['Name'], scope: readScope() });
      await settle();
      return answers.filter((answer) => answer.kind === 'found' && answer.state === 'stale').length;
    };
    clock.advanceMs(269_000);
    expect(await due()).toBe(0);
    clock.advanceMs(16_000);
    const halfway = await due();
    expect(halfway).toBeGreaterThan(50);
    expect(halfway).toBeLessThan(150);
    clock.advanceMs(15_000);
    expect(await due()).toBe(200);
  });

  it('stores no failure and no part of one', async () => {
    const source = new ScriptedSource().fill(2);
    const failing = new ScriptedSource({
      fetch: async (ids) =>
        new Map(
          ids.map((id) => [
            id,
            id === 'a1' ? { kind: 'failed' as const, error: down } : { kind: 'found' as const, values: { Name: id } },
          ]),
        ),
    });
    const { cache } = memoryCache();
    const answers = await cache.readRecords({
      kind: failing.kind,
      ids: ['a1', 'a2'],
      fields: ['Name'],
      scope: readScope(),
    });
    expect(answers).toMatchObject([
      { kind: 'failed', error: down },
      { kind: 'found', values: { Name: 'a2' } },
    ]);
    expect(cache.stats().entries).toBe(1);
    const [again] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    expect(again).toMatchObject({ kind: 'found' });
  });

  it('calls a defect of a source a defect', async () => {
    const source = new ScriptedSource({
      fetch: () => {
        throw new TypeError('undefined is not a function');
      },
    });
    const { cache } = memoryCache();
    const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    expect(answer).toMatchObject({ kind: 'failed', error: { code: 'INTERNAL_SERVER_ERROR' } });
  });
});

describe('invalidation', () => {
  it.each([
    ['the record', recordTag('Account', 'a1')],
    ['the type', typeTag('Account')],
    ['the source', sourceTag('SALESFORCE')],
  ])('drops what is held by %s', async (_what, tag) => {
    const source = new ScriptedSource().fill(1);
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    await cache.invalidate([tag]);
    await ask();
    expect(source.calls).toHaveLength(2);
    await ask();
    expect(source.calls).toHaveLength(2);
  });

  it('leaves everything else alone', async () => {
    const source = new ScriptedSource().fill(2);
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1', 'a2'], fields: ['Name'], scope: readScope() });
    await ask();
    await cache.invalidate([recordTag('Account', 'a2')]);
    await ask();
    expect(source.calls.at(-1)?.ids).toEqual(['a2']);
  });

  it('does not let a read that began before write after', async () => {
    const source = new ScriptedSource().fill(1);
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    const slow = ask();
    await settle();
    source.records.set('a1', { Name: 'Changed' });
    await cache.invalidate([recordTag('Account', 'a1')]);
    const later = ask();
    await settle();
    expect(source.calls).toHaveLength(2);
    source.underWay[1]?.answer();
    expect((await later)[0]).toMatchObject({ values: { Name: 'Changed' } });
    source.underWay[0]?.answer();
    expect((await slow)[0]).toMatchObject({ values: { Name: 'Account 1' } });
    expect((await ask())[0]).toMatchObject({ values: { Name: 'Changed' } });
  });

  it('asks once more when a read has joined a fetch by a name, and the invalidation came by another', async () => {
    const source = new ScriptedSource().fill(1);
    source.names.set('PSD-7', 'a1');
    source.answersAtOnce = false;
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['PSD-7'], fields: ['Name'], scope: readScope() });
    const early = ask();
    await settle();
    source.records.set('a1', { Name: 'Changed' });
    await cache.invalidate([recordTag('Account', 'a1')]);
    const late = ask();
    await settle();
    source.underWay[0]?.answer();
    await early;
    await settle();
    source.underWay[1]?.answer();
    expect((await late)[0]).toMatchObject({ values: { Name: 'Changed' } });
  });

  it('fences what came along with another read', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache } = memoryCache();
    const mark = cache.beginRead();
    await cache.invalidate([recordTag('Account', 'a1')]);
    cache.putRecords(source.kind, new Map([['a1', { values: { Name: 'Old' } }]]), mark);
    expect(cache.stats().entries).toBe(0);
    cache.putRecords(source.kind, new Map([['a1', { values: { Name: 'New' } }]]), cache.beginRead());
    const [answer] = await cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    expect(answer).toMatchObject({ values: { Name: 'New' } });
    expect(source.calls).toHaveLength(0);
  });

  it('serves nothing from before it even while the source is down', async () => {
    const source = new ScriptedSource().fill(1);
    const { cache } = memoryCache();
    const ask = () => cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], scope: readScope() });
    await ask();
    await cache.invalidate([recordTag('Account', 'a1')]);
    source.failsWith = down;
    expect((await ask())[0]).toEqual({ kind: 'failed', error: down });
  });
});

describe('lists', () => {
  function childrenOf(source: ScriptedSource, children: Map<string, string[]>, calls: string[][]): ListKind {
    return {
      source: 'SALESFORCE',
      type: 'Account',
      name: 'byParent',
      freshness: 'default',
      maxListsPerFetch: 100,
      isConcerned: (key, { ids }, changes) =>
        changes.some(({ id, values }) => values === undefined || (values?.Parent === key) !== ids.includes(id)),
      fetch: async (keys, fields, call) => {
        calls.push([...keys]);
        const ids = new Set(keys.flatMap((key) => children.get(key) ?? []));
        const records = [...ids].map((id) => {
          const record = source.records.get(id) ?? {};
          return [id, { values: Object.fromEntries(fields.map((field) => [field, record[field] ?? null])) }] as const;
        });
        call.put(source.kind, new Map(records));
        return new Map(
          keys.map((key) => [
            key,
            { kind: 'found', ids: children.get(key) ?? [], meta: { total: children.get(key)?.length ?? 0 } },
          ]),
        );
      },
    };
  }

  it('keeps lists as identities and their records as records', async () => {
    const source = new ScriptedSource().fill(3);
    const calls: string[][] = [];
    const kind = childrenOf(
      source,
      new Map([
        ['p1', ['a2', 'a1']],
        ['p2', ['a3']],
      ]),
      calls,
    );
    const { cache } = memoryCache();
    const ask = (keys: string[]) => cache.readLists({ kind, keys, fields: ['Name'], scope: readScope() });
    const lists = await ask(['p1', 'p3', 'p2']);
    expect(lists).toMatchObject([
      { ids: ['a2', 'a1'], meta: { total: 2 } },
      { ids: [], meta: { total: 0 } },
      { ids: ['a3'] },
    ]);
    expect(calls).toEqual([['p1', 'p3', 'p2']]);
    await ask(['p2', 'p1']);
    expect(calls).toHaveLength(1);
    await cache.readRecords({ kind: source.kind, ids: ['a1', 'a2', 'a3'], fields: ['Name'], scope: readScope() });
    expect(source.calls).toHaveLength(0);
  });

  it('drops lists by the tag of their type, and keeps those that a known change does not concern', async () => {
    const source = new ScriptedSource().fill(3);
    const calls: string[][] = [];
    const children = new Map([
      ['p1', ['a1']],
      ['p2', ['a3']],
    ]);
    const kind = childrenOf(source, children, calls);
    const { cache } = memoryCache();
    const ask = () => cache.readLists({ kind, keys: ['p1', 'p2'], fields: ['Name'], scope: readScope() });
    await ask();
    children.set('p1', ['a1', 'a2']);
    await cache.invalidate([], [{ type: 'Account', id: 'a2', values: { Parent: 'p1' } }]);
    expect(await ask()).toMatchObject([{ ids: ['a1', 'a2'] }, { ids: ['a3'] }]);
    expect(calls.at(-1)).toEqual(['p1']);
    await cache.invalidate([listsTag('Account')]);
    await ask();
    expect(calls.at(-1)).toEqual(['p1', 'p2']);
    await cache.invalidate([], [{ type: 'Account', id: 'a9', values: { Parent: 'p9' } }]);
    await ask();
    expect(calls).toHaveLength(3);
    await cache.invalidate([], [{ type: 'Account', id: 'a9' }]);
    await ask();
    expect(calls).toHaveLength(4);
    await cache.readRecords({ kind: source.kind, ids: ['a1', 'a3'], fields: ['Name'], scope: readScope() });
    expect(source.calls).toHaveLength(0);
  });

  it('serves a list as stale while its source is down, and says so', async () => {
    const source = new ScriptedSource().fill(1);
    let fails = false;
    const kind: ListKind = {
      source: 'JIRA',
      type: 'JiraIssue',
      name: 'search',
      freshness: 'default',
      maxListsPerFetch: 1,
      fetch: async (keys) => {
        if (fails) throw new GatewayError('UPSTREAM_RATE_LIMITED', 'Jira asks for fewer calls.', { source: 'JIRA' });
        return new Map(keys.map((key) => [key, { kind: 'found', ids: source.records.has('a1') ? ['a1'] : [] }]));
      },
    };
    const { cache, clock } = memoryCache();
    await cache.readLists({ kind, keys: ['q'], fields: [], scope: readScope() });
    fails = true;
    clock.advanceMs(3_600_000);
    const scope = readScope();
    const [list] = await cache.readLists({ kind, keys: ['q'], fields: [], scope });
    expect(list).toMatchObject({ kind: 'found', ids: ['a1'], meta: null, state: 'stale' });
    expect(scope.freshness.staleUses[0]).toMatchObject({
      type: 'JiraIssue[] search',
      id: 'q',
      reason: 'UPSTREAM_RATE_LIMITED',
    });
    const [none] = await cache.readLists({
      kind,
      keys: ['q'],
      fields: [],
      demand: { onStale: 'NULL' },
      scope: readScope(),
    });
    expect(none).toMatchObject({ kind: 'absent', reason: 'stale' });
  });
});
