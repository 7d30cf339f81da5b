import type { Caller } from '../../features/access/caller.ts';
import type { AuditActor } from '../../features/audit/actor.ts';
import type { Pseudonyms } from '../../features/audit/pseudonyms.ts';

/** Whom the entries of a request are about. `client`: what the client calls itself. */
export function auditActorOf(
  { viewer, sessionId, origin }: Caller,
  requestId: string,
  client: string | null,
  pseudonyms: Pseudonyms,
): AuditActor {
  return {
    tenant: viewer.tenant,
    actorId: viewer.id,
    actorName: viewer.name,
    address: origin.address,
    userAgent: origin.userAgent,
    requestId: pseudonyms.ofRequest(requestId),
    sessionId,
    client,
    pseudonyms,
  };
}
