import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { PsRequestModel, PsRequestConnectionModel, AccountModel, AccountConnectionModel, ProjectModel, SalesforceUserModel, DeploymentStepModel, CaseModel, JiraLinkModel } from '../sources/salesforce/model.ts';
import type { JiraIssueModel, JiraIssueConnectionModel, JiraUserModel, JiraProjectModel, JiraCommentModel } from '../sources/jira/model.ts';
import type { MentorModel, MentorConnectionModel, AssessmentModel, AssessmentConnectionModel } from '../features/assessments/model.ts';
import type { ValidationRuleModel, ValidationRunModel, ValidationRunConnectionModel, ValidationResultModel, ValidationResultConnectionModel } from '../features/validation/model.ts';
import type { ViewerModel } from '../features/access/viewer.ts';
import type { Context } from '../gateway/context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** Calendar date, YYYY-MM-DD. */
  Date: { input: string; output: string; }
  /** RFC 3339 instant, always in UTC. */
  DateTime: { input: string; output: string; }
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
};

export type Account = Node & {
  __typename?: 'Account';
  id: Scalars['ID']['output'];
  industry?: Maybe<Scalars['String']['output']>;
  name: Scalars['String']['output'];
  number?: Maybe<Scalars['String']['output']>;
  owner?: Maybe<SalesforceUser>;
  psRequests?: Maybe<PsRequestConnection>;
  region?: Maybe<Scalars['String']['output']>;
  salesforceId: Scalars['ID']['output'];
  supportTier?: Maybe<SupportTier>;
};


export type AccountPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PsRequestFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PsRequestOrder>;
};

