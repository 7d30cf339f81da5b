import type { JiraIssueFilter } from '../../generated/graphql.ts';
import type { PageArguments } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { Selection } from '../../platform/selection.ts';
import type { IssuePage } from './issue-pages.ts';
import type { JiraCommentModel, JiraIssueModel, JiraProjectModel, JiraUserModel } from './model.ts';

/** A key that Jira does not know or does not show loads as null; what can be no key at all too, without a call. */
interface OneLoader<Model> {
  load(key: string, request: EdgeRequest): Promise<Model | null>;
}

/** Null: known, but not as fresh as is demanded. */
interface ManyLoader<Model> {
  load(key: string, request: EdgeRequest): Promise<readonly Model[] | null>;
}

export interface IssueHits {
  readonly issues: readonly JiraIssueModel[];
  /** Why hits could not be read, which are left out. */
  readonly unreadable: readonly GatewayError[];
}

/**
 * The loaders of one request, on top of the cache that all requests share; all fail with the UPSTREAM_ codes. What is asked in one tick, and
 * not held, is one call for each hundred keys. A demand that is not given is the request's.
 */
export interface JiraLoaders {
  /** By key, in any case, also one that it had before it was moved. */
  readonly issueByKey: OneLoader<JiraIssueModel>;
  /** By numeric id. */
  readonly issueById: OneLoader<JiraIssueModel>;
  /** By Atlassian account id. */
  readonly userById: OneLoader<JiraUserModel>;
  readonly projectByKey: OneLoader<JiraProjectModel>;
  /** By numeric id. */
  readonly projectById: OneLoader<JiraProjectModel>;
  readonly projectLeadByProjectKey: OneLoader<JiraUserModel>;
  /** By an issue's id or key; `args.first` says how many, oldest first. */
  readonly commentsByIssueKey: ManyLoader<JiraCommentModel>;
  /** A comment as Jira has it now, by `<issue id>/<comment id>`: for who has just written it. */
  readonly commentByPlace: OneLoader<JiraCommentModel>;
  /** One page, the last changed first. Throws BAD_USER_INPUT and BAD_CURSOR before any call. Null: known, but not as fresh as is demanded. */
  issuesPage(
    page: PageArguments,
    filter: JiraIssueFilter | null | undefined,
    selection: Selection,
    demand?: FreshnessDemand,
  ): Promise<IssuePage | null>;
  /**
   * Issues with these words in their summary, the last changed first; the last word may be the beginning of one. Null: known, but not as fresh as
   * is demanded.
   */
  searchIssues(text: string, first: number, selection: Selection, demand?: FreshnessDemand): Promise<IssueHits | null>;
  /** Forgets what this request has read, because it has written something. */
  clear(): void;
}
