import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { numberParameter, pageBean } from './paging.ts';
import { JiraProblem } from './problem.ts';
import { userBean } from './user-representation.ts';

const POINTS_PER_USER = 2;

export function getMyself({ site }: JiraExchange): StandInAnswer {
  return { status: 200, body: { ...userBean(site.caller, site), locale: 'en_GB' }, billed: 1 + POINTS_PER_USER };
}

/** GET /user?accountId= */
export function getUser({ site, url }: JiraExchange): StandInAnswer {
  const accountId = url.searchParams.get('accountId');
  if (!accountId) throw new JiraProblem(400, ['The accountId query parameter must be given.']);
  const user = site.user(accountId);
  if (!user) throw new JiraProblem(404, ['Specified user does not exist or you do not have required permissions']);
  return { status: 200, body: userBean(user, site), billed: 1 + POINTS_PER_USER };
}

/** GET /user/bulk: repeated `accountId`, 10 a page unless `maxResults` says otherwise; unknown ids are left out, or null where the site is set so. */
export function getUsersInBulk({ site, url }: JiraExchange): StandInAnswer {
  const accountIds = [...new Set(url.searchParams.getAll('accountId'))];
  if (accountIds.length === 0) throw new JiraProblem(400, ['The accountId query parameter must be given.']);
  const page = {
    startAt: numberParameter(url, 'startAt', 0),
    maxResults: Math.min(numberParameter(url, 'maxResults', 10), 200),
  };
  const values = accountIds.flatMap((accountId) => {
    const user = site.user(accountId);
    if (user) return [userBean(user, site)];
    return site.unknownUsers === 'null' ? [null] : [];
  });
  return { status: 200, body: pageBean(values, page, url, site), billed: 1 + POINTS_PER_USER * values.length };
}

/** GET /user/search: by the beginning of a word of the name, or of the address where it is visible. */
export function searchUsers({ site, url }: JiraExchange): StandInAnswer {
  const query = url.searchParams.get('query');
  const accountId = url.searchParams.get('accountId');
  if ((query === null) === (accountId === null)) {
    throw new JiraProblem(400, ['Either the query or the accountId query parameter must be given, and not both.']);
  }
  const startAt = numberParameter(url, 'startAt', 0);
  const maxResults = Math.min(numberParameter(url, 'maxResults', 50), 1000);
  const wanted = (query ?? '').toLowerCase();
  const found = site.users
    .filter((user) =>
      accountId !== null
        ? user.accountId === accountId
        : [...user.displayName.split(/\s+/), user.displayName, user.emailAddress ?? ''].some((word) =>
            word.toLowerCase().startsWith(wanted),
          ),
    )
    .slice(startAt, startAt + maxResults);
  return { status: 200, body: found.map((user) => userBean(user, site)), billed: 1 + POINTS_PER_USER * found.length };
}
