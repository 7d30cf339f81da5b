import type { ComputedField, Edge } from '../platform/edges.ts';

/** Relations that cross from one slice to another. */
export const linkEdges: readonly Edge[] = [
  { type: 'JiraLink', field: 'issue', key: 'jiraKey', loader: 'jira.issueByKey', to: 'JiraIssue', shape: 'one' },
  {
    type: 'PsRequest',
    field: 'validationResults',
    key: 'salesforceId',
    loader: 'validation.newestResultsByRecordId',
    to: 'ValidationResult',
    shape: 'many',
  },
  {
    type: 'Assessment',
    field: 'psRequest',
    key: 'psRequestNumber',
    loader: 'links.psRequestByStoredNumber',
    to: 'PsRequest',
    shape: 'one',
  },
  {
    type: 'ValidationResult',
    field: 'psRequest',
    key: 'recordId',
    loader: 'salesforce.psRequestById',
    to: 'PsRequest',
    shape: 'one',
  },
];

/** What the resolvers of `resolvers.ts` read of their parents. */
export const linkComputedFields: readonly ComputedField[] = [
  { type: 'PsRequest', field: 'jiraIssues', needs: ['salesforceId', 'primaryJiraKey'] },
  { type: 'JiraIssue', field: 'psRequest', needs: ['key', 'formerKeys', 'psRequestNumber'] },
];
