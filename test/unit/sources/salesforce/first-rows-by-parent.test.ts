import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstRowsByParent } from '../../../../src/sources/salesforce/first-rows-by-parent.ts';

interface Child {
  readonly Id: string;
  readonly parent: string;
}

/** Reads from a list in memory and counts the statements; the position is the place in the list. */
function reader(children: readonly Child[]) {
  const statements: { readonly parents: readonly string[]; readonly limit: number }[] = [];
  return {
    statements,
    question: (parents: readonly string[], rowsPerParent: number) => ({
      parents,
      rowsPerParent,
      from: null,
      readRows: async (some: readonly string[], after: number | null, limit: number) => {
        statements.push({ parents: some, limit });
        return children
          .filter((child, place) => some.includes(child.parent) && (after === null || place > after))
          .slice(0, limit) as unknown as Record<string, unknown>[];
      },
      parentOf: (row: Readonly<Record<string, unknown>>) => String(row.parent),
      placeOf: (row: Readonly<Record<string, unknown>>) => children.findIndex(({ Id }) => Id === row.Id),
    }),
  };
}

const numbered = (owners: readonly string[]): Child[] => owners.map((parent, index) => ({ Id: String(index), parent }));
const idsOf = (rows: readonly Readonly<Record<string, unknown>>[] | undefined) => rows?.map((row) => row.Id);

test('each parent gets its own first rows in order, however the children are spread', async () => {
  const parents = ['a', 'b', 'c', 'd', 'e'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'a', 'a', 'a', 'a', 'a', 'b', 'c', 'd', 'stranger'), { maxLength: 200 }),
      fc.integer({ min: 1, max: 12 }),
      async (owners, rowsPerParent) => {
        const children = numbered(owners);
        const rowsByParent = await firstRowsByParent(reader(children).question(parents, rowsPerParent));
        for (const parent of parents) {
          const own = children.filter((child) => child.parent === parent).slice(0, rowsPerParent);
          expect(idsOf(rowsByParent.get(parent))).toEqual(own.map(({ Id }) => Id));
        }
      },
    ),
  );
});

test('evenly spread children cost one statement for all parents', async () => {
  const parents = Array.from({ length: 40 }, (_, index) => `p${index}`);
  const { question, statements } = reader(numbered(Array.from({ length: 2_000 }, (_, index) => `p${index % 40}`)));
  await firstRowsByParent(question(parents, 11));
  expect(statements).toEqual([{ parents, limit: 440 }]);
});

test('a parent that owns nearly everything costs a few shared statements, then one for each parent left', async () => {
  const parents = ['big', 'x', 'y', 'z'];
  const { question, statements } = reader(numbered([...Array(9_000).fill('big'), 'x', 'y', 'z']));
  const rowsByParent = await firstRowsByParent(question(parents, 11));
  expect(idsOf(rowsByParent.get('x'))).toEqual(['9000']);
  expect(statements.length).toBeLessThanOrEqual(6);
  expect(statements[1]?.parents).toEqual(['x', 'y', 'z']);
});

test('never asks for more rows than one page holds', async () => {
  const parents = Array.from({ length: 600 }, (_, index) => `p${index}`);
  const { question, statements } = reader([]);
  await firstRowsByParent(question(parents, 201));
  expect(Math.max(...statements.map(({ limit }) => limit))).toBe(2_000);
  expect(Math.max(...statements.map(({ parents: some }) => some.length))).toBe(500);
});
