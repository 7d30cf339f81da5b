import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import type { FreshnessDemand } from '../../../src/platform/freshness.ts';
import { memoryCache, readScope, ScriptedSource, settle } from '../../support/cache-source.ts';

const seconds = (count: number) => count * 1_000;
const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'Salesforce could not be reached.', { source: 'SALESFORCE' });

/** Account a1 was read when the clock was ten minutes ahead, and has changed since. */
async function setBack(fields = ['Name']) {
  const source = new ScriptedSource().fill(1);
  const { cache, clock } = memoryCache();
  const ask = async (demand?: FreshnessDemand, asked = fields) => {
    const scope = readScope();
    const question = { kind: source.kind, ids: ['a1'], fields: asked, scope };
    const [answer] = await cache.readRecords(demand ? { ...question, demand } : question);
    return { answer, scope };
  };
  const confirm = (sinceMs: number) =>
    cache.renew(['Account'], { sinceMs, untilMs: clock.now(), tellsDeletions: true });
  for (const field of fields) {
    await ask(undefined, [field]);
    clock.advanceMs(1);
  }
  confirm(clock.now() - seconds(3_600));
  clock.advanceMs(-seconds(600));
  source.records.set('a1', { Name: 'Renamed', Industry: 'Energy' });
  source.calls.length = 0;
  return { source, cache, clock, ask, confirm };
}

const renamed = { kind: 'found', state: 'fresh', values: { Name: 'Renamed' } };

describe('what was read before the clock was set back', () => {
  test('is served as stale once, and then what one call has renewed', async () => {
    const { source, ask, clock } = await setBack();
    const { answer, scope } = await ask();
    expect(answer).toMatchObject({
      state: 'stale',
      values: { Name: 'Account 1' },
      readAtMs: clock.now() - seconds(300),
    });
    expect(scope.freshness.staleUseOf('Account', 'a1')).toMatchObject({ reason: 'REVALIDATING', ageSeconds: 300 });
    await settle();
    expect((await ask()).answer).toMatchObject({ ...renamed, readAtMs: clock.now() });
    expect(source.calls).toHaveLength(1);
  });

  test.for<FreshnessDemand>([{ onStale: 'NULL' }, { onStale: 'FAIL' }, { maxAgeSeconds: 60 }])(
    'is never given as fresh to a client that demands %j',
    async (demand) => {
      const { source, ask } = await setBack();
      expect((await ask(demand)).answer).toMatchObject(renamed);
      expect((await ask(demand)).answer).toMatchObject(renamed);
      expect(source.calls).toHaveLength(1);
    },
  );

  test('is renewed in each of its fields also where they were read apart', async () => {
    const { ask } = await setBack(['Name', 'Industry']);
    const values = { Name: 'Renamed', Industry: 'Energy' };
    expect((await ask({ onStale: 'FAIL' })).answer).toMatchObject({ ...renamed, values });
    expect((await ask()).answer).toMatchObject({ ...renamed, values });
  });

  test('gives way to what comes along with another read before anybody looks at it', async () => {
    const { source, cache, ask } = await setBack();
    cache.putRecords(source.kind, new Map([['a1', { values: { Name: 'Renamed' } }]]), cache.beginRead());
    expect((await ask()).answer).toMatchObject(renamed);
    expect(source.calls).toHaveLength(0);
  });

  test('serves an outage, no longer than anything else does', async () => {
    const { source, ask, clock } = await setBack();
    source.failsWith = down;
    expect((await ask()).answer).toMatchObject({ state: 'stale', values: { Name: 'Account 1' } });
    clock.advanceMs(seconds(86_400));
    expect((await ask()).answer).toMatchObject({ kind: 'failed', error: down });
  });

  test('is not made fresh by what is confirmed later, since nobody knows when it was read', async () => {
    const { ask, confirm, clock } = await setBack();
    confirm(clock.now() - seconds(3_600));
    expect((await ask({ onStale: 'FAIL' })).answer).toMatchObject(renamed);
  });

  test('stays as it is where the clock was set back by no more than clocks differ anyway', async () => {
    const { source, ask, clock } = await setBack();
    clock.advanceMs(seconds(541));
    expect((await ask()).answer).toMatchObject({ state: 'fresh', values: { Name: 'Account 1' } });
    expect(source.calls).toHaveLength(0);
  });
});

describe('what is read after the clock was set back', () => {
  test('is not dated by what was confirmed before', async () => {
    const { source, ask, clock } = await setBack();
    await ask({ onStale: 'FAIL' });
    clock.advanceMs(seconds(60));
    expect((await ask()).answer).toMatchObject({ ...renamed, readAtMs: clock.now() - seconds(60) });
    expect(source.calls).toHaveLength(1);
  });

  test('is confirmed again, although what was known is confirmed until later', async () => {
    const { source, ask, confirm, clock } = await setBack();
    const resumedAtMs = clock.now() - 1;
    await ask({ onStale: 'FAIL' });
    for (let round = 0; round < 3; round += 1) {
      clock.advanceMs(seconds(150));
      confirm(resumedAtMs);
    }
    expect((await ask()).answer).toMatchObject({ ...renamed, readAtMs: clock.now() });
    expect(source.calls).toHaveLength(1);
  });
});
