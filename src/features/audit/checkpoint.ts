import type { SigningKey } from './signing-key.ts';

/** Where a tenant's chain begins since entries before it were removed. */
export interface Checkpoint {
  readonly tenant: string;
  /** Of the last entry that was removed. */
  readonly sequence: number;
  /** Its hash, hex. */
  readonly hash: string;
  /** How many entries were removed with it. */
  readonly removed: number;
  readonly key: string;
  readonly signature: string;
}

export const REMOVED_ACTION = 'audit.removed';

type Unsigned = Omit<Checkpoint, 'key' | 'signature'>;

export function signCheckpoint(key: SigningKey, checkpoint: Unsigned): Checkpoint {
  return { ...checkpoint, key: key.id, signature: key.sign(partsOf(checkpoint)) };
}

export function isSignedCheckpoint(key: SigningKey, checkpoint: Checkpoint): boolean {
  return key.isSigned(partsOf(checkpoint), checkpoint.signature);
}

function partsOf({ tenant, sequence, hash, removed }: Unsigned): string[] {
  return ['checkpoint', tenant, String(sequence), hash, String(removed)];
}
