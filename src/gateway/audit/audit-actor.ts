import type { Caller } from '../../features/access/caller.ts';
import type { AuditActor } from '../../features/audit/actor.ts';
import type { Pseudonyms } from '../../features/audit/pseudonyms.ts';

/** Whom the entries of a request are about. `client`: what the client calls itself. */
export function auditActorOf(
  { viewer, credential, sessionId, origin }: Caller,
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
    // Whoever has no credentials is nobody in particular: what they call themselves would stay when they are erased.
    client: credential === 'anonymous' ? null : client,
    pseudonyms,
  };
}
