import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/platform/log.ts';
import type { JiraSource } from '../../../src/sources/jira/source.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { asking, jiraRequest, openTestJira } from '../../support/jira-source.ts';
import { answerJson, startUpstreamServer } from '../../support/upstream-server.ts';

const company = generateCompany();
let standIn: JiraStandIn;
let source: JiraSource;
beforeAll(async () => {
  standIn = await startJiraStandIn({ company, unknownUsers: 'null' });
  source = await openTestJira(standIn);
});
afterAll(async () => {
  await source.close();
  await standIn.close();
});

describe('users', () => {
  it('are read fifty at a time, and those that Jira answers with null load as null', async () => {
    standIn.calls.clear();
    const { jira } = jiraRequest(source);
    const ids = [...company.jira.users.map(({ accountId }) => accountId), 'nobody-1', 'nobody-2'];
    const users = await Promise.all(ids.map((id) => jira.userById.load(id, asking('displayName'))));
    expect(users.map((user) => user?.displayName ?? null)).toEqual([
      ...company.jira.users.map(({ displayName }) => displayName),
      null,
      null,
    ]);
    expect(users.map((user) => user?.email ?? null).slice(0, -2)).toEqual(
      company.jira.users.map(({ emailAddress }) => emailAddress),
    );
    expect(standIn.calls.count()).toBe(Math.ceil(ids.length / 50));
    await expect(jira.userById.load('no account id!', asking('displayName'))).resolves.toBeNull();
  });
});

describe('projects', () => {
  it('are read together with their leads in one call', async () => {
    standIn.calls.clear();
    const { jira } = jiraRequest(source);
    const keys = ['PSD', 'ops', 'PLAT', 'NOPE', 'no key!'];
    const projects = await Promise.all(keys.map((key) => jira.projectByKey.load(key, asking('name'))));
    expect(projects.map((project) => project?.key ?? null)).toEqual(['PSD', 'OPS', 'PLAT', null, null]);
    const leads = await Promise.all(
      ['PSD', 'PLAT'].map((key) => jira.projectLeadByProjectKey.load(key, asking('displayName'))),
    );
    expect(leads.map((lead) => lead?.accountId ?? null)).toEqual(
      company.jira.projects.filter(({ key }) => key !== 'OPS').map(({ leadAccountId }) => leadAccountId),
    );
    expect(standIn.calls.count()).toBe(1);
  });

  it('are found by id as well, and an unknown one is null', async () => {
    const { jira } = jiraRequest(source);
    expect((await jira.projectById.load('10001', asking('name')))?.key).toBe('OPS');
    await expect(jiraRequest(source).jira.projectByKey.load('NOPE', asking('name'))).resolves.toBeNull();
  });
});

describe('the values of an issue', () => {
  it('are those of Jira, with custom fields found by name and the description as Markdown', async () => {
    const seed = company.jira.issues.find(
      (issue) => !issue.forbidden && issue.goLiveDate && issue.environment && issue.psRequest && issue.resolvedAt,
    );
    if (!seed) throw new Error('no such issue');
    const fields = [
      'summary',
      'status',
      'issueType',
      'priority',
      'labels',
      'fixVersions',
      'environment',
      'releaseVersion',
      'goLiveDate',
      'description',
      'createdAt',
      'updatedAt',
      'resolvedAt',
      'url',
      'psRequest',
    ];
    const issue = await jiraRequest(source).jira.issueByKey.load(seed.key, asking(...fields));
    expect(issue).toMatchObject({
      key: seed.key,
      issueId: seed.id,
      summary: seed.summary,
      status: { name: seed.statusName },
      issueType: seed.issueType,
      labels: seed.labels,
      fixVersions: seed.fixVersions,
      environment: seed.environment,
      releaseVersion: seed.releaseVersion,
      goLiveDate: seed.goLiveDate,
      createdAt: new Date(seed.createdAt).toISOString(),
      updatedAt: new Date(seed.updatedAt).toISOString(),
      resolvedAt: new Date(seed.resolvedAt ?? '').toISOString(),
      url: `${standIn.url}/browse/${seed.key}`,
      psRequestNumber: seed.psRequest,
    });
    expect(typeof issue?.description === 'string' || issue?.description === null).toBe(true);
  });

  it('that only an unavailable custom field holds are FIELD_UNAVAILABLE, and the others arrive', async () => {
    const own = await startJiraStandIn({ company, hiddenFields: ['customfield_10104'] });
    const ownSource = await openTestJira(own);
    try {
      const key =
        company.jira.issues.find(({ forbidden, movedFrom }) => !forbidden && movedFrom.length === 0)?.key ?? '';
      const issue = await jiraRequest(ownSource).jira.issueByKey.load(key, asking('summary', 'goLiveDate'));
      expect(issue?.goLiveDate).toMatchObject({ code: 'FIELD_UNAVAILABLE', source: 'JIRA' });
      expect(typeof issue?.summary).toBe('string');
      const health = await ownSource.health();
      expect(health).toMatchObject({ name: 'jira', state: 'degraded', standIn: true });
      expect(health.detail).toContain('Go-live date');
    } finally {
      await ownSource.close();
      await own.close();
    }
  });
});

