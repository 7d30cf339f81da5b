import type { StandInAnswer } from '../kit/exchange.ts';
import type { JiraExchange } from './exchange.ts';
import { toJiraDate } from './jira-date.ts';
import { statusBean } from './status-representation.ts';
import { priorities, statuses } from './workflow.ts';

export function listFields({ site }: JiraExchange): StandInAnswer {
  const body = site.fields.map((field) => ({ ...field, key: field.id, searchable: true }));
  return { status: 200, body };
}

export function listStatuses({ site }: JiraExchange): StandInAnswer {
  return { status: 200, body: statuses.map((status) => statusBean(status, site)) };
}

export function listPriorities({ site }: JiraExchange): StandInAnswer {
  const body = priorities.map((priority) => ({
    self: `${site.origin}/rest/api/3/priority/${priority.id}`,
    iconUrl: `${site.origin}/images/icons/priorities/${priority.name.toLowerCase()}.svg`,
    isDefault: priority.name === 'Medium',
    ...priority,
  }));
  return { status: 200, body };
}

export function getServerInfo({ site }: JiraExchange): StandInAnswer {
  const body = {
    baseUrl: site.origin,
    displayUrl: site.origin,
    version: '1001.0.0-SNAPSHOT',
    versionNumbers: [1001, 0, 0],
    deploymentType: 'Cloud',
    buildNumber: 100_286,
    buildDate: '2026-01-05T00:00:00.000+0000',
    serverTime: toJiraDate(site.nowIso()),
    scmInfo: 'stand-in',
    serverTitle: 'Jira (stand-in)',
    serverTimeZone: 'Etc/UTC',
  };
  return { status: 200, body };
}
