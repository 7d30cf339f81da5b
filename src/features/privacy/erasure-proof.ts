import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { RequestRecord, StepRecord } from './erasure-table.ts';
import type { HashedIdentifier } from './hashed-people.ts';

/** What an erasure has done, without whom. */
export interface ErasureProof {
  readonly version: 1;
  readonly requestId: string;
  readonly tenant: string;
  /** RFC 3339. */
  readonly requestedAt: string;
  readonly completedAt: string;
  /** True when a restored backup made it necessary again. */
  readonly replayed: boolean;
  /** Looks at every store; the last one found nothing. */
  readonly rounds: number;
  /** Rows and entries that were changed or removed, by store. */
  readonly erased: Readonly<Record<string, number>>;
  /** How many keyed hashes keep the person from coming back, by kind. */
  readonly hidden: Readonly<Record<string, number>>;
  /**
   * Absent, or where there are values that were not looked into, because operators say (ENCRYPTION_KEYS_DESTROYED) that nobody has their keys any more: whatever they say of the
   * person can be read by nobody either.
   */
  readonly unreadableForGood?: { readonly keys: readonly string[]; readonly columns: readonly string[] };
}

export function proofOf(
  tenant: string,
  request: RequestRecord,
  steps: readonly StepRecord[],
  identifiers: readonly HashedIdentifier[],
  completedAt: Date,
  unreadable: NonNullable<ErasureProof['unreadableForGood']>,
): ErasureProof {
  const hidden: Record<string, number> = {};
  for (const { kind } of identifiers) hidden[kind] = (hidden[kind] ?? 0) + 1;
  return {
    version: 1,
    requestId: request.id,
    tenant,
    requestedAt: request.requestedAt.toISOString(),
    completedAt: completedAt.toISOString(),
    replayed: request.replayed,
    rounds: Math.min(...steps.map(({ round }) => round)),
    erased: Object.fromEntries(steps.map(({ step, rows }) => [step, rows])),
    hidden,
    ...(unreadable.columns.length > 0 ? { unreadableForGood: unreadable } : {}),
  };
}

/** HMAC-SHA-256 of the proof, 64 hex digits: only who has AUDIT_PSEUDONYM_KEY can make or check it. */
export function signProof(sealer: Sealer, proof: unknown): string {
  return sealer.blindIndex('erasure proof', canonical(proof));
}

/** JSON with the keys of objects in order, because the database keeps them in an order of its own. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'object' && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([left], [right]) => (left < right ? -1 : 1)))
      : held,
  );
}
