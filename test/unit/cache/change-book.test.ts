import { describe, expect, test } from 'vitest';
import type { ListRule } from '../../../src/cache/entry-kind.ts';
import type { HeldFound } from '../../../src/cache/held-entry.ts';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import { explainedTags, type RecordChange, readChanges, writtenChanges } from '../../../src/cache/record-change.ts';

const TAG = 'Thing[]';

/** A list of the group `a`, which a record concerns that is said to be in it. */
const list: ListRule = {
  tag: TAG,
  isConcerned: (_key, _values, changes) => changes.some(({ values }) => values?.group === 'a'),
};
const held: HeldFound = {
  kind: 'found',
  id: 'a',
  values: { ids: [], meta: null },
  readings: { readAtMs: 0, asOf: 0, early: 0 },
  names: [],
  tags: ['Thing', TAG],
  list,
};
const change = (group: string): RecordChange => ({ type: 'Thing', id: 'r1', values: { group } });
const known = (...changes: RecordChange[]) => explainedTags(changes, []);

describe('a list that was read before an invalidation', () => {
  test('stays when all that happened since does not concern it, and goes when something does', () => {
    const ledger = new InvalidationLedger();
    const { sequence } = ledger;
    ledger.applyOwn([TAG], known(change('b')));
    ledger.applyOwn([TAG], known(change('c')));
    expect(ledger.outdates(held, sequence)).toBe(false);
    ledger.applyOwn([TAG], known(change('a')));
    ledger.applyOwn([TAG], known(change('b')));
    expect(ledger.outdates(held, sequence)).toBe(true);
    expect(ledger.outdates(held, ledger.sequence - 1)).toBe(false);
  });

  test.each([
    ['of which nobody knows why', (ledger: InvalidationLedger) => ledger.applyOwn([TAG])],
    ['of its whole type', (ledger: InvalidationLedger) => ledger.applyOwn(['Thing'])],
    ['by another instance that does not say why', (ledger: InvalidationLedger) => ledger.applyOther(TAG, 3)],
  ])('goes after one %s, whatever is known of others', (_what, invalidate) => {
    const ledger = new InvalidationLedger();
    const { sequence } = ledger;
    ledger.applyOwn([TAG], known(change('b')));
    invalidate(ledger);
    ledger.applyOwn([TAG], known(change('b')));
    expect(ledger.outdates(held, sequence)).toBe(true);
    expect(ledger.outdates({ ...held, tags: held.tags }, ledger.sequence - 1)).toBe(false);
  });

  test('goes when so much has changed since that the first of it is forgotten', () => {
    const ledger = new InvalidationLedger();
    for (let n = 0; n < 2_001; n += 1) ledger.applyOwn([TAG], known(change('b')));
    expect(ledger.outdates(held, 0)).toBe(true);
    expect(ledger.outdates(held, 1)).toBe(false);
  });
});

describe('a list that another instance has read', () => {
  const read = (asOf: number) => [held, asOf] as const;

  test('is taken when nothing after its reading concerns it', () => {
    const ledger = new InvalidationLedger();
    ledger.applyOther(TAG, 1, [change('a')]);
    ledger.applyOther(TAG, 2, [change('b')]);
    expect(ledger.refuses(...read(0))).toBe(true);
    expect(ledger.refuses(...read(1))).toBe(false);
  });

  test('is refused for a change that is heard of later than one made after it', () => {
    const ledger = new InvalidationLedger();
    ledger.applyOther(TAG, 5, [change('b')]);
    const { sequence } = ledger;
    expect(ledger.refuses(...read(3))).toBe(false);
    ledger.applyOther(TAG, 4, [change('a')]);
    expect(ledger.refuses(...read(3))).toBe(true);
    expect(ledger.outdates(held, sequence)).toBe(true);
    expect(ledger.refuses(...read(4))).toBe(false);
  });

  test('is refused for one heard of later that nobody explains', () => {
    const ledger = new InvalidationLedger();
    ledger.applyOther(TAG, 5, [change('b')]);
    ledger.applyOther(TAG, 4);
    expect(ledger.refuses(...read(3))).toBe(true);
  });

  test('is judged by a change whose place in the order is not known yet, whenever it was read', () => {
    const ledger = new InvalidationLedger();
    ledger.applyOwn([TAG], known(change('a')));
    expect(ledger.refuses(...read(9))).toBe(true);
    ledger.logged([TAG], 7, ledger.sequence);
    expect(ledger.refuses(...read(9))).toBe(false);
    expect(ledger.refuses(...read(6))).toBe(true);
  });

  test('is refused when it may be older than an invalidation that nobody explained and that has no place yet', () => {
    const ledger = new InvalidationLedger();
    ledger.applyOwn([TAG]);
    const blanket = ledger.sequence;
    ledger.applyOwn([TAG], known(change('b')));
    expect(ledger.refuses(...read(3))).toBe(true);
    ledger.logged([TAG], 4, blanket);
    ledger.logged([TAG], 5, ledger.sequence);
    ledger.applyOwn([TAG], known(change('b')));
    ledger.logged([TAG], 6, ledger.sequence);
    expect(ledger.refuses(...read(3))).toBe(true);
    expect(ledger.refuses(...read(5))).toBe(false);
  });

  test("is not taken for another's change having an own one's place", () => {
    const ledger = new InvalidationLedger();
    ledger.applyOther(TAG, null, [change('a')]);
    ledger.applyOwn([TAG], known(change('b')));
    ledger.logged([TAG], 4, ledger.sequence);
    expect(ledger.refuses(...read(4))).toBe(true);
  });
});

describe('what happened to records', () => {
  test('explains nothing as soon as of one of them nothing is known, of a type that is invalidated anyway, and of very many', () => {
    expect(known(change('b'), { type: 'Thing', id: 'r2' }).size).toBe(0);
    expect(explainedTags([change('b')], [TAG]).size).toBe(0);
    expect(known(...Array.from({ length: 201 }, () => change('b'))).size).toBe(0);
    expect([...known(change('b'), { type: 'Other', id: 'r2' }).keys()]).toEqual([TAG]);
  });

  test('is read back as it was written, without the names', () => {
    const changes: RecordChange[] = [
      { ...change('b'), names: ['PSR-1'] },
      { type: 'Thing', id: 'r2', values: null },
      { type: 'Thing', id: 'r3', fields: ['group'] },
    ];
    const written: unknown = JSON.parse(JSON.stringify(writtenChanges(known(...changes))))[TAG as never];
    expect(readChanges(written)).toEqual([change('b'), ...changes.slice(1)]);
  });

  test.each([[null], [[]], ['text'], [[{}]], [[{ type: 'Thing', id: 'r1' }]], [[{ ...change('b'), fields: [7] }]]])(
    'is not %j',
    (written) => {
      expect(readChanges(written)).toBeNull();
    },
  );
});
