import type { FetchCall, FetchedRecord, RecordKind, SideRecord } from '../../cache/record-kind.ts';
import type { JsonValue } from '../../cache/record-values.ts';
import { type ProjectAnswer, type UserAnswer, userAnswer } from './answers.ts';
import { type JiraClient, MAX_PROJECTS_PER_FETCH } from './client.ts';
import { callerOf } from './fetch-caller.ts';
import { isNumericId } from './issue-keys.ts';
import { userValues } from './user-kind.ts';

export interface ProjectKindOptions {
  readonly client: Pick<JiraClient, 'fetchProject' | 'fetchProjects'>;
  readonly users: RecordKind;
}

/** Projects by numeric id; the key is a name. Fields: `key`, `name`, `lead`. */
export function createProjectKind({ client, users }: ProjectKindOptions): RecordKind {
  return {
    source: 'JIRA',
    type: 'JiraProject',
    freshness: 'long',
    maxIdsPerFetch: MAX_PROJECTS_PER_FETCH,
    fetch: async (idsOrKeys, _fields, call) => {
      const projects = await readProjects(client, idsOrKeys, call);
      const leads = [...projects.values()].flatMap((project) => project.lead ?? []);
      if (leads.length > 0)
        call.put(users, new Map(leads.map((lead) => [lead.accountId, { values: userValues(lead) }])));
      return new Map(idsOrKeys.map((idOrKey) => [idOrKey, recordOf(projects.get(idOrKey))]));
    },
  };
}

export function toProjectRecord(project: ProjectAnswer, { lead }: { readonly lead: boolean }): SideRecord {
  const values: Record<string, JsonValue> = { key: project.key, name: project.name ?? null };
  if (lead) values.lead = project.lead ? { accountId: project.lead.accountId, ...userValues(project.lead) } : null;
  return { values, names: [project.key.toUpperCase()] };
}

export function leadOf(value: JsonValue | undefined): UserAnswer | null {
  const parsed = userAnswer.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** By id or key as asked. One project is asked at its own endpoint, which also knows the keys that a project had before. */
async function readProjects(
  client: ProjectKindOptions['client'],
  idsOrKeys: readonly string[],
  call: FetchCall,
): Promise<ReadonlyMap<string, ProjectAnswer>> {
  const caller = callerOf(call);
  const [only] = idsOrKeys;
  if (only !== undefined && idsOrKeys.length === 1) {
    const project = await client.fetchProject(only, caller);
    return new Map(project ? [[only, project]] : []);
  }
  const ids = idsOrKeys.filter(isNumericId);
  const keys = idsOrKeys.filter((idOrKey) => !isNumericId(idOrKey));
  const [byId, byKey] = await Promise.all([
    ids.length > 0 ? client.fetchProjects('id', ids, caller) : [],
    keys.length > 0 ? client.fetchProjects('keys', keys, caller) : [],
  ]);
  return new Map([
    ...byId.map((project) => [project.id, project] as const),
    ...byKey.map((project) => [project.key.toUpperCase(), project] as const),
  ]);
}

function recordOf(project: ProjectAnswer | undefined): FetchedRecord {
  if (!project) return { kind: 'absent', reason: 'notFound' };
  return { kind: 'found', id: project.id, ...toProjectRecord(project, { lead: true }) };
}
