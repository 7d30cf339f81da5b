import type { AdfNode, JiraIssueSeed, JiraSite } from '../../src/standins/data/company.ts';

/** When the small site is looked at: relative dates count from here. */
export const SMALL_SITE_NOW_MS = Date.parse('2026-03-10T12:00:00Z');

export const ann = { accountId: 'acc-ann', displayName: 'Ann Archer', emailAddress: 'ann@example.com', active: true };
export const bob = { accountId: 'acc-bob', displayName: 'Bob Baker', emailAddress: null, active: true };
const cora = {
  accountId: 'acc-cora',
  displayName: 'Cora Cole',
  emailAddress: 'cora@example.com',
  active: false,
};

/** A document of one paragraph. */
export function paragraph(text: string) {
  return {
    type: 'doc',
    version: 1,
    content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
  } satisfies AdfNode;
}

type Given = Partial<JiraIssueSeed> & { readonly id: string; readonly key: string };

function issue(given: Given): JiraIssueSeed {
  return {
    movedFrom: [],
    forbidden: false,
    projectKey: given.key.split('-')[0] ?? '',
    issueType: 'Task',
    summary: `Summary of ${given.key}`,
    statusName: 'To Do',
    priority: 'Medium',
    assigneeAccountId: null,
    reporterAccountId: ann.accountId,
    labels: [],
    fixVersions: [],
    psRequest: null,
    environment: null,
    releaseVersion: null,
    goLiveDate: null,
    description: null,
    comments: [],
    createdAt: '2026-01-01T08:00:00.000Z',
    updatedAt: '2026-01-02T08:00:00.000Z',
    resolvedAt: null,
    ...given,
  };
}

/** Eight visible issues and a forbidden one, each there to be told apart by a search. */
export const smallJiraSite: JiraSite = {
  users: [ann, bob, cora],
  projects: [
    { id: '10000', key: 'PSD', name: 'Deployments', leadAccountId: ann.accountId },
    { id: '10001', key: 'OPS', name: 'Operations', leadAccountId: null },
  ],
  issues: [
    issue({
      id: '101',
      key: 'PSD-1',
      summary: 'Deploy the "Fast Lane" gateway',
      statusName: 'In Progress',
      priority: 'High',
      issueType: 'Deployment',
      assigneeAccountId: ann.accountId,
      labels: ['urgent', 'customer'],
      fixVersions: ['2026.1'],
      psRequest: 'PSR-00001',
      environment: 'Production',
      releaseVersion: '2026.1',
      goLiveDate: '2026-03-15',
      description: paragraph('Roll out over the weekend & watch C:\\logs.'),
      comments: [
        {
          id: '9001',
          authorAccountId: bob.accountId,
          body: paragraph('Ready for rollback drill'),
          createdAt: '2026-02-01T10:00:00.000Z',
        },
        {
          id: '9002',
          authorAccountId: null,
          body: paragraph('Second thoughts'),
          createdAt: '2026-02-02T10:00:00.000Z',
        },
      ],
      createdAt: '2026-02-01T09:00:00.000Z',
      updatedAt: '2026-03-09T09:00:00.000Z',
    }),
    issue({
      id: '102',
      key: 'PSD-2',
      summary: 'Write runbook',
      statusName: 'Done',
      priority: 'Low',
      assigneeAccountId: bob.accountId,
      labels: ['docs'],
      psRequest: ' psr-00001 ',
      environment: 'UAT',
      resolvedAt: '2026-02-20T00:00:00.000Z',
      updatedAt: '2026-02-20T00:00:00.000Z',
    }),
    issue({
      id: '103',
      key: 'PSD-3',
      summary: 'Weekend roll out plan',
      statusName: 'Blocked',
      priority: 'Highest',
      assigneeAccountId: cora.accountId,
      issueType: 'Bug',
      fixVersions: ['2026.1', '2026.2'],
      goLiveDate: '2026-03-20',
    }),
    issue({
      id: '104',
      key: 'PSD-10',
      summary: 'Grüße aus Köln 🚀',
      statusName: 'In Review',
      priority: null,
      psRequest: 'PSR-00010',
      createdAt: '2026-03-10T01:00:00.000Z',
      updatedAt: '2026-03-10T11:00:00.000Z',
    }),
    issue({
      id: '105',
      key: 'OPS-1',
      movedFrom: ['PSD-4'],
      summary: 'Moved: rotate certificates',
      labels: ['urgent'],
      assigneeAccountId: ann.accountId,
      reporterAccountId: bob.accountId,
    }),
    issue({
      id: '106',
      key: 'OPS-2',
      summary: 'Load test',
      statusName: 'Done',
      resolvedAt: '2026-03-01T00:00:00.000Z',
      environment: 'Production',
      reporterAccountId: null,
    }),
    issue({
      id: '107',
      key: 'OPS-3',
      summary: 'Gateway deploys twice',
      description: paragraph('See PSR-00001, ask "why"'),
    }),
    issue({
      id: '108',
      key: 'OPS-4',
      summary: 'Erased assignee',
      assigneeAccountId: 'acc-erased',
      issueType: 'Change',
    }),
    issue({
      id: '109',
      key: 'PSD-5',
      summary: 'Secret gateway',
      forbidden: true,
      psRequest: 'PSR-00001',
      comments: [
        {
          id: '9003',
          authorAccountId: ann.accountId,
          body: paragraph('Secret'),
          createdAt: '2026-02-02T10:00:00.000Z',
        },
      ],
    }),
  ],
};
