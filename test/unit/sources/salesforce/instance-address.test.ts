import { expect, test } from 'vitest';
import { instanceOrigin } from '../../../../src/sources/salesforce/instance-address.ts';

test.each([
  ['https://acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
  ['https://acme.my.salesforce.com/', 'https://login.salesforce.com'],
  ['https://acme--dev.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
  ['https://usa77.salesforce.com', 'https://acme.my.salesforce.com/'],
  ['https://acme.my.salesforce.mil', 'https://login.salesforce.com'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ['https://proxy.example:8443//', 'https://proxy.example:8443'],
])('calls go to %s after a sign-in at %s', (instanceUrl, loginUrl) => {
  expect(instanceOrigin(instanceUrl, loginUrl)).toBe(new URL(instanceUrl).origin);
});

test.each([
  ['https://acme.my.salesforce.com.evil.example', 'https://login.salesforce.com'],
  ['https://evilsalesforce.com', 'https://login.salesforce.com'],
  ['https://salesforce.com.', 'https://login.salesforce.com'],
  ['http://acme.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com:8443', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com@evil.example', 'https://login.salesforce.com'],
  ['https://evil@acme.my.salesforce.com', 'https://acme.my.salesforce.com'],
  ['https://evil.example\\@acme.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com/services', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com?x', 'https://login.salesforce.com'],
  ['https://acme.my.salesforce.com', 'https://proxy.example'],
  ['http://169.254.169.254', 'http://127.0.0.1:4010'],
  ['http://127.0.0.1:4011', 'http://127.0.0.1:4010'],
  ['http://localhost:4010', 'http://127.0.0.1:4010'],
  ['https://[::ffff:169.254.169.254]', 'https://login.salesforce.com'],
  ['file:///etc/passwd', 'https://login.salesforce.com'],
  ['', 'https://login.salesforce.com'],
  [null, 'https://login.salesforce.com'],
  [{}, 'https://login.salesforce.com'],
])('no call goes to %s after a sign-in at %s', (instanceUrl, loginUrl) => {
  expect(instanceOrigin(instanceUrl, loginUrl)).toBeNull();
});
