import type { CallPriority } from '../../platform/priority.ts';
import type { PolicedCall, Upstream } from '../../upstream/upstream.ts';
import {
  type BulkFetchAnswer,
  bulkFetchAnswer,
  type CommentAnswer,
  type CommentListAnswer,
  type CommentPageAnswer,
  commentAnswer,
  commentListAnswer,
  commentPageAnswer,
  type FieldAnswer,
  fieldListAnswer,
  type IssueAnswer,
  type IssueStatusAnswer,
  issueAnswer,
  issueStatusAnswer,
  type ProjectAnswer,
  projectAnswer,
  projectPageAnswer,
  type SearchAnswer,
  searchAnswer,
  type UserAnswer,
  userAnswer,
  userListAnswer,
  userPageAnswer,
} from './answers.ts';
import { type JiraClientOptions, type JiraConnection, openJiraConnection, UnknownJqlValueError } from './connection.ts';
import type { JiraOperation } from './endpoint-classes.ts';
import type { AdfContent } from './written-adf.ts';

/** Issues per bulkfetch: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-bulkfetch-post */
export const MAX_ISSUES_PER_FETCH = 100;
/** Users per `/user/bulk`: more makes the URL longer than proxies on the way accept. */
export const MAX_USERS_PER_FETCH = 50;
/** `keys` of one `/project/search`. */
export const MAX_PROJECTS_PER_FETCH = 50;
/** Comments per page of one issue. */
export const MAX_COMMENTS_PER_PAGE = 100;

/** Who waits for an answer. */
export interface JiraCaller extends Pick<PolicedCall<JiraOperation>, 'signal' | 'receipts' | 'deadlineMs'> {
  /** `interactive` unless told. */
  readonly priority?: CallPriority;
}

export interface IssueSearch {
  readonly jql: string;
  /** Field ids; Jira answers ids and keys always. */
  readonly fields: readonly string[];
  readonly maxResults: number;
  readonly nextPageToken?: string | undefined;
  /** Numeric ids, at most 50, of issues just written: their newest state is searched although the index lags. The same for every page. */
  readonly reconcileIssues?: readonly number[] | undefined;
  /** `changelog`: the newest changes of each issue, its former keys among them. */
  readonly expand?: 'changelog' | undefined;
}

/**
 * Jira Cloud's REST API v3, the endpoints that the gateway uses; one method is one HTTP call, but for retries, under the policy of its
 * endpoint. Fails with the UPSTREAM_ codes.
 */
export class JiraClient {
  readonly upstream: Upstream<JiraOperation>;
  readonly #http: JiraConnection['http'];
  readonly #path: JiraConnection['path'];

  constructor(options: JiraClientOptions) {
    const { upstream, http, path } = openJiraConnection(options);
    this.upstream = upstream;
    this.#http = http;
    this.#path = path;
  }

  /**
   * One page of a search. A clause that names a project or person that Jira does not know finds nothing: Jira refuses such
   * a search with 400, which is an empty page here.
   */
  async searchIssues(search: IssueSearch, caller: JiraCaller): Promise<SearchAnswer> {
    try {
      const answer = await this.#http.send(
        { method: 'POST', path: this.#path('search/jql'), body: search },
        { ...caller, operation: 'search', idempotentRead: true },
        (json) => searchAnswer.parse(json),
        (page) => page.issues.length,
      );
      return answer ?? emptySearch;
    } catch (error) {
      if (error instanceof UnknownJqlValueError) return emptySearch;
      throw error;
    }
  }

  /** Up to 100 issues by key or id, in Jira's order; what is missing or may not be seen is simply not there. Moved ones have their new key. */
  async fetchIssues(
    idsOrKeys: readonly string[],
    fields: readonly string[],
    caller: JiraCaller,
    changelog = false,
  ): Promise<BulkFetchAnswer> {
    const body = { issueIdsOrKeys: idsOrKeys, fields, ...(changelog ? { expand: ['changelog'] } : {}) };
    const answer = await this.#http.send(
      { method: 'POST', path: this.#path('issue/bulkfetch'), body },
      { ...caller, operation: 'bulkfetch', idempotentRead: true },
      (json) => bulkFetchAnswer.parse(json),
      (fetched) => fetched.issues.length,
    );
    return answer ?? { issues: [], issueErrors: [] };
  }

