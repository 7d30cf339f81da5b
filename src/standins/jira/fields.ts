/** Fields of the site as `GET /field` lists them. Ids of custom fields differ from site to site: clients must find them by name. */
export interface FieldDefinition {
  readonly id: string;
  readonly name: string;
  readonly custom: boolean;
  /** Part of `*navigable`; the others come with `*all` or by name only. */
  readonly navigable: boolean;
  readonly orderable: boolean;
  readonly clauseNames: readonly string[];
  readonly schema?: Readonly<Record<string, string | number>>;
}

const system = (
  id: string,
  name: string,
  schema: Readonly<Record<string, string | number>>,
  { clauseNames = [id], navigable = true, orderable = true } = {},
): FieldDefinition => ({
  id,
  name,
  custom: false,
  navigable,
  orderable,
  clauseNames,
  schema: { ...schema, system: id },
});

const custom = (customId: number, name: string, kind: string, type: string, typeName: string): FieldDefinition => ({
  id: `customfield_${customId}`,
  name,
  custom: true,
  navigable: true,
  orderable: true,
  clauseNames: [`cf[${customId}]`, name, `${name}[${typeName}]`],
  schema: { type, custom: `com.atlassian.jira.plugin.system.customfieldtypes:${kind}`, customId },
});

export const PS_REQUEST = 'customfield_10101';
export const ENVIRONMENT = 'customfield_10102';
export const RELEASE_VERSION = 'customfield_10103';
export const GO_LIVE_DATE = 'customfield_10104';

/** As on many real sites, the custom field "Environment" has the name of a system field. */
export const fieldDefinitions: readonly FieldDefinition[] = [
  {
    id: 'issuekey',
    name: 'Key',
    custom: false,
    navigable: true,
    orderable: false,
    clauseNames: ['id', 'issue', 'issuekey', 'key'],
  },
  system('summary', 'Summary', { type: 'string' }),
  system('issuetype', 'Issue Type', { type: 'issuetype' }, { clauseNames: ['issuetype', 'type'] }),
  system('project', 'Project', { type: 'project' }, { orderable: false }),
  system('status', 'Status', { type: 'status' }, { orderable: false }),
  system('priority', 'Priority', { type: 'priority' }),
  system('resolution', 'Resolution', { type: 'resolution' }),
  system('assignee', 'Assignee', { type: 'user' }),
  system('reporter', 'Reporter', { type: 'user' }),
  system('creator', 'Creator', { type: 'user' }, { orderable: false }),
  system('labels', 'Labels', { type: 'array', items: 'string' }),
  system('fixVersions', 'Fix versions', { type: 'array', items: 'version' }, { clauseNames: ['fixVersion'] }),
  system('description', 'Description', { type: 'string' }),
  system('environment', 'Environment', { type: 'string' }),
  system('created', 'Created', { type: 'datetime' }, { clauseNames: ['created', 'createdDate'], orderable: false }),
  system('updated', 'Updated', { type: 'datetime' }, { clauseNames: ['updated', 'updatedDate'], orderable: false }),
  system(
    'resolutiondate',
    'Resolved',
    { type: 'datetime' },
    { clauseNames: ['resolutiondate', 'resolved'], orderable: false },
  ),
  system('comment', 'Comment', { type: 'comments-page' }, { navigable: false }),
  custom(10101, 'PS Request', 'textfield', 'string', 'Short text'),
  custom(10102, 'Environment', 'select', 'option', 'Dropdown'),
  custom(10103, 'Release version', 'textfield', 'string', 'Short text'),
  custom(10104, 'Go-live date', 'datepicker', 'date', 'Date'),
];

/** The fields that a `fields` parameter stands for: ids, `*all`, `*navigable`, and `-x` to leave one out; unknown names are ignored, as Jira does. */
export function selectFields(
  asked: readonly string[],
  fallback: readonly string[],
  known: readonly FieldDefinition[],
): ReadonlySet<string> {
  const names = asked.map((name) => name.trim()).filter((name) => name !== '');
  const removed = new Set(names.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const added = names.filter((name) => !name.startsWith('-'));
  const wanted = added.length > 0 ? added : fallback;
  const isWanted = (field: FieldDefinition) =>
    wanted.includes('*all') || (wanted.includes('*navigable') && field.navigable) || wanted.includes(field.id);
  const ids = new Set(known.filter((field) => isWanted(field) && !removed.has(field.id)).map((field) => field.id));
  // Clients write `key` for what the field list calls `issuekey`.
  if (wanted.includes('key') && !removed.has('key')) ids.add('issuekey');
  return ids;
}
