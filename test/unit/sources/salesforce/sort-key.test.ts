import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCursor } from '../../../../src/platform/connection.ts';
import { select } from '../../../../src/sources/salesforce/soql.ts';
import {
  beyond,
  cursorAt,
  orderTerms,
  type Position,
  parsePosition,
  positionOf,
  type SortKey,
} from '../../../../src/sources/salesforce/sort-key.ts';
import type { SalesforceRow } from '../../../../src/standins/data/company.ts';
import { RecordStore } from '../../../../src/standins/salesforce/record-store.ts';
import { VisibleSchema } from '../../../../src/standins/salesforce/schema.ts';
import { runQuery } from '../../../../src/standins/salesforce/soql-query.ts';
import { smallOrg } from '../../../support/small-salesforce-org.ts';

const statuses = [
  'Draft',
  'Submitted',
  'Approved',
  'Scheduled',
  'In Progress',
  'Blocked',
  'Deployed',
  'Closed',
  'Cancelled',
];
const keys: readonly SortKey[] = (['ASC', 'DESC'] as const).flatMap((direction): SortKey[] => [
  { column: 'Go_Live_Date__c', kind: 'date', direction, nullable: true },
  { column: 'LastModifiedDate', kind: 'datetime', direction, nullable: false },
  { column: 'Product__c', kind: 'text', direction, nullable: true },
  { column: 'Status__c', kind: 'picklist', direction, nullable: false, values: statuses },
]);

const row = fc.record({
  Go_Live_Date__c: fc.constantFrom(null, '2026-01-01', '2026-01-02', '2026-03-01'),
  LastModifiedDate: fc.constantFrom(
    '2026-01-01T00:00:00.000+0000',
    '2026-01-01T00:00:01.000+0000',
    '2026-05-01T12:00:00.000+0000',
  ),
  Product__c: fc.constantFrom(null, 'Alpha', "O'Brien\\", 'beta', 'Zeta'),
  Status__c: fc.constantFrom(...statuses),
});

/** Asks the stand-in's evaluator, which shares no code with the statements. */
function rowsOf(store: RecordStore, key: SortKey, walk: 'forward' | 'backward', after: Position | null, limit: number) {
  const soql = select({
    columns: ['Id', key.column],
    from: 'PS_Request__c',
    where: after ? [beyond(key, walk, after)] : [],
    orderBy: orderTerms(key, walk),
    limit,
  });
  const schema = new VisibleSchema(() => 0);
  return runQuery({ schema, store, nowMs: 0, includeDeleted: false, basePath: '' }, soql).rows.map(
    ({ record }) => record,
  );
}

/** The list as the schema promises it: by value with nulls last, equal values by id, both in the direction asked for. */
function sortedIds(rows: readonly SalesforceRow[], key: SortKey): string[] {
  const rank = (item: SalesforceRow) => {
    const value = String(item[key.column]);
    return key.kind === 'picklist' ? String(statuses.indexOf(value)) : value.toLowerCase();
  };
  const sign = key.direction === 'ASC' ? 1 : -1;
  const compareText = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
  return [...rows]
    .sort((left, right) => {
      const [leftNull, rightNull] = [left[key.column] === null, right[key.column] === null];
      if (leftNull !== rightNull) return leftNull ? 1 : -1;
      const byValue = leftNull ? 0 : compareText(rank(left), rank(right));
      return sign * (byValue || compareText(String(left.Id), String(right.Id)));
    })
    .map((item) => String(item.Id));
}

function walkAll(store: RecordStore, key: SortKey, walk: 'forward' | 'backward', size: number): string[] {
  const ids: string[] = [];
  let after: Position | null = null;
  for (;;) {
    const page = rowsOf(store, key, walk, after, size);
    ids.push(...page.map((record) => String(record.Id)));
    const last = page.at(-1);
    if (page.length < size || !last) return ids;
    // Through the cursor, as a client walks.
    after = parsePosition('list', key, cursorAt('list', key, positionOf(key, last)));
  }
}

test.each(keys.map((key) => [key.column, key.direction, key] as const))(
  'walking by %s %s in pages gives every row once, in order, forward and backward',
  (_column, _direction, key) => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 25 }), fc.integer({ min: 1, max: 7 }), (rows, size) => {
        const org = smallOrg({ PS_Request__c: rows });
        const store = new RecordStore(org, () => 0);
        const expected = sortedIds(org.salesforce.PS_Request__c, key);
        expect(walkAll(store, key, 'forward', size)).toEqual(expected);
        expect(walkAll(store, key, 'backward', size)).toEqual(expected.toReversed());
      }),
      { numRuns: 60 },
    );
  },
);

const byDate: SortKey = { column: 'Go_Live_Date__c', kind: 'date', direction: 'ASC', nullable: true };
const byStatus: SortKey = {
  column: 'Status__c',
  kind: 'picklist',
  direction: 'ASC',
  nullable: false,
  values: statuses,
};
const byChange: SortKey = { column: 'LastModifiedDate', kind: 'datetime', direction: 'ASC', nullable: false };
const id = '001A0000006Vm9rIAC';

test.each<[string, SortKey, readonly (string | number | null)[]]>([
  ['a value that is no day', byDate, ["2026-01-01' OR Name != '", id]],
  ['a value that is no instant', byChange, ['2026-01-01', id]],
  ['a value that no picklist has', byStatus, ['Nonsense', id]],
  ['null where nothing is null', byStatus, [null, id]],
  ['a number for a value', byDate, [5, id]],
  ['an id that is none', byDate, ['2026-01-01', "x'"]],
])('refuses a made-up cursor with %s', (_what, key, position) => {
  const cursor = toCursor(`list/${key.column}/${key.direction}`, position);
  expect(() => parsePosition('list', key, cursor)).toThrow(expect.objectContaining({ code: 'BAD_CURSOR' }));
});

test('refuses a cursor of another list or order', () => {
  const cursor = cursorAt('list', byDate, positionOf(byDate, { Id: id, Go_Live_Date__c: null }));
  expect(parsePosition('list', byDate, cursor)).toEqual({ value: null, id18: id });
  for (const [list, key] of [
    ['other', byDate],
    ['list', byStatus],
    ['list', { ...byDate, direction: 'DESC' as const }],
  ] as const) {
    expect(() => parsePosition(list, key, cursor)).toThrow(expect.objectContaining({ code: 'BAD_CURSOR' }));
  }
});

test('instants in positions are those of the row, in UTC', () => {
  expect(positionOf(byChange, { Id: id, LastModifiedDate: '2026-01-02T03:04:05.000+0000' })).toEqual({
    value: '2026-01-02T03:04:05.000Z',
    id18: id,
  });
});