  /** One issue; follows moves. Null when it does not exist or may not be seen, which Jira does not tell apart. */
  async fetchIssue(
    idOrKey: string,
    fields: readonly string[],
    caller: JiraCaller,
    changelog = false,
  ): Promise<IssueAnswer | null> {
    const query = new URLSearchParams({ fields: fields.join(','), ...(changelog ? { expand: 'changelog' } : {}) });
    return this.#http.send(
      { method: 'GET', path: this.#path(`issue/${encodeURIComponent(idOrKey)}`, query), nullStatuses: [404] },
      { ...caller, operation: 'issue', idempotentRead: true },
      (json) => issueAnswer.parse(json),
    );
  }

  /** Comments of one issue, oldest first unless told. Null when the issue does not exist or may not be seen. */
  async fetchComments(
    idOrKey: string,
    startAt: number,
    maxResults: number,
    caller: JiraCaller,
    orderBy: 'created' | '-created' = 'created',
  ): Promise<CommentPageAnswer | null> {
    const query = new URLSearchParams({
      startAt: String(startAt),
      maxResults: String(maxResults),
      orderBy,
    });
    return this.#http.send(
      { method: 'GET', path: this.#path(`issue/${encodeURIComponent(idOrKey)}/comment`, query), nullStatuses: [404] },
      { ...caller, operation: 'comments', idempotentRead: true },
      (json) => commentPageAnswer.parse(json),
      (page) => page.comments.length,
    );
  }

  /** Up to 50 users; those that Jira does not know are not there. `maxResults` is stated because it defaults to 10. */
  async fetchUsers(accountIds: readonly string[], caller: JiraCaller): Promise<UserAnswer[]> {
    const query = new URLSearchParams([
      ...accountIds.map((accountId) => ['accountId', accountId]),
      ['maxResults', String(MAX_USERS_PER_FETCH)],
    ]);
    const answer = await this.#http.send(
      { method: 'GET', path: this.#path('user/bulk', query) },
      { ...caller, operation: 'users', idempotentRead: true },
      (json) => userPageAnswer.parse(json).values,
      (users) => users.length,
    );
    return answer ?? [];
  }

  /** Users whose name or, where Jira shows it, address begins so; at most 50. */
  async searchUsers(text: string, caller: JiraCaller): Promise<UserAnswer[]> {
    const query = new URLSearchParams({ query: text, maxResults: String(MAX_USERS_PER_FETCH) });
    const answer = await this.#http.send(
      { method: 'GET', path: this.#path('user/search', query) },
      { ...caller, operation: 'users', idempotentRead: true },
      (json) => userListAnswer.parse(json),
      (users) => users.length,
    );
    return answer ?? [];
  }

  /** One project with its lead, also by a key that it had before. Null when it does not exist or may not be seen. */
  async fetchProject(idOrKey: string, caller: JiraCaller): Promise<ProjectAnswer | null> {
    return this.#http.send(
      { method: 'GET', path: this.#path(`project/${encodeURIComponent(idOrKey)}`), nullStatuses: [404] },
      { ...caller, operation: 'project', idempotentRead: true },
      (json) => projectAnswer.parse(json),
    );
  }

  /** Up to 50 projects, all by key or all by id, with their leads. */
  async fetchProjects(by: 'keys' | 'id', keysOrIds: readonly string[], caller: JiraCaller): Promise<ProjectAnswer[]> {
    const query = new URLSearchParams([
      ...keysOrIds.map((keyOrId) => [by, keyOrId]),
      ['expand', 'lead'],
      ['maxResults', String(MAX_PROJECTS_PER_FETCH)],
    ]);
    const answer = await this.#http.send(
      { method: 'GET', path: this.#path('project/search', query) },
      { ...caller, operation: 'projects', idempotentRead: true },
      (json) => projectPageAnswer.parse(json).values,
      (projects) => projects.length,
    );
    return answer ?? [];
  }

