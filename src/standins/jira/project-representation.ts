import type { JiraProjectSeed } from '../data/company.ts';
import type { Site } from './site.ts';
import { userReference } from './user-representation.ts';
import { type issueTypes, numericIdOf } from './workflow.ts';

function avatarUrls(origin: string, path: string): Record<string, string> {
  const avatar = (size: number) => `${origin}/rest/api/3/universal_avatar/view/type/${path}?size=${size}`;
  return { '48x48': avatar(48), '24x24': avatar(24), '16x16': avatar(16), '32x32': avatar(32) };
}

/** A project as an issue refers to it, and as every list of projects begins. */
export function projectReference(project: JiraProjectSeed, site: Site): Record<string, unknown> {
  return {
    self: `${site.origin}/rest/api/3/project/${project.id}`,
    id: project.id,
    key: project.key,
    name: project.name,
    projectTypeKey: 'software',
    simplified: false,
    avatarUrls: avatarUrls(site.origin, `project/avatar/${project.id}`),
  };
}

/** A project in `GET /project/search`; its lead only when `expand=lead` asks. A project may have no lead any more. */
export function projectBean(project: JiraProjectSeed, site: Site, { withLead = false } = {}): Record<string, unknown> {
  const lead = withLead ? userReference(project.leadAccountId, site) : null;
  return {
    ...projectReference(project, site),
    expand: 'description,lead,issueTypes,url,projectKeys,permissions,insight',
    style: 'classic',
    isPrivate: false,
    properties: {},
    ...(lead ? { lead } : {}),
  };
}

export function issueTypeBean(type: (typeof issueTypes)[number], site: Site): Record<string, unknown> {
  return {
    self: `${site.origin}/rest/api/3/issuetype/${type.id}`,
    id: type.id,
    name: type.name,
    description: type.description,
    iconUrl: `${site.origin}/images/icons/issuetypes/${type.name.toLowerCase()}.svg`,
    subtask: false,
    hierarchyLevel: type.hierarchyLevel,
  };
}

export function versionBean(name: string, site: Site): Record<string, unknown> {
  const id = numericIdOf(name, 20_000);
  return { self: `${site.origin}/rest/api/3/version/${id}`, id, name, archived: false, released: false };
}