describe('the source', () => {
  it('is up while Jira takes the credentials, and asks it at most once for many probes', async () => {
    standIn.calls.clear();
    const answers = await Promise.all([source.health(), source.health(), source.health()]);
    expect(answers[0]).toEqual({ name: 'jira', state: 'up', standIn: true });
    expect(standIn.calls.count('myself')).toBe(1);
  });

  it('opens with wrong credentials, says so, and shows them to nobody', async () => {
    const lines: string[] = [];
    const log = createLogger('trace', { write: (line) => lines.push(line) });
    const own = await openTestJira({ url: standIn.url, email: 'who@example.com', apiToken: 'very-secret' }, { log });
    try {
      const health = await own.health();
      expect(health).toMatchObject({ state: 'down', detail: expect.stringContaining('JIRA_API_TOKEN') });
      await expect(jiraRequest(own).jira.issueByKey.load('PSD-1', asking('summary'))).rejects.toMatchObject({
        code: 'UPSTREAM_AUTHENTICATION_FAILED',
      });
      const basic = Buffer.from('who@example.com:very-secret').toString('base64');
      expect(lines.join('')).not.toContain('very-secret');
      expect(lines.join('')).not.toContain(basic);
    } finally {
      await own.close();
    }
  });

  it('opens while Jira is down, and serves as soon as Jira is there', async () => {
    const own = await startJiraStandIn({ company });
    own.faults.add({ kind: 'down' });
    const ownSource = await openTestJira(own);
    try {
      expect(await ownSource.health()).toMatchObject({ state: 'down' });
      own.faults.clear();
      const key =
        company.jira.issues.find(({ forbidden, movedFrom }) => !forbidden && movedFrom.length === 0)?.key ?? '';
      const early = await jiraRequest(ownSource).jira.issueByKey.load(key, asking('summary', 'environment'));
      expect(typeof early?.summary).toBe('string');
      expect(early?.environment).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      await expect
        .poll(
          async () => (await jiraRequest(ownSource).jira.issueByKey.load(key, asking('environment')))?.environment,
          {
            timeout: 5_000,
          },
        )
        .not.toBeInstanceOf(Error);
    } finally {
      await ownSource.close();
      await own.close();
    }
  });

  it('honours a path in the base address and signs every call', async () => {
    const seen: (string | undefined)[] = [];
    const server = await startUpstreamServer((request, response) => {
      seen.push(request.headers.authorization);
      answerJson(response, request.url?.endsWith('/field') ? [] : { issues: [], issueErrors: [] });
    });
    const own = await openTestJira({ url: `${server.url}/ex/jira/cloud-1` });
    try {
      await jiraRequest(own).jira.issueByKey.load('PSD-1', asking('summary'));
      expect(server.requests.map(({ path }) => path)).toEqual([
        '/ex/jira/cloud-1/rest/api/3/field',
        '/ex/jira/cloud-1/rest/api/3/issue/bulkfetch',
      ]);
      const basic = `Basic ${Buffer.from('gateway@example.com:jira-stand-in-token').toString('base64')}`;
      expect(seen).toEqual([basic, basic]);
    } finally {
      await own.close();
      await server.close();
    }
  });
});
