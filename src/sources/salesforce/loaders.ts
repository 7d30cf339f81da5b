import type { Connection } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { Selection } from '../../platform/selection.ts';
import type {
  AccountModel,
  CaseModel,
  DeploymentStepModel,
  JiraLinkModel,
  ProjectModel,
  PsRequestModel,
  SalesforceUserModel,
} from './model.ts';

/** A key Salesforce does not know, or does not show to the gateway's user, loads as null; a key that is no id of the type too, without a call. */
export interface OneLoader<Model> {
  load(key: string, request: EdgeRequest): Promise<Model | null>;
}

/** A key without records loads as []. Null: the list is not as fresh as is demanded (`onStale: NULL`). */
export interface ManyLoader<Model> {
  load(key: string, request: EdgeRequest): Promise<readonly Model[] | null>;
}

/** Null: the page is not as fresh as is demanded. */
export interface ConnectionLoader<Model> {
  load(key: string, request: EdgeRequest): Promise<Connection<Model> | null>;
}

/** A root list: `request.args` are the field's arguments. */
export type PageLoader<Model> = (request: EdgeRequest) => Promise<Connection<Model> | null>;

/** The `first` best hits of a text; `selection` is what is asked of each. Null: known, but not as fresh as is demanded. */
export type SearchLoader<Model> = (
  text: string,
  first: number,
  selection: Selection,
  demand?: FreshnessDemand,
) => Promise<readonly Model[] | null>;

/**
 * The loaders of one request. Ids are 15- or 18-character Salesforce ids. What several loaders are asked in one tick travels together.
 * All fail with the `UPSTREAM_*` codes; arguments that are not acceptable with BAD_USER_INPUT or BAD_CURSOR before any call.
 */
export interface SalesforceLoaders {
  readonly psRequestById: OneLoader<PsRequestModel>;
  readonly accountById: OneLoader<AccountModel>;
  readonly projectById: OneLoader<ProjectModel>;
  readonly userById: OneLoader<SalesforceUserModel>;
  readonly stepById: OneLoader<DeploymentStepModel>;
  readonly caseById: OneLoader<CaseModel>;
  /** Steps in their order (sequence, then id). */
  readonly stepsByPsRequestId: ManyLoader<DeploymentStepModel>;
  readonly casesByPsRequestId: ManyLoader<CaseModel>;
  readonly jiraLinksByPsRequestId: ManyLoader<JiraLinkModel>;
  readonly psRequestsByAccountId: ConnectionLoader<PsRequestModel>;
  readonly psRequestsByProjectId: ConnectionLoader<PsRequestModel>;

  /** By `PSR-…` number in any case; null for an unknown one, BAD_USER_INPUT for what is no number. */
  readonly psRequestByNumber: OneLoader<PsRequestModel>;
  /** By global id, 15- or 18-character id, or number; BAD_USER_INPUT for anything else. */
  readonly psRequestByAnyId: OneLoader<PsRequestModel>;
  readonly accountByAnyId: OneLoader<AccountModel>;
  readonly projectByAnyId: OneLoader<ProjectModel>;
  readonly userByAnyId: OneLoader<SalesforceUserModel>;
  /** Links that name a Jira key, whatever its case. */
  readonly jiraLinksByJiraKey: ManyLoader<JiraLinkModel>;
  /** Requests whose primary Jira key it is, whatever its case. */
  readonly psRequestsByPrimaryJiraKey: ManyLoader<PsRequestModel>;

  readonly psRequestsPage: PageLoader<PsRequestModel>;
  readonly accountsPage: PageLoader<AccountModel>;

  /** Requests by number, product or version, newest change first. */
  readonly searchPsRequests: SearchLoader<PsRequestModel>;
  /** Accounts by name, in the order of names. */
  readonly searchAccounts: SearchLoader<AccountModel>;
  /** Projects by name, in the order of names. */
  readonly searchProjects: SearchLoader<ProjectModel>;
  /** Forgets what this request has read of records, because it has written something. */
  clear(): void;
}

/** Loaders that edges may name. */
export type EdgeLoaderName = {
  [Name in keyof SalesforceLoaders]: SalesforceLoaders[Name] extends OneLoader<unknown> | ManyLoader<unknown>
    ? Name
    : never;
}[keyof SalesforceLoaders];