export type AccountConnection = {
  __typename?: 'AccountConnection';
  edges: Array<AccountEdge>;
  nodes: Array<Account>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type AccountEdge = {
  __typename?: 'AccountEdge';
  cursor: Scalars['String']['output'];
  node: Account;
};

export type AccountFilter = {
  industry?: InputMaybe<Array<Scalars['String']['input']>>;
  name?: InputMaybe<Scalars['String']['input']>;
  region?: InputMaybe<Array<Scalars['String']['input']>>;
  supportTier?: InputMaybe<Array<SupportTier>>;
};

/** A mentor's rating of how well one deployment request was carried out. */
export type Assessment = Node & {
  __typename?: 'Assessment';
  assessedAt: Scalars['DateTime']['output'];
  comment?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  mentor?: Maybe<Mentor>;
  psRequest?: Maybe<PsRequest>;
  psRequestNumber: Scalars['String']['output'];
  score: Scalars['Int']['output'];
  version: Scalars['Int']['output'];
};

export type AssessmentConnection = {
  __typename?: 'AssessmentConnection';
  edges: Array<AssessmentEdge>;
  nodes: Array<Assessment>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type AssessmentEdge = {
  __typename?: 'AssessmentEdge';
  cursor: Scalars['String']['output'];
  node: Assessment;
};

export type AssessmentInput = {
  comment?: InputMaybe<Scalars['String']['input']>;
  mentorId: Scalars['ID']['input'];
  psRequestNumber: Scalars['String']['input'];
  score: Scalars['Int']['input'];
};

export type Case = Node & {
  __typename?: 'Case';
  account?: Maybe<Account>;
  id: Scalars['ID']['output'];
  number: Scalars['String']['output'];
  owner?: Maybe<SalesforceUser>;
  priority?: Maybe<Scalars['String']['output']>;
  psRequest?: Maybe<PsRequest>;
  salesforceId: Scalars['ID']['output'];
  status?: Maybe<Scalars['String']['output']>;
  subject?: Maybe<Scalars['String']['output']>;
};

export type DateRange = {
  from?: InputMaybe<Scalars['Date']['input']>;
  to?: InputMaybe<Scalars['Date']['input']>;
};

export type DateTimeRange = {
  from?: InputMaybe<Scalars['DateTime']['input']>;
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

export type DeploymentStep = Node & {
  __typename?: 'DeploymentStep';
  assignee?: Maybe<SalesforceUser>;
  dueDate?: Maybe<Scalars['Date']['output']>;
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  psRequest?: Maybe<PsRequest>;
  salesforceId: Scalars['ID']['output'];
  sequence: Scalars['Int']['output'];
  status: DeploymentStepStatus;
};

export type DeploymentStepStatus =
  | 'DONE'
  | 'FAILED'
  | 'IN_PROGRESS'
  | 'NOT_STARTED'
  | 'SKIPPED';

export type Environment =
  | 'PRODUCTION'
  | 'SANDBOX'
  | 'UAT';

export type JiraComment = {
  __typename?: 'JiraComment';
  author?: Maybe<JiraUser>;
  body: Scalars['String']['output'];
  createdAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
};

export type JiraIssue = Node & {
  __typename?: 'JiraIssue';
  assignee?: Maybe<JiraUser>;
  comments?: Maybe<Array<JiraComment>>;
  createdAt: Scalars['DateTime']['output'];
  /** The description as Markdown. */
  description?: Maybe<Scalars['String']['output']>;
  environment?: Maybe<Scalars['String']['output']>;
  fixVersions: Array<Scalars['String']['output']>;
  goLiveDate?: Maybe<Scalars['Date']['output']>;
  id: Scalars['ID']['output'];
  issueType: Scalars['String']['output'];
  key: Scalars['String']['output'];
  labels: Array<Scalars['String']['output']>;
  priority?: Maybe<Scalars['String']['output']>;
  project: JiraProject;
  /** The request that this issue serves, from its custom field or from the links in Salesforce. */
  psRequest?: Maybe<PsRequest>;
  releaseVersion?: Maybe<Scalars['String']['output']>;
  reporter?: Maybe<JiraUser>;
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  status: JiraStatus;
  summary: Scalars['String']['output'];
  updatedAt: Scalars['DateTime']['output'];
  url: Scalars['String']['output'];
};


export type JiraIssueCommentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type JiraIssueConnection = {
  __typename?: 'JiraIssueConnection';
  edges: Array<JiraIssueEdge>;
  nodes: Array<JiraIssue>;
  pageInfo: PageInfo;
};

export type JiraIssueEdge = {
  __typename?: 'JiraIssueEdge';
  cursor: Scalars['String']['output'];
  node: JiraIssue;
};

export type JiraIssueFilter = {
  assigneeId?: InputMaybe<Scalars['ID']['input']>;
  projectKey?: InputMaybe<Scalars['String']['input']>;
  statusCategory?: InputMaybe<Array<JiraStatusCategory>>;
  text?: InputMaybe<Scalars['String']['input']>;
  updatedAt?: InputMaybe<DateTimeRange>;
};

export type JiraLink = {
  __typename?: 'JiraLink';
  issue?: Maybe<JiraIssue>;
  jiraKey: Scalars['String']['output'];
  linkType: JiraLinkType;
  psRequest?: Maybe<PsRequest>;
};

export type JiraLinkType =
  | 'BLOCKS'
  | 'CHANGE'
  | 'IMPLEMENTS';

export type JiraProject = Node & {
  __typename?: 'JiraProject';
  id: Scalars['ID']['output'];
  key: Scalars['String']['output'];
  lead?: Maybe<JiraUser>;
  name: Scalars['String']['output'];
};

export type JiraStatus = {
  __typename?: 'JiraStatus';
  category: JiraStatusCategory;
  name: Scalars['String']['output'];
};

export type JiraStatusCategory =
  | 'DONE'
  | 'IN_PROGRESS'
  | 'TO_DO';

export type JiraUser = Node & {
  __typename?: 'JiraUser';
  accountId: Scalars['ID']['output'];
  active: Scalars['Boolean']['output'];
  displayName: Scalars['String']['output'];
  email?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
};

/** A person who assesses others; counts come with the list, not one query each. */
export type Mentor = Node & {
  __typename?: 'Mentor';
  active: Scalars['Boolean']['output'];
  assessments?: Maybe<AssessmentConnection>;
  assignedCount: Scalars['Int']['output'];
  email: Scalars['String']['output'];
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  openAssessmentCount: Scalars['Int']['output'];
};


/** A person who assesses others; counts come with the list, not one query each. */
export type MentorAssessmentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

export type MentorConnection = {
  __typename?: 'MentorConnection';
  edges: Array<MentorEdge>;
  nodes: Array<Mentor>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type MentorEdge = {
  __typename?: 'MentorEdge';
  cursor: Scalars['String']['output'];
  node: Mentor;
};

export type Mutation = {
  __typename?: 'Mutation';
  submitAssessments?: Maybe<SubmitAssessmentsPayload>;
};


export type MutationSubmitAssessmentsArgs = {
  input: SubmitAssessmentsInput;
};

/** Anything with a global id. `id` is opaque; the native identity (Salesforce id, Jira key) has a field of its own. */
export type Node = {
  id: Scalars['ID']['output'];
};

export type OrderDirection =
  | 'ASC'
  | 'DESC';

export type PageInfo = {
  __typename?: 'PageInfo';
  endCursor?: Maybe<Scalars['String']['output']>;
  hasNextPage: Scalars['Boolean']['output'];
  hasPreviousPage: Scalars['Boolean']['output'];
  startCursor?: Maybe<Scalars['String']['output']>;
};

export type Project = Node & {
  __typename?: 'Project';
  account?: Maybe<Account>;
  endDate?: Maybe<Scalars['Date']['output']>;
  id: Scalars['ID']['output'];
  name: Scalars['String']['output'];
  projectManager?: Maybe<SalesforceUser>;
  psRequests?: Maybe<PsRequestConnection>;
  salesforceId: Scalars['ID']['output'];
  stage?: Maybe<Scalars['String']['output']>;
  startDate?: Maybe<Scalars['Date']['output']>;
};


export type ProjectPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A professional-services deployment request (PS_Request__c). */
export type PsRequest = Node & {
  __typename?: 'PsRequest';
  account?: Maybe<Account>;
  approvedBy?: Maybe<SalesforceUser>;
  cases?: Maybe<Array<Case>>;
  changeWindow?: Maybe<TimeWindow>;
  createdAt: Scalars['DateTime']['output'];
  description?: Maybe<Scalars['String']['output']>;
  environment?: Maybe<Environment>;
  estimatedHours?: Maybe<Scalars['Float']['output']>;
  goLiveDate?: Maybe<Scalars['Date']['output']>;
  id: Scalars['ID']['output'];
  /** The issues of `primaryJiraKey` and of every link, each once; an issue that Jira does not show is left out. */
  jiraIssues?: Maybe<Array<JiraIssue>>;
  jiraLinks?: Maybe<Array<JiraLink>>;
  number: Scalars['String']['output'];
  owner?: Maybe<SalesforceUser>;
  primaryJiraKey?: Maybe<Scalars['String']['output']>;
  product?: Maybe<Scalars['String']['output']>;
  project?: Maybe<Project>;
  requestedDate?: Maybe<Scalars['Date']['output']>;
  risk?: Maybe<Risk>;
  salesforceId: Scalars['ID']['output'];
  status: PsRequestStatus;
  steps?: Maybe<Array<DeploymentStep>>;
  targetDate?: Maybe<Scalars['Date']['output']>;
  technicalLead?: Maybe<SalesforceUser>;
  type?: Maybe<PsRequestType>;
  updatedAt: Scalars['DateTime']['output'];
  /** The newest result of each rule for this request. */
  validationResults?: Maybe<Array<ValidationResult>>;
  version?: Maybe<Scalars['String']['output']>;
};

export type PsRequestConnection = {
  __typename?: 'PsRequestConnection';
  edges: Array<PsRequestEdge>;
  nodes: Array<PsRequest>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type PsRequestEdge = {
  __typename?: 'PsRequestEdge';
  cursor: Scalars['String']['output'];
  node: PsRequest;
};

export type PsRequestFilter = {
  accountId?: InputMaybe<Scalars['ID']['input']>;
  environment?: InputMaybe<Array<Environment>>;
  goLiveDate?: InputMaybe<DateRange>;
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  product?: InputMaybe<Scalars['String']['input']>;
  projectId?: InputMaybe<Scalars['ID']['input']>;
  risk?: InputMaybe<Array<Risk>>;
  status?: InputMaybe<Array<PsRequestStatus>>;
  /** Text in the number, product, version or description. */
  text?: InputMaybe<Scalars['String']['input']>;
  type?: InputMaybe<Array<PsRequestType>>;
  updatedAt?: InputMaybe<DateTimeRange>;
};

export type PsRequestOrder = {
  direction: OrderDirection;
  field: PsRequestOrderField;
};

export type PsRequestOrderField =
  | 'CREATED_AT'
  | 'GO_LIVE_DATE'
  | 'NUMBER'
  | 'STATUS'
  | 'TARGET_DATE'
  | 'UPDATED_AT';

export type PsRequestStatus =
  | 'APPROVED'
  | 'BLOCKED'
  | 'CANCELLED'
  | 'CLOSED'
  | 'DEPLOYED'
  | 'DRAFT'
  | 'IN_PROGRESS'
  | 'SCHEDULED'
  | 'SUBMITTED';

export type PsRequestType =
  | 'CONFIGURATION'
  | 'DECOMMISSION'
  | 'MIGRATION'
  | 'NEW_DEPLOYMENT'
  | 'UPGRADE';

export type Query = {
  __typename?: 'Query';
  account?: Maybe<Account>;
  accounts?: Maybe<AccountConnection>;
  assessments?: Maybe<AssessmentConnection>;
  jiraIssue?: Maybe<JiraIssue>;
  jiraIssues?: Maybe<JiraIssueConnection>;
  jiraProject?: Maybe<JiraProject>;
  mentors?: Maybe<MentorConnection>;
  node?: Maybe<Node>;
  nodes?: Maybe<Array<Maybe<Node>>>;
  project?: Maybe<Project>;
  psRequest?: Maybe<PsRequest>;
  psRequests?: Maybe<PsRequestConnection>;
  salesforceUser?: Maybe<SalesforceUser>;
  /** One box over everything: request numbers, account names, issue keys and summaries. */
  search?: Maybe<Array<SearchResult>>;
  validationRules?: Maybe<Array<ValidationRule>>;
  validationRun?: Maybe<ValidationRun>;
  validationRuns?: Maybe<ValidationRunConnection>;
  validationTrend?: Maybe<Array<ValidationTrendPoint>>;
  viewer?: Maybe<Viewer>;
};


export type QueryAccountArgs = {
  id: Scalars['ID']['input'];
};


export type QueryAccountsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AccountFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAssessmentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  mentorId?: InputMaybe<Scalars['ID']['input']>;
};


export type QueryJiraIssueArgs = {
  key: Scalars['String']['input'];
};


export type QueryJiraIssuesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JiraIssueFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryJiraProjectArgs = {
  key: Scalars['String']['input'];
};


export type QueryMentorsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


export type QueryProjectArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPsRequestArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PsRequestFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PsRequestOrder>;
};


export type QuerySalesforceUserArgs = {
  id: Scalars['ID']['input'];
};


export type QuerySearchArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  text: Scalars['String']['input'];
};


export type QueryValidationRunArgs = {
  id: Scalars['ID']['input'];
};


export type QueryValidationRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryValidationTrendArgs = {
  ruleId?: InputMaybe<Scalars['String']['input']>;
  timeFrame: TimeFrame;
};

export type Risk =
  | 'HIGH'
  | 'LOW'
  | 'MEDIUM';

export type Role =
  | 'ADMIN'
  | 'ANALYST'
  | 'OPERATOR'
  | 'VIEWER';

export type SalesforceUser = Node & {
  __typename?: 'SalesforceUser';
  email?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  isActive: Scalars['Boolean']['output'];
  name: Scalars['String']['output'];
  salesforceId: Scalars['ID']['output'];
  title?: Maybe<Scalars['String']['output']>;
  username?: Maybe<Scalars['String']['output']>;
};

export type SearchResult = Account | JiraIssue | Project | PsRequest;

export type Severity =
  | 'ERROR'
  | 'INFO'
  | 'WARNING';

/** Up to 1,000 at once; all are stored or none. Whatever the number, at most five SQL statements. */
export type SubmitAssessmentsInput = {
  assessments: Array<AssessmentInput>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

export type SubmitAssessmentsPayload = {
  __typename?: 'SubmitAssessmentsPayload';
  assessments: Array<Assessment>;
  created: Scalars['Int']['output'];
  updated: Scalars['Int']['output'];
};

export type SupportTier =
  | 'PREMIER'
  | 'SIGNATURE'
  | 'STANDARD';

/** 1 day, 1 week, 1 month, 1 year. */
export type TimeFrame =
  | 'DAY'
  | 'MONTH'
  | 'WEEK'
  | 'YEAR';

export type TimeWindow = {
  __typename?: 'TimeWindow';
  end?: Maybe<Scalars['DateTime']['output']>;
  start?: Maybe<Scalars['DateTime']['output']>;
};

export type ValidationResult = Node & {
  __typename?: 'ValidationResult';
  details?: Maybe<Scalars['JSONObject']['output']>;
  executedAt: Scalars['DateTime']['output'];
  id: Scalars['ID']['output'];
  message: Scalars['String']['output'];
  psRequest?: Maybe<PsRequest>;
  recordId: Scalars['ID']['output'];
  recordName?: Maybe<Scalars['String']['output']>;
  rule: ValidationRule;
  status: ValidationStatus;
};

export type ValidationResultConnection = {
  __typename?: 'ValidationResultConnection';
  edges: Array<ValidationResultEdge>;
  nodes: Array<ValidationResult>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type ValidationResultEdge = {
  __typename?: 'ValidationResultEdge';
  cursor: Scalars['String']['output'];
  node: ValidationResult;
};

export type ValidationRule = {
  __typename?: 'ValidationRule';
  config: Scalars['JSONObject']['output'];
  description: Scalars['String']['output'];
  enabled: Scalars['Boolean']['output'];
  id: Scalars['String']['output'];
  name: Scalars['String']['output'];
  severity: Severity;
};

export type ValidationRun = Node & {
  __typename?: 'ValidationRun';
  completedAt?: Maybe<Scalars['DateTime']['output']>;
  id: Scalars['ID']['output'];
  invalidRecords: Scalars['Int']['output'];
  processedRecords: Scalars['Int']['output'];
  results?: Maybe<ValidationResultConnection>;
  rules: Array<ValidationRule>;
  startedAt: Scalars['DateTime']['output'];
  startedBy?: Maybe<Scalars['String']['output']>;
  status: ValidationRunStatus;
  timeFrame: TimeFrame;
  totalRecords: Scalars['Int']['output'];
  validRecords: Scalars['Int']['output'];
};


export type ValidationRunResultsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  ruleId?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<ValidationStatus>;
};

export type ValidationRunConnection = {
  __typename?: 'ValidationRunConnection';
  edges: Array<ValidationRunEdge>;
  nodes: Array<ValidationRun>;
  pageInfo: PageInfo;
  totalCount?: Maybe<Scalars['Int']['output']>;
};

export type ValidationRunEdge = {
  __typename?: 'ValidationRunEdge';
  cursor: Scalars['String']['output'];
  node: ValidationRun;
};

export type ValidationRunStatus =
  | 'COMPLETED'
  | 'FAILED'
  | 'QUEUED'
  | 'RUNNING';

export type ValidationStatus =
  | 'FAIL'
  | 'PASS'
  | 'SKIPPED';

export type ValidationTrendPoint = {
  __typename?: 'ValidationTrendPoint';
  day: Scalars['Date']['output'];
  fail: Scalars['Int']['output'];
  failureRate: Scalars['Float']['output'];
  pass: Scalars['Int']['output'];
  skipped: Scalars['Int']['output'];
};

export type Viewer = {
  __typename?: 'Viewer';
  email?: Maybe<Scalars['String']['output']>;
  id: Scalars['ID']['output'];
  name?: Maybe<Scalars['String']['output']>;
  roles: Array<Role>;
  tenant: Scalars['String']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T | Error> | T | Error;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends Record<string, unknown>> = {
  SearchResult:
    | ( AccountModel )
    | ( JiraIssueModel )
    | ( ProjectModel )
    | ( PsRequestModel )
  ;
};

/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( AccountModel )
    | ( AssessmentModel )
    | ( CaseModel )
    | ( DeploymentStepModel )
    | ( JiraIssueModel )
    | ( JiraProjectModel )
    | ( JiraUserModel )
    | ( MentorModel )
    | ( ProjectModel )
    | ( PsRequestModel )
    | ( SalesforceUserModel )
    | ( ValidationResultModel )
    | ( ValidationRunModel )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Account: ResolverTypeWrapper<AccountModel>;
  AccountConnection: ResolverTypeWrapper<AccountConnectionModel>;
  AccountEdge: ResolverTypeWrapper<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  AccountFilter: AccountFilter;
  Assessment: ResolverTypeWrapper<AssessmentModel>;
  AssessmentConnection: ResolverTypeWrapper<AssessmentConnectionModel>;
  AssessmentEdge: ResolverTypeWrapper<Omit<AssessmentEdge, 'node'> & { node: ResolversTypes['Assessment'] }>;
  AssessmentInput: AssessmentInput;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Case: ResolverTypeWrapper<CaseModel>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateRange: DateRange;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeRange: DateTimeRange;
  DeploymentStep: ResolverTypeWrapper<DeploymentStepModel>;
  DeploymentStepStatus: DeploymentStepStatus;
  Environment: Environment;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JSONObject: ResolverTypeWrapper<Scalars['JSONObject']['output']>;
  JiraComment: ResolverTypeWrapper<JiraCommentModel>;
  JiraIssue: ResolverTypeWrapper<JiraIssueModel>;
  JiraIssueConnection: ResolverTypeWrapper<JiraIssueConnectionModel>;
  JiraIssueEdge: ResolverTypeWrapper<Omit<JiraIssueEdge, 'node'> & { node: ResolversTypes['JiraIssue'] }>;
  JiraIssueFilter: JiraIssueFilter;
  JiraLink: ResolverTypeWrapper<JiraLinkModel>;
  JiraLinkType: JiraLinkType;
  JiraProject: ResolverTypeWrapper<JiraProjectModel>;
  JiraStatus: ResolverTypeWrapper<JiraStatus>;
  JiraStatusCategory: JiraStatusCategory;
  JiraUser: ResolverTypeWrapper<JiraUserModel>;
  Mentor: ResolverTypeWrapper<MentorModel>;
  MentorConnection: ResolverTypeWrapper<MentorConnectionModel>;
  MentorEdge: ResolverTypeWrapper<Omit<MentorEdge, 'node'> & { node: ResolversTypes['Mentor'] }>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Project: ResolverTypeWrapper<ProjectModel>;
  PsRequest: ResolverTypeWrapper<PsRequestModel>;
  PsRequestConnection: ResolverTypeWrapper<PsRequestConnectionModel>;
  PsRequestEdge: ResolverTypeWrapper<Omit<PsRequestEdge, 'node'> & { node: ResolversTypes['PsRequest'] }>;
  PsRequestFilter: PsRequestFilter;
  PsRequestOrder: PsRequestOrder;
  PsRequestOrderField: PsRequestOrderField;
  PsRequestStatus: PsRequestStatus;
  PsRequestType: PsRequestType;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Risk: Risk;
  Role: Role;
  SalesforceUser: ResolverTypeWrapper<SalesforceUserModel>;
  SearchResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SearchResult']>;
  Severity: Severity;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  SubmitAssessmentsInput: SubmitAssessmentsInput;
  SubmitAssessmentsPayload: ResolverTypeWrapper<Omit<SubmitAssessmentsPayload, 'assessments'> & { assessments: Array<ResolversTypes['Assessment']> }>;
  SupportTier: SupportTier;
  TimeFrame: TimeFrame;
  TimeWindow: ResolverTypeWrapper<TimeWindow>;
  ValidationResult: ResolverTypeWrapper<ValidationResultModel>;
  ValidationResultConnection: ResolverTypeWrapper<ValidationResultConnectionModel>;
  ValidationResultEdge: ResolverTypeWrapper<Omit<ValidationResultEdge, 'node'> & { node: ResolversTypes['ValidationResult'] }>;
  ValidationRule: ResolverTypeWrapper<ValidationRuleModel>;
  ValidationRun: ResolverTypeWrapper<ValidationRunModel>;
  ValidationRunConnection: ResolverTypeWrapper<ValidationRunConnectionModel>;
  ValidationRunEdge: ResolverTypeWrapper<Omit<ValidationRunEdge, 'node'> & { node: ResolversTypes['ValidationRun'] }>;
  ValidationRunStatus: ValidationRunStatus;
  ValidationStatus: ValidationStatus;
  ValidationTrendPoint: ResolverTypeWrapper<ValidationTrendPoint>;
  Viewer: ResolverTypeWrapper<ViewerModel>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Account: AccountModel;
  AccountConnection: AccountConnectionModel;
  AccountEdge: Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  AccountFilter: AccountFilter;
  Assessment: AssessmentModel;
  AssessmentConnection: AssessmentConnectionModel;
  AssessmentEdge: Omit<AssessmentEdge, 'node'> & { node: ResolversParentTypes['Assessment'] };
  AssessmentInput: AssessmentInput;
  Boolean: Scalars['Boolean']['output'];
  Case: CaseModel;
  Date: Scalars['Date']['output'];
  DateRange: DateRange;
  DateTime: Scalars['DateTime']['output'];
  DateTimeRange: DateTimeRange;
  DeploymentStep: DeploymentStepModel;
  Float: Scalars['Float']['output'];
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  JSONObject: Scalars['JSONObject']['output'];
  JiraComment: JiraCommentModel;
  JiraIssue: JiraIssueModel;
  JiraIssueConnection: JiraIssueConnectionModel;
  JiraIssueEdge: Omit<JiraIssueEdge, 'node'> & { node: ResolversParentTypes['JiraIssue'] };
  JiraIssueFilter: JiraIssueFilter;
  JiraLink: JiraLinkModel;
  JiraProject: JiraProjectModel;
  JiraStatus: JiraStatus;
  JiraUser: JiraUserModel;
  Mentor: MentorModel;
  MentorConnection: MentorConnectionModel;
  MentorEdge: Omit<MentorEdge, 'node'> & { node: ResolversParentTypes['Mentor'] };
  Mutation: Record<PropertyKey, never>;
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  Project: ProjectModel;
  PsRequest: PsRequestModel;
  PsRequestConnection: PsRequestConnectionModel;
  PsRequestEdge: Omit<PsRequestEdge, 'node'> & { node: ResolversParentTypes['PsRequest'] };
  PsRequestFilter: PsRequestFilter;
  PsRequestOrder: PsRequestOrder;
  Query: Record<PropertyKey, never>;
  SalesforceUser: SalesforceUserModel;
  SearchResult: ResolversUnionTypes<ResolversParentTypes>['SearchResult'];
  String: Scalars['String']['output'];
  SubmitAssessmentsInput: SubmitAssessmentsInput;
  SubmitAssessmentsPayload: Omit<SubmitAssessmentsPayload, 'assessments'> & { assessments: Array<ResolversParentTypes['Assessment']> };
  TimeWindow: TimeWindow;
  ValidationResult: ValidationResultModel;
  ValidationResultConnection: ValidationResultConnectionModel;
  ValidationResultEdge: Omit<ValidationResultEdge, 'node'> & { node: ResolversParentTypes['ValidationResult'] };
  ValidationRule: ValidationRuleModel;
  ValidationRun: ValidationRunModel;
  ValidationRunConnection: ValidationRunConnectionModel;
  ValidationRunEdge: Omit<ValidationRunEdge, 'node'> & { node: ResolversParentTypes['ValidationRun'] };
  ValidationTrendPoint: ValidationTrendPoint;
  Viewer: ViewerModel;
};

export type AccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  industry?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  psRequests?: Resolver<Maybe<ResolversTypes['PsRequestConnection']>, ParentType, ContextType, Partial<AccountPsRequestsArgs>>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  supportTier?: Resolver<Maybe<ResolversTypes['SupportTier']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AccountConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Account']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AccountEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
};

export type AssessmentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Assessment'] = ResolversParentTypes['Assessment']> = {
  assessedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  comment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  mentor?: Resolver<Maybe<ResolversTypes['Mentor']>, ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  psRequestNumber?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AssessmentConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AssessmentConnection'] = ResolversParentTypes['AssessmentConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AssessmentEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Assessment']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AssessmentEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AssessmentEdge'] = ResolversParentTypes['AssessmentEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Assessment'], ParentType, ContextType>;
};

