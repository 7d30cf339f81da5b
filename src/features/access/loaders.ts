import type { Database } from '../../platform/database.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { AuditActor } from '../audit/actor.ts';
import { appendAudit } from '../audit/append.ts';
import type { Caller } from './caller.ts';
import { changePreferences, type Preferences, type PreferencesChange, selectPreferences } from './preferences.ts';
import { type SessionActions, type SessionParts, sessionActions } from './session-actions.ts';

/** Everything of a person's own; made per request, never shared. */
export interface AccessLoaders extends SessionActions {
  /** Null for a caller without credentials, who is nobody in particular. */
  preferences(caller: Caller): Promise<Preferences | null>;
  /** Throws CONFLICT, BAD_USER_INPUT; UNAUTHENTICATED for a caller without credentials. */
  updatePreferences(caller: Caller, change: PreferencesChange, actor: AuditActor): Promise<void>;
}

export function createAccessLoaders(
  database: Pick<Database, 'inTenant'>,
  parts: SessionParts,
  scope: RequestScope,
): AccessLoaders {
  let preferences: Promise<Preferences> | undefined;
  return {
    ...sessionActions(database, parts, scope),

    preferences: async ({ credential, viewer }) => {
      if (credential === 'anonymous') return null;
      preferences ??= database.inTenant(scope, (db) => selectPreferences(db, viewer.id));
      return await preferences;
    },

    updatePreferences: async ({ credential, viewer }, change, actor) => {
      if (credential === 'anonymous')
        throw new GatewayError(
          'UNAUTHENTICATED',
          'Preferences belong to a person, and the request does not say whose it is. Send a bearer token or a session token.',
        );
      preferences = undefined;
      await database.inTenant(scope, async (db) => {
        const { version } = await changePreferences(db, viewer, change);
        await appendAudit(db, actor, {
          action: 'updatePreferences',
          resourceType: 'Person',
          resourceId: viewer.id,
          outcome: 'ALLOWED',
          details: { version },
        });
      });
    },
  };
}
