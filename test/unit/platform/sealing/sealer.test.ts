import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyId, maxSealedLength, type SealedPlace, Sealer } from '../../../../src/platform/sealing/sealer.ts';

const [first = randomBytes(32), second = randomBytes(32), index = randomBytes(32)] = [1, 2, 3].map(() =>
  randomBytes(32),
);
const sealer = new Sealer({ current: first, old: [], index });
const place: SealedPlace = { table: 'mentors', column: 'email', row: ['demo', 7] };

describe('sealed values', () => {
  it('open to any text that was sealed, and fit the length that a column is made for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const sealed = sealer.seal(text, place);
        expect(sealer.open(sealed, place)).toBe(text);
        expect(sealed.length).toBeLessThanOrEqual(maxSealedLength(text.length));
      }),
    );
  });

  it('show neither the text nor whether two texts are equal', () => {
    const sealed = sealer.seal('ada@example.com', place);
    expect(Buffer.from(sealed.split(':')[3] ?? '', 'base64url').toString('latin1')).not.toContain('ada');
    expect(sealer.seal('ada@example.com', place)).not.toBe(sealed);
  });

  it('do not open in another row, column, table or tenant', () => {
    const sealed = sealer.seal('ada@example.com', place);
    const elsewhere: SealedPlace[] = [
      { ...place, row: ['demo', 8] },
      { ...place, row: ['other', 7] },
      { ...place, row: ['demo', 7, ''] },
      { ...place, column: 'name' },
      { ...place, table: 'assessments' },
    ];
    for (const other of elsewhere) expect(() => sealer.open(sealed, other)).toThrow(/was changed, or moved/);
  });

  it('do not open with any bit changed, and the refusal holds nothing of the value', () => {
    const sealed = sealer.seal('ada@example.com', place);
    const [, , , payload = ''] = sealed.split(':');
    const bytes = Buffer.from(payload, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const forged = sealed.replace(payload, changed.toString('base64url'));
      expect(() => sealer.open(forged, place)).toThrow(
        /^A value of mentors\.email was changed, or moved from another row\.$/,
      );
    }
  });

  it('open with a key that was replaced, are told apart from those of the current key, and name a key that is not at hand', () => {
    const sealed = sealer.seal('ada@example.com', place);
    const rotated = new Sealer({ current: second, old: [first], index });
    expect(rotated.open(sealed, place)).toBe('ada@example.com');
    expect([sealer.needsSealing(sealed), rotated.needsSealing(sealed), rotated.needsSealing('plain')]).toEqual([
      false,
      true,
      true,
    ]);
    const without = new Sealer({ current: second, old: [], index });
    expect(() => without.open(sealed, place)).toThrow(`sealed by the key ${keyId(first)}`);
  });

  it('a value from before its column was sealed is answered as it stands', () => {
    for (const plain of ['ada@example.com', '', 'sealed:1:', 'sealed:2:00000000:AAAA'])
      expect(sealer.open(plain, place)).toBe(plain);
  });
});

describe('blind indexes', () => {
  it('are equal for equal texts of one purpose, whichever key seals, and for nothing else', () => {
    const rotated = new Sealer({ current: second, old: [first], index });
    const found = sealer.blindIndex('email', 'ada@example.com');
    expect(rotated.blindIndex('email', 'ada@example.com')).toBe(found);
    expect(found).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      sealer.blindIndex('name', 'ada@example.com'),
      sealer.blindIndex('email', 'bob@example.com'),
      new Sealer({ current: first, old: [], index: second }).blindIndex('email', 'ada@example.com'),
    ];
    expect(others).not.toContain(found);
  });
});
