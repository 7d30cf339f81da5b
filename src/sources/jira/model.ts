import type { RecordAnswer } from '../../cache/record-answer.ts';
import type { Connection } from '../../platform/connection.ts';
import { GatewayError } from '../../platform/errors.ts';
import { toGlobalId } from '../../platform/global-id.ts';
import { adfToMarkdown } from './adf.ts';
import { type CommentAnswer, type ProjectAnswer, projectAnswer, type UserAnswer, userAnswer } from './answers.ts';
import type { JiraStatusModel } from './field-values.ts';
import { goLiveDay, instant, namesOf, statusOf, textOf } from './field-values.ts';
import { type CustomFieldName, type IssueProperty, issueFields, KEY_FIELD } from './fields.ts';

/** An issue as the cache holds it: values as Jira sent them, by field id, and what the fields with a colon stand for. */
export type IssueValues = Pick<Extract<RecordAnswer, { kind: 'found' }>, 'id' | 'values' | 'unread'>;

/**
 * What resolvers get as parent: GraphQL field names, only what the operation asked for. A value that could not be read is a GatewayError
 * in its place. Instants are RFC 3339 in UTC, dates YYYY-MM-DD.
 */
export type Readable<Value> = Value | GatewayError;

export interface JiraIssueModel {
  readonly __typename: 'JiraIssue';
  readonly id: string;
  /** Numeric id as text: stays when the issue is moved. */
  readonly issueId: string;
  /** The key it has now. */
  readonly key: string;
  readonly url: string;
  readonly summary?: string;
  readonly status?: JiraStatusModel;
  readonly issueType?: string;
  readonly priority?: string | null;
  readonly assignee?: JiraUserModel | null;
  readonly reporter?: JiraUserModel | null;
  readonly project?: JiraProjectModel;
  readonly labels?: readonly string[];
  readonly fixVersions?: readonly string[];
  readonly environment?: Readable<string | null>;
  readonly releaseVersion?: Readable<string | null>;
  readonly goLiveDate?: Readable<string | null>;
  readonly description?: string | null;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly resolvedAt?: string | null;
  /** Raw text of the custom field, as people typed it. */
  readonly psRequestNumber?: Readable<string | null>;
  /** Keys that the issue had before it was moved, the newest first, as far as its last forty changes tell. */
  readonly formerKeys?: Readable<readonly string[]>;
}

export interface JiraUserModel {
  readonly __typename: 'JiraUser';
  readonly id: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly active: boolean;
}