  /** Where an issue stands, where it can go, and its latest changes, in one call. Null when it does not exist or may not be seen. */
  async fetchIssueStatus(idOrKey: string, caller: JiraCaller): Promise<IssueStatusAnswer | null> {
    const query = new URLSearchParams({ fields: 'status', expand: 'transitions,changelog' });
    return this.#http.send(
      { method: 'GET', path: this.#path(`issue/${encodeURIComponent(idOrKey)}`, query), nullStatuses: [404] },
      { ...caller, operation: 'issue', idempotentRead: true },
      (json) => issueStatusAnswer.parse(json),
    );
  }

  /** Moves an issue on, sent once. `onSend` is called when the request leaves. */
  async transitionIssue(issueId: string, transitionId: string, caller: JiraCaller, onSend: () => void): Promise<void> {
    await this.#http.send(
      {
        method: 'POST',
        path: this.#path(`issue/${encodeURIComponent(issueId)}/transitions`),
        body: { transition: { id: transitionId } },
        nullStatuses: [204],
        onSend,
      },
      { ...caller, operation: 'transition' },
      () => null,
    );
  }

  /** Adds a comment, sent once. `properties` stay with it, for programs only. */
  async addComment(
    issueId: string,
    comment: { readonly body: AdfContent; readonly properties: readonly { key: string; value: unknown }[] },
    caller: JiraCaller,
    onSend: () => void,
  ): Promise<CommentAnswer> {
    const answer = await this.#http.send(
      { method: 'POST', path: this.#path(`issue/${encodeURIComponent(issueId)}/comment`), body: comment, onSend },
      { ...caller, operation: 'add-comment' },
      (json) => commentAnswer.parse(json),
    );
    if (answer === null) throw new Error('Jira answered a new comment with nothing.');
    return answer;
  }

  /** One comment; null when it does not exist or may not be seen. */
  async fetchComment(issueId: string, commentId: string, caller: JiraCaller): Promise<CommentAnswer | null> {
    const path = this.#path(`issue/${encodeURIComponent(issueId)}/comment/${encodeURIComponent(commentId)}`);
    return this.#http.send(
      { method: 'GET', path, nullStatuses: [404] },
      { ...caller, operation: 'comment', idempotentRead: true },
      (json) => commentAnswer.parse(json),
    );
  }

  /** What programs have attached to comments, at most a thousand. */
  async fetchCommentProperties(
    commentIds: readonly string[],
    caller: JiraCaller,
  ): Promise<CommentListAnswer['values']> {
    const query = new URLSearchParams({ expand: 'properties' });
    const answer = await this.#http.send(
      { method: 'POST', path: this.#path('comment/list', query), body: { ids: commentIds.map(Number) } },
      { ...caller, operation: 'comment', idempotentRead: true },
      (json) => commentListAnswer.parse(json).values,
      (comments) => comments.length,
    );
    return answer ?? [];
  }

  async fetchFields(caller: JiraCaller): Promise<FieldAnswer[]> {
    const answer = await this.#http.send(
      { method: 'GET', path: this.#path('field') },
      { ...caller, operation: 'fields', idempotentRead: true },
      (json) => fieldListAnswer.parse(json),
      (fields) => fields.length,
    );
    return answer ?? [];
  }

  /** The gateway's own user: answers exactly when address and credentials are right. */
  async fetchMyself(caller: JiraCaller): Promise<UserAnswer | null> {
    return this.#http.send(
      { method: 'GET', path: this.#path('myself') },
      { ...caller, operation: 'myself', idempotentRead: true },
      (json) => userAnswer.parse(json),
    );
  }

  async close(): Promise<void> {
    await this.#http.close();
  }
}

const emptySearch: SearchAnswer = { issues: [], nextPageToken: null, isLast: true };
