import type { AccountFilter, PsRequestFilter, PsRequestOrder } from '../../generated/graphql.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import { accountConditions, nameCondition, nameSortKey } from './account-list.ts';
import type { Availability } from './availability.ts';
import { account, project, psRequest } from './fields.ts';
import type { PagedList } from './page-reader.ts';
import { psRequestConditions, psRequestSortKey } from './ps-request-list.ts';

/** Requests, as the arguments `filter` and `orderBy` ask for them. The arguments are of the types that GraphQL has checked. */
export function psRequestList(args: EdgeRequest['args'], availability: Availability): PagedList<'PsRequest'> {
  const filter = args.filter as PsRequestFilter | null | undefined;
  const orderBy = args.orderBy as PsRequestOrder | null | undefined;
  return {
    object: psRequest,
    name: 'psRequests',
    conditions: () => psRequestConditions(filter, availability),
    sortKey: () => psRequestSortKey(orderBy, availability),
  };
}

/** Accounts by name, as the argument `filter` asks for them. */
export function accountList(args: EdgeRequest['args'], availability: Availability): PagedList<'Account'> {
  const filter = args.filter as AccountFilter | null | undefined;
  return {
    object: account,
    name: 'accounts',
    conditions: () => accountConditions(filter, availability),
    sortKey: () => nameSortKey(account, availability),
  };
}

/** Projects with a text in their name, by name. */
export function projectsNamed(text: string, availability: Availability): PagedList<'Project'> {
  return {
    object: project,
    name: 'projects',
    conditions: () => [nameCondition(text)],
    sortKey: () => nameSortKey(project, availability),
  };
}