export type CaseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Case'] = ResolversParentTypes['Case']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  number?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  priority?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeploymentStepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeploymentStep'] = ResolversParentTypes['DeploymentStep']> = {
  assignee?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  dueDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['DeploymentStepStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface JsonObjectScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSONObject'], any> {
  name: 'JSONObject';
}

export type JiraCommentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraComment'] = ResolversParentTypes['JiraComment']> = {
  author?: Resolver<Maybe<ResolversTypes['JiraUser']>, ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type JiraIssueResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraIssue'] = ResolversParentTypes['JiraIssue']> = {
  assignee?: Resolver<Maybe<ResolversTypes['JiraUser']>, ParentType, ContextType>;
  comments?: Resolver<Maybe<Array<ResolversTypes['JiraComment']>>, ParentType, ContextType, Partial<JiraIssueCommentsArgs>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  environment?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  fixVersions?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  goLiveDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  issueType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  labels?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  priority?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  project?: Resolver<ResolversTypes['JiraProject'], ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  releaseVersion?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reporter?: Resolver<Maybe<ResolversTypes['JiraUser']>, ParentType, ContextType>;
  resolvedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JiraStatus'], ParentType, ContextType>;
  summary?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JiraIssueConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraIssueConnection'] = ResolversParentTypes['JiraIssueConnection']> = {
  edges?: Resolver<Array<ResolversTypes['JiraIssueEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['JiraIssue']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type JiraIssueEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraIssueEdge'] = ResolversParentTypes['JiraIssueEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['JiraIssue'], ParentType, ContextType>;
};

export type JiraLinkResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraLink'] = ResolversParentTypes['JiraLink']> = {
  issue?: Resolver<Maybe<ResolversTypes['JiraIssue']>, ParentType, ContextType>;
  jiraKey?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  linkType?: Resolver<ResolversTypes['JiraLinkType'], ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
};

