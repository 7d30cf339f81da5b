/** What the graph has from each source: GraphQL types that are kept, in answers at least. A test holds it against the schema. */
export const typesBySource = {
  SALESFORCE: ['PsRequest', 'Account', 'Project', 'SalesforceUser', 'DeploymentStep', 'Case', 'JiraLink'],
  JIRA: ['JiraIssue', 'JiraUser', 'JiraProject', 'JiraComment'],
  POSTGRES: ['ValidationRule', 'ValidationRun', 'ValidationResult', 'ValidationTrendPoint', 'Mentor', 'Assessment'],
} as const satisfies Readonly<Record<'SALESFORCE' | 'JIRA' | 'POSTGRES', readonly string[]>>;

export type KeptSource = keyof typeof typesBySource;
