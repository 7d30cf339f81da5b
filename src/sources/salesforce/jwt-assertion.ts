import { createPrivateKey, sign } from 'node:crypto';

/** What a JWT bearer assertion says; all of it is public but the key. */
export interface AssertionClaims {
  readonly clientId: string;
  readonly username: string;
  /** Login URL; Salesforce compares it with itself. */
  readonly audience: string;
  readonly nowMs: number;
}

/** Salesforce refuses assertions that live longer than three minutes. */
const LIFETIME_SECONDS = 150;

/** The RS256-signed assertion that Salesforce exchanges for an access token. Throws when the PEM holds no RSA key. */
export function signAssertion(claims: AssertionClaims, privateKeyPem: string): string {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('The private key is no RSA key.');
  const head = encode({ alg: 'RS256', typ: 'JWT' });
  const body = encode({
    iss: claims.clientId,
    sub: claims.username,
    aud: new URL(claims.audience).origin,
    exp: Math.floor(claims.nowMs / 1000) + LIFETIME_SECONDS,
  });
  const signature = sign('RSA-SHA256', Buffer.from(`${head}.${body}`), key).toString('base64url');
  return `${head}.${body}.${signature}`;
}

function encode(part: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
