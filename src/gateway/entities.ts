/**
 * Where a record of each type is loaded from, by its keys. `node`, `nodes` and federation's `_entities` follow from this list.
 * `nativeId` is what the global id holds; every other key is a field that a representation may carry instead.
 */
export interface Entity {
  readonly type: string;
  /** `<slice>.<loader>` in `context.loaders` for each key. */
  readonly loaders: { readonly nativeId: string } & { readonly [key: string]: string };
}

export const entities: readonly Entity[] = [
  {
    type: 'PsRequest',
    loaders: {
      nativeId: 'salesforce.psRequestById',
      salesforceId: 'salesforce.psRequestById',
      number: 'salesforce.psRequestByNumber',
    },
  },
  salesforce('Account', 'accountById'),
  salesforce('Project', 'projectById'),
  salesforce('SalesforceUser', 'userById'),
  salesforce('DeploymentStep', 'stepById'),
  salesforce('Case', 'caseById'),
  { type: 'JiraIssue', loaders: { nativeId: 'jira.issueById', key: 'jira.issueByKey' } },
  { type: 'JiraUser', loaders: { nativeId: 'jira.userById', accountId: 'jira.userById' } },
  { type: 'JiraProject', loaders: { nativeId: 'jira.projectById', key: 'jira.projectByKey' } },
  { type: 'ValidationRun', loaders: { nativeId: 'validation.runById' } },
  { type: 'ValidationResult', loaders: { nativeId: 'validation.resultById' } },
  { type: 'AuditEntry', loaders: { nativeId: 'audit.entryById' } },
  { type: 'Mentor', loaders: { nativeId: 'assessments.mentorById' } },
  { type: 'Assessment', loaders: { nativeId: 'assessments.assessmentById' } },
];

function salesforce(type: string, loader: string): Entity {
  return { type, loaders: { nativeId: `salesforce.${loader}`, salesforceId: `salesforce.${loader}` } };
}

export const entityByType: ReadonlyMap<string, Entity> = new Map(entities.map((entity) => [entity.type, entity]));
