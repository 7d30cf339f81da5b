import { expect, test } from 'vitest';
import { mayHoldKeys } from '../../../../src/features/access/keys-address.ts';

test.each([
  ['https://idp.example/jwks', 'https://idp.example/realms/acme'],
  ['https://www.googleapis.example/oauth2/v3/certs', 'https://accounts.google.example'],
  ['https://idp.example:8443/jwks', 'https://idp.example:8443'],
  ['http://127.0.0.1:4020/jwks', 'http://127.0.0.1:4020'],
])('keys are fetched from %s for %s', (keysUrl, issuer) => {
  expect(mayHoldKeys(keysUrl, issuer)).toBe(true);
});

test.each([
  ['http://idp.example/jwks', 'https://idp.example'],
  ['http://127.0.0.1:4021/jwks', 'http://127.0.0.1:4020'],
  ['https://127.0.0.1/jwks', 'https://idp.example'],
  ['https://169.254.169.254/latest/meta-data', 'https://idp.example'],
  ['https://2852039166/latest', 'https://idp.example'],
  ['https://0xa9.254.169.254/', 'https://idp.example'],
  ['https://[::ffff:169.254.169.254]/', 'https://idp.example'],
  ['https://[fd00::1]/', 'https://idp.example'],
  ['https://localhost/jwks', 'https://idp.example'],
  ['https://x.localhost./jwks', 'https://idp.example'],
  ['https://idp.example@evil.example/jwks', 'https://idp.example'],
  ['https://user@idp.example/jwks', 'https://idp.example'],
  ['file:///etc/passwd', 'https://idp.example'],
  ['data:application/json,{"keys":[]}', 'https://idp.example'],
  ['/jwks', 'https://idp.example'],
  ['', 'https://idp.example'],
])('keys are not fetched from %s for %s', (keysUrl, issuer) => {
  expect(mayHoldKeys(keysUrl, issuer)).toBe(false);
});
