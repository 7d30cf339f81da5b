import { expect, test } from 'vitest';
import {
  boolean,
  date,
  datetime,
  double,
  type FieldDefinition,
  int,
  picklist,
  reference,
  required,
  text,
  timeWindow,
  UNREADABLE,
} from '../../../../src/sources/salesforce/field-kinds.ts';
import { risks } from '../../../../src/sources/salesforce/picklists.ts';

test.each<[string, FieldDefinition, readonly unknown[], unknown]>([
  ['a text', text('A'), ['é😀'], 'é😀'],
  ['no text', text('A'), [null], null],
  ['a number where a text belongs', text('A'), [7], UNREADABLE],
  ['an instant as Salesforce writes it', datetime('A'), ['2026-01-02T03:04:05.000+0000'], '2026-01-02T03:04:05.000Z'],
  ['an instant with an offset', datetime('A'), ['2026-01-02T03:04:05.000+0230'], '2026-01-02T00:34:05.000Z'],
  ['a word where an instant belongs', datetime('A'), ['soon'], UNREADABLE],
  ['a day', date('A'), ['2026-02-28'], '2026-02-28'],
  ['a day that does not exist', date('A'), ['2026-02-30'], UNREADABLE],
  ['a number', double('A'), [1.5], 1.5],
  ['a text where a number belongs', double('A'), ['1.5'], UNREADABLE],
  ['a whole number that arrives as a double', int('A'), [3.0], 3],
  ['a fraction where a whole number belongs', int('A'), [3.5], UNREADABLE],
  ['a number beyond 32 bits', int('A'), [2 ** 31], UNREADABLE],
  ['a boolean', boolean('A'), [false], false],
  ['a picklist value', picklist('A', risks), ['High'], 'HIGH'],
  ['an unknown picklist value', picklist('A', risks), ['Extreme'], UNREADABLE],
  ['a required value that is missing', required(text('A')), [null], UNREADABLE],
  ['a reference with a short id', reference('A', 'A__r', 'Account'), ['001A0000006Vm9r'], '001A0000006Vm9rIAC'],
  ['a reference that is no id', reference('A', 'A__r', 'Account'), ['nobody'], UNREADABLE],
  ['no reference', reference('A', 'A__r', 'Account'), [null], null],
  ['a window without ends', timeWindow('A', 'B'), [null, null], null],
  [
    'a window with one end',
    timeWindow('A', 'B'),
    [null, '2026-01-02T03:04:05.000+0000'],
    { start: null, end: '2026-01-02T03:04:05.000Z' },
  ],
  ['a window with a word for an end', timeWindow('A', 'B'), ['soon', null], UNREADABLE],
])('reads %s', (_what, field, raw, value) => {
  expect(field.decode(...raw)).toEqual(value);
});