export interface JiraProjectModel {
  readonly __typename: 'JiraProject';
  /** Holds the numeric id: a project's key can be changed. */
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

export interface JiraCommentModel {
  readonly __typename: 'JiraComment';
  readonly id: string;
  readonly author: JiraUserModel | null;
  readonly body: string;
  readonly createdAt: string;
}

/** What `transitionJiraIssue` answers; the issue is an edge of it. */
export interface TransitionJiraIssuePayloadModel {
  /** Numeric. */
  readonly issueId: string;
}

/** What `addJiraComment` answers; issue and comment are edges of it. */
export interface AddJiraCommentPayloadModel {
  /** Numeric. */
  readonly issueId: string;
  /** `<issue id>/<comment id>`. */
  readonly commentPlace: string;
}

export type JiraIssueConnectionModel = Connection<JiraIssueModel>;

export interface IssueModelContext {
  /** JIRA_BASE_URL without a trailing slash. */
  readonly baseUrl: string;
  /** Field id of a custom field, or why there is none. */
  readonly customFieldId: (name: CustomFieldName) => string | GatewayError;
}

/**
 * The model of an issue with the asked properties. A field that could not be read is its error; an issue without a value that Jira
 * guarantees is not readable as a whole, and the answer is UPSTREAM_BAD_RESPONSE for this one issue.
 */
export function toIssueModel(
  issue: IssueValues,
  properties: ReadonlySet<IssueProperty>,
  context: IssueModelContext,
): JiraIssueModel | GatewayError {
  const { id, values, unread } = issue;
  const key = values[KEY_FIELD];
  if (typeof key !== 'string') return unread?.error ?? unreadableIssue(id);
  const model: Record<string, unknown> = {
    __typename: 'JiraIssue',
    id: toGlobalId('JiraIssue', id),
    issueId: id,
    key,
    url: `${context.baseUrl}/browse/${encodeURIComponent(key)}`,
  };
  for (const property of properties) {
    const source = issueFields[property];
    if (source.kind === 'always') continue;
    const field = source.kind === 'custom' ? context.customFieldId(source.name) : source.field;
    const value =
      field instanceof GatewayError
        ? field
        : unread?.fields.includes(field)
          ? unread.error
          : readers[property](values[field]);
    if (value === undefined) return unreadableIssue(key);
    model[property] = value;
  }
  return model as unknown as JiraIssueModel;
}

/** Value of each property; undefined when Jira guarantees one and it is not there. */
const readers: Readonly<Record<IssueProperty, (value: unknown) => unknown>> = {
  id: (value) => value,
  key: (value) => value,
  url: (value) => value,
  summary: (value) => (typeof value === 'string' ? value : undefined),
  status: statusOf,
  issueType: (value) => textOf(value) ?? undefined,
  priority: textOf,
  assignee: (value) => userOrNull(value),
  reporter: (value) => userOrNull(value),
  project: (value) => {
    const parsed = projectAnswer.safeParse(value);
    return parsed.success ? toProjectModel(parsed.data) : undefined;
  },
  labels: namesOf,
  fixVersions: namesOf,
  environment: textOf,
  releaseVersion: textOf,
  goLiveDate: goLiveDay,
  description: adfToMarkdown,
  createdAt: (value) => instant(value) ?? undefined,
  updatedAt: (value) => instant(value) ?? undefined,
  resolvedAt: instant,
  psRequestNumber: textOf,
  formerKeys: namesOf,
};

const systemReaders = new Map(
  Object.entries(issueFields).flatMap(([property, source]) =>
    source.kind === 'system' ? [[source.field, readers[property as IssueProperty]] as const] : [],
  ),
);

/** Whether a field's value is one that the field can have; not, where Jira guarantees one and it is not there. */
export function isReadable(field: string, value: unknown): boolean {
  const reader = systemReaders.get(field);
  return reader === undefined || reader(value) !== undefined;
}

export function toUserModel(user: UserAnswer): JiraUserModel {
  return {
    __typename: 'JiraUser',
    id: toGlobalId('JiraUser', user.accountId),
    accountId: user.accountId,
    // An erased account keeps its id and nothing else.
    displayName: user.displayName || 'Former user',
    email: user.emailAddress || null,
    active: user.active ?? false,
  };
}

export function toProjectModel(project: ProjectAnswer): JiraProjectModel {
  return {
    __typename: 'JiraProject',
    id: toGlobalId('JiraProject', project.id),
    key: project.key,
    name: project.name || project.key,
  };
}

export function toCommentModel(comment: CommentAnswer): JiraCommentModel | null {
  const createdAt = instant(comment.created);
  if (createdAt === null) return null;
  return {
    __typename: 'JiraComment',
    id: comment.id,
    author: comment.author ? toUserModel(comment.author) : null,
    body: adfToMarkdown(comment.body) ?? '',
    createdAt,
  };
}

function userOrNull(value: unknown): JiraUserModel | null {
  const parsed = userAnswer.safeParse(value);
  return parsed.success ? toUserModel(parsed.data) : null;
}

/** An issue, named by key or id, that Jira answered without what every issue has. */
export function unreadableIssue(name: string): GatewayError {
  const message = `Jira answered the issue ${name} without values that every issue has. The other issues are not affected; look at the issue in Jira.`;
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message, { source: 'JIRA', details: { key: name } });
}
