/**
 * The made-up company behind the stand-ins: one deterministic data set, so that Salesforce, Jira and the sample rows in PostgreSQL
 * agree on who is who. Equal seeds give equal data, byte by byte.
 */
export interface Company {
  /** Rows by object name, in the shape and with exactly the fields of salesforce-objects.json; ids have 18 characters. */
  readonly salesforce: Readonly<Record<SalesforceObjectName, readonly SalesforceRow[]>>;
  readonly jira: JiraSite;
}

export type SalesforceObjectName =
  | 'Account'
  | 'User'
  | 'Case'
  | 'pse__Proj__c'
  | 'PS_Request__c'
  | 'PS_Request_Jira_Link__c'
  | 'PS_Deployment_Step__c';

export type SalesforceRow = Record<string, string | number | boolean | null>;

export interface JiraSite {
  readonly users: readonly JiraUserSeed[];
  readonly projects: readonly JiraProjectSeed[];
  readonly issues: readonly JiraIssueSeed[];
}

export interface JiraUserSeed {
  readonly accountId: string;
  readonly displayName: string;
  /** Null: hidden by the person's privacy settings. */
  readonly emailAddress: string | null;
  readonly active: boolean;
}

export interface JiraProjectSeed {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly leadAccountId: string | null;
}

/** An Atlassian Document Format node, loosely: real descriptions hold nodes that no list names. */
export interface AdfNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly { readonly type: string; readonly attrs?: Readonly<Record<string, unknown>> }[];
  readonly content?: readonly AdfNode[];
  readonly version?: number;
}

export interface JiraIssueSeed {
  /** Numeric id as text. */
  readonly id: string;
  readonly key: string;
  /** Keys it had before it was moved; they still find it. */
  readonly movedFrom: readonly string[];
  /** Exists, but the gateway's user may not see it. */
  readonly forbidden: boolean;
  readonly projectKey: string;
  readonly issueType: 'Epic' | 'Deployment' | 'Task' | 'Bug' | 'Change';
  readonly summary: string;
  readonly statusName: 'To Do' | 'In Progress' | 'In Review' | 'Blocked' | 'Done';
  readonly priority: string | null;
  readonly assigneeAccountId: string | null;
  readonly reporterAccountId: string | null;
  readonly labels: readonly string[];
  readonly fixVersions: readonly string[];
  /** Custom field 10101, a request's number; real data holds spaces and lower case too. */
  readonly psRequest: string | null;
  readonly environment: string | null;
  readonly releaseVersion: string | null;
  readonly goLiveDate: string | null;
  readonly description: AdfNode | null;
  readonly comments: readonly {
    readonly id: string;
    readonly authorAccountId: string | null;
    readonly body: AdfNode;
    readonly createdAt: string;
  }[];
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly resolvedAt: string | null;
}
