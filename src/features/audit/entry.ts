import { randomUUID } from 'node:crypto';
import type { AuditActor } from './actor.ts';
import type { AuditEvent, AuditOutcome, JsonObject } from './event.ts';
import { MAX_IDENTITY_LENGTH, type SealedIdentity } from './pseudonyms.ts';

/** An entry in the form that `append_audit` takes. Nothing in it can be read by who does not have the keys. */
export interface EntryRecord {
  readonly id: string;
  /** The root fields, or the one event. */
  readonly actions: readonly string[];
  readonly resourceType: string | null;
  readonly resourceId: string | null;
  readonly outcome: AuditOutcome;
  readonly requestId: string | null;
  readonly client: string | null;
  /** When it happened, in ms since 1970; null: when it is appended. */
  readonly at: number | null;
  readonly details: JsonObject | null;
  /** Pseudonyms. */
  readonly actor: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly session: string | null;
  /** The person that it is about. */
  readonly subject: string | null;
  /** Sealed. */
  readonly personal: string | null;
}

/** The pseudonyms of an actor, and what they stand for. */
export interface ActorRecord {
  readonly fields: Pick<EntryRecord, 'requestId' | 'client' | 'actor' | 'address' | 'userAgent' | 'session'>;
  readonly identities: readonly SealedIdentity[];
}

const MAX_IDS_LENGTH = 2_000;

export function actorRecord(actor: AuditActor): ActorRecord {
  const { tenant, pseudonyms, actorId } = actor;
  const identities: SealedIdentity[] = [];
  const person = actorId === null ? null : pseudonyms.ofPerson(tenant, actorId);
  const keep = (pseudonym: string, kind: SealedIdentity['kind'], value: string): void => {
    identities.push(pseudonyms.seal(tenant, { pseudonym, kind, owner: person }, value.slice(0, MAX_IDENTITY_LENGTH)));
  };
  const pseudonymOf = (kind: 'address' | 'userAgent' | 'session' | 'client', value: string | null): string | null => {
    if (value === null) return null;
    const pseudonym = pseudonyms.of(tenant, kind, value, person);
    keep(pseudonym, kind, value);
    return pseudonym;
  };
  // Of nobody it would stay, whoever is erased.
  const clientOf = (): string | null => (person === null ? null : pseudonymOf('client', actor.client));
  if (person !== null && actorId !== null) {
    keep(person, 'person', actorId);
    if (actor.actorName !== null) keep(person, 'name', actor.actorName);
  }
  return {
    fields: {
      requestId: actor.requestId,
      client: actor.isGateway === true ? actor.client : clientOf(),
      actor: person,
      address: pseudonymOf('address', actor.address),
      userAgent: pseudonymOf('userAgent', actor.userAgent),
      session: pseudonymOf('session', actor.sessionId),
    },
    identities,
  };
}

/** The entry of one event, and what its pseudonyms stand for. */
export function entryRecord(
  actor: AuditActor,
  { fields, identities }: ActorRecord,
  event: AuditEvent,
): { readonly entry: EntryRecord; readonly identities: readonly SealedIdentity[] } {
  const id = randomUUID();
  const { tenant, pseudonyms } = actor;
  const isPerson = event.resourceType === 'Person' && event.resourceId != null;
  const subject = isPerson ? pseudonyms.ofPerson(tenant, event.resourceId ?? '') : null;
  const entry: EntryRecord = {
    id,
    actions: [event.action, ...(event.furtherActions ?? [])],
    resourceType: event.resourceType ?? null,
    resourceId: isPerson || event.resourceId == null ? null : storableIds(event.resourceId),
    outcome: event.outcome,
    at: null,
    details: event.details ?? null,
    subject,
    personal: event.personal ? pseudonyms.sealDetails(tenant, id, event.personal) : null,
    ...fields,
    requestId: actor.requestId,
  };
  if (subject === null) return { entry, identities };
  const named = pseudonyms.seal(
    tenant,
    { pseudonym: subject, kind: 'person', owner: subject },
    (event.resourceId ?? '').slice(0, MAX_IDENTITY_LENGTH),
  );
  return { entry, identities: [...identities, named] };
}

/** PostgreSQL can hold neither NUL nor half a surrogate pair. */
function storable(text: string): string {
  return text.slice(0, MAX_IDENTITY_LENGTH).replaceAll('\0', '').toWellFormed();
}

/** Of several records there may be many; more than PostgreSQL takes into an index would be refused. */
function storableIds(text: string): string {
  return /^[\x20-\x7e]*$/.test(text) ? text.slice(0, MAX_IDS_LENGTH) : storable(text);
}
