import { MAX_IDENTITY_LENGTH, type Pseudonyms, type SealedIdentity } from './pseudonyms.ts';

/** Pseudonyms of a person in a tenant's entries that stand for nothing any more. */
export interface MissingIdentities {
  /** Pseudonym of the person that they go with when they are erased. Null: nobody's. */
  readonly person: string | null;
  readonly count: number;
  /** The first entry with one of them. */
  readonly firstSequence: number;
}

/** A row of `audit_erasures`. */
export interface NotedErasure {
  readonly person: string;
  /** RFC 3339. */
  readonly erasedAt: string;
}

/** What a tenant's pseudonyms stand for, as far as it is not what the gateway has stored. */
export interface IdentityFindings {
  readonly missing: readonly MissingIdentities[];
  readonly changed: { readonly count: number; readonly firstSequence: number | null };
  /** Of how many nobody can tell, because the key that sealed them is not at hand. */
  readonly unread: number;
  /** Of how many nobody ever will, because it was destroyed. */
  readonly shredded: number;
  readonly erasures: readonly NotedErasure[];
}

/** What was looked at, of all tenants. */
export interface IdentityCounts {
  /** Pseudonyms that are those of their values. */
  right: number;
  /** Those that are not, of values that the gateway has sealed. */
  foreign: number;
}

const MAX_REMEMBERED = 1_000;

/** Opens each value, and makes its pseudonym anew. `firstEntryWith` answers the number of the first entry with one of some pseudonyms. */
export async function checkIdentities(
  tenant: string,
  identities: AsyncIterable<SealedIdentity>,
  pseudonyms: Pseudonyms,
  counts: IdentityCounts,
  firstEntryWith: (changed: readonly string[]) => Promise<number | null>,
): Promise<Pick<IdentityFindings, 'changed' | 'unread' | 'shredded'>> {
  const changed: string[] = [];
  let count = 0;
  let unread = 0;
  let shredded = 0;
  for await (const identity of identities) {
    const opened = pseudonyms.check(tenant, identity);
    if (opened.value !== null) {
      if (identity.kind !== 'name' && opened.value.length < MAX_IDENTITY_LENGTH) counts.right += 1;
      continue;
    }
    if (opened.why === 'foreign') counts.foreign += 1;
    if (opened.why === 'keyMissing') unread += 1;
    if (opened.why === 'shredded') shredded += 1;
    if (opened.why !== 'changed' && opened.why !== 'foreign') continue;
    count += 1;
    if (changed.length < MAX_REMEMBERED) changed.push(identity.pseudonym);
  }
  return { changed: { count, firstSequence: count === 0 ? null : await firstEntryWith(changed) }, unread, shredded };
}
