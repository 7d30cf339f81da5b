import type { RecordKind } from '../../cache/record-kind.ts';
import type { RecordValues } from '../../cache/record-values.ts';
import type { UserAnswer } from './answers.ts';
import { type JiraClient, MAX_USERS_PER_FETCH } from './client.ts';
import { callerOf } from './fetch-caller.ts';

/** All that is kept of a person; it comes together wherever it comes. */
export const userFields = ['displayName', 'emailAddress', 'active'] as const;

/** People by account id. */
export function createUserKind(client: Pick<JiraClient, 'fetchUsers'>): RecordKind {
  return {
    source: 'JIRA',
    type: 'JiraUser',
    freshness: 'long',
    maxIdsPerFetch: MAX_USERS_PER_FETCH,
    fetch: async (accountIds, _fields, call) => {
      const users = await client.fetchUsers(accountIds, callerOf(call));
      const known = new Map(
        users.map((user) => [user.accountId, { kind: 'found', values: userValues(user) } as const]),
      );
      return new Map(accountIds.map((id) => [id, known.get(id) ?? ({ kind: 'absent', reason: 'notFound' } as const)]));
    },
  };
}

export function userValues(user: UserAnswer): RecordValues {
  const { displayName = null, emailAddress = null, active = null } = user;
  return { displayName, emailAddress, active };
}

/** What `userValues` was made of. */
export function userOf(accountId: string, values: RecordValues): UserAnswer {
  const { displayName, emailAddress, active } = values;
  return {
    accountId,
    displayName: typeof displayName === 'string' ? displayName : null,
    emailAddress: typeof emailAddress === 'string' ? emailAddress : null,
    active: active === true,
  };
}
