import type { Caller } from '../../features/access/caller.ts';
import type { AuditTrail } from '../../features/audit/audit-trail.ts';
import { type AuditEvent, NO_TENANT } from '../../features/audit/event.ts';
import type { Pseudonyms } from '../../features/audit/pseudonyms.ts';
import { RequestAuditTrail } from '../../features/audit/request-audit.ts';
import { GatewayError } from '../../platform/errors.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import type { Exchange } from '../http-server.ts';
import { CLIENT_NAME_HEADER } from '../operation-costs/client-name.ts';
import { auditActorOf } from './audit-actor.ts';
import { AuditedOperation } from './audited-operation.ts';
import type { KnownSubjects } from './known-subjects.ts';

export interface OperationAuditOptions {
  readonly trail: AuditTrail;
  readonly subjects: KnownSubjects;
  readonly pseudonyms: Pseudonyms;
  readonly log: Logger;
}

/** Sees to it that every operation, answered or refused, has its entries before its answer leaves. */
export class OperationAudit {
  readonly #options: OperationAuditOptions;
  readonly #requests = new WeakMap<Caller, RequestAuditTrail>();

  constructor(options: OperationAuditOptions) {
    this.#options = options;
  }

  begin({ request, requestId }: Exchange, caller: Caller): AuditedOperation {
    const { pseudonyms } = this.#options;
    const client = clientIn(request.headers[CLIENT_NAME_HEADER]);
    const own = new RequestAuditTrail(auditActorOf(caller, requestId, client, pseudonyms));
    this.#requests.set(caller, own);
    return new AuditedOperation(this.#options, own, request);
  }

  /** What resolvers get. Work that no request has begun has an actor of its own. */
  requestOf(caller: Caller, requestId: string): RequestAuditTrail {
    return (
      this.#requests.get(caller) ??
      new RequestAuditTrail(auditActorOf(caller, requestId, null, this.#options.pseudonyms))
    );
  }

  /** Notes that somebody could not be let in. Never rejects: they are answered with the failure in any case. */
  async signInFailed({ request, requestId, origin }: Exchange, error: unknown): Promise<void> {
    const { trail, pseudonyms, log } = this.#options;
    const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
    const { address, userAgent } = origin;
    const actor = {
      tenant: NO_TENANT,
      actorId: null,
      actorName: null,
      address,
      userAgent,
      requestId: pseudonyms.ofRequest(requestId),
      sessionId: null,
      client: clientIn(request.headers[CLIENT_NAME_HEADER]),
      pseudonyms,
    };
    const outcome = code === 'UNAUTHENTICATED' || code === 'FORBIDDEN' ? 'DENIED' : 'FAILED';
    const event: AuditEvent = { action: 'signIn.failed', outcome, details: { code } };
    await trail.noteEvent(actor, event).catch((failure: unknown) => {
      log.error({ requestId, error: describeError(failure) }, 'A failed sign-in could not be noted in the audit log.');
    });
  }
}

/** A name that an application gives itself; anything else is not kept. */
function clientIn(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/.test(header) ? header : null;
}
