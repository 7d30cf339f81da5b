import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { isSignedBy } from '../../../src/platform/webhook-signature.ts';

const body = Buffer.from('{"ä":1}');
const hex = createHmac('sha256', 'the secret').update(body).digest('hex');

test('takes the HMAC of the bytes, with digits in either case', () => {
  expect(isSignedBy('the secret', body, `sha256=${hex}`)).toBe(true);
  expect(isSignedBy('the secret', body, `sha256=${hex.toUpperCase()}`)).toBe(true);
});

test.each([
  ['nothing', undefined],
  ['an empty header', ''],
  ['the digits alone', hex],
  ['another method', `sha512=${hex}`],
  ['too few digits', `sha256=${hex.slice(1)}`],
  ['a wrong last digit', `sha256=${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`],
  ['what is no digit', `sha256=${'z'.repeat(64)}`],
])('refuses %s', (_what, header) => {
  expect(isSignedBy('the secret', body, header)).toBe(false);
});

test('refuses another secret and another body', () => {
  expect(isSignedBy('another', body, `sha256=${hex}`)).toBe(false);
  expect(isSignedBy('the secret', Buffer.from('{}'), `sha256=${hex}`)).toBe(false);
});
