import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toGlobalId } from '../../../../src/platform/global-id.ts';
import { parseRecordId, toId18, toPsRequestNumber } from '../../../../src/sources/salesforce/ids.ts';

const account = { type: 'Account', keyPrefix: '001' };
const id15 = fc.string({
  unit: fc.constantFrom(...'ABCXYZabcxyz0129'),
  minLength: 15,
  maxLength: 15,
});

test.each([
  ['001A0000006Vm9r', '001A0000006Vm9rIAC'],
  ['0015g00000ABCDe', '0015g00000ABCDeAAP'],
  ['000000000000000', '000000000000000AAA'],
  ['aaaaaAAAAAaaaaa', 'aaaaaAAAAAaaaaaA5A'],
])('the 18-character form of %s is %s', (short, long) => {
  expect(toId18(short)).toBe(long);
  expect(toId18(long)).toBe(long);
});

test('both forms of an id are the same record, and any other checksum is none', () => {
  fc.assert(
    fc.property(
      id15,
      fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJ012345'), minLength: 3, maxLength: 3 }),
      (short, check) => {
        const long = toId18(short) ?? '';
        expect(long.slice(0, 15)).toBe(short);
        expect(toId18(long)).toBe(long);
        expect(toId18(short + check)).toBe(short + check === long ? long : null);
      },
    ),
  );
});

test('ids that differ only in case have different checksums', () => {
  expect(toId18('001a0000006Vm9r')?.slice(15)).not.toBe(toId18('001A0000006Vm9r')?.slice(15));
});

test.each(['001A0000006Vm9r', '001A0000006Vm9rIAC', toGlobalId('Account', '001A0000006Vm9rIAC')])(
  'an argument may be %s',
  (id) => {
    expect(parseRecordId(account, id, 'id')).toBe('001A0000006Vm9rIAC');
  },
);

test.each([
  ['a wrong checksum', '001A0000006Vm9rIAD', 'last three characters do not fit'],
  ['another kind of record', '005A0000006Vm9r', 'another kind of record'],
  ['the global id of another type', toGlobalId('Project', 'a0P000000000001AAA'), 'the id of a Project'],
  ['no id', "x' OR Name != '", 'not an id of any known form'],
  ['nothing', '', 'not an id of any known form'],
  ['a global id around no id', toGlobalId('Account', 'nonsense'), 'not an id of any known form'],
])('refuses %s and names the argument', (_what, id, message) => {
  expect(() => parseRecordId(account, id, 'filter.accountId')).toThrow(
    expect.objectContaining({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(new RegExp(`filter\\.accountId.*${message}`)),
    }),
  );
});

test('takes any prefix for an object whose prefix the org has not told', () => {
  expect(parseRecordId({ type: 'PsRequest', keyPrefix: null }, '001A0000006Vm9r', 'id')).toBe('001A0000006Vm9rIAC');
});

test.each([
  ['PSR-00042', 'PSR-00042'],
  ['psr-42', 'PSR-00042'],
  [' PSR-000042 ', 'PSR-00042'],
  ['PSR-123456', 'PSR-123456'],
  ['PSR-0', 'PSR-00000'],
])('the number %j is %s', (text, number) => {
  expect(toPsRequestNumber(text)).toBe(number);
});

test.each(['PSR-', 'PSR 42', 'XPSR-42', "PSR-42'", '42', ''])('%j is no number of a request', (text) => {
  expect(toPsRequestNumber(text)).toBeNull();
});
