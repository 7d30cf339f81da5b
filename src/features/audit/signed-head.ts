import { z } from 'zod';
import type { SigningKey } from './signing-key.ts';

/** Where the chain of a tenant stood at a moment, signed: what leaves the database. */
export interface SignedHead {
  readonly tenant: string;
  readonly sequence: number;
  /** Hex. */
  readonly hash: string;
  /** Database time of the entry, ISO 8601. */
  readonly at: string;
  /** Id of the key. */
  readonly key: string;
  readonly signature: string;
}

const shape = z.object({
  tenant: z.string(),
  sequence: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
  key: z.string(),
  signature: z.string(),
});

export function signHead(key: SigningKey, head: Pick<SignedHead, 'tenant' | 'sequence' | 'hash' | 'at'>): SignedHead {
  return { ...head, key: key.id, signature: key.sign(partsOf(head)) };
}

export function isSignedHead(key: SigningKey, head: SignedHead): boolean {
  return key.isSigned(partsOf(head), head.signature);
}

/** The heads in a file of one JSON object per line; a last line without its end was cut off by a crash. Throws for any other line. */
export function parseHeads(text: string): SignedHead[] {
  const lines = text.split('\n');
  lines.pop();
  return lines
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      try {
        return shape.parse(JSON.parse(line));
      } catch {
        throw new Error(`line ${number} is not a signed head`);
      }
    });
}

function partsOf({ tenant, sequence, hash, at }: Pick<SignedHead, 'tenant' | 'sequence' | 'hash' | 'at'>): string[] {
  return ['head', tenant, String(sequence), hash, at];
}
