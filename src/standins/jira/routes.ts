import type { StandInAnswer } from '../kit/exchange.ts';
import { bulkFetch } from './bulk-fetch.ts';
import { addComment, getComment, listComments, listCommentsByIds } from './comments.ts';
import type { JiraExchange } from './exchange.ts';
import { createIssue, editIssue, getIssue } from './issues.ts';
import { getServerInfo, listFields, listPriorities, listStatuses } from './metadata.ts';
import { getProject, searchProjects } from './projects.ts';
import { countIssues, refuseRemovedSearch, searchByGet, searchByPost } from './search.ts';
import { doTransition, listTransitions } from './transitions.ts';
import { getMyself, getUser, getUsersInBulk, searchUsers } from './users.ts';

type RouteHandler = (exchange: JiraExchange) => StandInAnswer;

/** Method and path under `/rest/api/3`; the first that matches answers. */
const routes: readonly (readonly [method: string, path: string, handle: RouteHandler])[] = [
  ['GET', '/search/jql', searchByGet],
  ['POST', '/search/jql', searchByPost],
  ['POST', '/search/approximate-count', countIssues],
  ['GET', '/search', refuseRemovedSearch],
  ['POST', '/search', refuseRemovedSearch],
  ['POST', '/issue/bulkfetch', bulkFetch],
  ['POST', '/issue', createIssue],
  ['GET', '/issue/:', getIssue],
  ['PUT', '/issue/:', editIssue],
  ['GET', '/issue/:/comment', listComments],
  ['POST', '/issue/:/comment', addComment],
  ['GET', '/issue/:/comment/:', getComment],
  ['GET', '/issue/:/transitions', listTransitions],
  ['POST', '/issue/:/transitions', doTransition],
  ['POST', '/comment/list', listCommentsByIds],
  ['GET', '/user', getUser],
  ['GET', '/user/bulk', getUsersInBulk],
  ['GET', '/user/search', searchUsers],
  ['GET', '/myself', getMyself],
  ['GET', '/field', listFields],
  ['GET', '/project/search', searchProjects],
  ['GET', '/project/:', getProject],
  ['GET', '/status', listStatuses],
  ['GET', '/priority', listPriorities],
  ['GET', '/serverInfo', getServerInfo],
];

const compiled = routes.map(([method, path, handle]) => ({
  method,
  pattern: new RegExp(`^/rest/api/3${path.replaceAll(':', '([^/]+)')}/?$`),
  handle,
}));

export type FoundRoute =
  | { readonly kind: 'found'; readonly handle: RouteHandler; readonly match: RegExpExecArray }
  | { readonly kind: 'wrongMethod' }
  | { readonly kind: 'unknown' };

export function findRoute(method: string, pathname: string): FoundRoute {
  let isKnownPath = false;
  for (const route of compiled) {
    const match = route.pattern.exec(pathname);
    if (match && route.method === method) return { kind: 'found', handle: route.handle, match };
    isKnownPath ||= match !== null;
  }
  return { kind: isKnownPath ? 'wrongMethod' : 'unknown' };
}
