import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { listParameter, numberParameter, pageBean } from './paging.ts';
import { JiraProblem } from './problem.ts';
import { issueTypeBean, projectBean, versionBean } from './project-representation.ts';
import { issueTypes } from './workflow.ts';

/** GET /project/search: filtered by repeated `keys`, `id` and `query`; the lead only with `expand=lead`. */
export function searchProjects({ site, url }: JiraExchange): StandInAnswer {
  const keys = url.searchParams.getAll('keys').map((key) => key.toUpperCase());
  const ids = url.searchParams.getAll('id');
  const query = (url.searchParams.get('query') ?? '').toLowerCase();
  const page = {
    startAt: numberParameter(url, 'startAt', 0),
    maxResults: Math.min(numberParameter(url, 'maxResults', 50), 100),
  };
  const withLead = listParameter(url, 'expand').includes('lead');
  const values = site.projects
    .filter(({ key }) => keys.length === 0 || keys.includes(key))
    .filter(({ id }) => ids.length === 0 || ids.includes(id))
    .filter(({ key, name }) => key.toLowerCase().includes(query) || name.toLowerCase().includes(query))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map((project) => projectBean(project, site, { withLead }));
  return { status: 200, body: pageBean(values, page, url, site), billed: 1 + values.length };
}

/** GET /project/{idOrKey}: with lead, issue types and versions. */
export function getProject({ site, parameters }: JiraExchange): StandInAnswer {
  const idOrKey = parameters[0] ?? '';
  const project = site.project(idOrKey);
  if (!project) {
    const kind = /^\d+$/.test(idOrKey) ? 'id' : 'key';
    throw new JiraProblem(404, [`No project could be found with ${kind} '${idOrKey}'.`]);
  }
  const versions = new Set(
    site
      .visibleIssues()
      .filter(({ projectKey }) => projectKey === project.key)
      .flatMap((issue) => issue.fixVersions),
  );
  const body = {
    ...projectBean(project, site, { withLead: true }),
    description: '',
    assigneeType: 'UNASSIGNED',
    components: [],
    issueTypes: issueTypes.map((type) => issueTypeBean(type, site)),
    versions: [...versions].toSorted().map((name) => versionBean(name, site)),
    roles: {},
  };
  return { status: 200, body, billed: 2 };
}
