import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { JsonObject } from './event.ts';

/** Of what a pseudonym takes the place. A name has its person's pseudonym. */
export type IdentityKind = 'person' | 'address' | 'userAgent' | 'session';

/** A value for `audit_identities`, where pseudonyms can be read by who may. */
export interface SealedIdentity {
  readonly pseudonym: string;
  readonly kind: IdentityKind | 'name';
  /** Pseudonym of the person that it goes with when they are erased; null: nobody's. */
  readonly owner: string | null;
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

  /** Of a person. */
  ofPerson(tenant: string, personId: string): string {
    return this.#hash(`audit person of ${tenant}`, personId);
  }

  /** Of what belongs to a person: other people have another pseudonym for the same address, so that it can go with its owner. */
  of(tenant: string, kind: Exclude<IdentityKind, 'person'>, value: string, owner: string | null): string {
    return this.#hash(`audit ${kind} of ${owner ?? 'nobody'} of ${tenant}`, value);
  }

  seal(tenant: string, { pseudonym, kind, owner }: Omit<SealedIdentity, 'value'>, value: string): SealedIdentity {
    return { pseudonym, kind, owner, value: this.#sealer.seal(value, identityPlace(tenant, pseudonym, kind)) };
  }

  /** `value`: of a row of `audit_identities`. Null when the key that sealed it is not at hand. */
  open(tenant: string, { pseudonym, kind, value }: Omit<SealedIdentity, 'owner'>): string | null {
    return this.#sealer.openIfKeyIsThere(value, identityPlace(tenant, pseudonym, kind));
  }

  sealDetails(tenant: string, entryId: string, details: JsonObject): string {
    return this.#sealer.seal(JSON.stringify(details), detailsPlace(tenant, entryId));
  }

  /** Null when the key that sealed them is not at hand. */
  openDetails(tenant: string, entryId: string, sealed: string): JsonObject | null {
    const details = this.#sealer.openIfKeyIsThere(sealed, detailsPlace(tenant, entryId));
    return details === null ? null : (JSON.parse(details) as JsonObject);
  }

  #hash(purpose: string, value: string): string {
    return this.#sealer.blindIndex(purpose, value).slice(0, PSEUDONYM_HEX_DIGITS);
  }
}

/** Where a value of `audit_identities` stands. */
export function identityPlace(tenant: string, pseudonym: string, kind: SealedIdentity['kind']) {
  return { table: 'audit_identities', column: 'value', row: [tenant, kind, pseudonym] };
}

function detailsPlace(tenant: string, entryId: string) {
  return { table: 'audit_logs', column: 'personal', row: [tenant, entryId] };
}
