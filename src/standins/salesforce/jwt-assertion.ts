import { type KeyObject, verify } from 'node:crypto';

/** Salesforce refuses assertions that live longer than this (three minutes, and a little for clocks). */
const LONGEST_LIFETIME_SECONDS = 5 * 60;

export interface AssertionRules {
  /** Of the certificate uploaded to the connected app; undefined: none was uploaded. */
  readonly publicKey: KeyObject | undefined;
  readonly clientId: string;
  readonly audiences: readonly string[];
  readonly isApprovedUser: (username: string) => boolean;
  readonly nowMs: number;
}

/** What is wrong with a JWT bearer assertion, in the words of Salesforce; null when nothing is. */
export function assertionProblem(assertion: string, rules: AssertionRules): string | null {
  const [header = '', payload = '', signature = '', ...more] = assertion.split('.');
  const [algorithm, claims] = [readJson(header)?.alg, readJson(payload)];
  if (more.length > 0 || algorithm !== 'RS256' || claims === undefined) return 'invalid assertion';
  const signed = Buffer.from(`${header}.${payload}`);
  if (
    rules.publicKey === undefined ||
    !verify('RSA-SHA256', signed, rules.publicKey, Buffer.from(signature, 'base64url'))
  )
    return 'invalid assertion';
  if (claims.iss !== rules.clientId) return 'client identifier invalid';
  if (typeof claims.aud !== 'string' || !rules.audiences.includes(claims.aud)) return 'audience is invalid';
  const expirySeconds = claims.exp;
  const nowSeconds = rules.nowMs / 1000;
  if (
    typeof expirySeconds !== 'number' ||
    expirySeconds <= nowSeconds ||
    expirySeconds > nowSeconds + LONGEST_LIFETIME_SECONDS
  ) {
    return 'assertion expired or too long-lived: exp has to lie within the next three minutes';
  }
  if (typeof claims.sub !== 'string' || !rules.isApprovedUser(claims.sub)) return "user hasn't approved this consumer";
  return null;
}

function readJson(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