export type JiraProjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraProject'] = ResolversParentTypes['JiraProject']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lead?: Resolver<Maybe<ResolversTypes['JiraUser']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JiraStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraStatus'] = ResolversParentTypes['JiraStatus']> = {
  category?: Resolver<ResolversTypes['JiraStatusCategory'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type JiraUserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraUser'] = ResolversParentTypes['JiraUser']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MentorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mentor'] = ResolversParentTypes['Mentor']> = {
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  assessments?: Resolver<Maybe<ResolversTypes['AssessmentConnection']>, ParentType, ContextType, Partial<MentorAssessmentsArgs>>;
  assignedCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  email?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  openAssessmentCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MentorConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MentorConnection'] = ResolversParentTypes['MentorConnection']> = {
  edges?: Resolver<Array<ResolversTypes['MentorEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Mentor']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type MentorEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MentorEdge'] = ResolversParentTypes['MentorEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Mentor'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  submitAssessments?: Resolver<Maybe<ResolversTypes['SubmitAssessmentsPayload']>, ParentType, ContextType, RequireFields<MutationSubmitAssessmentsArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Account' | 'Assessment' | 'Case' | 'DeploymentStep' | 'JiraIssue' | 'JiraProject' | 'JiraUser' | 'Mentor' | 'Project' | 'PsRequest' | 'SalesforceUser' | 'ValidationResult' | 'ValidationRun', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type ProjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Project'] = ResolversParentTypes['Project']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  endDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  projectManager?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  psRequests?: Resolver<Maybe<ResolversTypes['PsRequestConnection']>, ParentType, ContextType, Partial<ProjectPsRequestsArgs>>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  stage?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  startDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PsRequestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PsRequest'] = ResolversParentTypes['PsRequest']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  approvedBy?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  cases?: Resolver<Maybe<Array<ResolversTypes['Case']>>, ParentType, ContextType>;
  changeWindow?: Resolver<Maybe<ResolversTypes['TimeWindow']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  environment?: Resolver<Maybe<ResolversTypes['Environment']>, ParentType, ContextType>;
  estimatedHours?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  goLiveDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  jiraIssues?: Resolver<Maybe<Array<ResolversTypes['JiraIssue']>>, ParentType, ContextType>;
  jiraLinks?: Resolver<Maybe<Array<ResolversTypes['JiraLink']>>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  owner?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  primaryJiraKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  product?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  project?: Resolver<Maybe<ResolversTypes['Project']>, ParentType, ContextType>;
  requestedDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  risk?: Resolver<Maybe<ResolversTypes['Risk']>, ParentType, ContextType>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PsRequestStatus'], ParentType, ContextType>;
  steps?: Resolver<Maybe<Array<ResolversTypes['DeploymentStep']>>, ParentType, ContextType>;
  targetDate?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  technicalLead?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['PsRequestType']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  validationResults?: Resolver<Maybe<Array<ResolversTypes['ValidationResult']>>, ParentType, ContextType>;
  version?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PsRequestConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PsRequestConnection'] = ResolversParentTypes['PsRequestConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PsRequestEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type PsRequestEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PsRequestEdge'] = ResolversParentTypes['PsRequestEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PsRequest'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType, RequireFields<QueryAccountArgs, 'id'>>;
  accounts?: Resolver<Maybe<ResolversTypes['AccountConnection']>, ParentType, ContextType, Partial<QueryAccountsArgs>>;
  assessments?: Resolver<Maybe<ResolversTypes['AssessmentConnection']>, ParentType, ContextType, Partial<QueryAssessmentsArgs>>;
  jiraIssue?: Resolver<Maybe<ResolversTypes['JiraIssue']>, ParentType, ContextType, RequireFields<QueryJiraIssueArgs, 'key'>>;
  jiraIssues?: Resolver<Maybe<ResolversTypes['JiraIssueConnection']>, ParentType, ContextType, Partial<QueryJiraIssuesArgs>>;
  jiraProject?: Resolver<Maybe<ResolversTypes['JiraProject']>, ParentType, ContextType, RequireFields<QueryJiraProjectArgs, 'key'>>;
  mentors?: Resolver<Maybe<ResolversTypes['MentorConnection']>, ParentType, ContextType, Partial<QueryMentorsArgs>>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Maybe<Array<Maybe<ResolversTypes['Node']>>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  project?: Resolver<Maybe<ResolversTypes['Project']>, ParentType, ContextType, RequireFields<QueryProjectArgs, 'id'>>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType, RequireFields<QueryPsRequestArgs, 'id'>>;
  psRequests?: Resolver<Maybe<ResolversTypes['PsRequestConnection']>, ParentType, ContextType, Partial<QueryPsRequestsArgs>>;
  salesforceUser?: Resolver<Maybe<ResolversTypes['SalesforceUser']>, ParentType, ContextType, RequireFields<QuerySalesforceUserArgs, 'id'>>;
  search?: Resolver<Maybe<Array<ResolversTypes['SearchResult']>>, ParentType, ContextType, RequireFields<QuerySearchArgs, 'text'>>;
  validationRules?: Resolver<Maybe<Array<ResolversTypes['ValidationRule']>>, ParentType, ContextType>;
  validationRun?: Resolver<Maybe<ResolversTypes['ValidationRun']>, ParentType, ContextType, RequireFields<QueryValidationRunArgs, 'id'>>;
  validationRuns?: Resolver<Maybe<ResolversTypes['ValidationRunConnection']>, ParentType, ContextType, Partial<QueryValidationRunsArgs>>;
  validationTrend?: Resolver<Maybe<Array<ResolversTypes['ValidationTrendPoint']>>, ParentType, ContextType, RequireFields<QueryValidationTrendArgs, 'timeFrame'>>;
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
};

