import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allOf,
  anyOf,
  type Condition,
  compare,
  contains,
  date,
  instant,
  isIn,
  NULL,
  select,
  text,
} from '../../../../src/sources/salesforce/soql.ts';
import { RecordStore } from '../../../../src/standins/salesforce/record-store.ts';
import { VisibleSchema } from '../../../../src/standins/salesforce/schema.ts';
import { runQuery } from '../../../../src/standins/salesforce/soql-query.ts';
import { idOf, smallOrg } from '../../../support/small-salesforce-org.ts';

const texts = ['Alpha', 'alpha', 'Alpha ', 'ÄLPHA', 'älpha', 'Al%ha', 'a_b', "O'Neil\\", 'ı', 'İ', 'straße', 'STRASSE'];
const days = ['2026-01-01', '2026-01-02', '2026-12-31'];
const instants = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z', '2026-06-01T12:30:00.000Z'];
const anyText = fc.constantFrom(...texts);
const order = fc.constantFrom('=' as const, '<' as const, '<=' as const, '>' as const, '>=' as const);

const plain: fc.Arbitrary<Condition> = fc.oneof(
  anyText.map((value) => compare('Product__c', '=', text(value))),
  fc.constant(compare('Product__c', '!=', NULL)),
  fc.constantFrom(compare('Product__c', '=', NULL), compare('Go_Live_Date__c', '!=', NULL)),
  fc.array(anyText, { minLength: 1, maxLength: 3 }).map((values) => isIn('Product__c', values.map(text))),
  fc.constantFrom('alpha', 'ÄLP', 'lph', '%', '_', "'", 'ss', 'i').map((part) => contains('Product__c', part)),
  fc.tuple(order, fc.constantFrom(...days)).map(([operator, day]) => compare('Go_Live_Date__c', operator, date(day))),
  fc
    .tuple(order, fc.constantFrom(...instants))
    .map(([operator, at]) => compare('LastModifiedDate', operator, instant(at))),
);
const condition = fc.oneof(
  plain,
  fc.array(plain, { minLength: 1, maxLength: 3 }).map(allOf),
  fc.array(plain, { minLength: 1, maxLength: 3 }).map(anyOf),
);
const row = fc.record({
  Product__c: fc.option(anyText),
  Go_Live_Date__c: fc.option(fc.constantFrom(...days)),
  LastModifiedDate: fc.constantFrom(...instants.map((at) => at.replace('Z', '+0000'))),
});

test('what a condition says of a row is what Salesforce answers, or that it can not be told', () => {
  let told = 0;
  let untold = 0;
  fc.assert(
    fc.property(row, condition, (values, asked) => {
      const store = new RecordStore(smallOrg({ PS_Request__c: [values] }), () => 0);
      const soql = select({ columns: ['Id'], from: 'PS_Request__c', where: [asked], orderBy: [] });
      const schema = new VisibleSchema(() => 0);
      const found = runQuery({ schema, store, nowMs: 0, includeDeleted: false, basePath: '' }, soql).totalSize === 1;
      const truth = asked.holds({ ...values, Id: idOf('PS_Request__c', 1) });
      if (truth === undefined) untold += 1;
      else {
        told += 1;
        expect(truth).toBe(found);
      }
    }),
    { numRuns: 3_000 },
  );
  expect(told).toBeGreaterThan(untold);
});

test.each([
  ['a column that is not known', compare('Risk__c', '=', text('High'))],
  ['the order of texts', compare('Product__c', '<', text('Beta'))],
  ['whether texts beyond ASCII are equal but for their case', compare('Product__c', '=', text('ÄLPHA'))],
  ['whether they hold each other', contains('Product__c', 'ÄLP')],
])('nothing is said of %s', (_what, asked) => {
  expect(asked.holds({ Product__c: 'älpha' })).toBeUndefined();
});
