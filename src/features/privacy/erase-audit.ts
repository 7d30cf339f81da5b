import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { AuditActor } from '../audit/actor.ts';
import { pseudonymiseAuditOf } from '../audit/erase.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import { type Erasure, type ErasureStep, noteUnread } from './erasure-step.ts';

const MAX_ENTRIES = 5_000;

/** Whoever does the gateway's own work is nobody. */
function gatewayActor(tenant: string, pseudonyms: Pseudonyms): AuditActor {
  return {
    tenant,
    actorId: null,
    actorName: null,
    address: null,
    userAgent: null,
    requestId: null,
    sessionId: null,
    client: 'gateway',
    isGateway: true,
    pseudonyms,
  };
}

/** Takes the person out of the entries that they made and that are about them; the entries and their chain stay. */
export function eraseFromAudit(pseudonyms: Pseudonyms): ErasureStep {
  return {
    name: 'audit',
    kind: 'rows',
    run: async (db, erasure) => {
      let rows = 0;
      // In one transaction: the first batch takes away what the person is found by.
      for (const person of await peopleInAudit(db, pseudonyms, erasure)) {
        for (let done = MAX_ENTRIES; done === MAX_ENTRIES; rows += done)
          done = await pseudonymiseAuditOf(db, gatewayActor(erasure.tenant, pseudonyms), person, MAX_ENTRIES);
      }
      return { rows, next: null };
    },
  };
}

/**
 * Their subjects: those that the log knows, and those that are still on their way to it. What can not be opened is found by the pseudonyms of the subjects that
 * are known; where none are, after a backup was restored, it may be theirs.
 */
async function peopleInAudit(db: Kysely<DB>, pseudonyms: Pseudonyms, erasure: Erasure): Promise<ReadonlySet<string>> {
  const { tenant, person, known } = erasure;
  const rows = await db
    .selectFrom('audit_identities')
    .select(['pseudonym', 'value'])
    .where('tenant', '=', tenant)
    .where('kind', '=', 'person')
    .execute();
  const people = new Set(known.filter(({ kind }) => kind === 'subject').map(({ value }) => value));
  for (const { pseudonym, value } of rows) {
    const subject = pseudonyms.open(tenant, { pseudonym, kind: 'person', value });
    if (subject !== null && person.has('subject', subject)) people.add(subject);
    if (subject === null && known.length === 0) noteUnread(erasure, value, 'audit_identities.value');
  }
  return people;
}
