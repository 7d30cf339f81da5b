import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database } from '../../platform/database.ts';
import { rowIdOf } from '../../platform/database-ids.ts';
import { badUserInput, GatewayError } from '../../platform/errors.ts';
import { nativeIdOf } from '../../platform/global-id.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit } from '../audit/append.ts';
import type { AuditEvent } from '../audit/event.ts';
import type { Caller } from './caller.ts';
import type { EndedSessions } from './ended-sessions.ts';
import type { SessionModel, SessionTimes } from './session.ts';
import { endingCookies, sessionCookies } from './session-cookie.ts';
import { type EndedSession, endSessions, insertSession, selectSessions, sessionGlobalId } from './session-rows.ts';
import { hashOfToken, newSessionToken } from './session-token.ts';
import type { Sessions } from './sessions.ts';

/** What sessions are made and ended with; one per process. */
export interface SessionParts {
  readonly times: SessionTimes;
  readonly sessions: Pick<Sessions, 'verify'>;
  readonly ended: Pick<EndedSessions, 'note'>;
  readonly sealer: Sealer;
  /** Whether cookies are kept for TLS. */
  readonly hasSecureCookies: boolean;
}

export interface RevokeAllInput {
  readonly viewerId?: string | null | undefined;
  readonly keepCurrent?: boolean | null | undefined;
}

/** What a person does with sessions. All that change something append to the audit log in the same transaction. */
export interface SessionActions {
  /** The caller's own, newest use first; [] for a caller without credentials. */
  sessions(caller: Caller): Promise<SessionModel[]>;
  /** The token is in the answer and nowhere else. Throws UNAUTHENTICATED for a caller who showed no bearer token, or one that is superseded. */
  createSession(caller: Caller, actor: AuditActor): Promise<{ readonly token: string; readonly session: SessionModel }>;
  /** Throws BAD_USER_INPUT when there is no such session among the caller's. */
  revokeSession(caller: Caller, id: string, actor: AuditActor): Promise<void>;
  /** Answers how many ended. Throws FORBIDDEN when another person is named by someone who is not ADMIN. */
  revokeAllSessions(caller: Caller, input: RevokeAllInput, actor: AuditActor): Promise<number>;
  /** Throws BAD_USER_INPUT when the request came with no session. */
  signOut(caller: Caller, actor: AuditActor): Promise<void>;
}

