import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from '../../../src/cache/entry-codec.ts';
import type { HeldEntry, HeldFound, Reading } from '../../../src/cache/held-entry.ts';
import { mergeHeld, readingOf } from '../../../src/cache/held-entry.ts';
import type { JsonValue } from '../../../src/cache/record-values.ts';

const tagsOf = (id: string | null, names: readonly string[]) => [`T:${id ?? ''}`, ...names.map((name) => `T:${name}`)];
const field = fc.oneof(
  fc.constantFrom('Name', '__proto__', 'constructor', 'Owner.Name'),
  fc.string().filter((name) => name !== '$'),
);
const reading = fc.record({ readAtMs: fc.nat(), asOf: fc.nat(), early: fc.constant(0) });
/** JSON has one zero. */
const value = fc.jsonValue().map((any) => JSON.parse(JSON.stringify(any)) as JsonValue);
const found: fc.Arbitrary<HeldFound> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(field, value, reading), { minLength: 1, selector: ([name]) => name }),
    fc.array(fc.string()),
  )
  .map(([fields, names]) => {
    const values = Object.create(null) as Record<string, JsonValue>;
    for (const [name, held] of fields)
      Object.defineProperty(values, name, { value: held, enumerable: true, writable: true, configurable: true });
    return {
      kind: 'found',
      id: 'r1',
      values,
      readings: new Map(fields.map(([name, , read]) => [name, read])),
      names,
      tags: tagsOf('r1', names),
    };
  });

describe('an entry as text', () => {
  it('comes back as it was, whatever its fields are called', () => {
    fc.assert(
      fc.property(found, (entry) => {
        const back = decodeEntry(encodeEntry(entry), tagsOf, () => 0);
        if (typeof back === 'string' || back.kind !== 'found')
          throw new Error(`It came back as ${JSON.stringify(back)}.`);
        expect(Object.keys(back.values).sort()).toEqual(Object.keys(entry.values).sort());
        for (const name of Object.keys(entry.values)) {
          expect(back.values[name]).toEqual(entry.values[name]);
          expect(readingOf(back, name)).toMatchObject({
            readAtMs: readingOf(entry, name)?.readAtMs,
            asOf: readingOf(entry, name)?.asOf,
          });
        }
        expect([back.id, back.names, back.tags]).toEqual([entry.id, entry.names, entry.tags]);
      }),
    );
  });

  it.each<HeldEntry>([
    { kind: 'absent', reason: 'forbidden', reading: { readAtMs: 5, asOf: 7, early: 0 }, tags: tagsOf(null, []) },
    { kind: 'alias', id: 'r9', reading: { readAtMs: 5, asOf: 7, early: 0 }, tags: tagsOf('r9', []) },
  ])('comes back when it is $kind', (entry) => {
    expect(decodeEntry(encodeEntry(entry), tagsOf, () => 7)).toMatchObject({
      ...entry,
      reading: { readAtMs: 5, asOf: 7 },
    });
    expect(decodeEntry(encodeEntry(entry), tagsOf, () => 8)).toBe('refused');
  });

  it('loses the fields from before an invalidation and keeps the others', () => {
    const entry: HeldFound = {
      kind: 'found',
      id: 'r1',
      values: { Old: 1, New: 2 },
      readings: new Map<string, Reading>([
        ['Old', { readAtMs: 1, asOf: 10, early: 0 }],
        ['New', { readAtMs: 2, asOf: 20, early: 0 }],
      ]),
      names: [],
      tags: ['T:r1'],
    };
    const back = decodeEntry(encodeEntry(entry), tagsOf, () => 15);
    expect(back).toMatchObject({ kind: 'found' });
    expect(typeof back !== 'string' && back.kind === 'found' && Object.keys(back.values)).toEqual(['New']);
    expect(decodeEntry(encodeEntry(entry), tagsOf, () => 21)).toBe('refused');
  });

  it('is garbage when anybody else wrote it, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(decodeEntry(text, tagsOf, () => 0)).toBe('garbage');
      }),
    );
    fc.assert(
      fc.property(found, fc.nat(), fc.string({ minLength: 1, maxLength: 3 }), (entry, position, noise) => {
        const text = encodeEntry(entry);
        const cut = position % text.length;
        const back = decodeEntry(text.slice(0, cut) + noise + text.slice(cut + noise.length), tagsOf, () => 0);
        expect(typeof back === 'string' || ['found', 'absent', 'alias'].includes(back.kind)).toBe(true);
      }),
    );
  });
});

describe('merging what is held of a record', () => {
  it('loses no field, and takes the later reading of each', () => {
    fc.assert(
      fc.property(found, found, (older, newer) => {
        const merged = mergeHeld(older, newer);
        if (merged.kind !== 'found') throw new Error('Two found entries became something else.');
        for (const name of new Set([...Object.keys(older.values), ...Object.keys(newer.values)])) {
          const times = [readingOf(older, name)?.readAtMs ?? -1, readingOf(newer, name)?.readAtMs ?? -1];
          expect(readingOf(merged, name)?.readAtMs).toBe(Math.max(...times));
          const from = (times[1] ?? -1) >= (times[0] ?? -1) ? newer : older;
          expect(merged.values[name]).toEqual(from.values[name]);
        }
      }),
    );
  });
});
