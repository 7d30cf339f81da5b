import { createHash } from 'node:crypto';
import { WeightedLru } from '../../cache/responses/weighted-lru.ts';
import type { ViewerModel } from '../../features/access/viewer.ts';

/** What Apollo's clients send their name in. */
export const CLIENT_NAME_HEADER = 'apollographql-client-name';

/** Whoever asks once asks again, and a hash takes longer than what is kept of an answer. */
const hashes = new WeightedLru<string>(5_000);

/**
 * Who is charged: the client by the name it gives itself, else the person, by a hash that tells apart and does not tell who. A name
 * has no colon, so that none can pass for a person.
 */
export function clientOf(header: string | undefined, viewer: Pick<ViewerModel, 'id' | 'tenant'>): string {
  const name = clientName(header);
  if (name !== null) return name;
  const person = JSON.stringify([viewer.tenant, viewer.id]);
  const known = hashes.get(person);
  if (known !== undefined) return known;
  const client = `viewer:${createHash('sha256').update(person).digest('hex').slice(0, 16)}`;
  hashes.set(person, client, 1);
  return client;
}

/** The name that a client gives itself; null without one, or for one that is not acceptable. */
export function clientName(header: string | undefined): string | null {
  const name = header?.trim() ?? '';
  return /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/.test(name) ? name : null;
}
