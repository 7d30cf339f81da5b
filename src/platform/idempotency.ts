import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { DB } from '../generated/database.ts';
import { badUserInput, GatewayError } from './errors.ts';

/** A place among the keys of the tenant's viewers: keys of different viewers and operations have nothing to do with each other. */
export interface KeyPlace {
  readonly viewerId: string;
  /** Name of the mutation. */
  readonly operation: string;
  readonly key: string;
}

/** How a claim outlives the transaction that makes it, for work that no transaction can hold. */
export interface LastingClaim {
  /** UUID of the work. */
  readonly id: string;
  /** How long nobody else takes the key over, by PostgreSQL's clock. */
  readonly leaseMs: number;
}

export type KeyClaim =
  /** The caller has the key, for this transaction or as long as its claim lasts. */
  | { readonly kind: 'claimed' }
  /** `claimId`: of the work that was done, where its claim outlived a transaction. */
  | { readonly kind: 'answered'; readonly answer: unknown; readonly claimId: string | null }
  /** Other work has the key. When its claim has lapsed it has ended without an answer. */
  | { readonly kind: 'underWay'; readonly claimId: string; readonly hasLapsed: boolean };

/** How long an answer is given again; then its key is forgotten. */
export const KEY_RETENTION_HOURS = 24;

/** The key as it is stored. Throws BAD_USER_INPUT for one that is empty, longer than 255 characters or not printable. */
export function checkIdempotencyKey(key: string): string {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw badUserInput(
    '`idempotencyKey` must be 1 to 255 printable ASCII characters without spaces. A random UUID is a good one.',
    { argument: 'input.idempotencyKey' },
  );
}

/** What makes two requests the same: the values in their order. */
export function hashOfRequest(values: unknown): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex');
}

export function idempotencyMismatch(): GatewayError {
  return new GatewayError(
    'IDEMPOTENCY_MISMATCH',
    'This `idempotencyKey` was used before with another input, and nothing was changed now. Use a new key for a new change.',
    { details: { argument: 'input.idempotencyKey' } },
  );
}

/**
 * Takes the key, or answers what was stored with it. Without `lasting` the key is taken for this transaction alone, which stores the answer;
 * whoever comes second waits here until the first has ended: then it finds the answer, or, after a failure of the first, has the key for
 * itself. Throws IDEMPOTENCY_MISMATCH when the key was used with another request.
 */
export async function claimKey(
  db: Kysely<DB>,
  tenant: string,
  { viewerId, operation, key }: KeyPlace,
  requestHash: string,
  lasting?: LastingClaim,
): Promise<KeyClaim> {
  const held = await db
    .insertInto('idempotency_keys')
    .values({
      tenant,
      viewer_id: viewerId,
      operation,
      key,
      request_hash: requestHash,
      claim_id: lasting?.id ?? null,
      claimed_until: lasting ? sql<string>`now() + make_interval(secs => ${lasting.leaseMs / 1_000})` : null,
    })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'viewer_id', 'operation', 'key']).doUpdateSet({ last_used_at: sql`now()` }),
    )
    .returning(['request_hash', 'response', 'claim_id', sql<boolean | null>`claimed_until < now()`.as('lapsed')])
    .executeTakeFirstOrThrow();
  if (held.request_hash !== requestHash) throw idempotencyMismatch();
  if (held.response !== null) return { kind: 'answered', answer: held.response, claimId: held.claim_id };
  if (held.claim_id === null || held.claim_id === lasting?.id) return { kind: 'claimed' };
  return { kind: 'underWay', claimId: held.claim_id, hasLapsed: held.lapsed === true };
}

/** Takes over a key whose claim has lapsed; false when somebody else was first. */
export async function takeOverKey(
  db: Kysely<DB>,
  { viewerId, operation, key }: KeyPlace,
  lapsedClaimId: string,
  { id, leaseMs }: LastingClaim,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ claim_id: id, claimed_until: sql<string>`now() + make_interval(secs => ${leaseMs / 1_000})` })
    .where('viewer_id', '=', viewerId)
    .where('operation', '=', operation)
    .where('key', '=', key)
    .where('claim_id', '=', lapsedClaimId)
    .where('response', 'is', null)
    .where(sql<boolean>`claimed_until < now()`)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** From here on the key waits for its answer, however long that takes. False when the claim was lost. */
export async function keepClaim(db: Kysely<DB>, claimId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('idempotency_keys')
    .set({ claimed_until: sql<string>`'infinity'` })
    .where('claim_id', '=', claimId)
    .where('response', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Stores what whoever sends the claim's key again is answered. Does nothing for work that has no key. */
export async function keepAnswer(db: Kysely<DB>, claimId: string, answer: object): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({ response: JSON.stringify(answer), claimed_until: null })
    .where('claim_id', '=', claimId)
    .execute();
}

/** Forgets a key whose work has changed nothing, so that it may be used again. */
export async function releaseKey(db: Kysely<DB>, claimId: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('claim_id', '=', claimId).where('response', 'is', null).execute();
}
