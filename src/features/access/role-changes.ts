import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import { appendAudit } from '../audit/append.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import type { EndedSessions } from './ended-sessions.ts';
import { forgetRoles, isNewer, isSuperseded, supersededToken, type ToldRoles, tellRoles } from './known-roles.ts';
import { endSessionsOfOtherRoles } from './session-rows.ts';
import type { ViewerModel } from './viewer.ts';

export interface RoleChangesOptions {
  readonly database: Pick<Database, 'inTenant'>;
  readonly ended: Pick<EndedSessions, 'note'>;
  readonly pseudonyms: Pseudonyms;
  /** Tokens that were issued longer ago are not taken at all. */
  readonly maxTokenAgeSeconds: number;
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
const MAX_PEOPLE = 10_000;
const MAX_TOKENS_PER_PERSON = 20;
/** After so long a token that is still in use is looked at again: another instance may have seen a newer one. */
const LOOK_AGAIN_MS = 60_000;
/** By how much the clocks of the gateway, of PostgreSQL and of issuers may differ at most. */
const CLOCK_MARGIN_SECONDS = 3_600;

interface KnownTokens {
  newest: ToldRoles;
  /** When each token is to be looked at again, by `performance.now()`. */
  readonly lookAgainAtMs: Map<string, number>;
}

/**
 * Bearer tokens say what the issuer thought when it made them; the newest of a person says what it thinks now. So sessions that began with an earlier token and with
 * other roles end, and an earlier token that says more is not taken any more. PostgreSQL is asked in the background: bearer tokens do without it, so that one that
 * another instance knows to be superseded is let in until the answer is there.
 */
export class RoleChanges {
  readonly #options: RoleChangesOptions;
  readonly #people = new Map<string, KnownTokens>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: RoleChangesOptions) {
    this.#options = options;
  }

  /** Throws UNAUTHENTICATED for a token that a newer one of the same person has taken roles from, as far as this instance knows. */
  admit(viewer: ViewerModel, issuedAtMs: number): void {
    const told = { roles: viewer.roles, issuedAtMs };
    const person = this.#person(viewer, told);
    if (isSuperseded(told, person.newest)) throw supersededToken();
    if (isNewer(told, person.newest)) person.newest = told;
    const { lookAgainAtMs } = person;
    const token = `${issuedAtMs} ${viewer.roles.length}`;
    const nowMs = performance.now();
    if (nowMs < (lookAgainAtMs.get(token) ?? 0)) return;
    if (lookAgainAtMs.size >= MAX_TOKENS_PER_PERSON) lookAgainAtMs.clear();
    lookAgainAtMs.set(token, nowMs + LOOK_AGAIN_MS);
    const ending = this.#end(viewer, issuedAtMs, person, token).finally(() => this.#underWay.delete(ending));
    this.#underWay.add(ending);
  }

  /** Resolves when what was noted so far has been done. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /** The one that did not come for longest makes room, and is asked for again when it comes back. */
  #person({ tenant, id }: ViewerModel, told: ToldRoles): KnownTokens {
    const key = JSON.stringify([tenant, id]);
    const person = this.#people.get(key) ?? { newest: told, lookAgainAtMs: new Map() };
    this.#people.delete(key);
    this.#people.set(key, person);
    if (this.#people.size > MAX_PEOPLE) for (const oldest of this.#people.keys().take(1)) this.#people.delete(oldest);
    return person;
  }

  async #end(viewer: ViewerModel, issuedAtMs: number, person: KnownTokens, token: string): Promise<void> {
    const { database, ended, pseudonyms, maxTokenAgeSeconds, log } = this.#options;
    const scope = { tenant: viewer.tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    try {
      const { gone: rows, newest } = await database.inTenant(scope, async (db) => {
        const newest = await tellRoles(db, viewer, issuedAtMs);
        const gone = await endSessionsOfOtherRoles(db, viewer, issuedAtMs);
        await forgetRoles(db, maxTokenAgeSeconds + CLOCK_MARGIN_SECONDS);
        if (gone.length === 0) return { gone, newest };
        await appendAudit(
          db,
          { ...NOBODY, tenant: viewer.tenant, pseudonyms },
          {
            action: 'session.ended',
            resourceType: 'Person',
            resourceId: viewer.id,
            outcome: 'ALLOWED',
            details: { endedSessions: gone.length, reason: 'rolesChanged' },
          },
        );
        return { gone, newest };
      });
      if (isNewer(newest, person.newest)) person.newest = newest;
      for (const { token_hash } of rows) ended.note(token_hash.toString('hex'));
      if (rows.length > 0) log.info({ sessions: rows.length }, "Sessions ended, because their person's roles changed.");
    } catch (error) {
      // The next request with the same token tries again.
      person.lookAgainAtMs.delete(token);
      log.debug({ error: describeError(error) }, 'Whether roles have changed could not be looked up.');
    }
  }
}
