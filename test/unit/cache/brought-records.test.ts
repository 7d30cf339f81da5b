import { expect, test } from 'vitest';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import type { BroughtRecords } from '../../../src/cache/record-cache.ts';
import { memoryCache, readScope, ScriptedSource } from '../../support/cache-source.ts';

const change = { type: 'Account', id: 'a1', values: { Name: 'Changed' } };

/** A cache whose invalidations get their place in the order of all instances once `log` lets them. */
function polled(log: (ledger: InvalidationLedger, tags: readonly string[], sequence: number) => void = logged) {
  const ledger = new InvalidationLedger();
  const source = new ScriptedSource().fill(2);
  const { cache } = memoryCache({
    ledger,
    announce: async (tags, sequence) => {
      log(ledger, tags, sequence);
      return true;
    },
  });
  const nameOf = async (id: string) => {
    const [answer] = await cache.readRecords({ kind: source.kind, ids: [id], fields: ['Name'], scope: readScope() });
    return answer?.kind === 'found' ? answer.values.Name : answer?.kind;
  };
  const brought = (Name: string | null): BroughtRecords => ({
    mark: cache.beginRead(),
    records: new Map([[source.kind, new Map([['a1', Name === null ? null : { values: { Name }, names: ['first'] }]])]]),
  });
  return { ledger, source, cache, nameOf, brought };
}

function logged(ledger: InvalidationLedger, tags: readonly string[], sequence: number): void {
  const logId = ledger.seenLogId + 1;
  ledger.logged(tags, logId, sequence);
  ledger.sawLog(logId);
}

test('what was read of a record when its change was found out is served without asking for it again, by its other names too', async () => {
  const { source, cache, nameOf, brought } = polled();
  expect(await nameOf('a1')).toBe('Account 1');
  source.calls.length = 0;
  await cache.invalidate([], [change], brought('Changed'));
  expect(await nameOf('a1')).toBe('Changed');
  expect(await nameOf('first')).toBe('Changed');
  await cache.invalidate([], [{ ...change, values: null }], brought(null));
  expect(await nameOf('a1')).toBe('absent');
  expect(source.calls).toEqual([]);
});

test('it is not kept when the record was invalidated while it was on its way', async () => {
  const { source, cache, nameOf, brought } = polled();
  const older = brought('Older');
  source.records.set('a1', { Name: 'Written since' });
  await cache.invalidate(['Account:a1']);
  await cache.invalidate([], [change], older);
  expect(await nameOf('a1')).toBe('Written since');
});

test('it is not kept when another instance has invalidated the record meanwhile, as the log tells', async () => {
  const { source, cache, nameOf, brought } = polled((ledger, tags, sequence) => {
    source.records.set('a1', { Name: 'Written elsewhere' });
    ledger.applyOther('Account:a1', ledger.seenLogId + 1);
    ledger.sawLog(ledger.seenLogId + 1);
    logged(ledger, tags, sequence);
  });
  await cache.invalidate([], [change], brought('Older'));
  expect(await nameOf('a1')).toBe('Written elsewhere');
});

test('it is not kept while its own invalidation has no place in the order of all instances', async () => {
  const { source, cache, nameOf, brought } = polled(() => undefined);
  await cache.invalidate([], [change], brought('Changed'));
  await nameOf('a1');
  expect(source.calls).toHaveLength(1);
});