export function sessionActions(
  database: Pick<Database, 'inTenant'>,
  { times, sessions, ended, sealer, hasSecureCookies }: SessionParts,
  scope: RequestScope,
): SessionActions {
  const currentOf = ({ sessionId }: Caller): number | null => (sessionId === null ? null : Number(sessionId));

  /** Ends sessions and audits it in one transaction; then no instance takes them any more, this one first. */
  async function end(
    actor: AuditActor,
    work: (db: Kysely<DB>) => Promise<readonly EndedSession[]>,
    event: (rows: readonly EndedSession[]) => AuditEvent,
  ): Promise<readonly EndedSession[]> {
    const rows = await database.inTenant(scope, async (db) => {
      const gone = await work(db);
      await appendAudit(db, actor, event(gone));
      return gone;
    });
    noteEnded(rows);
    return rows;
  }

  function noteEnded(rows: readonly EndedSession[]): void {
    for (const { token_hash } of rows) ended.note(token_hash.toString('hex'));
  }

  function forgetCookies(caller: Caller): void {
    caller.answerCookies?.(endingCookies(hasSecureCookies));
  }

  return {
    sessions: async (caller) => {
      if (caller.credential === 'anonymous') return [];
      const { viewer } = caller;
      return await database.inTenant(scope, (db) =>
        selectSessions(db, sealer, viewer, times.idleTtlSeconds, currentOf(caller)),
      );
    },

    createSession: async (caller, actor) => {
      const { bearer, viewer, origin, answerCookies } = caller;
      if (!bearer) throw needsBearer(caller);
      // The session that the browser had before does not outlive the sign-in, and was never in this one's hands if it is of someone else.
      const before = bearer.sessionToken === null ? null : await sessions.verify(bearer.sessionToken);
      const replaced = before?.viewer.tenant === viewer.tenant && before.viewer.id === viewer.id ? before.id : null;
      const token = newSessionToken();
      const created = await database.inTenant(scope, async (db) => {
        const stored = await insertSession(db, sealer, {
          viewer,
          tokenHash: hashOfToken(token),
          ttlSeconds: times.ttlSeconds,
          userAgent: origin.userAgent,
          tokenIssuedAtMs: bearer.issuedAtMs,
        });
        const gone = replaced === null ? [] : await endSessions(db, viewer.id, { id: replaced });
        const all = [...stored.ended, ...gone];
        await appendAudit(db, actor, {
          action: 'createSession',
          resourceType: 'Session',
          resourceId: stored.session.id,
          outcome: 'ALLOWED',
          ...(all.length > 0 ? { details: { endedSessions: all.length } } : {}),
        });
        return { session: stored.session, ended: all };
      });
      noteEnded(created.ended);
      answerCookies?.(sessionCookies(token, times.ttlSeconds, hasSecureCookies));
      return { token, session: created.session };
    },

    revokeSession: async (caller, globalId, actor) => {
      const id = rowIdOf(nativeIdOf(globalId, 'Session', 'input.id'));
      if (id === null) throw noSuchSession();
      await end(
        actor,
        async (db) => {
          const gone = await endSessions(db, caller.viewer.id, { id });
          if (gone.length === 0) throw noSuchSession();
          return gone;
        },
        () => ({ action: 'revokeSession', resourceType: 'Session', resourceId: globalId, outcome: 'ALLOWED' }),
      );
      if (id === currentOf(caller)) forgetCookies(caller);
    },

    revokeAllSessions: async (caller, { viewerId, keepCurrent }, actor) => {
      const { viewer } = caller;
      const whose = viewerId ?? viewer.id;
      if (whose !== viewer.id && !viewer.roles.includes('ADMIN')) throw needsAdmin(viewer.roles);
      const exceptId = keepCurrent && whose === viewer.id ? currentOf(caller) : null;
      const rows = await end(
        actor,
        (db) => endSessions(db, whose, { exceptId }),
        (gone) => ({
          action: 'revokeAllSessions',
          resourceType: 'Person',
          resourceId: whose,
          outcome: 'ALLOWED',
          details: { endedSessions: gone.length },
        }),
      );
      if (rows.some(({ id }) => id === currentOf(caller))) forgetCookies(caller);
      return rows.length;
    },

    signOut: async (caller, actor) => {
      const id = currentOf(caller);
      if (id === null)
        throw badUserInput(
          'The request came with no session that could end. Send the session in `x-session-token` or its cookie; a bearer token ends by itself.',
        );
      await end(
        actor,
        (db) => endSessions(db, caller.viewer.id, { id }),
        () => ({ action: 'signOut', resourceType: 'Session', resourceId: sessionGlobalId(id), outcome: 'ALLOWED' }),
      );
      forgetCookies(caller);
    },
  };
}

function needsBearer({ credential }: Caller): GatewayError {
  const had = credential === 'session' ? 'a session' : 'no credentials';
  return new GatewayError(
    'UNAUTHENTICATED',
    `A session is begun with a bearer token, but the request came with ${had}. Send \`Authorization: Bearer <token>\`.`,
  );
}

function needsAdmin(roles: readonly string[]): GatewayError {
  return new GatewayError(
    'FORBIDDEN',
    `\`viewerId\` names somebody else, which needs the role ADMIN; yours: ${roles.join(', ')}. Leave it out to end your own sessions.`,
  );
}

/** The same for a session that never was, has ended, or is somebody else's. */
function noSuchSession(): GatewayError {
  return badUserInput(
    'There is no such session among yours; it may have ended already. `viewer { sessions { id } }` tells which there are.',
    { argument: 'input.id' },
  );
}
