import type { AccountFilter, PsRequestFilter } from '../../generated/graphql.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import { accountConditions, nameCondition, nameSortKey } from './account-list.ts';
import type { Availability } from './availability.ts';
import { account, project, psRequest, type SalesforceObject, user } from './fields.ts';
import { type ListArguments, settledFilter, settledOrder } from './list-arguments.ts';
import type { SalesforceTypeName } from './model.ts';
import { defaultPsRequestOrder, psRequestConditions, psRequestSortKey } from './ps-request-list.ts';
import type { Condition } from './soql.ts';
import type { SortKey } from './sort-key.ts';

/** A list that is read page by page. */
export interface PagedList<TypeName extends SalesforceTypeName> {
  readonly object: SalesforceObject<TypeName>;
  /** Name of the list in cursors, so that those of another list are refused. */
  readonly name: string;
  /** What the same list is made of again. */
  readonly args: ListArguments;
  /** Evaluated anew for every statement; null: nothing can match. Throws what is wrong with the arguments. */
  conditions(): readonly Condition[] | null;
  sortKey(): SortKey;
}

export type ListMaker<TypeName extends SalesforceTypeName> = (
  args: EdgeRequest['args'],
  availability: Availability,
) => PagedList<TypeName>;

const requestReferences = { accountId: account, projectId: project, ownerId: user };

/** Requests, as the arguments `filter` and `orderBy` ask for them. The arguments are of the types that GraphQL has checked. */
export const psRequestList: ListMaker<'PsRequest'> = (args, availability) => {
  const filter = settledFilter(args.filter as object | null, requestReferences, availability);
  const orderBy = settledOrder(args.orderBy) ?? defaultPsRequestOrder;
  return {
    object: psRequest,
    name: 'psRequests',
    args: { filter, orderBy },
    conditions: () => psRequestConditions(filter as PsRequestFilter | null, availability),
    sortKey: () => psRequestSortKey(orderBy, availability),
  };
};

/** Accounts by name, as the argument `filter` asks for them. */
export const accountList: ListMaker<'Account'> = (args, availability) => {
  const filter = settledFilter(args.filter as object | null, {}, availability);
  return {
    object: account,
    name: 'accounts',
    args: { filter },
    conditions: () => accountConditions(filter as AccountFilter | null, availability),
    sortKey: () => nameSortKey(account, availability),
  };
};

/** Projects with `args.text` in their name, by name. */
export const projectList: ListMaker<'Project'> = (args, availability) => {
  const text = String(args.text);
  return {
    object: project,
    name: 'projects',
    args: { text },
    conditions: () => [nameCondition(text)],
    sortKey: () => nameSortKey(project, availability),
  };
};
