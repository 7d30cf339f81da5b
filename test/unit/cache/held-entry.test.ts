import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actualReadAtMs, type HeldFound, mergeHeld, type Reading, readingOf } from '../../../src/cache/held-entry.ts';

const readAt = (readAtMs: number, actual?: number): Reading => ({
  readAtMs,
  ...(actual === undefined ? {} : { actualReadAtMs: actual }),
  asOf: 0,
  early: 0,
});

/** A record whose values tell when they were read. */
function heldOf(fields: readonly string[], reading: Reading): HeldFound {
  const values = Object.fromEntries(fields.map((field) => [field, actualReadAtMs(reading)]));
  return { kind: 'found', id: 'a1', values, readings: reading, names: [], tags: ['Account'] };
}

const someFields = fc.uniqueArray(fc.constantFrom('Name', 'Type', 'Phone'), { minLength: 1 });

describe('of several readings of a record', () => {
  test('the latest of each field is held, in whichever order they arrive and whichever fields they have', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
        someFields,
        someFields,
        fc.integer({ min: 0, max: 1 }),
        (times, some, others, turn) => {
          const arriving = times.map((ms, place) => heldOf((place + turn) % 2 === 0 ? some : others, readAt(ms)));
          const [first, ...rest] = arriving;
          if (!first) return;
          const held = rest.reduce<HeldFound>((before, next) => mergeHeld(before, next) as HeldFound, first);
          for (const field of new Set([...some, ...others])) {
            const latest = Math.max(...arriving.map(({ values }) => Number(values[field] ?? Number.NEGATIVE_INFINITY)));
            if (Number.isFinite(latest)) expect([field, held.values[field]]).toEqual([field, latest]);
            else expect(readingOf(held, field)).toBeUndefined();
          }
        },
      ),
    );
  });

  test.each([
    ['all', ['Name']],
    ['some', ['Name', 'Type']],
  ])(
    'one that was confirmed stays so when the same one comes out of a shared tier with %s of the fields',
    (_what, own) => {
      const confirmed = heldOf(own, readAt(900, 100));
      const merged = mergeHeld(confirmed, heldOf(['Name'], readAt(100)));
      expect(readingOf(merged as HeldFound, 'Name')).toMatchObject({ readAtMs: 900, actualReadAtMs: 100 });
    },
  );

  test('one that was confirmed gives way to one that was read later', () => {
    const merged = mergeHeld(heldOf(['Name'], readAt(900, 100)), heldOf(['Name'], readAt(500)));
    expect(merged).toMatchObject({ values: { Name: 500 } });
  });

  test('that a record is not there counts as a reading of its own', () => {
    const absent = { kind: 'absent', reason: 'notFound', reading: readAt(500), tags: [] } as const;
    expect(mergeHeld(absent, heldOf(['Name'], readAt(400)))).toBe(absent);
    expect(mergeHeld(heldOf(['Name'], readAt(400)), absent)).toBe(absent);
    expect(mergeHeld(absent, heldOf(['Name'], readAt(600)))).toMatchObject({ values: { Name: 600 } });
  });

  test('a list is of one reading, the later one', () => {
    const list = { tag: 'Account[]', isConcerned: () => true };
    const [earlier, later] = [readAt(400), readAt(500)].map((reading) => ({
      ...heldOf(['ids', 'meta'], reading),
      list,
    }));
    if (!earlier || !later) throw new Error('There are two.');
    expect(mergeHeld(later, earlier)).toMatchObject({ values: { ids: 500, meta: 500 } });
    expect(mergeHeld(earlier, later)).toMatchObject({ values: { ids: 500, meta: 500 } });
  });
});
