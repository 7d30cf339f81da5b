import type { AuditActor } from '../../src/features/audit/actor.ts';
import { Pseudonyms } from '../../src/features/audit/pseudonyms.ts';
import { testSealer } from './keys.ts';

/** What the gateways of the tests make pseudonyms with. */
export const testPseudonyms = new Pseudonyms(testSealer);

/** Somebody of a tenant, for entries of a test's own. */
export function testActor(tenant: string, changes: Partial<AuditActor> = {}): AuditActor {
  return {
    tenant,
    actorId: 'maya',
    actorName: 'Maya Olsen',
    address: '192.0.2.7',
    userAgent: 'curl/8',
    requestId: 'request-1',
    sessionId: null,
    client: 'tests',
    pseudonyms: testPseudonyms,
    ...changes,
  };
}
