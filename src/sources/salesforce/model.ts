import type {
  DeploymentStepStatus,
  Environment,
  JiraLinkType,
  PsRequestStatus,
  PsRequestType,
  Risk,
  SupportTier,
} from '../../generated/graphql.ts';
import type { Connection } from '../../platform/connection.ts';
import type { GatewayError } from '../../platform/errors.ts';

/**
 * What resolvers get as parent: GraphQL field names and the keys of edges. Only what the operation asked for (and what the resolvers of
 * asked fields need) is present. A value that could not be read is a GatewayError in its place, which graphql-js reports as the error of that field.
 * `…Id` properties are 18-character Salesforce ids. Instants are RFC 3339 in UTC, dates YYYY-MM-DD.
 */
export type Readable<Value> = Value | GatewayError;

export interface PsRequestModel {
  readonly __typename: 'PsRequest';
  readonly id: string;
  readonly salesforceId: string;
  readonly number?: Readable<string>;
  readonly status?: Readable<PsRequestStatus>;
  readonly type?: Readable<PsRequestType | null>;
  readonly environment?: Readable<Environment | null>;
  readonly product?: Readable<string | null>;
  readonly version?: Readable<string | null>;
  readonly risk?: Readable<Risk | null>;
  readonly requestedDate?: Readable<string | null>;
  readonly targetDate?: Readable<string | null>;
  readonly goLiveDate?: Readable<string | null>;
  readonly changeWindow?: Readable<{ readonly start: string | null; readonly end: string | null } | null>;
  readonly estimatedHours?: Readable<number | null>;
  readonly description?: Readable<string | null>;
  readonly createdAt?: Readable<string>;
  readonly updatedAt?: Readable<string>;
  readonly primaryJiraKey?: Readable<string | null>;
  readonly accountId?: Readable<string | null>;
  readonly projectId?: Readable<string | null>;
  readonly ownerId?: Readable<string | null>;
  readonly technicalLeadId?: Readable<string | null>;
  readonly approvedById?: Readable<string | null>;
}

export interface AccountModel {
  readonly __typename: 'Account';
  readonly id: string;
  readonly salesforceId: string;
  readonly name?: Readable<string>;
  readonly number?: Readable<string | null>;
  readonly industry?: Readable<string | null>;
  readonly region?: Readable<string | null>;
  readonly supportTier?: Readable<SupportTier | null>;
  readonly ownerId?: Readable<string | null>;
}

export interface ProjectModel {
  readonly __typename: 'Project';
  readonly id: string;
  readonly salesforceId: string;
  readonly name?: Readable<string>;
  readonly stage?: Readable<string | null>;
  readonly startDate?: Readable<string | null>;
  readonly endDate?: Readable<string | null>;
  readonly accountId?: Readable<string | null>;
  readonly projectManagerId?: Readable<string | null>;
}

export interface SalesforceUserModel {
  readonly __typename: 'SalesforceUser';
  readonly id: string;
  readonly salesforceId: string;
  readonly name?: Readable<string>;
  readonly email?: Readable<string | null>;
  readonly username?: Readable<string | null>;
  readonly title?: Readable<string | null>;
  readonly isActive?: Readable<boolean>;
}

export interface DeploymentStepModel {
  readonly __typename: 'DeploymentStep';
  readonly id: string;
  readonly salesforceId: string;
  readonly name?: Readable<string>;
  readonly sequence?: Readable<number>;
  readonly status?: Readable<DeploymentStepStatus>;
  readonly dueDate?: Readable<string | null>;
  readonly assigneeId?: Readable<string | null>;
  readonly psRequestId?: Readable<string | null>;
}

export interface CaseModel {
  readonly __typename: 'Case';
  readonly id: string;
  readonly salesforceId: string;
  readonly number?: Readable<string>;
  readonly subject?: Readable<string | null>;
  readonly status?: Readable<string | null>;
  readonly priority?: Readable<string | null>;
  readonly accountId?: Readable<string | null>;
  readonly ownerId?: Readable<string | null>;
  readonly psRequestId?: Readable<string | null>;
}

export interface JiraLinkModel {
  readonly __typename: 'JiraLink';
  /** Not in the schema: a link has no identity of its own there. */
  readonly salesforceId: string;
  readonly jiraKey?: Readable<string>;
  readonly linkType?: Readable<JiraLinkType>;
  readonly psRequestId?: Readable<string | null>;
}

/** What `updatePsRequest` answers; the request is an edge of it. */
export interface UpdatePsRequestPayloadModel {
  readonly psRequestId: string;
}

export type PsRequestConnectionModel = Connection<PsRequestModel>;
export type AccountConnectionModel = Connection<AccountModel>;

/** Model by GraphQL type; the one list of types that Salesforce serves. */
export interface SalesforceModels {
  readonly PsRequest: PsRequestModel;
  readonly Account: AccountModel;
  readonly Project: ProjectModel;
  readonly SalesforceUser: SalesforceUserModel;
  readonly DeploymentStep: DeploymentStepModel;
  readonly Case: CaseModel;
  readonly JiraLink: JiraLinkModel;
}

export type SalesforceTypeName = keyof SalesforceModels;
