import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { PsRequestModel, PsRequestConnectionModel, AccountModel, AccountConnectionModel, ProjectModel, SalesforceUserModel, DeploymentStepModel, CaseModel, JiraLinkModel, UpdatePsRequestPayloadModel } from '../sources/salesforce/model.ts';
import type { JiraIssueModel, JiraIssueConnectionModel, JiraUserModel, JiraProjectModel, JiraCommentModel, TransitionJiraIssuePayloadModel, AddJiraCommentPayloadModel } from '../sources/jira/model.ts';
import type { MentorModel, MentorConnectionModel, AssessmentModel, AssessmentConnectionModel } from '../features/assessments/model.ts';
import type { ValidationRuleModel, ValidationRunModel, ValidationRunConnectionModel, ValidationResultModel, ValidationResultConnectionModel } from '../features/validation/model.ts';
import type { AuditEntryModel, AuditEntryConnectionModel, ActivityReportModel } from '../features/audit/model.ts';
import type { ViewerModel } from '../features/access/viewer.ts';
import type { SessionModel } from '../features/access/session.ts';
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
  /** A calendar date without a time zone, `YYYY-MM-DD`. Example: `2026-03-14`. */
  Date: { input: string; output: string; }
  /** An instant as RFC 3339 text, always in UTC, milliseconds included. Example: `2026-03-14T09:26:53.589Z`. */
  DateTime: { input: string; output: string; }
  /** A JSON object: keys with any JSON values. Which keys there are is told where the scalar is used. Example: `{ "maxAgeDays": 30 }`. */
  JSONObject: { input: Record<string, unknown>; output: Record<string, unknown>; }
};

/** A customer (Account). */
export type Account = Node & {
  __typename?: 'Account';
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Industry that the customer works in. Null when not filled in. */
  industry?: Maybe<Scalars['String']['output']>;
  /** Name of the customer. */
  name: Scalars['String']['output'];
  /** Account number. Null when not filled in. */
  number?: Maybe<Scalars['String']['output']>;
  /** Who looks after the account. Null when Salesforce does not show the person. */
  owner?: Maybe<SalesforceUser>;
  /** The account's deployment requests, the last changed first unless told otherwise. */
  psRequests?: Maybe<PsRequestConnection>;
  /** Sales region. Null when not filled in. */
  region?: Maybe<Scalars['String']['output']>;
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** Level of support that the customer has bought. Null when not filled in. */
  supportTier?: Maybe<SupportTier>;
};


/** A customer (Account). */
export type AccountPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PsRequestFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PsRequestOrder>;
};

