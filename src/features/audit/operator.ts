import type pg from 'pg';
import type { AuditActor } from './actor.ts';
import { appendedJson } from './append.ts';
import type { AuditEvent } from './event.ts';
import type { Pseudonyms } from './pseudonyms.ts';

/** Somebody who works on the database with a command, and says who they are: `by`, as an address of e-mail or a name. */
export function operatorActor(tenant: string, by: string, command: string, pseudonyms: Pseudonyms): AuditActor {
  const nowhere = { address: null, userAgent: null, requestId: null, sessionId: null };
  return { tenant, actorId: by, actorName: null, ...nowhere, client: command, isGateway: true, pseudonyms };
}

/** Appends to the chain of the actor's tenant, as the last statement of a transaction of the owner's. */
export async function appendAsOwner(client: pg.ClientBase, actor: AuditActor, event: AuditEvent): Promise<void> {
  const { entries, identities } = appendedJson(actor, event);
  await client.query(`select set_config('app.tenant', $1, true)`, [actor.tenant]);
  await client.query('select append_audit($1::json, $2::json)', [entries, identities]);
}
