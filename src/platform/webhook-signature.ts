import { createHmac, timingSafeEqual } from 'node:crypto';

const signatureShape = /^sha256=([0-9a-f]{64})$/i;

/** Whether a header can be a signature at all. */
export function isSignature(header: string): boolean {
  return signatureShape.test(header.trim());
}

/**
 * Whether a header such as `sha256=<64 hex digits>` is the HMAC-SHA-256 of these bytes under the secret. Takes the same time whichever
 * digit is wrong.
 */
export function isSignedBy(secret: string, body: Uint8Array, header: string | undefined): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  const hex = signatureShape.exec(header?.trim() ?? '')?.[1];
  return hex !== undefined && timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}
