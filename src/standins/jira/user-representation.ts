import type { JiraUserSeed } from '../data/company.ts';
import type { HiddenEmail, Site } from './site.ts';

export function userBean(user: JiraUserSeed, site: Site): Record<string, unknown> {
  const avatar = (size: number) => `${site.origin}/avatar/${encodeURIComponent(user.accountId)}?size=${size}`;
  return {
    self: `${site.origin}/rest/api/3/user?accountId=${encodeURIComponent(user.accountId)}`,
    accountId: user.accountId,
    accountType: 'atlassian',
    ...emailOf(user, site.hiddenEmail),
    avatarUrls: { '48x48': avatar(48), '24x24': avatar(24), '16x16': avatar(16), '32x32': avatar(32) },
    displayName: user.displayName,
    active: user.active,
    timeZone: 'Etc/UTC',
  };
}

/** A user named by an issue or comment; an account that the site no longer knows is shown as a former user. */
export function userReference(accountId: string | null, site: Site): Record<string, unknown> | null {
  if (accountId === null) return null;
  const user = site.user(accountId) ?? { accountId, displayName: 'Former user', emailAddress: null, active: false };
  return userBean(user, site);
}

function emailOf(user: JiraUserSeed, hidden: HiddenEmail): Record<string, unknown> {
  if (user.emailAddress !== null) return { emailAddress: user.emailAddress };
  if (hidden === 'absent') return {};
  return { emailAddress: hidden === 'null' ? null : '' };
}
