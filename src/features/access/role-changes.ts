import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import { appendAudit } from '../audit/append.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { endSessionsOfOtherRoles } from './session-rows.ts';
import type { ViewerModel } from './viewer.ts';

export interface RoleChangesOptions {
  readonly database: Pick<Database, 'inTenant'>;
  readonly ended: Pick<EndedSessions, 'note'>;
  readonly pseudonyms: Pseudonyms;
  readonly log: Logger;
}

/** The gateway does it by itself, on what an issuer said. */
const NOBODY = {
  actorId: null,
  actorName: null,
  address: null,
  userAgent: null,
  requestId: null,
  sessionId: null,
  client: null,
};
const DEADLINE_MS = 3_000;
/** Tokens that were looked at; one that is forgotten is looked at again. */
const MAX_SEEN = 10_000;

/**
 * Sessions hold the roles of the moment in which they began. Each bearer token that this instance sees for the first time says what the issuer
 * thinks now: sessions of the same person that began with an earlier token and with other roles end. In the background, because the request
 * that brought the token has nothing to do with those sessions.
 */
export class RoleChanges {
  readonly #options: RoleChangesOptions;
  readonly #seen = new Set<string>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: RoleChangesOptions) {
    this.#options = options;
  }

  note(viewer: ViewerModel, issuedAtMs: number): void {
    const token = JSON.stringify([viewer.tenant, viewer.id, viewer.roles, issuedAtMs]);
    if (this.#seen.has(token)) return;
    this.#seen.add(token);
    if (this.#seen.size > MAX_SEEN) for (const oldest of this.#seen.values().take(1)) this.#seen.delete(oldest);
    const ending = this.#end(viewer, issuedAtMs, token).finally(() => this.#underWay.delete(ending));
    this.#underWay.add(ending);
  }

  /** Resolves when what was noted so far has been done. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #end(viewer: ViewerModel, issuedAtMs: number, token: string): Promise<void> {
    const { database, ended, pseudonyms, log } = this.#options;
    const scope = { tenant: viewer.tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    try {
      const rows = await database.inTenant(scope, async (db) => {
        const gone = await endSessionsOfOtherRoles(db, viewer, issuedAtMs);
        if (gone.length === 0) return gone;
        await appendAudit(
          db,
          { ...NOBODY, tenant: viewer.tenant, pseudonyms },
          {
            action: 'session.revoked',
            resourceType: 'Person',
            resourceId: viewer.id,
            outcome: 'ALLOWED',
            details: { endedSessions: gone.length, reason: 'rolesChanged' },
          },
        );
        return gone;
      });
      for (const { token_hash } of rows) ended.note(token_hash.toString('hex'));
      if (rows.length > 0) log.info({ sessions: rows.length }, "Sessions ended, because their person's roles changed.");
    } catch (error) {
      // The next request with the same token tries again.
      this.#seen.delete(token);
      log.debug({ error: describeError(error) }, 'Whether roles have changed could not be looked up.');
    }
  }
}