/** A page of accounts. */
export type AccountConnection = {
  __typename?: 'AccountConnection';
  /** The accounts of the page, each with its cursor. */
  edges: Array<AccountEdge>;
  /** The accounts of the page, without cursors. */
  nodes: Array<Account>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many accounts the filter lets through in all. Counted only when asked for, which costs a query of its own. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** An account in a list, and its place there. */
export type AccountEdge = {
  __typename?: 'AccountEdge';
  /** Opaque place of the account in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The account. */
  node: Account;
};

/** Which accounts to list. All conditions must hold, of several values in one condition any. A condition that is left out does not restrict; an empty list of values matches nothing. */
export type AccountFilter = {
  /** Only accounts in one of these industries. */
  industry?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only accounts with this text in their name, up to 200 characters; upper and lower case are the same. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** Only accounts in one of these regions. */
  region?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Only accounts with one of these levels of support. */
  supportTier?: InputMaybe<Array<SupportTier>>;
};

/** Who did how much of what, as the audit log tells. */
export type ActivityReport = {
  __typename?: 'ActivityReport';
  /** How many people did anything at all. People without credentials are one. */
  activeUsers: Scalars['Int']['output'];
  /** How often each action was done on each day in UTC: the latest day first, within a day the most frequent action first, at most 1,000. */
  rows: Array<ActivityRow>;
  /** The span that it is about. */
  timeFrame: TimeFrame;
};

/** How often one action was done on one day. */
export type ActivityRow = {
  __typename?: 'ActivityRow';
  /** Name of the root field or event. */
  action: Scalars['String']['output'];
  /** How often. */
  count: Scalars['Int']['output'];
  /** The day, in UTC. */
  day: Scalars['Date']['output'];
  /** GraphQL type of the records. Null when the action is about none. */
  resourceType?: Maybe<Scalars['String']['output']>;
};

/** What is to be said about which issue. */
export type AddJiraCommentInput = {
  /**
   * The comment as Markdown, at most 10,000 characters: paragraphs, headings, lists, quotes, code, tables, links, bold, italic and struck text. What
   * Jira can not show (HTML, pictures) stays readable as text or a link.
   */
  body: Scalars['String']['input'];
  /** As of `updatePsRequest`. Without one, a comment that is sent again after a failure may be there twice. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Key of the issue, in any case; also one that it had before it was moved. Example: `PSD-7`. */
  key: Scalars['String']['input'];
};

/** What `addJiraComment` added. */
export type AddJiraCommentPayload = {
  __typename?: 'AddJiraCommentPayload';
  /** The comment as Jira has it. Null when it was removed since, or, with an error here, when it can not be read. */
  comment?: Maybe<JiraComment>;
  /** The issue with its comment. Null, with an error here, when it can not be read; the comment was added nevertheless. */
  issue?: Maybe<JiraIssue>;
};

/** Something that an operator should look at. */
export type Alert = {
  __typename?: 'Alert';
  /** What it means and what to do. */
  message: Scalars['String']['output'];
  /** Name for programs; it never changes. Example: `upstream-down-jira`. */
  name: Scalars['String']['output'];
  /** Since when. */
  since: Scalars['DateTime']['output'];
  /** From where on it is an alert. */
  threshold: Scalars['Float']['output'];
  /** What is measured at this moment. */
  value: Scalars['Float']['output'];
};

/** A mentor's rating of how well one deployment request was carried out. A mentor has at most one for a request. */
export type Assessment = Node & {
  __typename?: 'Assessment';
  /** When the assessment was last submitted. */
  assessedAt: Scalars['DateTime']['output'];
  /** What the mentor adds in words. Null when nothing was added. */
  comment?: Maybe<Scalars['String']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Who assessed. Null when the mentor is no longer known. */
  mentor?: Maybe<Mentor>;
  /** The request that was assessed. Null when Salesforce does not know its number any more. */
  psRequest?: Maybe<PsRequest>;
  /** Number of the request that was assessed. Example: `PSR-00042`. */
  psRequestNumber: Scalars['String']['output'];
  /** From 1 (poor) to 5 (excellent). */
  score: Scalars['Int']['output'];
  /** How often the assessment was stored: 1 when it is new, one more with each change. */
  version: Scalars['Int']['output'];
};

/** A page of assessments. */
export type AssessmentConnection = {
  __typename?: 'AssessmentConnection';
  /** The assessments of the page, each with its cursor. */
  edges: Array<AssessmentEdge>;
  /** The assessments of the page, without cursors. */
  nodes: Array<Assessment>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many assessments the list has in all. Counted only when asked for. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** An assessment in a list, and its place there. */
export type AssessmentEdge = {
  __typename?: 'AssessmentEdge';
  /** Opaque place of the assessment in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The assessment. */
  node: Assessment;
};

/** One assessment to store. It replaces the one that the mentor already has for the request. */
export type AssessmentInput = {
  /** What the mentor adds in words, up to 4,000 characters. */
  comment?: InputMaybe<Scalars['String']['input']>;
  /** Global id of the mentor who assesses. */
  mentorId: Scalars['ID']['input'];
  /** Number of the request that is assessed, written exactly like `PSR-00042`. Whether there is such a request is not checked. */
  psRequestNumber: Scalars['String']['input'];
  /** From 1 (poor) to 5 (excellent). */
  score: Scalars['Int']['input'];
};

/** One entry of the audit log: what somebody did, or was refused. Entries are never changed; `npm run audit:verify` proves it. */
export type AuditEntry = Node & {
  __typename?: 'AuditEntry';
  /** Name of the root field, or of an event that has none, such as `signIn.failed` or `operation.refused`. Example: `psRequests`. */
  action: Scalars['String']['output'];
  /** All root fields, where the operation had several; `action` is the first of them. */
  actions: Array<Scalars['String']['output']>;
  /** Id of the person who did it. Null when nobody could be told, or the person was erased. */
  actor?: Maybe<Scalars['String']['output']>;
  /** Name of that person, as the identity provider told it. */
  actorName?: Maybe<Scalars['String']['output']>;
  /** When its entry was written, by the database's clock; for reads up to a second later, longer while PostgreSQL is away. */
  createdAt: Scalars['DateTime']['output'];
  /** Further facts; which there are differs from action to action. Null when there are none. */
  details?: Maybe<Scalars['JSONObject']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** IP address of the client. Null when there was none, or the person was erased. */
  ipAddress?: Maybe<Scalars['String']['output']>;
  /** When it happened, by the database's clock. */
  occurredAt: Scalars['DateTime']['output'];
  /** Whether it was let through, refused, or failed. */
  outcome: AuditOutcome;
  /** The request's id, as the header `x-request-id` and the log of the gateway have it where it is a UUID or 16 to 64 hex digits; else a hash of it. */
  requestId?: Maybe<Scalars['String']['output']>;
  /** Native id of the record, or what the client named it by; of a write `details.names` tells its other names. Null when it is about none, or about a person who was erased. */
  resourceId?: Maybe<Scalars['String']['output']>;
  /** GraphQL type of the record that it is about. Null when it is about none, `Person` for a person. */
  resourceType?: Maybe<Scalars['String']['output']>;
  /** Its number in the tenant's log: without gaps, in the order in which entries were written. */
  sequence: Scalars['Int']['output'];
  /** What the client's program calls itself. Null when it said nothing, or the person was erased. */
  userAgent?: Maybe<Scalars['String']['output']>;
};

/** A page of the audit log. */
export type AuditEntryConnection = {
  __typename?: 'AuditEntryConnection';
  /** The entries of the page, each with its cursor. */
  edges: Array<AuditEntryEdge>;
  /** The entries of the page, without cursors. */
  nodes: Array<AuditEntry>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many entries there are in all that the filter lets through. Counted only when asked for. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** An entry with its place in the list. */
export type AuditEntryEdge = {
  __typename?: 'AuditEntryEdge';
  /** The place of the entry; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The entry. */
  node: AuditEntry;
};

/** Which entries. All conditions must hold; within a list one of them. */
export type AuditFilter = {
  /** Entries with one of these actions among their root fields. */
  action?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Entries of this person, by id. */
  actor?: InputMaybe<Scalars['String']['input']>;
  /** Entries that were written within this span. */
  createdAt?: InputMaybe<DateTimeRange>;
  /** Entries with one of these outcomes. */
  outcome?: InputMaybe<Array<AuditOutcome>>;
  /**
   * Entries about this record: by its native id, its global id, or what else it is called (a request's number, an issue's key). Once something was
   * written to it through this API, each of these finds the entries by all of them. Without `resourceType` records of all types that are called so.
   */
  resourceId?: InputMaybe<Scalars['String']['input']>;
  /** Entries about records of this type. */
  resourceType?: InputMaybe<Scalars['String']['input']>;
};

/** What became of an action. */
export type AuditOutcome =
  /** Let through, and done. */
  | 'ALLOWED'
  /** Refused, as a whole or in a part, because who asked may not. */
  | 'DENIED'
  /** Not done, for another reason. */
  | 'FAILED';

/** Whom a kept answer may be given to. */
export type CacheControlScope =
  /** Only the person who asked. */
  | 'PRIVATE'
  /** Everyone of the same tenant with the same roles. */
  | 'PUBLIC';

/** What is kept of the sources. */
export type CacheStatus = {
  __typename?: 'CacheStatus';
  /** Records, lists and whole answers in the memory of this instance. */
  entries: Scalars['Int']['output'];
  /**
   * Share of the reads of the last five minutes that waited for no source, from 0 to 1; since the start where there were none. A record is a read, a list is one
   * more, and a whole answer that was kept counts as one. Records that came along with the call for their list are hits too, so this may be high while no
   * call was saved: `callsSavedLastHour` of a source tells that. 0 before the first read.
   */
  hitRatio: Scalars['Float']['output'];
  /** Whether Redis, which all instances share, is used at this moment. */
  redis: Scalars['Boolean']['output'];
  /** Values served stale since the start, each labelled in its answer. */
  staleServed: Scalars['Int']['output'];
};

/** A support case (Case). */
export type Case = Node & {
  __typename?: 'Case';
  /** The customer's account. Null when the case has none, or when Salesforce does not show it. */
  account?: Maybe<Account>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** The case's number, which people know it by. Example: `00001042`. */
  number: Scalars['String']['output'];
  /** Who works on the case. Null when the owner is not shown, or is a queue rather than a person. */
  owner?: Maybe<SalesforceUser>;
  /** Priority as Salesforce names it. Null when not filled in. Example: `High`. */
  priority?: Maybe<Scalars['String']['output']>;
  /** The request that the case is about. Null when it is about none. */
  psRequest?: Maybe<PsRequest>;
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** Status as Salesforce names it. Null when not filled in. Examples: `New`, `Escalated`. */
  status?: Maybe<Scalars['String']['output']>;
  /** What the case is about, in one line. Null when not filled in. */
  subject?: Maybe<Scalars['String']['output']>;
};

/** What `createSession` answers. */
export type CreateSessionPayload = {
  __typename?: 'CreateSessionPayload';
  /** The session that has begun. */
  session: Session;
  /** The session's token, told this once: send it as `x-session-token`. Browsers get it as the cookie `sessionToken` too. */
  token: Scalars['String']['output'];
};

/** A span of calendar dates, both ends included. An end that is left out is open; `from` must not be after `to`. */
export type DateRange = {
  /** First date of the span. Example: `2026-01-01`. */
  from?: InputMaybe<Scalars['Date']['input']>;
  /** Last date of the span. Example: `2026-03-31`. */
  to?: InputMaybe<Scalars['Date']['input']>;
};

/** A span of instants, both ends included. An end that is left out is open; `from` must not be after `to`. */
export type DateTimeRange = {
  /** Earliest instant. Example: `2026-01-01T00:00:00Z`. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** Latest instant. Example: `2026-03-31T23:59:59.999Z`. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A step of a deployment (PS_Deployment_Step__c). */
export type DeploymentStep = Node & {
  __typename?: 'DeploymentStep';
  /** Who does the step. Null when nobody is named. */
  assignee?: Maybe<SalesforceUser>;
  /** Day by which the step should be done. Null when not filled in. */
  dueDate?: Maybe<Scalars['Date']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** What is done in the step. */
  name: Scalars['String']['output'];
  /** The request that the step belongs to. */
  psRequest?: Maybe<PsRequest>;
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** Place of the step in its deployment; smaller comes first. Two steps may have the same. */
  sequence: Scalars['Int']['output'];
  /** How far the step is. */
  status: DeploymentStepStatus;
};

/** How far a deployment step is. */
export type DeploymentStepStatus =
  /** Done. */
  | 'DONE'
  /** Tried without success. */
  | 'FAILED'
  /** Under way. */
  | 'IN_PROGRESS'
  /** Not begun. */
  | 'NOT_STARTED'
  /** Left out on purpose. */
  | 'SKIPPED';

/** Where software is deployed to. */
export type Environment =
  /** Where the customer works. */
  | 'PRODUCTION'
  /** For trying things out. */
  | 'SANDBOX'
  /** For acceptance tests by users. */
  | 'UAT';

/** Whom to erase, and why. */
export type ErasePersonInput = {
  /**
   * Further identifiers of the same person, up to 20, which share no address with the first. The address of somebody who is named by their subject belongs here: what
   * tokens say of addresses is not followed, since people may set it themselves. A name is none: it does not tell who.
   */
  alsoKnownAs?: InputMaybe<Array<Scalars['String']['input']>>;
  /**
   * True: also where nobody is known by an identifier, in any table or source, which is refused otherwise. For a person who may be in a backup alone: they are hidden
   * as soon as they show, and erased once more when it is restored.
   */
  evenIfUnknown?: InputMaybe<Scalars['Boolean']['input']>;
  /** Why, for the record: 1 to 500 characters. What of it identifies the person is left out. */
  reason: Scalars['String']['input'];
  /**
   * How the person is known: the subject (`sub`) of their tokens, an e-mail address, an Atlassian account id, or the id of a Salesforce user (15 or
   * 18 characters). Further ones are found where records share an e-mail address. Example: `ada@example.com`.
   */
  userIdentifier: Scalars['String']['input'];
};

/** What `erasePerson` has done by the time of its answer; the rest goes on without it. */
export type ErasePersonPayload = {
  __typename?: 'ErasePersonPayload';
  /** Entries of the audit log that the person was taken out of. The entries stay, and so does their chain. */
  auditEntriesPseudonymised: Scalars['Int']['output'];
  /** How far it has come. */
  erasure: Erasure;
  /** The number of the request. */
  requestId: Scalars['ID']['output'];
  /** Sessions that have ended. */
  sessionsDeleted: Scalars['Int']['output'];
};

/** What was erased from one store. */
export type ErasedFromStore = {
  __typename?: 'ErasedFromStore';
  /** How many rows or entries were changed or removed there so far, counted as it happened. */
  count: Scalars['Int']['output'];
  /** Which one. Examples: `mentors`, `audit`, `records in Redis`. */
  store: Scalars['String']['output'];
};

/** The erasure of one person. */
export type Erasure = {
  __typename?: 'Erasure';
  /** When the last look had found nothing; null before. */
  completedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What was erased so far, by store. */
  erased: Array<ErasedFromStore>;
  /** What it waits for, such as a source that can not be asked who the person is; null when it waits for nothing but time. */
  problem?: Maybe<Scalars['String']['output']>;
  /** What was done, when and how much of it, without whom: `version`, `requestId`, `tenant`, `requestedAt`, `completedAt`, `replayed`, `rounds`, `erased`, `hidden`. Null before it is completed. */
  proof?: Maybe<Scalars['JSONObject']['output']>;
  /** Whether the proof is what the gateway has signed; null before it is completed. */
  proofIsValid?: Maybe<Scalars['Boolean']['output']>;
  /** HMAC-SHA-256 of the proof, 64 hex digits; null before it is completed. */
  proofSignature?: Maybe<Scalars['String']['output']>;
  /** Its number, to ask for it with `erasure(requestId:)`. */
  requestId: Scalars['ID']['output'];
  /** When it was asked for. */
  requestedAt: Scalars['DateTime']['output'];
  /** How far it has come. */
  status: ErasureStatus;
};

/** How far an erasure has come. */
export type ErasureStatus =
  /** The last look at every store found nothing. There is a proof. */
  | 'COMPLETED'
  /** Work is going on. What was found is erased already; it is looked for once more when all that was under way has ended, 35 seconds later. */
  | 'RUNNING';

/** Whose data to export. */
export type ExportPersonInput = {
  /**
   * How the person is known, as for `erasePerson`. Null or left out: the caller, by the subject of the credentials; what is kept under the caller's address only where
   * the issuer vouches for it (`email_verified`). Of somebody else only an administrator gets it. BAD_USER_INPUT when nobody
   * is known by it.
   */
  userIdentifier?: InputMaybe<Scalars['String']['input']>;
};

/** How the gateway and its upstreams are doing: this instance, at this moment. */
export type GatewayStatus = {
  __typename?: 'GatewayStatus';
  /** What an operator should look at now, the oldest first. Empty when all is well. */
  alerts: Array<Alert>;
  /** What is kept of the sources, in this instance and in what it shares with others. */
  cache: CacheStatus;
  /** The pools of connections to PostgreSQL. */
  pools: Array<PoolStatus>;
  /** When this instance was started. */
  startedAt: Scalars['DateTime']['output'];
  /** Each source, as the calls of this instance found it. */
  upstreams: Array<UpstreamStatus>;
  /** Version of the gateway. Example: `1.4.2`. */
  version: Scalars['String']['output'];
};

/** What is to be read anew: exactly one of the two. */
export type InvalidateCacheInput = {
  /** Everything that was read from one source. */
  source?: InputMaybe<UpstreamSource>;
  /**
   * 1 to 1,000 tags: `PsRequest:a0R5g00000ABCDE` for one record, by its id in Salesforce (15 or 18 characters) or its key or id in Jira
   * (`JiraIssue:PSD-7`); `PsRequest[]` for all lists of a type; `PsRequest` for all its records and lists.
   */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** What `invalidateCache` did. */
export type InvalidateCachePayload = {
  __typename?: 'InvalidateCachePayload';
  /** How many records and lists the answering instance held in memory under the tags. What others held is not counted, but invalidated too. */
  invalidated: Scalars['Int']['output'];
};

/** A comment on a Jira issue. */
export type JiraComment = {
  __typename?: 'JiraComment';
  /** Who wrote it. Null when the account no longer exists. */
  author?: Maybe<JiraUser>;
  /** The comment's text as Markdown. */
  body: Scalars['String']['output'];
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** Id of the comment, unique over the Jira site. `node(id:)` does not take it. */
  id: Scalars['ID']['output'];
};

/** An issue in Jira. */
export type JiraIssue = Node & {
  __typename?: 'JiraIssue';
  /** Who works on the issue. Null when nobody is assigned. */
  assignee?: Maybe<JiraUser>;
  /** Comments on the issue, oldest first. */
  comments?: Maybe<Array<JiraComment>>;
  /** When the issue was created in Jira. */
  createdAt: Scalars['DateTime']['output'];
  /** The description as Markdown. Null when there is none; up to about 32,000 characters. */
  description?: Maybe<Scalars['String']['output']>;
  /** Name of the environment that the issue is about, from a custom field. Null when not filled in. Example: `Production`. */
  environment?: Maybe<Scalars['String']['output']>;
  /** Names of the versions that the issue is to be fixed in; empty when there are none. Example: `["2026.2"]`. */
  fixVersions: Array<Scalars['String']['output']>;
  /** Day on which the customer goes live, from a custom field. Null when not filled in. */
  goLiveDate?: Maybe<Scalars['Date']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Name of the issue type in Jira. Examples: `Deployment`, `Bug`, `Change`. */
  issueType: Scalars['String']['output'];
  /** The issue's key in Jira. It changes when the issue is moved to another project; the old key still finds it. Example: `PSD-7`. */
  key: Scalars['String']['output'];
  /** Labels in Jira; empty when there are none. */
  labels: Array<Scalars['String']['output']>;
  /** Name of the priority in Jira. Null when none is set. Example: `High`. */
  priority?: Maybe<Scalars['String']['output']>;
  /** The project that the issue belongs to. */
  project: JiraProject;
  /** The request that this issue serves, from its custom field or from the links in Salesforce. Null when neither names one. */
  psRequest?: Maybe<PsRequest>;
  /** Version that is released, from a custom field. Null when not filled in. Example: `2026.2.1`. */
  releaseVersion?: Maybe<Scalars['String']['output']>;
  /** Who reported the issue. Null when Jira does not name anyone. */
  reporter?: Maybe<JiraUser>;
  /** When the issue was resolved. Null while it is not. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Where the issue stands in its workflow. */
  status: JiraStatus;
  /** The issue's title, one line of plain text. */
  summary: Scalars['String']['output'];
  /** When the issue last changed in Jira. */
  updatedAt: Scalars['DateTime']['output'];
  /** Address of the issue's page in Jira, for a person's browser. */
  url: Scalars['String']['output'];
};


/** An issue in Jira. */
export type JiraIssueCommentsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of Jira issues. Jira does not count what a search finds, so there is no total. */
export type JiraIssueConnection = {
  __typename?: 'JiraIssueConnection';
  /** The issues of the page, each with its cursor. */
  edges: Array<JiraIssueEdge>;
  /** The issues of the page, without cursors. */
  nodes: Array<JiraIssue>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
};

/** An issue in a list, and its place there. */
export type JiraIssueEdge = {
  __typename?: 'JiraIssueEdge';
  /** Opaque place of the issue in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The issue. */
  node: JiraIssue;
};

/** Which issues to list. All conditions must hold. A condition that is left out does not restrict; an empty list of values matches nothing. */
export type JiraIssueFilter = {
  /** Only issues assigned to this person: the global id of a JiraUser, or an Atlassian account id. */
  assigneeId?: InputMaybe<Scalars['ID']['input']>;
  /** Only issues of this project. Example: `PSD`. */
  projectKey?: InputMaybe<Scalars['String']['input']>;
  /** Only issues whose status is in one of these categories. */
  statusCategory?: InputMaybe<Array<JiraStatusCategory>>;
  /** Only issues with these words in their text (summary, description, comments), up to 1,000 characters. */
  text?: InputMaybe<Scalars['String']['input']>;
  /** Only issues that last changed within this span. */
  updatedAt?: InputMaybe<DateTimeRange>;
};

/** A link from a request to a Jira issue, as Salesforce keeps it (PS_Request_Jira_Link__c). */
export type JiraLink = {
  __typename?: 'JiraLink';
  /** The issue that the link points at. Null when Jira does not know its key or does not show it. From Jira. */
  issue?: Maybe<JiraIssue>;
  /** Key of the Jira issue. Example: `PSD-7`. */
  jiraKey: Scalars['String']['output'];
  /** What the issue is to the request. */
  linkType: JiraLinkType;
  /** The request that is linked. */
  psRequest?: Maybe<PsRequest>;
};

/** What a linked Jira issue is to its request. */
export type JiraLinkType =
  /** The request can not go on before the issue is resolved. */
  | 'BLOCKS'
  /** The issue is the change record of the request. */
  | 'CHANGE'
  /** The issue carries out work of the request. */
  | 'IMPLEMENTS';

/** A project in Jira. */
export type JiraProject = Node & {
  __typename?: 'JiraProject';
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** The project's key, the beginning of its issues' keys. Example: `PSD`. */
  key: Scalars['String']['output'];
  /** Who leads the project. Null when Jira names nobody. */
  lead?: Maybe<JiraUser>;
  /** Name of the project. */
  name: Scalars['String']['output'];
};

/** A status of a Jira workflow. */
export type JiraStatus = {
  __typename?: 'JiraStatus';
  /** Which of Jira's three categories the status belongs to; the same in every project. */
  category: JiraStatusCategory;
  /** Name of the status as the project's workflow calls it. Example: `In Review`. */
  name: Scalars['String']['output'];
};

/** Jira's three categories of status. */
export type JiraStatusCategory =
  /** Work is complete. */
  | 'DONE'
  /** Work is under way. */
  | 'IN_PROGRESS'
  /** Work has not begun. */
  | 'TO_DO';

/** A person, or an app, with an account in Jira. */
export type JiraUser = Node & {
  __typename?: 'JiraUser';
  /** Atlassian account id, the native identity. */
  accountId: Scalars['ID']['output'];
  /** Whether the account is active; the issues of a person who has left stay assigned. */
  active: Scalars['Boolean']['output'];
  /** Name as Jira shows it. */
  displayName: Scalars['String']['output'];
  /** E-mail address. Null when the person's privacy settings hide it. */
  email?: Maybe<Scalars['String']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
};

/** A person who assesses others; counts come with the list, not one query each. */
export type Mentor = Node & {
  __typename?: 'Mentor';
  /** Whether the mentor still takes on assessments. */
  active: Scalars['Boolean']['output'];
  /** The mentor's assessments, the newest first; one that is submitted again keeps its place. */
  assessments?: Maybe<AssessmentConnection>;
  /** How many requests the mentor has been assigned to assess. */
  assignedCount: Scalars['Int']['output'];
  /** E-mail address, unique within the tenant. */
  email: Scalars['String']['output'];
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Full name. */
  name: Scalars['String']['output'];
  /** How many of the assigned requests the mentor has not assessed yet. */
  openAssessmentCount: Scalars['Int']['output'];
};


/** A person who assesses others; counts come with the list, not one query each. */
export type MentorAssessmentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A page of mentors. */
export type MentorConnection = {
  __typename?: 'MentorConnection';
  /** The mentors of the page, each with its cursor. */
  edges: Array<MentorEdge>;
  /** The mentors of the page, without cursors. */
  nodes: Array<Mentor>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many mentors there are in all. Counted only when asked for. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A mentor in a list, and the place there. */
export type MentorEdge = {
  __typename?: 'MentorEdge';
  /** Opaque place of the mentor in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The mentor. */
  node: Mentor;
};

/** Everything that can be changed. Each field is carried out once, in the order written. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Adds a comment to a Jira issue, as the gateway's own user there; who asked for it is in the audit log. */
  addJiraComment?: Maybe<AddJiraCommentPayload>;
  /**
   * Exchanges the bearer token of this request for a session, whose token is good without the identity provider. The gateway chooses the
   * session's token. A session that the request carries beside the bearer token ends.
   */
  createSession?: Maybe<CreateSessionPayload>;
  /**
   * Removes a person from everything that the gateway keeps: sessions, preferences, idempotency keys, caches; what belongs to others stays under a
   * pseudonym. The sources are not changed: what they go on telling of the person is kept and shown without name and address, to every tenant, because
   * the records of sources belong to none. The person's tokens are not revoked; take their access away first. Asking again begins another erasure. BAD_USER_INPUT for an identifier by which nobody is known.
   */
  erasePerson?: Maybe<ErasePersonPayload>;
  /**
   * Gives a person all that the gateway keeps of them, and nothing of anybody else; everyone their own, administrators anybody's. At most five times in an hour
   * for one caller (RATE_LIMITED). It is a mutation because each leaves an entry in the audit log, and no cache may keep it.
   */
  exportPerson?: Maybe<PersonExport>;
  /**
   * Makes what was read before unfit to be served, in all instances and for all tenants, within a second; it is read anew when somebody asks for
   * it. During an outage there is then nothing to serve in its place.
   */
  invalidateCache?: Maybe<InvalidateCachePayload>;
  /** Ends all sessions of the caller, or, for ADMIN, of somebody else in the tenant, on every instance within a second. */
  revokeAllSessions?: Maybe<RevokeAllSessionsPayload>;
  /** Ends one of the caller's sessions, on every instance within a second. */
  revokeSession?: Maybe<RevokeSessionPayload>;
  /** Ends the session that this request came with, and removes its cookie. */
  signOut?: Maybe<SignOutPayload>;
  /** Stores 1 to 1,000 assessments, all or none; one that a mentor already has for the same request is replaced. */
  submitAssessments?: Maybe<SubmitAssessmentsPayload>;
  /** Gives a Jira issue another status, by the transition that leads there. Succeeds without doing anything when the issue has it already. */
  transitionJiraIssue?: Maybe<TransitionJiraIssuePayload>;
  /**
   * Changes the caller's preferences. Of two changes made from the same version one is stored; the other gets CONFLICT, with `currentVersion`
   * and `currentPreferences` in the error's `extensions`, and nothing is lost.
   */
  updatePreferences?: Maybe<UpdatePreferencesPayload>;
  /** Changes status, go-live date or risk of a request in Salesforce. WRITE_OUTCOME_UNKNOWN says that nobody knows yet whether it was changed. */
  updatePsRequest?: Maybe<UpdatePsRequestPayload>;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationAddJiraCommentArgs = {
  input: AddJiraCommentInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationErasePersonArgs = {
  input: ErasePersonInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationExportPersonArgs = {
  input?: InputMaybe<ExportPersonInput>;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationInvalidateCacheArgs = {
  input: InvalidateCacheInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationRevokeAllSessionsArgs = {
  input?: InputMaybe<RevokeAllSessionsInput>;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationRevokeSessionArgs = {
  input: RevokeSessionInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationSubmitAssessmentsArgs = {
  input: SubmitAssessmentsInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationTransitionJiraIssueArgs = {
  input: TransitionJiraIssueInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationUpdatePreferencesArgs = {
  input: UpdatePreferencesInput;
};


/** Everything that can be changed. Each field is carried out once, in the order written. */
export type MutationUpdatePsRequestArgs = {
  input: UpdatePsRequestInput;
};

/** Anything with a global id. `id` is opaque; the native identity (Salesforce id, Jira key) has a field of its own. */
export type Node = {
  /** Global id: opaque, stable, unique over all types of the graph. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
};

/** What becomes of a value that is not fresh enough while its source fails. */
export type OnStale =
  /** It is null, with the source's failure as an error at its path. */
  | 'FAIL'
  /** It is null, and labelled in `extensions.freshness`. So is a list if anything in it is not fresh enough: it is never shorter for that. */
  | 'NULL'
  /** It is served, and labelled in `extensions.freshness`. */
  | 'SERVE';

/** Which end of an order comes first. */
export type OrderDirection =
  /** Smallest, earliest or first in the alphabet first. */
  | 'ASC'
  /** Largest, latest or last in the alphabet first. */
  | 'DESC';

/** Where a page of a list stands in the whole list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Cursor of the last item of the page; send it as `after` to get the next page. Null when the page is empty. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether the list goes on after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether the list has items before this page. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first item of the page; send it as `before` to walk backwards. Null when the page is empty. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/** What the gateway keeps of one person. */
export type PersonExport = {
  __typename?: 'PersonExport';
  /**
   * Rows by table, with the columns that tell of the person: `{ "mentors": [{ "name": … }], … }`. Under `sources` what Salesforce and Jira know of the
   * person as a user, read now. Keyed hashes are left out, since they tell nothing.
   */
  data: Scalars['JSONObject']['output'];
  /** When it was read. */
  exportedAt: Scalars['DateTime']['output'];
  /** How many rows it holds in all. */
  rows: Scalars['Int']['output'];
};

/** A pool of connections to PostgreSQL. */
export type PoolStatus = {
  __typename?: 'PoolStatus';
  /** Open connections that nobody uses. */
  idle: Scalars['Int']['output'];
  /** What it is for: `oltp` (reads and writes of requests), `olap` (analytics), `content` (cached payloads). */
  name: Scalars['String']['output'];
  /** Connections that are open. */
  size: Scalars['Int']['output'];
  /** Share of the connections it may have that are in use, from 0 to 1. */
  utilisation: Scalars['Float']['output'];
  /** Requests that wait for a connection. */
  waiting: Scalars['Int']['output'];
};

/** A professional-services project (pse__Proj__c). */
export type Project = Node & {
  __typename?: 'Project';
  /** The customer's account. Null when the project has none, or when Salesforce does not show it. */
  account?: Maybe<Account>;
  /** Last day of the project. Null when not filled in. */
  endDate?: Maybe<Scalars['Date']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Name of the project. */
  name: Scalars['String']['output'];
  /** Who manages the project. Null when nobody is named. */
  projectManager?: Maybe<SalesforceUser>;
  /** The project's deployment requests, the last changed first. */
  psRequests?: Maybe<PsRequestConnection>;
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** Stage that the project is in, as Salesforce names it. Null when not filled in. */
  stage?: Maybe<Scalars['String']['output']>;
  /** First day of the project. Null when not filled in. */
  startDate?: Maybe<Scalars['Date']['output']>;
};


/** A professional-services project (pse__Proj__c). */
export type ProjectPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** A professional-services deployment request (PS_Request__c). */
export type PsRequest = Node & {
  __typename?: 'PsRequest';
  /** The customer's account. Null when the request has none, or when Salesforce does not show it. */
  account?: Maybe<Account>;
  /** Who approved the request. Null until it is approved. */
  approvedBy?: Maybe<SalesforceUser>;
  /** Support cases about the request; empty when there are none. */
  cases?: Maybe<Array<Case>>;
  /** When the deployment may change the environment. Null when neither start nor end is agreed. */
  changeWindow?: Maybe<TimeWindow>;
  /** When the request was created in Salesforce. */
  createdAt: Scalars['DateTime']['output'];
  /** What is to be done, in plain text, up to 32,000 characters. Null when not filled in. */
  description?: Maybe<Scalars['String']['output']>;
  /** The environment that is deployed to. Null when not filled in. */
  environment?: Maybe<Environment>;
  /** Estimated effort, in hours. Null when not estimated. */
  estimatedHours?: Maybe<Scalars['Float']['output']>;
  /** Day on which the customer goes live. Null when not filled in. */
  goLiveDate?: Maybe<Scalars['Date']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /**
   * The issues of `primaryJiraKey` and of every link, each once; an issue that Jira does not show is left out, and so is one that names the
   * request only in its own custom field. When some of them can't be read the others still arrive, with an error at this path for each reason; it is
   * null when none is left, and with `onStale: FAIL`. From Jira.
   */
  jiraIssues?: Maybe<Array<JiraIssue>>;
  /** Links to Jira issues, as Salesforce keeps them; empty when there are none. */
  jiraLinks?: Maybe<Array<JiraLink>>;
  /** The request's number, which people know it by. Example: `PSR-00042`. */
  number: Scalars['String']['output'];
  /** Who owns the request in Salesforce. Null when the owner is not shown, or is a queue rather than a person. */
  owner?: Maybe<SalesforceUser>;
  /** Key of the request's main Jira issue. Null when not filled in. Example: `PSD-7`. */
  primaryJiraKey?: Maybe<Scalars['String']['output']>;
  /** Product that is deployed. Null when not filled in. */
  product?: Maybe<Scalars['String']['output']>;
  /** The project that the request belongs to. Null when it belongs to none, or when Salesforce does not show it. */
  project?: Maybe<Project>;
  /** Day on which the deployment was asked for. Null when not filled in. */
  requestedDate?: Maybe<Scalars['Date']['output']>;
  /** How risky the deployment is held to be. Null when nobody has judged it. */
  risk?: Maybe<Risk>;
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** How far the request is. */
  status: PsRequestStatus;
  /** The steps of the deployment, in the order of their sequence; empty when none are planned. */
  steps?: Maybe<Array<DeploymentStep>>;
  /** Day by which the deployment should be done. Null when not filled in. */
  targetDate?: Maybe<Scalars['Date']['output']>;
  /** Who leads the work. Null when nobody is named. */
  technicalLead?: Maybe<SalesforceUser>;
  /** What kind of work is asked for. Null when not filled in. */
  type?: Maybe<PsRequestType>;
  /** When the request last changed in Salesforce. */
  updatedAt: Scalars['DateTime']['output'];
  /** The newest result of each rule for this request; empty when it was never validated. From the gateway's own database. */
  validationResults?: Maybe<Array<ValidationResult>>;
  /** Version that is deployed. Null when not filled in. Example: `2026.2.1`. */
  version?: Maybe<Scalars['String']['output']>;
};

/** A page of requests. */
export type PsRequestConnection = {
  __typename?: 'PsRequestConnection';
  /** The requests of the page, each with its cursor. */
  edges: Array<PsRequestEdge>;
  /** The requests of the page, without cursors. */
  nodes: Array<PsRequest>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many requests the filter lets through in all. Counted only when asked for, which costs a query of its own. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A request in a list, and its place there. */
export type PsRequestEdge = {
  __typename?: 'PsRequestEdge';
  /** Opaque place of the request in the list; `after` and `before` take it, with the same `orderBy`. */
  cursor: Scalars['String']['output'];
  /** The request. */
  node: PsRequest;
};

/** Which requests to list. All conditions must hold, of several values in one condition any. A condition that is left out does not restrict; an empty list of values matches nothing. */
export type PsRequestFilter = {
  /** Only requests of this account: its global id or Salesforce id. */
  accountId?: InputMaybe<Scalars['ID']['input']>;
  /** Only requests for one of these environments. */
  environment?: InputMaybe<Array<Environment>>;
  /** Only requests that go live within this span; those without a date are left out. */
  goLiveDate?: InputMaybe<DateRange>;
  /** Only requests owned by this person: the global id or Salesforce id of a SalesforceUser. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** Only requests for exactly this product; upper and lower case are the same. */
  product?: InputMaybe<Scalars['String']['input']>;
  /** Only requests of this project: its global id or Salesforce id. */
  projectId?: InputMaybe<Scalars['ID']['input']>;
  /** Only requests with one of these risks. */
  risk?: InputMaybe<Array<Risk>>;
  /** Only requests with one of these statuses. */
  status?: InputMaybe<Array<PsRequestStatus>>;
  /** Text in the number, product, version or description, up to 200 characters; the description only where Salesforce lets it be searched. */
  text?: InputMaybe<Scalars['String']['input']>;
  /** Only requests of one of these kinds. */
  type?: InputMaybe<Array<PsRequestType>>;
  /** Only requests that last changed within this span. */
  updatedAt?: InputMaybe<DateTimeRange>;
};

/** In which order to list requests. Equal values are ordered by Salesforce id, so that pages never overlap. */
export type PsRequestOrder = {
  /** Which end comes first. */
  direction: OrderDirection;
  /** What to order by. */
  field: PsRequestOrderField;
};

/** What requests can be ordered by. */
export type PsRequestOrderField =
  /** When the request was created. */
  | 'CREATED_AT'
  /** The day of going live; requests without one come last, in either direction. */
  | 'GO_LIVE_DATE'
  /** The request's number. */
  | 'NUMBER'
  /** The status, in the order of its values in Salesforce, not of the alphabet. */
  | 'STATUS'
  /** The day by which it should be done; requests without one come last, in either direction. */
  | 'TARGET_DATE'
  /** When the request last changed. */
  | 'UPDATED_AT';

/** How far a deployment request is. */
export type PsRequestStatus =
  /** Approved; not scheduled yet. */
  | 'APPROVED'
  /** Can not go on until something is resolved. */
  | 'BLOCKED'
  /** Given up. */
  | 'CANCELLED'
  /** Done; nothing is left to do. */
  | 'CLOSED'
  /** Deployed; not closed yet. */
  | 'DEPLOYED'
  /** Being written; not handed in yet. */
  | 'DRAFT'
  /** The deployment is under way. */
  | 'IN_PROGRESS'
  /** Has a date. */
  | 'SCHEDULED'
  /** Handed in; waits for approval. */
  | 'SUBMITTED';

/** What kind of work a request asks for. */
export type PsRequestType =
  /** Other settings of what is deployed. */
  | 'CONFIGURATION'
  /** Taking a product out of service. */
  | 'DECOMMISSION'
  /** A move from another system or environment. */
  | 'MIGRATION'
  /** A product that the customer did not have before. */
  | 'NEW_DEPLOYMENT'
  /** A newer version of what is deployed. */
  | 'UPGRADE';

/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type Query = {
  __typename?: 'Query';
  /** A customer's account. Null when Salesforce does not know it or does not show it. */
  account?: Maybe<Account>;
  /** Customers' accounts, by name. */
  accounts?: Maybe<AccountConnection>;
  /** Who did how much of what. ADMIN sees the whole tenant, ANALYST only their own activity. */
  activityReport?: Maybe<ActivityReport>;
  /** Assessments, the newest first; one that is submitted again keeps its place. */
  assessments?: Maybe<AssessmentConnection>;
  /**
   * The audit log, the latest entry first. ADMIN sees all entries of the tenant, ANALYST only their own. Reading it is an entry itself, which is
   * in the log before anything of it is shown.
   */
  auditLog?: Maybe<AuditEntryConnection>;
  /** An erasure of this tenant, by its number. Null for one that there is not. */
  erasure?: Maybe<Erasure>;
  /** How the gateway and its upstreams are doing, as the dashboard shows it. */
  gatewayStatus?: Maybe<GatewayStatus>;
  /** An issue by its key. Null when Jira does not know it or does not show it. */
  jiraIssue?: Maybe<JiraIssue>;
  /**
   * Issues in Jira, the last changed first. When some of a page can't be read the others still arrive, with an error at this path for each; it is null
   * when none is left, and with `onStale: FAIL`.
   */
  jiraIssues?: Maybe<JiraIssueConnection>;
  /** A project by its key. Null when Jira does not know it or does not show it. */
  jiraProject?: Maybe<JiraProject>;
  /** The people who assess, by name. */
  mentors?: Maybe<MentorConnection>;
  /** Any record by its global id. Null when there is none, or when the id's source does not show it. */
  node?: Maybe<Node>;
  /** Several records by their global ids, in the order of the ids; null in the place of an id that is not known. */
  nodes?: Maybe<Array<Maybe<Node>>>;
  /** A project. Null when Salesforce does not know it or does not show it. */
  project?: Maybe<Project>;
  /** A deployment request. Null when Salesforce does not know it or does not show it. */
  psRequest?: Maybe<PsRequest>;
  /** Deployment requests. Pages stay stable while requests are added; walk forward with `first` and `after`, backward with `last` and `before`. */
  psRequests?: Maybe<PsRequestConnection>;
  /** A person with an account in Salesforce. Null when Salesforce does not know or show the person. */
  salesforceUser?: Maybe<SalesforceUser>;
  /**
   * One box over everything: request numbers, account names, issue keys and summaries. The best hits first. While a source is down
   * the hits of the others still arrive, with one error at this path for the source that is missing; without any hit it is null.
   */
  search?: Maybe<Array<SearchResult>>;
  /** Every rule that requests can be checked against, switched-off ones too. */
  validationRules?: Maybe<Array<ValidationRule>>;
  /** A validation run by its id. Null when there is none. */
  validationRun?: Maybe<ValidationRun>;
  /** Validation runs, the newest first. */
  validationRuns?: Maybe<ValidationRunConnection>;
  /** How results developed: one point for each day in UTC, the oldest first, today last. A day without results counts zeros. */
  validationTrend?: Maybe<Array<ValidationTrendPoint>>;
  /** Who is asking and what the caller may do. Never null for a request that was let in. */
  viewer?: Maybe<Viewer>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryAccountArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryAccountsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AccountFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryActivityReportArgs = {
  timeFrame: TimeFrame;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryAssessmentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  mentorId?: InputMaybe<Scalars['ID']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryAuditLogArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<AuditFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryErasureArgs = {
  requestId: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryJiraIssueArgs = {
  key: Scalars['String']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryJiraIssuesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<JiraIssueFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryJiraProjectArgs = {
  key: Scalars['String']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryMentorsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryProjectArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryPsRequestArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryPsRequestsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PsRequestFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<PsRequestOrder>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QuerySalesforceUserArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QuerySearchArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  text: Scalars['String']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryValidationRunArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryValidationRunsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Everything that can be read. A field is null when there is no such record, or, with an error at its path, when its source fails. */
export type QueryValidationTrendArgs = {
  ruleId?: InputMaybe<Scalars['String']['input']>;
  timeFrame: TimeFrame;
};

/** Whose sessions to end. */
export type RevokeAllSessionsInput = {
  /** Whether the session that this request came with stays. */
  keepCurrent?: InputMaybe<Scalars['Boolean']['input']>;
  /** The `viewer { id }` of a person of the caller's tenant; for ADMIN. Left out: the caller's own. */
  viewerId?: InputMaybe<Scalars['ID']['input']>;
};

/** What `revokeAllSessions` answers. */
export type RevokeAllSessionsPayload = {
  __typename?: 'RevokeAllSessionsPayload';
  /** How many sessions ended. */
  revoked: Scalars['Int']['output'];
  /** The caller, with the sessions that are left. */
  viewer: Viewer;
};

/** Which session to end. */
export type RevokeSessionInput = {
  /** The `id` of one of the caller's sessions. */
  id: Scalars['ID']['input'];
};

/** What `revokeSession` answers. */
export type RevokeSessionPayload = {
  __typename?: 'RevokeSessionPayload';
  /** The caller, with the sessions that are left. */
  viewer: Viewer;
};

/** How risky a deployment is. */
export type Risk =
  /** Much can go wrong; it is watched closely. */
  | 'HIGH'
  /** Little can go wrong. */
  | 'LOW'
  /** Some care is needed. */
  | 'MEDIUM';

/** What a caller may do. Each role includes the ones before it: VIEWER, ANALYST, OPERATOR, ADMIN. */
export type Role =
  /** Also administers the gateway. */
  | 'ADMIN'
  /** Also reads analytics, such as `validationTrend`. */
  | 'ANALYST'
  /** Also changes things, such as with `submitAssessments`. */
  | 'OPERATOR'
  /** Reads requests, accounts, projects, issues, mentors, assessments and validation results. */
  | 'VIEWER';

/** A person with an account in Salesforce (User). */
export type SalesforceUser = Node & {
  __typename?: 'SalesforceUser';
  /** E-mail address. Null when Salesforce does not show it. */
  email?: Maybe<Scalars['String']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** Whether the person still has access to Salesforce; the requests of those who left stay with them. */
  isActive: Scalars['Boolean']['output'];
  /** Full name. */
  name: Scalars['String']['output'];
  /** Salesforce record id, always in its 18-character form. */
  salesforceId: Scalars['ID']['output'];
  /** Job title. Null when not filled in. */
  title?: Maybe<Scalars['String']['output']>;
  /** Name that the person signs in to Salesforce with. Null when Salesforce does not show it. */
  username?: Maybe<Scalars['String']['output']>;
};

/** One hit of `search`; ask for `__typename` and use fragments to tell them apart. */
export type SearchResult = Account | JiraIssue | Project | PsRequest;

/** What a bearer token was exchanged for by `createSession`. It ends by `expiresAt`, without use before that, or when it is revoked. */
export type Session = {
  __typename?: 'Session';
  /** When it began. */
  createdAt: Scalars['DateTime']['output'];
  /** Whether this request came with it. */
  current: Scalars['Boolean']['output'];
  /** When it ends in any case. */
  expiresAt: Scalars['DateTime']['output'];
  /** Identifies the session for `revokeSession`. It is not its token, and opens nothing. */
  id: Scalars['ID']['output'];
  /** When it was used last, known some ten seconds later. */
  lastAccessedAt: Scalars['DateTime']['output'];
  /** What the program that began it called itself (`User-Agent`), to tell one session from another. Null when it said nothing. */
  userAgent?: Maybe<Scalars['String']['output']>;
};

/** How bad a failed rule is. */
export type Severity =
  /** Must be mended before the deployment. */
  | 'ERROR'
  /** Worth knowing. */
  | 'INFO'
  /** Worth mending soon. */
  | 'WARNING';

/** What `signOut` answers. */
export type SignOutPayload = {
  __typename?: 'SignOutPayload';
  /** True: the session has ended, on every instance within a second. */
  signedOut: Scalars['Boolean']['output'];
};

/** Up to 1,000 at once; all are stored or none. Whatever the number, at most five SQL statements. */
export type SubmitAssessmentsInput = {
  /** The assessments, 1 to 1,000; each pair of mentor and request at most once. If one is not acceptable none is stored, and `extensions.problems` of the error names each. */
  assessments: Array<AssessmentInput>;
  /**
   * A text of the caller's choice that names this submission: 1 to 255 printable ASCII characters without spaces, such as a UUID. Sent again
   * with the same key and the same assessments it stores nothing twice and returns the first answer; the same key with other assessments
   * fails with IDEMPOTENCY_MISMATCH. Keys of different callers have nothing to do with each other.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What `submitAssessments` stored. */
export type SubmitAssessmentsPayload = {
  __typename?: 'SubmitAssessmentsPayload';
  /** The assessments as they are stored now, in the order in which they were sent. */
  assessments: Array<Assessment>;
  /** How many of them are new. */
  created: Scalars['Int']['output'];
  /** How many of them replaced an earlier one. */
  updated: Scalars['Int']['output'];
};

/** Level of support that a customer has bought. */
export type SupportTier =
  /** Faster answers. */
  | 'PREMIER'
  /** The highest level, with people of one's own. */
  | 'SIGNATURE'
  /** The basic level. */
  | 'STANDARD';

/** A span of time that ends now: 1 day, 1 week, 1 month, 1 year. */
export type TimeFrame =
  /** The last day. */
  | 'DAY'
  /** The last month: 30 days. */
  | 'MONTH'
  /** The last week: 7 days. */
  | 'WEEK'
  /** The last year: 365 days. */
  | 'YEAR';

/** A span of time. Null at an end means that this end is not agreed. */
export type TimeWindow = {
  __typename?: 'TimeWindow';
  /** When it ends. Null when not agreed. */
  end?: Maybe<Scalars['DateTime']['output']>;
  /** When it begins. Null when not agreed. */
  start?: Maybe<Scalars['DateTime']['output']>;
};

/** Which issue is to get which status. */
export type TransitionJiraIssueInput = {
  /** As of `updatePsRequest`. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Key of the issue, in any case; also one that it had before it was moved. Example: `PSD-7`. */
  key: Scalars['String']['input'];
  /** Name of the target status, in any case. One that the workflow does not reach from here fails with BAD_USER_INPUT, which lists those that it does. */
  to: Scalars['String']['input'];
};

/** What `transitionJiraIssue` changed. */
export type TransitionJiraIssuePayload = {
  __typename?: 'TransitionJiraIssuePayload';
  /** The issue after the change. Null, with an error here, when it can not be read; the change was made nevertheless. */
  issue?: Maybe<JiraIssue>;
};

/** A change of `viewer { preferences }`. */
export type UpdatePreferencesInput = {
  /**
   * JSON Merge Patch (RFC 7386): a key with null is removed, an object is merged into what is there, anything else takes its place. All preferences
   * together take at most 32,768 bytes as JSON, 32 levels deep. Example: `{ "theme": "dark", "columns": { "risk": null } }`.
   */
  patch: Scalars['JSONObject']['input'];
  /** The `preferencesVersion` that the change was made from; 0 for the first change. */
  version: Scalars['Int']['input'];
};

/** What `updatePreferences` answers. */
export type UpdatePreferencesPayload = {
  __typename?: 'UpdatePreferencesPayload';
  /** The caller, with the preferences as they are now. */
  viewer: Viewer;
};

/**
 * What is to be changed about a request. Only the fields that are passed change; null clears the fields that may be empty. Nothing is
 * changed at all when the record already is as it is to be.
 */
export type UpdatePsRequestInput = {
  /** New go-live date; null clears it. */
  goLiveDate?: InputMaybe<Scalars['Date']['input']>;
  /** Which request: its global id, its 15- or 18-character Salesforce id, or its number (`PSR-00042`). */
  id: Scalars['ID']['input'];
  /**
   * A text of the caller's choice that names this change: 1 to 255 printable ASCII characters without spaces, such as a UUID. Sent again
   * with the same key and the same input it changes nothing twice and tells what became of the first; the same key with another input
   * fails with IDEMPOTENCY_MISMATCH. Keys are kept for 24 hours, and those of different callers have nothing to do with each other.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * The `updatedAt` at which the request was read. When it was changed since, nothing is changed now, and CONFLICT tells the present `updatedAt`
   * and values. Leave it out to change the request whatever it has become. Salesforce keeps whole seconds; see docs/writing.md.
   */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** New risk; null clears it. */
  risk?: InputMaybe<Risk>;
  /** New status. It can not be cleared. */
  status?: InputMaybe<PsRequestStatus>;
};

/** What `updatePsRequest` changed. */
export type UpdatePsRequestPayload = {
  __typename?: 'UpdatePsRequestPayload';
  /** The request after the change. Null, with an error here, when it can not be read; the change was made nevertheless. */
  psRequest?: Maybe<PsRequest>;
};

/** A source that the gateway asks. */
export type UpstreamSource =
  /** The Jira site: issues, their comments, projects, people. */
  | 'JIRA'
  /** The gateway's own database: mentors, assessments, validation. */
  | 'POSTGRES'
  /** The Salesforce org: requests, accounts, projects, steps, cases. */
  | 'SALESFORCE';

/** How a source is doing. */
export type UpstreamState =
  /** Some kinds of call fail, or are refused to spare it or its allowance of calls; the others are answered. */
  | 'DEGRADED'
  /** It answers nothing, or asked to be left alone. What is kept of it is served, labelled as stale. */
  | 'DOWN'
  /** It answers. */
  | 'UP';

/** How one source is doing, as the calls of this instance found it. */
export type UpstreamStatus = {
  __typename?: 'UpstreamStatus';
  /** Calls sent in the last hour, retries included; for POSTGRES the statements. */
  callsLastHour: Scalars['Int']['output'];
  /**
   * Calls that the operations of the last hour would have made if each had been executed by itself with nothing kept, less `callsLastHour`, which is all
   * that was sent, for renewal, polling and warming too. So it is what was saved by whole answers that were given again, by operations and reads
   * that shared calls, and by records that were kept. What an operation would have made is known from its executions with nothing kept, before the
   * first from its plan. 0 when more was sent than saved, and for POSTGRES, which is not cached so.
   */
  callsSavedLastHour: Scalars['Int']['output'];
  /** Code and message of the latest failure. Null without any. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** When the latest failure was met, whether or not calls were answered since. Null without any. */
  lastErrorAt?: Maybe<Scalars['DateTime']['output']>;
  /** When a call was answered last. Null before the first. */
  lastSuccessAt?: Maybe<Scalars['DateTime']['output']>;
  /** Half of the calls of the last five minutes took no longer, in milliseconds; for POSTGRES of the statements. Null without any. */
  latencyP50Ms?: Maybe<Scalars['Float']['output']>;
  /** 95 of a hundred calls of the last five minutes took no longer, in milliseconds. Null without any. */
  latencyP95Ms?: Maybe<Scalars['Float']['output']>;
  /** The source's allowance of calls, for everybody; an alert tells when the gateway's own budget of them is nearly spent. Null where the source has not said. */
  quotaLimit?: Maybe<Scalars['Int']['output']>;
  /** When the allowance is renewed. Null where it is renewed bit by bit, or the source has not said. */
  quotaResetsAt?: Maybe<Scalars['DateTime']['output']>;
  /** Calls of the source's allowance that are used, by everybody. Null where the source has not said. */
  quotaUsed?: Maybe<Scalars['Int']['output']>;
  /** Which source. */
  source: UpstreamSource;
  /** Whether it answers. */
  state: UpstreamState;
};

/** What one rule said about one request, in one run. */
export type ValidationResult = Node & {
  __typename?: 'ValidationResult';
  /** Facts behind the outcome; which there are differs from rule to rule. Null when there are none. */
  details?: Maybe<Scalars['JSONObject']['output']>;
  /** When the check was made. */
  executedAt: Scalars['DateTime']['output'];
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** The outcome in words. */
  message: Scalars['String']['output'];
  /** The request that was checked. Null when Salesforce does not know it any more. */
  psRequest?: Maybe<PsRequest>;
  /** Salesforce id of the request that was checked, 18 characters. */
  recordId: Scalars['ID']['output'];
  /** Number of the request when it was checked. Null when it was not known. Example: `PSR-00042`. */
  recordName?: Maybe<Scalars['String']['output']>;
  /** The rule that was checked. */
  rule: ValidationRule;
  /** The outcome. */
  status: ValidationStatus;
};

/** A page of validation results. */
export type ValidationResultConnection = {
  __typename?: 'ValidationResultConnection';
  /** The results of the page, each with its cursor. */
  edges: Array<ValidationResultEdge>;
  /** The results of the page, without cursors. */
  nodes: Array<ValidationResult>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many results the list has in all. Counted only when asked for. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A result in a list, and its place there. */
export type ValidationResultEdge = {
  __typename?: 'ValidationResultEdge';
  /** Opaque place of the result in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The result. */
  node: ValidationResult;
};

/** A rule that deployment requests are checked against. */
export type ValidationRule = {
  __typename?: 'ValidationRule';
  /** The rule's own settings; which there are differs from rule to rule. Empty when it has none. */
  config: Scalars['JSONObject']['output'];
  /** What the rule checks, and why. */
  description: Scalars['String']['output'];
  /** Whether new runs check the rule. */
  enabled: Scalars['Boolean']['output'];
  /** Name of the rule for programs; it never changes. `validationTrend(ruleId:)` takes it. */
  id: Scalars['String']['output'];
  /** Name of the rule for people. */
  name: Scalars['String']['output'];
  /** How bad it is when a request fails the rule. */
  severity: Severity;
};

/** One check of the requests of a time frame against a set of rules. */
export type ValidationRun = Node & {
  __typename?: 'ValidationRun';
  /** When the run ended, successfully or not. Null until then. */
  completedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Global id: opaque and stable. `node(id:)` takes it. */
  id: Scalars['ID']['output'];
  /** How many of the checked requests failed at least one rule. */
  invalidRecords: Scalars['Int']['output'];
  /** How many requests have been checked so far. */
  processedRecords: Scalars['Int']['output'];
  /** What the run found, in the order in which it was found: one result for each request and rule. */
  results?: Maybe<ValidationResultConnection>;
  /** The rules that are checked. */
  rules: Array<ValidationRule>;
  /** When the run was started. */
  startedAt: Scalars['DateTime']['output'];
  /** Who started the run. Null when it was started by schedule. */
  startedBy?: Maybe<Scalars['String']['output']>;
  /** How far the run is. */
  status: ValidationRunStatus;
  /** Which requests are checked: those that changed within this span before the start. */
  timeFrame: TimeFrame;
  /** How many requests the run has to check. */
  totalRecords: Scalars['Int']['output'];
  /** How many of the checked requests passed every rule. */
  validRecords: Scalars['Int']['output'];
};


/** One check of the requests of a time frame against a set of rules. */
export type ValidationRunResultsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  ruleId?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<ValidationStatus>;
};

/** A page of validation runs. */
export type ValidationRunConnection = {
  __typename?: 'ValidationRunConnection';
  /** The runs of the page, each with its cursor. */
  edges: Array<ValidationRunEdge>;
  /** The runs of the page, without cursors. */
  nodes: Array<ValidationRun>;
  /** Where the page stands in the whole list. */
  pageInfo: PageInfo;
  /** How many runs there are in all. Counted only when asked for. */
  totalCount?: Maybe<Scalars['Int']['output']>;
};

/** A run in a list, and its place there. */
export type ValidationRunEdge = {
  __typename?: 'ValidationRunEdge';
  /** Opaque place of the run in the list; `after` takes it. */
  cursor: Scalars['String']['output'];
  /** The run. */
  node: ValidationRun;
};

/** How far a validation run is. */
export type ValidationRunStatus =
  /** Ended; every request was checked. */
  | 'COMPLETED'
  /** Ended before every request was checked. */
  | 'FAILED'
  /** Waits to be started. */
  | 'QUEUED'
  /** Under way. */
  | 'RUNNING';

/** Outcome of one rule for one request. */
export type ValidationStatus =
  /** The request breaks the rule. */
  | 'FAIL'
  /** The request satisfies the rule. */
  | 'PASS'
  /** The rule could not be applied to the request. */
  | 'SKIPPED';

/** How the checks of one day came out. */
export type ValidationTrendPoint = {
  __typename?: 'ValidationTrendPoint';
  /** The day, in UTC. */
  day: Scalars['Date']['output'];
  /** How many results failed. */
  fail: Scalars['Int']['output'];
  /** Share of failures among passes and failures, from 0 to 1; 0 on a day without either. */
  failureRate: Scalars['Float']['output'];
  /** How many results passed. */
  pass: Scalars['Int']['output'];
  /** How many results were skipped. */
  skipped: Scalars['Int']['output'];
};

/** Who is asking, as the credentials of this request say. */
export type Viewer = {
  __typename?: 'Viewer';
  /** E-mail address. Null when the token carries none. */
  email?: Maybe<Scalars['String']['output']>;
  /** Stable id of the caller: the subject (`sub`) of the bearer token; `anonymous` for a request without credentials. */
  id: Scalars['ID']['output'];
  /** Full name for display. Null when the token carries none. */
  name?: Maybe<Scalars['String']['output']>;
  /** What the caller has set for themselves in this tenant; `{}` before the first `updatePreferences`. Null for a request without credentials. */
  preferences?: Maybe<Scalars['JSONObject']['output']>;
  /** Counts the changes of `preferences`, from 0; `updatePreferences` asks for it. Null for a request without credentials. */
  preferencesVersion?: Maybe<Scalars['Int']['output']>;
  /** All roles that the caller has, the included ones too, lowest first. Example: `[VIEWER, ANALYST]`. */
  roles: Array<Role>;
  /** The caller's sessions that have not ended, at most 50, the one used last first; `[]` for a request without credentials. */
  sessions?: Maybe<Array<Session>>;
  /** The tenant that the caller belongs to; everything the gateway stores itself is kept apart by tenant. Example: `demo`. */
  tenant: Scalars['String']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T | Error> | T | Error;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

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

/** Mapping of federation types */
export type FederationTypes = {
  Account: Account;
  Assessment: Assessment;
  AuditEntry: AuditEntry;
  Case: Case;
  DeploymentStep: DeploymentStep;
  JiraIssue: JiraIssue;
  JiraProject: JiraProject;
  JiraUser: JiraUser;
  Mentor: Mentor;
  Project: Project;
  PsRequest: PsRequest;
  SalesforceUser: SalesforceUser;
  ValidationResult: ValidationResult;
  ValidationRun: ValidationRun;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Account:
    ( { __typename: 'Account' }
    & ( GraphQLRecursivePick<FederationTypes['Account'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Account'], {"salesforceId":true}> ) );
  Assessment:
    ( { __typename: 'Assessment' }
    & GraphQLRecursivePick<FederationTypes['Assessment'], {"id":true}> );
  AuditEntry:
    ( { __typename: 'AuditEntry' }
    & GraphQLRecursivePick<FederationTypes['AuditEntry'], {"id":true}> );
  Case:
    ( { __typename: 'Case' }
    & ( GraphQLRecursivePick<FederationTypes['Case'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Case'], {"salesforceId":true}> ) );
  DeploymentStep:
    ( { __typename: 'DeploymentStep' }
    & ( GraphQLRecursivePick<FederationTypes['DeploymentStep'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['DeploymentStep'], {"salesforceId":true}> ) );
  JiraIssue:
    ( { __typename: 'JiraIssue' }
    & ( GraphQLRecursivePick<FederationTypes['JiraIssue'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['JiraIssue'], {"key":true}> ) );
  JiraProject:
    ( { __typename: 'JiraProject' }
    & ( GraphQLRecursivePick<FederationTypes['JiraProject'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['JiraProject'], {"key":true}> ) );
  JiraUser:
    ( { __typename: 'JiraUser' }
    & ( GraphQLRecursivePick<FederationTypes['JiraUser'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['JiraUser'], {"accountId":true}> ) );
  Mentor:
    ( { __typename: 'Mentor' }
    & GraphQLRecursivePick<FederationTypes['Mentor'], {"id":true}> );
  Project:
    ( { __typename: 'Project' }
    & ( GraphQLRecursivePick<FederationTypes['Project'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['Project'], {"salesforceId":true}> ) );
  PsRequest:
    ( { __typename: 'PsRequest' }
    & ( GraphQLRecursivePick<FederationTypes['PsRequest'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['PsRequest'], {"salesforceId":true}>
        | GraphQLRecursivePick<FederationTypes['PsRequest'], {"number":true}> ) );
  SalesforceUser:
    ( { __typename: 'SalesforceUser' }
    & ( GraphQLRecursivePick<FederationTypes['SalesforceUser'], {"id":true}>
        | GraphQLRecursivePick<FederationTypes['SalesforceUser'], {"salesforceId":true}> ) );
  ValidationResult:
    ( { __typename: 'ValidationResult' }
    & GraphQLRecursivePick<FederationTypes['ValidationResult'], {"id":true}> );
  ValidationRun:
    ( { __typename: 'ValidationRun' }
    & GraphQLRecursivePick<FederationTypes['ValidationRun'], {"id":true}> );
};

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
    | ( AuditEntryModel )
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
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  AccountConnection: ResolverTypeWrapper<AccountConnectionModel>;
  AccountEdge: ResolverTypeWrapper<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  AccountFilter: AccountFilter;
  ActivityReport: ResolverTypeWrapper<ActivityReportModel>;
  ActivityRow: ResolverTypeWrapper<ActivityRow>;
  AddJiraCommentInput: AddJiraCommentInput;
  AddJiraCommentPayload: ResolverTypeWrapper<AddJiraCommentPayloadModel>;
  Alert: ResolverTypeWrapper<Alert>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Assessment: ResolverTypeWrapper<AssessmentModel>;
  AssessmentConnection: ResolverTypeWrapper<AssessmentConnectionModel>;
  AssessmentEdge: ResolverTypeWrapper<Omit<AssessmentEdge, 'node'> & { node: ResolversTypes['Assessment'] }>;
  AssessmentInput: AssessmentInput;
  AuditEntry: ResolverTypeWrapper<AuditEntryModel>;
  AuditEntryConnection: ResolverTypeWrapper<AuditEntryConnectionModel>;
  AuditEntryEdge: ResolverTypeWrapper<Omit<AuditEntryEdge, 'node'> & { node: ResolversTypes['AuditEntry'] }>;
  AuditFilter: AuditFilter;
  AuditOutcome: AuditOutcome;
  CacheControlScope: CacheControlScope;
  CacheStatus: ResolverTypeWrapper<CacheStatus>;
  Case: ResolverTypeWrapper<CaseModel>;
  CreateSessionPayload: ResolverTypeWrapper<Omit<CreateSessionPayload, 'session'> & { session: ResolversTypes['Session'] }>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateRange: DateRange;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DateTimeRange: DateTimeRange;
  DeploymentStep: ResolverTypeWrapper<DeploymentStepModel>;
  DeploymentStepStatus: DeploymentStepStatus;
  Environment: Environment;
  ErasePersonInput: ErasePersonInput;
  ErasePersonPayload: ResolverTypeWrapper<ErasePersonPayload>;
  ErasedFromStore: ResolverTypeWrapper<ErasedFromStore>;
  Erasure: ResolverTypeWrapper<Erasure>;
  ErasureStatus: ErasureStatus;
  ExportPersonInput: ExportPersonInput;
  GatewayStatus: ResolverTypeWrapper<GatewayStatus>;
  InvalidateCacheInput: InvalidateCacheInput;
  InvalidateCachePayload: ResolverTypeWrapper<InvalidateCachePayload>;
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
  OnStale: OnStale;
  OrderDirection: OrderDirection;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PersonExport: ResolverTypeWrapper<PersonExport>;
  PoolStatus: ResolverTypeWrapper<PoolStatus>;
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
  RevokeAllSessionsInput: RevokeAllSessionsInput;
  RevokeAllSessionsPayload: ResolverTypeWrapper<Omit<RevokeAllSessionsPayload, 'viewer'> & { viewer: ResolversTypes['Viewer'] }>;
  RevokeSessionInput: RevokeSessionInput;
  RevokeSessionPayload: ResolverTypeWrapper<Omit<RevokeSessionPayload, 'viewer'> & { viewer: ResolversTypes['Viewer'] }>;
  Risk: Risk;
  Role: Role;
  SalesforceUser: ResolverTypeWrapper<SalesforceUserModel>;
  SearchResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['SearchResult']>;
  Session: ResolverTypeWrapper<SessionModel>;
  Severity: Severity;
  SignOutPayload: ResolverTypeWrapper<SignOutPayload>;
  SubmitAssessmentsInput: SubmitAssessmentsInput;
  SubmitAssessmentsPayload: ResolverTypeWrapper<Omit<SubmitAssessmentsPayload, 'assessments'> & { assessments: Array<ResolversTypes['Assessment']> }>;
  SupportTier: SupportTier;
  TimeFrame: TimeFrame;
  TimeWindow: ResolverTypeWrapper<TimeWindow>;
  TransitionJiraIssueInput: TransitionJiraIssueInput;
  TransitionJiraIssuePayload: ResolverTypeWrapper<TransitionJiraIssuePayloadModel>;
  UpdatePreferencesInput: UpdatePreferencesInput;
  UpdatePreferencesPayload: ResolverTypeWrapper<Omit<UpdatePreferencesPayload, 'viewer'> & { viewer: ResolversTypes['Viewer'] }>;
  UpdatePsRequestInput: UpdatePsRequestInput;
  UpdatePsRequestPayload: ResolverTypeWrapper<UpdatePsRequestPayloadModel>;
  UpstreamSource: UpstreamSource;
  UpstreamState: UpstreamState;
  UpstreamStatus: ResolverTypeWrapper<UpstreamStatus>;
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
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Account: AccountModel;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  AccountConnection: AccountConnectionModel;
  AccountEdge: Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  AccountFilter: AccountFilter;
  ActivityReport: ActivityReportModel;
  ActivityRow: ActivityRow;
  AddJiraCommentInput: AddJiraCommentInput;
  AddJiraCommentPayload: AddJiraCommentPayloadModel;
  Alert: Alert;
  Float: Scalars['Float']['output'];
  Assessment: AssessmentModel;
  AssessmentConnection: AssessmentConnectionModel;
  AssessmentEdge: Omit<AssessmentEdge, 'node'> & { node: ResolversParentTypes['Assessment'] };
  AssessmentInput: AssessmentInput;
  AuditEntry: AuditEntryModel;
  AuditEntryConnection: AuditEntryConnectionModel;
  AuditEntryEdge: Omit<AuditEntryEdge, 'node'> & { node: ResolversParentTypes['AuditEntry'] };
  AuditFilter: AuditFilter;
  CacheStatus: CacheStatus;
  Case: CaseModel;
  CreateSessionPayload: Omit<CreateSessionPayload, 'session'> & { session: ResolversParentTypes['Session'] };
  Date: Scalars['Date']['output'];
  DateRange: DateRange;
  DateTime: Scalars['DateTime']['output'];
  DateTimeRange: DateTimeRange;
  DeploymentStep: DeploymentStepModel;
  ErasePersonInput: ErasePersonInput;
  ErasePersonPayload: ErasePersonPayload;
  ErasedFromStore: ErasedFromStore;
  Erasure: Erasure;
  ExportPersonInput: ExportPersonInput;
  GatewayStatus: GatewayStatus;
  InvalidateCacheInput: InvalidateCacheInput;
  InvalidateCachePayload: InvalidateCachePayload;
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
  PersonExport: PersonExport;
  PoolStatus: PoolStatus;
  Project: ProjectModel;
  PsRequest: PsRequestModel;
  PsRequestConnection: PsRequestConnectionModel;
  PsRequestEdge: Omit<PsRequestEdge, 'node'> & { node: ResolversParentTypes['PsRequest'] };
  PsRequestFilter: PsRequestFilter;
  PsRequestOrder: PsRequestOrder;
  Query: Record<PropertyKey, never>;
  RevokeAllSessionsInput: RevokeAllSessionsInput;
  RevokeAllSessionsPayload: Omit<RevokeAllSessionsPayload, 'viewer'> & { viewer: ResolversParentTypes['Viewer'] };
  RevokeSessionInput: RevokeSessionInput;
  RevokeSessionPayload: Omit<RevokeSessionPayload, 'viewer'> & { viewer: ResolversParentTypes['Viewer'] };
  SalesforceUser: SalesforceUserModel;
  SearchResult: ResolversUnionTypes<ResolversParentTypes>['SearchResult'];
  Session: SessionModel;
  SignOutPayload: SignOutPayload;
  SubmitAssessmentsInput: SubmitAssessmentsInput;
  SubmitAssessmentsPayload: Omit<SubmitAssessmentsPayload, 'assessments'> & { assessments: Array<ResolversParentTypes['Assessment']> };
  TimeWindow: TimeWindow;
  TransitionJiraIssueInput: TransitionJiraIssueInput;
  TransitionJiraIssuePayload: TransitionJiraIssuePayloadModel;
  UpdatePreferencesInput: UpdatePreferencesInput;
  UpdatePreferencesPayload: Omit<UpdatePreferencesPayload, 'viewer'> & { viewer: ResolversParentTypes['Viewer'] };
  UpdatePsRequestInput: UpdatePsRequestInput;
  UpdatePsRequestPayload: UpdatePsRequestPayloadModel;
  UpstreamStatus: UpstreamStatus;
  ValidationResult: ValidationResultModel;
  ValidationResultConnection: ValidationResultConnectionModel;
  ValidationResultEdge: Omit<ValidationResultEdge, 'node'> & { node: ResolversParentTypes['ValidationResult'] };
  ValidationRule: ValidationRuleModel;
  ValidationRun: ValidationRunModel;
  ValidationRunConnection: ValidationRunConnectionModel;
  ValidationRunEdge: Omit<ValidationRunEdge, 'node'> & { node: ResolversParentTypes['ValidationRun'] };
  ValidationTrendPoint: ValidationTrendPoint;
  Viewer: ViewerModel;
  Boolean: Scalars['Boolean']['output'];
  Int: Scalars['Int']['output'];
};

export type CacheControlDirectiveArgs = {
  inheritMaxAge?: Maybe<Scalars['Boolean']['input']>;
  maxAge?: Maybe<Scalars['Int']['input']>;
  scope?: Maybe<CacheControlScope>;
};

export type CacheControlDirectiveResolver<Result, Parent, ContextType = Context, Args = CacheControlDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type FreshnessDirectiveArgs = {
  maxAgeSeconds?: Maybe<Scalars['Int']['input']>;
  onStale?: Maybe<OnStale>;
};

export type FreshnessDirectiveResolver<Result, Parent, ContextType = Context, Args = FreshnessDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type RequiresRoleDirectiveArgs = {
  role: Role;
};

export type RequiresRoleDirectiveResolver<Result, Parent, ContextType = Context, Args = RequiresRoleDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account'], FederationReferenceType extends FederationReferenceTypes['Account'] = FederationReferenceTypes['Account']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Account']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type ActivityReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ActivityReport'] = ResolversParentTypes['ActivityReport']> = {
  activeUsers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  rows?: Resolver<Array<ResolversTypes['ActivityRow']>, ParentType, ContextType>;
  timeFrame?: Resolver<ResolversTypes['TimeFrame'], ParentType, ContextType>;
};

export type ActivityRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ActivityRow'] = ResolversParentTypes['ActivityRow']> = {
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  day?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  resourceType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AddJiraCommentPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AddJiraCommentPayload'] = ResolversParentTypes['AddJiraCommentPayload']> = {
  comment?: Resolver<Maybe<ResolversTypes['JiraComment']>, ParentType, ContextType>;
  issue?: Resolver<Maybe<ResolversTypes['JiraIssue']>, ParentType, ContextType>;
};

export type AlertResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Alert'] = ResolversParentTypes['Alert']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  threshold?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export type AssessmentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Assessment'] = ResolversParentTypes['Assessment'], FederationReferenceType extends FederationReferenceTypes['Assessment'] = FederationReferenceTypes['Assessment']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Assessment']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type AuditEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry'], FederationReferenceType extends FederationReferenceTypes['AuditEntry'] = FederationReferenceTypes['AuditEntry']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['AuditEntry']> | FederationReferenceType, FederationReferenceType, ContextType>;
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  actions?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  actorName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  details?: Resolver<Maybe<ResolversTypes['JSONObject']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  ipAddress?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['AuditOutcome'], ParentType, ContextType>;
  requestId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  resourceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  resourceType?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AuditEntryConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryConnection'] = ResolversParentTypes['AuditEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type AuditEntryEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEntryEdge'] = ResolversParentTypes['AuditEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEntry'], ParentType, ContextType>;
};

export type CacheStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CacheStatus'] = ResolversParentTypes['CacheStatus']> = {
  entries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  hitRatio?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  redis?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  staleServed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CaseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Case'] = ResolversParentTypes['Case'], FederationReferenceType extends FederationReferenceTypes['Case'] = FederationReferenceTypes['Case']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Case']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type CreateSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreateSessionPayload'] = ResolversParentTypes['CreateSessionPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeploymentStepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeploymentStep'] = ResolversParentTypes['DeploymentStep'], FederationReferenceType extends FederationReferenceTypes['DeploymentStep'] = FederationReferenceTypes['DeploymentStep']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['DeploymentStep']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type ErasePersonPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ErasePersonPayload'] = ResolversParentTypes['ErasePersonPayload']> = {
  auditEntriesPseudonymised?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  erasure?: Resolver<ResolversTypes['Erasure'], ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sessionsDeleted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ErasedFromStoreResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ErasedFromStore'] = ResolversParentTypes['ErasedFromStore']> = {
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  store?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ErasureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Erasure'] = ResolversParentTypes['Erasure']> = {
  completedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  erased?: Resolver<Array<ResolversTypes['ErasedFromStore']>, ParentType, ContextType>;
  problem?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  proof?: Resolver<Maybe<ResolversTypes['JSONObject']>, ParentType, ContextType>;
  proofIsValid?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  proofSignature?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  requestId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  requestedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ErasureStatus'], ParentType, ContextType>;
};

export type GatewayStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GatewayStatus'] = ResolversParentTypes['GatewayStatus']> = {
  alerts?: Resolver<Array<ResolversTypes['Alert']>, ParentType, ContextType>;
  cache?: Resolver<ResolversTypes['CacheStatus'], ParentType, ContextType>;
  pools?: Resolver<Array<ResolversTypes['PoolStatus']>, ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  upstreams?: Resolver<Array<ResolversTypes['UpstreamStatus']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type InvalidateCachePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['InvalidateCachePayload'] = ResolversParentTypes['InvalidateCachePayload']> = {
  invalidated?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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

export type JiraIssueResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraIssue'] = ResolversParentTypes['JiraIssue'], FederationReferenceType extends FederationReferenceTypes['JiraIssue'] = FederationReferenceTypes['JiraIssue']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['JiraIssue']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type JiraProjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraProject'] = ResolversParentTypes['JiraProject'], FederationReferenceType extends FederationReferenceTypes['JiraProject'] = FederationReferenceTypes['JiraProject']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['JiraProject']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type JiraUserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['JiraUser'] = ResolversParentTypes['JiraUser'], FederationReferenceType extends FederationReferenceTypes['JiraUser'] = FederationReferenceTypes['JiraUser']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['JiraUser']> | FederationReferenceType, FederationReferenceType, ContextType>;
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  displayName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  email?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MentorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mentor'] = ResolversParentTypes['Mentor'], FederationReferenceType extends FederationReferenceTypes['Mentor'] = FederationReferenceTypes['Mentor']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Mentor']> | FederationReferenceType, FederationReferenceType, ContextType>;
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
  addJiraComment?: Resolver<Maybe<ResolversTypes['AddJiraCommentPayload']>, ParentType, ContextType, RequireFields<MutationAddJiraCommentArgs, 'input'>>;
  createSession?: Resolver<Maybe<ResolversTypes['CreateSessionPayload']>, ParentType, ContextType>;
  erasePerson?: Resolver<Maybe<ResolversTypes['ErasePersonPayload']>, ParentType, ContextType, RequireFields<MutationErasePersonArgs, 'input'>>;
  exportPerson?: Resolver<Maybe<ResolversTypes['PersonExport']>, ParentType, ContextType, Partial<MutationExportPersonArgs>>;
  invalidateCache?: Resolver<Maybe<ResolversTypes['InvalidateCachePayload']>, ParentType, ContextType, RequireFields<MutationInvalidateCacheArgs, 'input'>>;
  revokeAllSessions?: Resolver<Maybe<ResolversTypes['RevokeAllSessionsPayload']>, ParentType, ContextType, Partial<MutationRevokeAllSessionsArgs>>;
  revokeSession?: Resolver<Maybe<ResolversTypes['RevokeSessionPayload']>, ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'input'>>;
  signOut?: Resolver<Maybe<ResolversTypes['SignOutPayload']>, ParentType, ContextType>;
  submitAssessments?: Resolver<Maybe<ResolversTypes['SubmitAssessmentsPayload']>, ParentType, ContextType, RequireFields<MutationSubmitAssessmentsArgs, 'input'>>;
  transitionJiraIssue?: Resolver<Maybe<ResolversTypes['TransitionJiraIssuePayload']>, ParentType, ContextType, RequireFields<MutationTransitionJiraIssueArgs, 'input'>>;
  updatePreferences?: Resolver<Maybe<ResolversTypes['UpdatePreferencesPayload']>, ParentType, ContextType, RequireFields<MutationUpdatePreferencesArgs, 'input'>>;
  updatePsRequest?: Resolver<Maybe<ResolversTypes['UpdatePsRequestPayload']>, ParentType, ContextType, RequireFields<MutationUpdatePsRequestArgs, 'input'>>;
};

export type NodeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Account' | 'Assessment' | 'AuditEntry' | 'Case' | 'DeploymentStep' | 'JiraIssue' | 'JiraProject' | 'JiraUser' | 'Mentor' | 'Project' | 'PsRequest' | 'SalesforceUser' | 'ValidationResult' | 'ValidationRun', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PersonExportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PersonExport'] = ResolversParentTypes['PersonExport']> = {
  data?: Resolver<ResolversTypes['JSONObject'], ParentType, ContextType>;
  exportedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PoolStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PoolStatus'] = ResolversParentTypes['PoolStatus']> = {
  idle?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  size?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  utilisation?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ProjectResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Project'] = ResolversParentTypes['Project'], FederationReferenceType extends FederationReferenceTypes['Project'] = FederationReferenceTypes['Project']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Project']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type PsRequestResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PsRequest'] = ResolversParentTypes['PsRequest'], FederationReferenceType extends FederationReferenceTypes['PsRequest'] = FederationReferenceTypes['PsRequest']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['PsRequest']> | FederationReferenceType, FederationReferenceType, ContextType>;
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
  activityReport?: Resolver<Maybe<ResolversTypes['ActivityReport']>, ParentType, ContextType, RequireFields<QueryActivityReportArgs, 'timeFrame'>>;
  assessments?: Resolver<Maybe<ResolversTypes['AssessmentConnection']>, ParentType, ContextType, Partial<QueryAssessmentsArgs>>;
  auditLog?: Resolver<Maybe<ResolversTypes['AuditEntryConnection']>, ParentType, ContextType, Partial<QueryAuditLogArgs>>;
  erasure?: Resolver<Maybe<ResolversTypes['Erasure']>, ParentType, ContextType, RequireFields<QueryErasureArgs, 'requestId'>>;
  gatewayStatus?: Resolver<Maybe<ResolversTypes['GatewayStatus']>, ParentType, ContextType>;
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

export type RevokeAllSessionsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeAllSessionsPayload'] = ResolversParentTypes['RevokeAllSessionsPayload']> = {
  revoked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type RevokeSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeSessionPayload'] = ResolversParentTypes['RevokeSessionPayload']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type SalesforceUserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SalesforceUser'] = ResolversParentTypes['SalesforceUser'], FederationReferenceType extends FederationReferenceTypes['SalesforceUser'] = FederationReferenceTypes['SalesforceUser']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['SalesforceUser']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  current?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastAccessedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userAgent?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SignOutPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SignOutPayload'] = ResolversParentTypes['SignOutPayload']> = {
  signedOut?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
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

export type TransitionJiraIssuePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransitionJiraIssuePayload'] = ResolversParentTypes['TransitionJiraIssuePayload']> = {
  issue?: Resolver<Maybe<ResolversTypes['JiraIssue']>, ParentType, ContextType>;
};

export type UpdatePreferencesPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdatePreferencesPayload'] = ResolversParentTypes['UpdatePreferencesPayload']> = {
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
};

export type UpdatePsRequestPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpdatePsRequestPayload'] = ResolversParentTypes['UpdatePsRequestPayload']> = {
  psRequest?: Resolver<Maybe<ResolversTypes['PsRequest']>, ParentType, ContextType>;
};

export type UpstreamStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UpstreamStatus'] = ResolversParentTypes['UpstreamStatus']> = {
  callsLastHour?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  callsSavedLastHour?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  lastErrorAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastSuccessAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  latencyP50Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  latencyP95Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  quotaLimit?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  quotaResetsAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  quotaUsed?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  source?: Resolver<ResolversTypes['UpstreamSource'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['UpstreamState'], ParentType, ContextType>;
};

export type ValidationResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationResult'] = ResolversParentTypes['ValidationResult'], FederationReferenceType extends FederationReferenceTypes['ValidationResult'] = FederationReferenceTypes['ValidationResult']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['ValidationResult']> | FederationReferenceType, FederationReferenceType, ContextType>;
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

export type ValidationRunResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ValidationRun'] = ResolversParentTypes['ValidationRun'], FederationReferenceType extends FederationReferenceTypes['ValidationRun'] = FederationReferenceTypes['ValidationRun']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['ValidationRun']> | FederationReferenceType, FederationReferenceType, ContextType>;
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
  preferences?: Resolver<Maybe<ResolversTypes['JSONObject']>, ParentType, ContextType>;
  preferencesVersion?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  sessions?: Resolver<Maybe<Array<ResolversTypes['Session']>>, ParentType, ContextType>;
  tenant?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Account?: AccountResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  ActivityReport?: ActivityReportResolvers<ContextType>;
  ActivityRow?: ActivityRowResolvers<ContextType>;
  AddJiraCommentPayload?: AddJiraCommentPayloadResolvers<ContextType>;
  Alert?: AlertResolvers<ContextType>;
  Assessment?: AssessmentResolvers<ContextType>;
  AssessmentConnection?: AssessmentConnectionResolvers<ContextType>;
  AssessmentEdge?: AssessmentEdgeResolvers<ContextType>;
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  AuditEntryEdge?: AuditEntryEdgeResolvers<ContextType>;
  CacheStatus?: CacheStatusResolvers<ContextType>;
  Case?: CaseResolvers<ContextType>;
  CreateSessionPayload?: CreateSessionPayloadResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeploymentStep?: DeploymentStepResolvers<ContextType>;
  ErasePersonPayload?: ErasePersonPayloadResolvers<ContextType>;
  ErasedFromStore?: ErasedFromStoreResolvers<ContextType>;
  Erasure?: ErasureResolvers<ContextType>;
  GatewayStatus?: GatewayStatusResolvers<ContextType>;
  InvalidateCachePayload?: InvalidateCachePayloadResolvers<ContextType>;
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
  PersonExport?: PersonExportResolvers<ContextType>;
  PoolStatus?: PoolStatusResolvers<ContextType>;
  Project?: ProjectResolvers<ContextType>;
  PsRequest?: PsRequestResolvers<ContextType>;
  PsRequestConnection?: PsRequestConnectionResolvers<ContextType>;
  PsRequestEdge?: PsRequestEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RevokeAllSessionsPayload?: RevokeAllSessionsPayloadResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  SalesforceUser?: SalesforceUserResolvers<ContextType>;
  SearchResult?: SearchResultResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SignOutPayload?: SignOutPayloadResolvers<ContextType>;
  SubmitAssessmentsPayload?: SubmitAssessmentsPayloadResolvers<ContextType>;
  TimeWindow?: TimeWindowResolvers<ContextType>;
  TransitionJiraIssuePayload?: TransitionJiraIssuePayloadResolvers<ContextType>;
  UpdatePreferencesPayload?: UpdatePreferencesPayloadResolvers<ContextType>;
  UpdatePsRequestPayload?: UpdatePsRequestPayloadResolvers<ContextType>;
  UpstreamStatus?: UpstreamStatusResolvers<ContextType>;
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

export type DirectiveResolvers<ContextType = Context> = {
  cacheControl?: CacheControlDirectiveResolver<any, any, ContextType>;
  freshness?: FreshnessDirectiveResolver<any, any, ContextType>;
  requiresRole?: RequiresRoleDirectiveResolver<any, any, ContextType>;
};
