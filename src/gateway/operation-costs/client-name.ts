import { createHash } from 'node:crypto';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import type { ViewerModel } from '../../features/access/viewer.ts';
import type { HashedPeople } from '../../features/privacy/hashed-people.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';

/** What Apollo's clients send their name in. */
export const CLIENT_NAME_HEADER = 'apollographql-client-name';

const HASH_DIGITS = 16;
/** Whoever asks once asks again, and a hash takes longer than what is kept of an answer. */
const MAX_KNOWN = 5_000;

type Viewer = Pick<ViewerModel, 'id' | 'tenant'>;

/** Tells by what a person is charged: by a keyed hash that tells apart and does not tell who, not even to somebody who has the rows and tries all subjects. */
export function chargedPeople(sealer: Pick<Sealer, 'blindIndex'>): (viewer: Viewer) => string {
  const hashes = new WeightedLru<string>(MAX_KNOWN);
  return ({ tenant, id }) => {
    const person = JSON.stringify([tenant, id]);
    const known = hashes.get(person);
    if (known !== undefined) return known;
    const client = `viewer:${sealer.blindIndex('who is charged', person).slice(0, HASH_DIGITS)}`;
    hashes.set(person, client, 1);
    return client;
  };
}

/**
 * Tells who is charged: the client by the name it gives itself, else the person. A name has no colon, so that none can pass for a person, and is not the one of somebody
 * who was erased.
 */
export function chargedClients(
  sealer: Pick<Sealer, 'blindIndex'>,
  erased: Pick<HashedPeople, 'hasClient'>,
): (header: string | undefined, viewer: Viewer) => string {
  const personOf = chargedPeople(sealer);
  return (header, viewer) => {
    const name = clientName(header);
    return name === null || erased.hasClient(name, viewer.tenant) ? personOf(viewer) : name;
  };
}

/** What the person was charged under before the hash had a key: rows of then are there for 90 days. */
export function formerClientOf({ tenant, id }: Viewer): string {
  const person = JSON.stringify([tenant, id]);
  return `viewer:${createHash('sha256').update(person).digest('hex').slice(0, HASH_DIGITS)}`;
}

/** The name that a client gives itself; null without one, or for one that is not acceptable. */
export function clientName(header: string | undefined): string | null {
  const name = header?.trim() ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/.test(name) ? name : null;
}
