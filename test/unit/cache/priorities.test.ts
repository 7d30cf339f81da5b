import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import type { CallPriority } from '../../../src/platform/priority.ts';
import { memoryCache, readScope, ScriptedSource, settle } from '../../support/cache-source.ts';

const spent = new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', 'Few calls are left.', {
  source: 'SALESFORCE',
  retryAfterSeconds: 3_600,
  details: { resetsAt: '2026-03-31T13:00:00.000Z' },
});

/** A source with its allowance almost spent: it lets only those through who can't do with older values. */
function rationed() {
  const sent: CallPriority[] = [];
  const refused: CallPriority[] = [];
  const source = new ScriptedSource({
    fetch: async (ids, fields, call) => {
      await settle(1);
      if (isTight && call.priority !== 'interactive') {
        refused.push(call.priority);
        throw spent;
      }
      sent.push(call.priority);
      return new Map(
        ids.map((id) => [
          id,
          { kind: 'found', values: Object.fromEntries(fields.map((field) => [field, `${id} now`])) },
        ]),
      );
    },
  });
  let isTight = false;
  const { cache, clock } = memoryCache();
  const read = async (priority: CallPriority, id = 'a1') => {
    const scope = { ...readScope(), priority };
    const [answer] = await cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope });
    return { answer, reasons: scope.freshness.staleUses.map(({ reason }) => reason) };
  };
  return { read, sent, refused, clock, tighten: () => (isTight = true) };
}

describe('while the last calls are kept for those who need fresh values', () => {
  it.each(['analyst', 'background'] as const)(
    'what is held is served as stale to %s, with the reason',
    async (priority) => {
      const { read, sent, clock, tighten } = rationed();
      await read(priority);
      tighten();
      clock.advanceMs(1_000_000);
      const { answer, reasons } = await read(priority);
      expect(answer).toMatchObject({ kind: 'found', state: 'stale' });
      expect(reasons).toEqual(['UPSTREAM_QUOTA_EXHAUSTED']);
      expect(sent).toEqual([priority]);
    },
  );

  it('an analyst gets the refusal for what is not held', async () => {
    const { read, tighten } = rationed();
    tighten();
    expect((await read('analyst')).answer).toEqual({ kind: 'failed', error: spent });
  });

  it('a refusal to an analyst does not keep the next one from fresh values who needs them', async () => {
    const { read, sent, refused, clock, tighten } = rationed();
    await read('interactive');
    tighten();
    clock.advanceMs(1_000_000);
    await read('analyst');
    await read('analyst');
    expect(refused).toEqual(['analyst']);
    expect((await read('interactive')).answer).toMatchObject({ kind: 'found', state: 'fresh' });
    expect(sent).toEqual(['interactive', 'interactive']);
  });

  it('who needs fresh values gets them although the fetch that was joined had left for an analyst', async () => {
    const { read, sent, refused, tighten } = rationed();
    tighten();
    const [analyst, person] = await Promise.all([read('analyst'), read('interactive')]);
    expect(analyst.answer).toEqual({ kind: 'failed', error: spent });
    expect(person.answer).toMatchObject({ kind: 'found', state: 'fresh' });
    expect({ sent, refused }).toEqual({ sent: ['interactive'], refused: ['analyst'] });
  });

  it('what a person was served meanwhile is renewed, and what an analyst was is not', async () => {
    const { read, sent, clock, tighten } = rationed();
    await read('interactive');
    tighten();
    clock.advanceMs(310_000);
    await read('analyst');
    await settle(20);
    expect(sent).toHaveLength(1);
    expect((await read('interactive')).answer).toMatchObject({ state: 'stale' });
    await settle(20);
    expect(sent).toHaveLength(2);
    expect((await read('analyst')).answer).toMatchObject({ state: 'fresh' });
  });
});

it('a fetch that several wait for is as urgent as it is for the one who needs it most', async () => {
  const source = new ScriptedSource().fill(4);
  const { cache } = memoryCache({ coalesceWindowMs: 10 });
  const ask = (id: string, priority: CallPriority) =>
    cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: { ...readScope(), priority } });
  source.answersAtOnce = false;
  const reads = [ask('a1', 'background'), ask('a1', 'analyst'), ask('a2', 'background')];
  await new Promise((resolve) => setTimeout(resolve, 20));
  reads.push(ask('a3', 'analyst'), ask('a3', 'interactive'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(source.underWay.map(({ call }) => call.priority)).toEqual(['analyst', 'interactive']);
  for (const { answer } of source.underWay) answer();
  await Promise.all(reads);
});
