import { createHash, randomBytes } from 'node:crypto';

/** Tells what it is, to people and to programs that look for secrets in the wrong places. */
const PREFIX = 'dgs_';
const SECRET_BYTES = 32;
const tokenShape = /^dgs_[A-Za-z0-9_-]{43}$/;

/** A new token: 256 bits by the system's generator, nothing of the caller's in it. Given out once and stored nowhere. */
export function newSessionToken(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/** Whether it can be a token at all; what can't is not looked for. */
export function isSessionToken(text: string): boolean {
  return tokenShape.test(text);
}

/** What a token is stored and looked up by, 32 bytes. Nothing is ever compared with the token itself, so that time tells nothing of it. */
export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
