import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { JsonObject } from './event.ts';

/** Of what a pseudonym takes the place. A name has its person's pseudonym. */
export type IdentityKind = 'person' | 'address' | 'userAgent' | 'session' | 'client';

/** A value for `audit_identities`, where pseudonyms can be read by who may. */
export interface SealedIdentity {
  readonly pseudonym: string;
  readonly kind: IdentityKind | 'name';
  /** Pseudonym of the person that it goes with when they are erased; null: nobody's. */
  readonly owner: string | null;
  readonly value: string;
}

/** As it is stored. Of a person the owner tells nothing: it is the person. */
export type StoredIdentity = SealedIdentity | (Omit<SealedIdentity, 'owner' | 'kind'> & { readonly kind: 'person' });

/**
 * What a stored identity says. `changed`: it is not what the gateway stored there. `foreign`: its pseudonym was made with another key, or with another owner. `keyMissing`:
 * nobody can tell, for the time being; `shredded`: for ever.
 */
export type OpenedIdentity =
  | { readonly value: string }
  | { readonly value: null; readonly why: 'changed' | 'foreign' | 'keyMissing' | 'shredded' };

/** Of longer values the first characters are kept. */
export const MAX_IDENTITY_LENGTH = 300;

/** A UUID, also that of a request which the gateway sends itself, or 16 to 64 hex digits. */
const TRACE_ID = /^(?:(?:renewal-|warming-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,64})$/i;

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

  /** Of a request, whose id may be any text that a client sends: what has the form of an id for tracing stays, so that it is found under it. */
  ofRequest(requestId: string): string {
    return TRACE_ID.test(requestId) ? requestId : this.#hash('audit request', requestId);
  }

  seal(tenant: string, { pseudonym, kind, owner }: Omit<SealedIdentity, 'value'>, value: string): SealedIdentity {
    return { pseudonym, kind, owner, value: this.#sealer.seal(value, identityPlace(tenant, pseudonym, kind)) };
  }

  /** Null when the key that sealed it is not at hand, and for what the gateway did not store there. */
  open(tenant: string, identity: StoredIdentity): string | null {
    return this.check(tenant, identity).value;
  }

  /**
   * As `open`, with the reason for null. What is not sealed was put there by somebody else, and so was what was sealed for another pseudonym, or has another pseudonym
   * than its own. A name has none of its own: the seal alone tells whose it is.
   */
  check(tenant: string, identity: StoredIdentity): OpenedIdentity {
    const { pseudonym, kind, value: sealed } = identity;
    if (!this.#sealer.isSealed(sealed)) return { value: null, why: 'changed' };
    let value: string | null;
    try {
      value = this.#sealer.openIfKeyIsThere(sealed, identityPlace(tenant, pseudonym, kind));
    } catch {
      return { value: null, why: 'changed' };
    }
    if (value === null) return { value: null, why: this.#sealer.isShredded(sealed) ? 'shredded' : 'keyMissing' };
    if (kind === 'name' || value.length >= MAX_IDENTITY_LENGTH) return { value };
    const own =
      kind === 'person'
        ? this.ofPerson(tenant, value)
        : this.of(tenant, kind, value, 'owner' in identity ? identity.owner : null);
    return own === pseudonym ? { value } : { value: null, why: 'foreign' };
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
    // As a sealed text comes back: with no half of a surrogate pair.
    return this.#sealer.blindIndex(purpose, value.toWellFormed()).slice(0, PSEUDONYM_HEX_DIGITS);
  }
}

/** Where a value of `audit_identities` stands. */
export function identityPlace(tenant: string, pseudonym: string, kind: SealedIdentity['kind']) {
  return { table: 'audit_identities', column: 'value', row: [tenant, kind, pseudonym] };
}

function detailsPlace(tenant: string, entryId: string) {
  return { table: 'audit_logs', column: 'personal', row: [tenant, entryId] };
}
