import type { JiraSettings } from '../../platform/settings.ts';

/** Custom fields differ from site to site; these are the gateway's names for them. */
export type CustomFieldName = keyof JiraSettings['fields'];

/** Names under which the custom fields are found in Jira when no setting gives their ids. */
export const customFieldNames: Readonly<Record<CustomFieldName, string>> = {
  psRequest: 'PS Request',
  environment: 'Environment',
  releaseVersion: 'Release version',
  goLiveDate: 'Go-live date',
};

/** The setting that gives a custom field's id. */
export const customFieldSettings: Readonly<Record<CustomFieldName, string>> = {
  psRequest: 'JIRA_FIELD_PS_REQUEST',
  environment: 'JIRA_FIELD_ENVIRONMENT',
  releaseVersion: 'JIRA_FIELD_RELEASE_VERSION',
  goLiveDate: 'JIRA_FIELD_GO_LIVE_DATE',
};

/** Jira's own id of the key. */
export const KEY_FIELD = 'issuekey';
/** Beside Jira's field ids, none of which has a colon: the keys that an issue had before, the newest first, from its changelog. */
export const FORMER_KEYS_FIELD = 'changelog:formerKeys';

export type FieldSource =
  /** Arrives with every issue. */
  | { readonly kind: 'always' }
  /** A system field, by its id in `fields`. */
  | { readonly kind: 'system'; readonly field: string }
  | { readonly kind: 'custom'; readonly name: CustomFieldName };

const always: FieldSource = { kind: 'always' };
const system = (field: string): FieldSource => ({ kind: 'system', field });
const custom = (name: CustomFieldName): FieldSource => ({ kind: 'custom', name });

/** Where each property of an issue comes from in Jira. */
export const issueFields = {
  id: always,
  key: always,
  url: always,
  summary: system('summary'),
  status: system('status'),
  issueType: system('issuetype'),
  priority: system('priority'),
  assignee: system('assignee'),
  reporter: system('reporter'),
  project: system('project'),
  labels: system('labels'),
  fixVersions: system('fixVersions'),
  environment: custom('environment'),
  releaseVersion: custom('releaseVersion'),
  goLiveDate: custom('goLiveDate'),
  description: system('description'),
  createdAt: system('created'),
  updatedAt: system('updated'),
  resolvedAt: system('resolutiondate'),
  /** Raw text of the custom field; `JiraIssue.psRequest` is resolved from it. */
  psRequestNumber: custom('psRequest'),
  /** Keys before the present one; `JiraIssue.psRequest` follows links that hold them. */
  formerKeys: system(FORMER_KEYS_FIELD),
} as const satisfies Readonly<Record<string, FieldSource>>;

export type IssueProperty = keyof typeof issueFields;

export function isIssueProperty(name: string): name is IssueProperty {
  return Object.hasOwn(issueFields, name);
}
