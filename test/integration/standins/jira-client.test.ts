import { type CloudClient, createCloudClient } from 'jira.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { ann, bob, paragraph, SMALL_SITE_NOW_MS, smallJiraSite } from '../../support/small-jira-site.ts';

let standIn: JiraStandIn;
let jira: CloudClient;
beforeEach(async () => {
  standIn = await startJiraStandIn({
    company: { jira: smallJiraSite },
    email: 'ann@example.com',
    clock: { now: () => SMALL_SITE_NOW_MS },
  });
  jira = createCloudClient({
    host: standIn.url,
    auth: { type: 'basic', email: standIn.email, apiToken: standIn.apiToken },
    onSchemaMismatch: 'throw',
  });
});
afterEach(() => standIn.close());

describe('the unmodified jira.js client, with its own response validation on', () => {
  it('searches page by page, by POST and by GET', async () => {
    const jql = 'project = PSD order by key';
    const first = await jira.issueSearch.searchAndReconsileIssuesUsingJqlPost({
      jql,
      maxResults: 3,
      fields: ['summary', 'status'],
    });
    expect(first.issues?.map(({ key }) => key)).toEqual(['PSD-1', 'PSD-2', 'PSD-3']);
    expect(first.isLast).toBe(false);
    const rest = await jira.issueSearch.searchAndReconsileIssuesUsingJql({
      jql,
      maxResults: 3,
      fields: ['summary', 'status'],
      ...(first.nextPageToken ? { nextPageToken: first.nextPageToken } : {}),
    });
    expect(rest.issues?.map(({ key, fields }) => [key, fields?.summary])).toEqual([['PSD-10', 'Grüße aus Köln 🚀']]);
    expect([rest.isLast, rest.nextPageToken]).toEqual([true, undefined]);
    expect(await jira.issueSearch.countIssues({ jql: 'project = PSD' })).toEqual({ count: 4 });
  });

  it('fetches issues in bulk and one by one', async () => {
    const bulk = await jira.issues.bulkFetchIssues({ issueIdsOrKeys: ['PSD-2', 'PSD-1'], fields: ['*all'] });
    expect(bulk.issues?.map(({ key }) => key)).toEqual(['PSD-1', 'PSD-2']);
    const issue = await jira.issues.getIssue({ issueIdOrKey: 'PSD-1' });
    expect(issue.fields).toMatchObject({
      created: '2026-02-01T09:00:00.000+0000',
      customfield_10101: 'PSR-00001',
      customfield_10102: { value: 'Production' },
      customfield_10104: '2026-03-15',
      fixVersions: [{ name: '2026.1' }],
      status: { name: 'In Progress', statusCategory: { key: 'indeterminate' } },
    });
  });

  it('creates, edits, comments and transitions an issue', async () => {
    const { key = '' } = await jira.issues.createIssue({
      fields: {
        project: { key: 'PSD' },
        issuetype: { name: 'Task' },
        summary: 'New work',
        description: paragraph('To do'),
        labels: ['a'],
      },
    });
    expect(key).toBe('PSD-11');
    await jira.issues.editIssue({
      issueIdOrKey: key,
      fields: { assignee: { accountId: bob.accountId } },
      update: { labels: [{ add: 'b' }] },
    });
    const comment = await jira.issueComments.addComment({ issueIdOrKey: key, body: paragraph('Started') });
    expect(comment.author?.accountId).toBe(ann.accountId);
    const { transitions } = await jira.issues.getTransitions({ issueIdOrKey: key });
    const done = transitions?.find(({ to }) => to?.name === 'Done');
    await jira.issues.doTransition({ issueIdOrKey: key, transition: { id: done?.id ?? '' } });
    expect(standIn.issue(key)).toMatchObject({
      summary: 'New work',
      labels: ['a', 'b'],
      assigneeAccountId: bob.accountId,
      statusName: 'Done',
      resolvedAt: '2026-03-10T12:00:00.000Z',
    });
    const page = await jira.issueComments.getComments({ issueIdOrKey: key });
    expect([page.total, page.comments?.[0]?.id]).toEqual([1, comment.id]);
    const byId = await jira.issueComments.getCommentsByIds({ ids: [9001, Number(comment.id)] });
    expect(byId.values?.map(({ id }) => id)).toEqual(['9001', comment.id]);
  });

  it('reads users, projects, fields, statuses, the server and itself', async () => {
    expect((await jira.users.getUser({ accountId: bob.accountId })).displayName).toBe('Bob Baker');
    expect((await jira.userSearch.findUsers({ query: 'arch' })).map(({ accountId }) => accountId)).toEqual([
      ann.accountId,
    ]);
    const projects = await jira.projects.searchProjects({ keys: ['OPS', 'PSD'], expand: 'lead' });
    expect(projects.values?.map(({ key, lead }) => [key, lead?.displayName])).toEqual([
      ['OPS', undefined],
      ['PSD', 'Ann Archer'],
    ]);
    expect((await jira.projects.getProject({ projectIdOrKey: 'PSD' })).name).toBe('Deployments');
    const fields = await jira.issueFields.getFields();
    expect(fields.find(({ name }) => name === 'PS Request')).toMatchObject({ id: 'customfield_10101', custom: true });
    expect((await jira.workflowStatuses.getStatuses()).map(({ name }) => name)).toContain('In Review');
    expect((await jira.serverInfo.getServerInfo()).deploymentType).toBe('Cloud');
    expect((await jira.myself.getCurrentUser()).accountId).toBe(ann.accountId);
  });

  it('reports what Jira refuses with its status and messages', async () => {
    await expect(jira.issues.getIssue({ issueIdOrKey: 'PSD-999' })).rejects.toMatchObject({ status: 404 });
    await expect(jira.issueSearch.countIssues({ jql: 'universe = 42' })).rejects.toMatchObject({ status: 400 });
    const stranger = createCloudClient({
      host: standIn.url,
      auth: { type: 'basic', email: 'ann@example.com', apiToken: 'wrong' },
    });
    await expect(stranger.myself.getCurrentUser()).rejects.toMatchObject({ status: 401 });
  });
});
