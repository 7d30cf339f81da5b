import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { placeInSession } from '../access/sealed-columns.ts';
import { readMentors } from './erase-mentors.ts';
import { sessionsWithAddress } from './erase-session-addresses.ts';
import { HashedPeople, hashesOf } from './hashed-people.ts';
import { type Identifier, type IdentifierKind, normalisedOf } from './person-identifiers.ts';

/** A person in a source, in plain text. */
export interface SourcePerson {
  readonly kind: 'jira' | 'salesforce';
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

export interface SourceQuestion {
  readonly jira: readonly string[];
  readonly salesforce: readonly string[];
  readonly emails: readonly string[];
}

/** What sources know under these ids and addresses, past every cache. Rejects when one of them can't be asked. */
export type FindInSources = (question: SourceQuestion, signal: AbortSignal) => Promise<readonly SourcePerson[]>;

/** Names under which one person is found, each once. */
export class KnownPerson {
  readonly #identifiers = new Map<string, Identifier>();

  constructor(identifiers: Iterable<Identifier>) {
    for (const { kind, value } of identifiers) this.add(kind, value);
  }

  /** Whether it was new. */
  add(kind: IdentifierKind, value: string | null): boolean {
    const normalised = value === null ? '' : normalisedOf(kind, value);
    const key = `${kind} ${normalised}`;
    if (normalised === '' || this.#identifiers.has(key)) return false;
    this.#identifiers.set(key, { kind, value: kind === 'name' ? (value ?? '') : normalised });
    return true;
  }

  get identifiers(): readonly Identifier[] {
    return [...this.#identifiers.values()];
  }

  of(kind: IdentifierKind): readonly string[] {
    return this.identifiers.filter((one) => one.kind === kind).map(({ value }) => value);
  }

  hashes(sealer: Sealer, tenant: string) {
    return this.identifiers.flatMap(({ kind, value }) => hashesOf(sealer, tenant, kind, value));
  }

  asHashed(sealer: Sealer, tenant: string): HashedPeople {
    return new HashedPeople(sealer, tenant, this.hashes(sealer, tenant));
  }
}

const BATCH = 500;

/**
 * Adds subjects whose sessions have one of the person's addresses and an issuer that vouches for it, and names of mentors. Nothing else is learned from sessions: who could
 * set a name or an address in their own token would have whatever they call themselves hidden from every tenant, or whom an address belongs to taken for themselves. Answers the addresses
 * of sessions, sealed, that could not be opened and may be the person's.
 */
export async function learnFromTables(
  db: Kysely<DB>,
  tenant: string,
  sealer: Sealer,
  person: KnownPerson,
): Promise<readonly string[]> {
  const hashed = person.asHashed(sealer, tenant);
  const unread: string[] = [];
  for (const { viewer_id, token_hash, email } of await sessionsWithAddress(db, tenant, true)) {
    const address = sealer.openIfKeyIsThere(email, placeInSession(tenant, token_hash, 'email'));
    if (address === null && hashed.knows('email') && !hashed.has('subject', viewer_id)) unread.push(email);
    if (hashed.has('email', address)) person.add('subject', viewer_id);
  }
  for (let after = 0; ; ) {
    const mentors = await readMentors(db, tenant, sealer, after, BATCH);
    for (const { name, email } of mentors) if (hashed.has('email', email)) person.add('name', name);
    if (mentors.length < BATCH) return unread;
    after = mentors.at(-1)?.id ?? after;
  }
}

/** Follows ids to addresses and addresses to ids until nothing is new. A person in a source that shares no address is another person. */
export async function learnFromSources(find: FindInSources, person: KnownPerson, signal: AbortSignal): Promise<void> {
  for (let isNew = true; isNew; ) {
    isNew = false;
    const question = { jira: person.of('jira'), salesforce: person.of('salesforce'), emails: person.of('email') };
    for (const { kind, id, name, email } of await find(question, signal)) {
      for (const [as, value] of [
        [kind, id],
        ['email', email],
        ['name', name],
      ] as const)
        if (person.add(as, value)) isNew = true;
    }
  }
}
