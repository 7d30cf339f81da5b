import { createHash } from 'node:crypto';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import type { ViewerModel } from '../../features/access/viewer.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';

/** What Apollo's clients send their name in. */
export const CLIENT_NAME_HEADER = 'apollographql-client-name';

const HASH_DIGITS = 16;
/** Whoever asks once asks again, and a hash takes longer than what is kept of an answer. */
const MAX_KNOWN = 5_000;

export type ClientOf = (header: string | undefined, viewer: Pick<ViewerModel, 'id' | 'tenant'>) => string;

/**
 * Tells who is charged: the client by the name it gives itself, else the person, by a keyed hash that tells apart and does not tell who, not even to somebody who has the rows and
 * tries all subjects. A name has no colon, so that none can pass for a person.
 */
export function chargedClients(sealer: Pick<Sealer, 'blindIndex'>): ClientOf {
  const hashes = new WeightedLru<string>(MAX_KNOWN);
  return (header, viewer) => {
    const name = clientName(header);
    if (name !== null) return name;
    const person = JSON.stringify([viewer.tenant, viewer.id]);
    const known = hashes.get(person);
    if (known !== undefined) return known;
    const client = `viewer:${sealer.blindIndex('who is charged', person).slice(0, HASH_DIGITS)}`;
    hashes.set(person, client, 1);
    return client;
  };
}

/** What the person was charged under before the hash had a key: rows of then are there for 90 days. */
export function formerClientOf({ tenant, id }: Pick<ViewerModel, 'id' | 'tenant'>): string {
  const person = JSON.stringify([tenant, id]);
  return `viewer:${createHash('sha256').update(person).digest('hex').slice(0, HASH_DIGITS)}`;
}

/** The name that a client gives itself; null without one, or for one that is not acceptable. */
export function clientName(header: string | undefined): string | null {
  const name = header?.trim() ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/.test(name) ? name : null;
}
