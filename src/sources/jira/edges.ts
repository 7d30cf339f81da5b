import type { Edge } from '../../platform/edges.ts';

type EdgeLoaderName = 'commentsByIssueKey' | 'commentByPlace' | 'issueById' | 'projectLeadByProjectKey';

/**
 * Relations of Jira's types that take a fetch of their own. An issue's assignee, reporter and project arrive with the issue, a comment's
 * author with the comment.
 */
export const jiraEdges: readonly Edge<`jira.${EdgeLoaderName}`>[] = [
  {
    type: 'JiraIssue',
    field: 'comments',
    key: 'issueId',
    loader: 'jira.commentsByIssueKey',
    to: 'JiraComment',
    shape: 'many',
  },
  {
    type: 'JiraProject',
    field: 'lead',
    key: 'key',
    loader: 'jira.projectLeadByProjectKey',
    to: 'JiraUser',
    shape: 'one',
  },
  {
    type: 'TransitionJiraIssuePayload',
    field: 'issue',
    key: 'issueId',
    loader: 'jira.issueById',
    to: 'JiraIssue',
    shape: 'one',
  },
  {
    type: 'AddJiraCommentPayload',
    field: 'issue',
    key: 'issueId',
    loader: 'jira.issueById',
    to: 'JiraIssue',
    shape: 'one',
  },
  {
    type: 'AddJiraCommentPayload',
    field: 'comment',
    key: 'commentPlace',
    loader: 'jira.commentByPlace',
    to: 'JiraComment',
    shape: 'one',
  },
];
