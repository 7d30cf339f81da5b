import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { JsonObject } from './event.ts';

/** Of what a pseudonym takes the place. A name has its person's pseudonym. */
export type IdentityKind = 'person' | 'address' | 'userAgent' | 'session';

/** A value for `audit_identities`, where pseudonyms can be read by who may. */
export interface SealedIdentity {
  readonly pseudonym: string;
  readonly kind: IdentityKind | 'name';
  readonly value: string;
}

/** 128 bits: nobody meets two values with the same one. */
const PSEUDONYM_HEX_DIGITS = 32;

/** Keyed hashes of what identifies people, other ones in every tenant, and the sealed values that they stand for. */
export class Pseudonyms {
  readonly #sealer: Sealer;

  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  of(tenant: string, kind: IdentityKind, value: string): string {
    return this.#sealer.blindIndex(`audit ${kind} of ${tenant}`, value).slice(0, PSEUDONYM_HEX_DIGITS);
  }

  seal(tenant: string, pseudonym: string, kind: SealedIdentity['kind'], value: string): SealedIdentity {
    return { pseudonym, kind, value: this.#sealer.seal(value, identityPlace(tenant, pseudonym, kind)) };
  }

  /** `value`: of a row of `audit_identities`. */
  open(tenant: string, { pseudonym, kind, value }: SealedIdentity): string {
    return this.#sealer.open(value, identityPlace(tenant, pseudonym, kind));
  }

  sealDetails(tenant: string, entryId: string, details: JsonObject): string {
    return this.#sealer.seal(JSON.stringify(details), detailsPlace(tenant, entryId));
  }

  openDetails(tenant: string, entryId: string, sealed: string): JsonObject {
    return JSON.parse(this.#sealer.open(sealed, detailsPlace(tenant, entryId))) as JsonObject;
  }
}

function identityPlace(tenant: string, pseudonym: string, kind: SealedIdentity['kind']) {
  return { table: 'audit_identities', column: 'value', row: [tenant, kind, pseudonym] };
}

function detailsPlace(tenant: string, entryId: string) {
  return { table: 'audit_logs', column: 'personal', row: [tenant, entryId] };
}
