import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { selectFields } from './fields.ts';
import { issueUpdateShape, readIssueChanges } from './issue-input.ts';
import { fieldExpansions, issueBean } from './issue-representation.ts';
import { listParameter } from './paging.ts';
import { JiraProblem } from './problem.ts';

/** GET /issue/{idOrKey}: by id or key in any case; a moved issue answers under its new key, without a redirect. */
export function getIssue({ site, parameters, url }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const fields = selectFields(listParameter(url, 'fields'), ['*all'], site.fields);
  const expand = new Set(listParameter(url, 'expand'));
  // Alone, an issue always tells its key, whatever fields are asked for.
  const body = {
    ...issueBean(issue, new Set([...fields, 'issuekey']), expand, site),
    ...fieldExpansions(fields, expand, site),
  };
  return { status: 200, body, billed: 2 };
}

/** POST /issue → 201. */
export function createIssue({ site, json }: JiraExchange): StandInAnswer {
  const changes = readIssueChanges(json(issueUpdateShape), { labels: [] }, site);
  const { projectKey, issueType, summary } = changes;
  if (projectKey === undefined || issueType === undefined || summary === undefined) {
    throw new JiraProblem(400, [], {
      ...(projectKey === undefined ? { project: 'valid project is required' } : {}),
      ...(issueType === undefined ? { issuetype: 'Specify an issue type' } : {}),
      ...(summary === undefined ? { summary: 'You must specify a summary of the issue.' } : {}),
    });
  }
  const now = site.nowIso();
  const issue = site.put({
    priority: 'Medium',
    assigneeAccountId: null,
    reporterAccountId: site.caller.accountId,
    labels: [],
    fixVersions: [],
    psRequest: null,
    environment: null,
    releaseVersion: null,
    goLiveDate: null,
    description: null,
    ...changes,
    projectKey,
    issueType,
    summary,
    id: site.nextId(),
    key: site.nextKey(projectKey),
    movedFrom: [],
    forbidden: false,
    statusName: 'To Do',
    comments: [],
    createdAt: now,
    updatedAt: now,
    resolvedAt: null,
  });
  return { status: 201, body: { id: issue.id, key: issue.key, self: `${site.origin}/rest/api/3/issue/${issue.id}` } };
}

/** PUT /issue/{idOrKey} → 204. An issue changes its project only by being moved, never by an edit. */
export function editIssue({ site, parameters, json }: JiraExchange): StandInAnswer {
  const issue = site.requireIssue(parameters[0] ?? '');
  const changes = readIssueChanges(json(issueUpdateShape), issue, site);
  if (changes.projectKey !== undefined && changes.projectKey !== issue.projectKey) {
    throw new JiraProblem(400, [], {
      project: "Field 'project' cannot be set. It is not on the appropriate screen, or unknown.",
    });
  }
  site.put({ ...issue, ...changes, updatedAt: site.nowIso() });
  return { status: 204 };
}