export type SalesforceUserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SalesforceUser'] = ResolversParentTypes['SalesforceUser']> = {
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  salesforceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SearchResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SearchResult'] = ResolversParentTypes['SearchResult']> = {
  __resolveType: TypeResolveFn<'Account' | 'JiraIssue' | 'Project' | 'PsRequest', ParentType, ContextType>;
};

export type SubmitAssessmentsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SubmitAssessmentsPayload'] = ResolversParentTypes['SubmitAssessmentsPayload']> = {
  assessments?: Resolver<Array<ResolversTypes['Assessment']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updated?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TimeWindowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TimeWindow'] = ResolversParentTypes['TimeWindow']> = {
  end?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  start?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type ValidationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationResult'] = ResolversParentTypes['ValidationResult']> = {
  details?: Resolver<Maybe<ResolversTypes['JSONObject']>, ParentType, ContextType>;
  executedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
  recordId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  recordName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  rule?: Resolver<ResolversTypes['ValidationRule'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ValidationStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ValidationResultConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationResultConnection'] = ResolversParentTypes['ValidationResultConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ValidationResultEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ValidationResult']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ValidationResultEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationResultEdge'] = ResolversParentTypes['ValidationResultEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ValidationResult'], ParentType, ContextType>;
};

export type ValidationRuleResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationRule'] = ResolversParentTypes['ValidationRule']> = {
  config?: Resolver<ResolversTypes['JSONObject'], ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  enabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  severity?: Resolver<ResolversTypes['Severity'], ParentType, ContextType>;
};

