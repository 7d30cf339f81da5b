import { describe, expect, test } from 'vitest';
import type { ListKind } from '../../../src/cache/record-kind.ts';
import { memoryCache, readScope, ScriptedSource, settle } from '../../support/cache-source.ts';

const seconds = (count: number) => count * 1_000;
const ids = (count: number) => Array.from({ length: count }, (_, n) => `a${n + 1}`);

function polled(count = 1) {
  const source = new ScriptedSource().fill(count);
  const { cache, clock } = memoryCache();
  const startedAtMs = clock.now();
  clock.advanceMs(1);
  const read = (of = ids(count), fields = ['Name']) =>
    cache.readRecords({ kind: source.kind, ids: of, fields, scope: readScope() });
  const confirm = () => cache.renew(['Account'], { sinceMs: startedAtMs, untilMs: clock.now(), tellsDeletions: true });
  return { source, cache, clock, read, confirm };
}

describe('records that their source has confirmed', () => {
  test('stay fresh without being read again, three hundred by one confirmation', async () => {
    const { source, clock, read, confirm } = polled(300);
    await read();
    const callsBefore = source.calls.length;
    clock.advanceMs(seconds(200));
    confirm();
    clock.advanceMs(seconds(200));
    const answers = await read();
    expect(source.calls.length).toBe(callsBefore);
    expect(new Set(answers.map((answer) => (answer.kind === 'failed' ? 'failed' : answer.state)))).toEqual(
      new Set(['fresh']),
    );
    expect(answers[0]).toMatchObject({ readAtMs: clock.now() - seconds(200) });
  });

  test('are read again when they were invalidated before', async () => {
    const { source, cache, clock, read, confirm } = polled(2);
    await read();
    await cache.invalidate(['Account:a1']);
    clock.advanceMs(seconds(200));
    confirm();
    source.calls.length = 0;
    await read();
    expect(source.calls).toEqual([{ ids: ['a1'], fields: ['Name'] }]);
  });

  test('are read again when they were read before what the confirmation covers', async () => {
    const { source, cache, clock, read } = polled();
    await read();
    clock.advanceMs(seconds(200));
    cache.renew(['Account'], { sinceMs: clock.now() - 1, untilMs: clock.now(), tellsDeletions: true });
    clock.advanceMs(seconds(200));
    await read();
    expect(source.calls.length).toBe(2);
  });

  test('are read again after twelve time limits, whatever was confirmed', async () => {
    const { source, clock, read, confirm } = polled();
    await read();
    for (let minute = 0; minute < 59; minute += 1) {
      clock.advanceMs(seconds(60));
      confirm();
    }
    await read();
    expect(source.calls.length).toBe(1);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.advanceMs(seconds(60));
      confirm();
    }
    await read();
    expect(source.calls.length).toBe(2);
  });

  test('never get older by a confirmation from before they were read', async () => {
    const { cache, clock, read } = polled();
    const earlier = clock.now();
    clock.advanceMs(seconds(100));
    await read();
    const readAtMs = clock.now();
    cache.renew(['Account'], { sinceMs: earlier - 1, untilMs: earlier, tellsDeletions: true });
    expect(await read()).toMatchObject([{ readAtMs }]);
  });

  test('give way to what is read after them, although they were confirmed after that reading began', async () => {
    const { source, cache, clock, read, confirm } = polled();
    await read();
    clock.advanceMs(seconds(100));
    source.records.set('a1', { Name: 'Changed without a trace' });
    source.answersAtOnce = false;
    const demand = { maxAgeSeconds: 10 };
    const reading = cache.readRecords({ kind: source.kind, ids: ['a1'], fields: ['Name'], demand, scope: readScope() });
    await settle();
    clock.advanceMs(seconds(1));
    confirm();
    expect(await read()).toMatchObject([{ values: { Name: 'Account 1' } }]);
    for (const call of source.underWay.splice(0)) call.answer();
    const changed = [{ values: { Name: 'Changed without a trace' } }];
    expect(await reading).toMatchObject(changed);
    expect(await read()).toMatchObject(changed);
  });

  test('are confirmed field by field', async () => {
    const { source, cache, clock, read } = polled();
    await read(['a1'], ['Name']);
    clock.advanceMs(seconds(150));
    await read(['a1'], ['Industry']);
    clock.advanceMs(seconds(100));
    cache.renew(['Account'], { sinceMs: clock.now() - seconds(120), untilMs: clock.now(), tellsDeletions: true });
    clock.advanceMs(seconds(100));
    source.calls.length = 0;
    await read(['a1'], ['Name', 'Industry']);
    expect(source.calls).toEqual([{ ids: ['a1'], fields: ['Name'] }]);
  });
});

test('an absence is not renewed, so that a record made meanwhile is found', async () => {
  const { source, clock, read, confirm } = polled(0);
  expect(await read(['a9'])).toMatchObject([{ kind: 'absent' }]);
  clock.advanceMs(seconds(19));
  confirm();
  clock.advanceMs(seconds(10));
  await read(['a9']);
  expect(source.calls.length).toBe(2);
});

test('a list of confirmed records is confirmed with them, and one of another type is not', async () => {
  const calls: string[] = [];
  const lists = (type: string): ListKind => ({
    source: 'SALESFORCE',
    type,
    name: 'all',
    freshness: 'default',
    maxListsPerFetch: 1,
    fetch: async (keys) => {
      calls.push(type);
      return new Map(keys.map((key) => [key, { kind: 'found' as const, ids: ['a1'] }]));
    },
  });
  const { cache, clock } = memoryCache();
  const kinds = [lists('Account'), lists('Project')];
  const readAll = () =>
    Promise.all(kinds.map((kind) => cache.readLists({ kind, keys: ['k'], fields: ['Name'], scope: readScope() })));
  const startedAtMs = clock.now();
  clock.advanceMs(1);
  await readAll();
  clock.advanceMs(seconds(200));
  cache.renew(['Account'], { sinceMs: startedAtMs, untilMs: clock.now(), tellsDeletions: true });
  clock.advanceMs(seconds(200));
  await readAll();
  expect(calls).toEqual(['Account', 'Project', 'Project']);
});
