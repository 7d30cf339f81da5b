import { z } from 'zod';
import type { JiraIssueSeed } from '../data/company.ts';
import { isAdfDocument } from './adf-text.ts';
import { ENVIRONMENT, GO_LIVE_DATE, PS_REQUEST, RELEASE_VERSION } from './fields.ts';
import { JiraProblem } from './problem.ts';
import type { Site } from './site.ts';
import { issueTypes, priorities } from './workflow.ts';

export const issueUpdateShape = z.looseObject({
  fields: z.record(z.string(), z.unknown()).optional(),
  update: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).optional(),
});

/** The part of an issue that a create or edit may set. */
export type IssueChanges = Partial<
  Omit<
    JiraIssueSeed,
    'id' | 'key' | 'movedFrom' | 'forbidden' | 'comments' | 'createdAt' | 'updatedAt' | 'resolvedAt' | 'statusName'
  >
>;

type Reader = (value: unknown, site: Site) => IssueChanges | string;

const named = z.looseObject({ id: z.string().optional(), name: z.string().optional() });
const text = z.string().nullable();

function pick<Item extends { readonly id: string; readonly name: string }>(
  value: unknown,
  list: readonly Item[],
): Item | undefined {
  const given = named.safeParse(value).data;
  return given && list.find(({ id, name }) => id === given.id || name === given.name);
}

const textField =
  (change: (value: string | null) => IssueChanges): Reader =>
  (value) => {
    const given = text.safeParse(value);
    return given.success ? change(given.data) : 'Operation value must be a string';
  };

const userField =
  (change: (accountId: string | null) => IssueChanges): Reader =>
  (value, site) => {
    if (value === null) return change(null);
    const given = z.looseObject({ accountId: z.string().nullish(), id: z.string().nullish() }).safeParse(value).data;
    const accountId = given?.accountId ?? given?.id ?? null;
    if (accountId === null) return change(null);
    return site.user(accountId) ? change(accountId) : 'Specify a valid value for user';
  };

/** Each gives the change, or what is wrong with the value. */
const readers: Readonly<Record<string, Reader>> = {
  summary: (value) =>
    typeof value === 'string' && value.trim() !== '' ? { summary: value } : 'You must specify a summary of the issue.',
  project: (value, site) => {
    const given = z.looseObject({ id: z.string().optional(), key: z.string().optional() }).safeParse(value).data;
    const project = given && site.project(given.id ?? given.key ?? '');
    return project ? { projectKey: project.key } : 'valid project is required';
  },
  issuetype: (value) => {
    const type = pick(value, issueTypes);
    return type ? { issueType: type.name } : 'Specify a valid issue type';
  },
  priority: (value) => {
    if (value === null) return { priority: null };
    const priority = pick(value, priorities);
    return priority ? { priority: priority.name } : 'Specify a valid value for priority';
  },
  description: (value) => {
    if (value === null) return { description: null };
    if (isAdfDocument(value)) return { description: value };
    return 'Operation value must be an Atlassian Document (see the Atlassian Document Format)';
  },
  labels: (value) => {
    const given = z.array(z.string()).safeParse(value);
    if (!given.success) return 'Operation value must be an array of strings';
    const spaced = given.data.find((label) => /\s/.test(label));
    return spaced === undefined ? { labels: given.data } : `The label '${spaced}' contains spaces which is invalid.`;
  },
  fixVersions: (value) => {
    const given = z.array(z.looseObject({ name: z.string() })).safeParse(value);
    return given.success ? { fixVersions: given.data.map(({ name }) => name) } : 'data was not an array of versions';
  },
  assignee: userField((assigneeAccountId) => ({ assigneeAccountId })),
  reporter: userField((reporterAccountId) => ({ reporterAccountId })),
  [PS_REQUEST]: textField((psRequest) => ({ psRequest })),
  [RELEASE_VERSION]: textField((releaseVersion) => ({ releaseVersion })),
  [GO_LIVE_DATE]: (value) =>
    value === null || (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value))
      ? { goLiveDate: value }
      : 'Operation value must be a date of the form yyyy-MM-dd',
  [ENVIRONMENT]: (value) => {
    if (value === null) return { environment: null };
    const option = z.looseObject({ value: z.string() }).safeParse(value).data;
    return option ? { environment: option.value } : 'Specify a valid value for Environment';
  },
};

/** The changes that `fields` and `update` of a request ask for. Throws Jira's 400 that names every field with a wrong value. */
export function readIssueChanges(
  { fields = {}, update = {} }: z.infer<typeof issueUpdateShape>,
  before: Pick<JiraIssueSeed, 'labels'>,
  site: Site,
): IssueChanges {
  const errors: Record<string, string> = {};
  let changes: IssueChanges = {};
  const apply = (id: string, value: unknown) => {
    const visible = site.fields.some((field) => field.id === id);
    const read = visible ? readers[id] : undefined;
    const change =
      read?.(value, site) ?? `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
    if (typeof change === 'string') errors[id] = change;
    else changes = { ...changes, ...change };
  };
  for (const [id, value] of Object.entries(fields)) apply(id, value);
  for (const [id, operations] of Object.entries(update)) {
    for (const operation of operations) {
      if ('set' in operation) apply(id, operation.set);
      else if (id === 'labels') apply(id, changedLabels(changes.labels ?? before.labels, operation));
      else errors[id] = `Field '${id}' does not support the operation '${Object.keys(operation)[0] ?? ''}'.`;
    }
  }
  if (Object.keys(errors).length > 0) throw new JiraProblem(400, [], errors);
  return changes;
}

function changedLabels(labels: readonly string[], operation: Readonly<Record<string, unknown>>): unknown[] {
  const kept = labels.filter((label) => label !== operation.remove && label !== operation.add);
  return 'add' in operation ? [...kept, operation.add] : kept;
}