export type ValidationRunResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationRun'] = ResolversParentTypes['ValidationRun']> = {
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  invalidRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  processedRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  results?: Resolver<Maybe<ResolversTypes['ValidationResultConnection']>, ParentType, ContextType, Partial<ValidationRunResultsArgs>>;
  rules?: Resolver<Array<ResolversTypes['ValidationRule']>, ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ValidationRunStatus'], ParentType, ContextType>;
  timeFrame?: Resolver<ResolversTypes['TimeFrame'], ParentType, ContextType>;
  totalRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  validRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ValidationRunConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationRunConnection'] = ResolversParentTypes['ValidationRunConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ValidationRunEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ValidationRun']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type ValidationRunEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationRunEdge'] = ResolversParentTypes['ValidationRunEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ValidationRun'], ParentType, ContextType>;
};

export type ValidationTrendPointResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationTrendPoint'] = ResolversParentTypes['ValidationTrendPoint']> = {
  day?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  fail?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failureRate?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  pass?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  skipped?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Account?: AccountResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  Assessment?: AssessmentResolvers<ContextType>;
  AssessmentConnection?: AssessmentConnectionResolvers<ContextType>;
  AssessmentEdge?: AssessmentEdgeResolvers<ContextType>;
  Case?: CaseResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeploymentStep?: DeploymentStepResolvers<ContextType>;
  JSONObject?: GraphQLScalarType;
  JiraComment?: JiraCommentResolvers<ContextType>;
  JiraIssue?: JiraIssueResolvers<ContextType>;
  JiraIssueConnection?: JiraIssueConnectionResolvers<ContextType>;
  JiraIssueEdge?: JiraIssueEdgeResolvers<ContextType>;
  JiraLink?: JiraLinkResolvers<ContextType>;
  JiraProject?: JiraProjectResolvers<ContextType>;
  JiraStatus?: JiraStatusResolvers<ContextType>;
  JiraUser?: JiraUserResolvers<ContextType>;
  Mentor?: MentorResolvers<ContextType>;
  MentorConnection?: MentorConnectionResolvers<ContextType>;
  MentorEdge?: MentorEdgeResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Project?: ProjectResolvers<ContextType>;
  PsRequest?: PsRequestResolvers<ContextType>;
  PsRequestConnection?: PsRequestConnectionResolvers<ContextType>;
  PsRequestEdge?: PsRequestEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  SalesforceUser?: SalesforceUserResolvers<ContextType>;
  SearchResult?: SearchResultResolvers<ContextType>;
  SubmitAssessmentsPayload?: SubmitAssessmentsPayloadResolvers<ContextType>;
  TimeWindow?: TimeWindowResolvers<ContextType>;
  ValidationResult?: ValidationResultResolvers<ContextType>;
  ValidationResultConnection?: ValidationResultConnectionResolvers<ContextType>;
  ValidationResultEdge?: ValidationResultEdgeResolvers<ContextType>;
  ValidationRule?: ValidationRuleResolvers<ContextType>;
  ValidationRun?: ValidationRunResolvers<ContextType>;
  ValidationRunConnection?: ValidationRunConnectionResolvers<ContextType>;
  ValidationRunEdge?: ValidationRunEdgeResolvers<ContextType>;
  ValidationTrendPoint?: ValidationTrendPointResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
};

