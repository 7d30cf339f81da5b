import { describe, expect, it } from 'vitest';
import { chunk, manyByKey, oneByKey } from '../../../src/platform/batch.ts';

const rows = [
  { id: 'b', of: 'x' },
  { id: 'a', of: 'x' },
];

describe('batch results', () => {
  it('come in the order of the keys, null for keys without an item', () => {
    expect(oneByKey(['a', 'c', 'b', 'a'], rows, (row) => row.id)).toEqual([rows[1], null, rows[0], rows[1]]);
  });

  it('are grouped per key in the order of the items, empty for keys without items', () => {
    expect(manyByKey(['y', 'x'], rows, (row) => row.of)).toEqual([[], rows]);
  });

  it('are cut into pieces that together are the whole', () => {
    expect(chunk([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(chunk([], 2)).toEqual([]);
  });
});
