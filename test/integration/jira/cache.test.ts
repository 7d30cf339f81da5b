import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recordTag } from '../../../src/cache/tags.ts';
import { asking, jiraRequest, present, select } from '../../support/jira-source.ts';
import { type JiraUnderCache, openJiraUnderCache } from '../../support/jira-under-cache.ts';

let under: JiraUnderCache;
beforeEach(async () => {
  under = await openJiraUnderCache();
});
afterEach(() => under.close());

const bodies = () => under.standIn.calls.all.map(({ body }) => JSON.parse(body || 'null'));
const page = async (fields: readonly string[], first = 5) =>
  present(await jiraRequest(under.source).jira.issuesPage({ first }, null, select(...fields)));

describe('issues', () => {
  it('that are held take no call, for other requests and for fewer fields too', async () => {
    const { jira } = jiraRequest(under.source);
    await jira.issueByKey.load('PSD-1', asking('summary', 'status', 'labels'));
    under.standIn.calls.clear();
    const later = jiraRequest(under.source);
    const issue = await later.jira.issueByKey.load('psd-1', asking('labels'));
    expect(issue?.labels).toEqual(['urgent', 'customer']);
    expect((await later.jira.issueById.load('101', asking('status')))?.status?.name).toBe('In Progress');
    expect(under.standIn.calls.count()).toBe(0);
    expect(later.scope.receipt.cache).toMatchObject({ hits: 2, misses: 0 });
  });

  it('are asked for the missing field alone, and only those that lack it', async () => {
    await Promise.all(['PSD-1', 'PSD-2', 'PSD-3'].map((name) => under.key(name, ['summary'])));
    await under.key('PSD-2', ['summary', 'priority']);
    under.standIn.calls.clear();
    const { jira } = jiraRequest(under.source);
    const issues = await Promise.all(
      ['PSD-1', 'PSD-2', 'PSD-3'].map((name) => jira.issueByKey.load(name, asking('summary', 'priority'))),
    );
    expect(issues.map((issue) => issue?.priority)).toEqual(['High', 'Low', 'Highest']);
    expect(bodies()).toEqual([{ issueIdsOrKeys: ['101', '103'], fields: ['updated', 'priority'] }]);
  });

  it('that were moved are known by all their keys after one of them was asked', async () => {
    expect(await under.key('PSD-4')).toBe('OPS-1');
    under.standIn.calls.clear();
    expect(await under.key('OPS-1')).toBe('OPS-1');
    expect(await under.key('PSD-4')).toBe('OPS-1');
    expect((await jiraRequest(under.source).jira.issueById.load('105', asking('summary')))?.key).toBe('OPS-1');
    expect(under.standIn.calls.count()).toBe(0);
  });

  it('that Jira says nothing about are not asked for again until the absence has passed', async () => {
    expect(await under.key('PSD-404')).toBeNull();
    expect(await under.key('PSD-404', ['priority'])).toBeNull();
    expect(under.standIn.calls.count()).toBe(1);
    const { scope } = jiraRequest(under.source);
    const question = { kind: under.source.kinds.issues, ids: ['PSD-404', 'PSD-5'], fields: ['summary'], scope };
    expect(await under.cache.readRecords(question)).toMatchObject([
      { kind: 'absent', reason: 'omitted' },
      // Hidden, which Jira does not tell from missing.
      { kind: 'absent', reason: 'omitted' },
    ]);
    expect(under.standIn.calls.count()).toBe(2);
    under.advanceSeconds(25);
    expect(await under.key('PSD-404')).toBeNull();
    expect(under.standIn.calls.count()).toBe(3);
  });

  it('that Jira says may not be seen are absent as forbidden, and those it could not give are not kept', async () => {
    under.standIn.breakIssue('PSD-2', 'You do not have permission to see this issue.');
    under.standIn.breakIssue('PSD-3', 'The issue is too large.');
    const { scope } = jiraRequest(under.source);
    const question = { kind: under.source.kinds.issues, ids: ['102', '103', '101'], fields: ['summary'], scope };
    const failed = { kind: 'failed', error: { code: 'UPSTREAM_UNAVAILABLE', details: { key: '103' } } };
    expect(await under.cache.readRecords(question)).toMatchObject([
      { kind: 'absent', reason: 'forbidden' },
      failed,
      { kind: 'found', id: '101' },
    ]);
    expect(await under.cache.readRecords(question)).toMatchObject([{ kind: 'absent' }, failed, { kind: 'found' }]);
    expect(bodies().map(({ issueIdsOrKeys }) => issueIdsOrKeys)).toEqual([['102', '103', '101'], ['103']]);
  });

  it('that a hundred requests ask for at once take one call', async () => {
    const keys = await Promise.all(Array.from({ length: 100 }, () => under.key('PSD-1')));
    expect(new Set(keys)).toEqual(new Set(['PSD-1']));
    expect(under.standIn.calls.count()).toBe(1);
  });

  it('of different requests travel in one call', async () => {
    const keys = ['PSD-1', 'PSD-2', 'PSD-3', 'OPS-2'];
    expect(await Promise.all(keys.map((name) => under.key(name)))).toEqual(keys);
    expect(bodies().map(({ issueIdsOrKeys }) => issueIdsOrKeys)).toEqual([keys]);
  });

  it('are served once more after their time while one call renews them', async () => {
    await under.key('PSD-1');
    under.advanceSeconds(305);
    under.standIn.calls.clear();
    under.standIn.updateIssue('PSD-1', { summary: 'Renewed' });
    const { jira, scope } = jiraRequest(under.source);
    const before = await jira.issueByKey.load('PSD-1', asking('summary'));
    expect(before?.summary).toBe('Deploy the "Fast Lane" gateway');
    expect(scope.freshness.staleUses).toMatchObject([{ type: 'JiraIssue', id: 'PSD-1', reason: 'REVALIDATING' }]);
    await vi.waitFor(async () => {
      const after = await jiraRequest(under.source).jira.issueByKey.load('PSD-1', asking('summary'));
      expect(after?.summary).toBe('Renewed');
    });
    expect(under.standIn.calls.count()).toBe(1);
  });

  it('are served as stale, and said to be, while Jira is down; a client may refuse that', async () => {
    await under.key('PSD-1');
    under.advanceSeconds(3_600);
    under.standIn.faults.add({ kind: 'status', status: 503, body: {} });
    const { jira, scope } = jiraRequest(under.source);
    expect((await jira.issueByKey.load('PSD-1', asking('summary')))?.key).toBe('PSD-1');
    expect(scope.freshness.staleUses).toMatchObject([
      { source: 'JIRA', type: 'JiraIssue', state: 'STALE', ageSeconds: 3_600, reason: 'UPSTREAM_UNAVAILABLE' },
    ]);
    expect(await under.key('PSD-1', ['summary'], { onStale: 'NULL' })).toBeNull();
    await expect(under.key('PSD-1', ['summary'], { onStale: 'FAIL' })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    // What was never read is an error of its own field, beside what is held.
    const issue = await jiraRequest(under.source).jira.issueByKey.load('PSD-1', asking('summary', 'priority'));
    expect(issue?.summary).toContain('Fast Lane');
    expect(issue?.priority).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it.each(['PSD-4', 'OPS-1', '105'])('are read again after an invalidation by %s', async (name) => {
    await under.key('PSD-4');
    under.standIn.calls.clear();
    under.standIn.updateIssue('105', { summary: 'Changed' });
    await under.cache.invalidate([recordTag('JiraIssue', name)]);
    const issue = await jiraRequest(under.source).jira.issueByKey.load('OPS-1', asking('summary'));
    expect(issue?.summary).toBe('Changed');
    expect(under.standIn.calls.count()).toBe(1);
  });

  it('are tagged by every name that tells of a change, also where nothing was found', async () => {
    const { jira, scope } = jiraRequest(under.source);
    await jira.issueByKey.load('PSD-4', asking('summary'));
    await jira.issueByKey.load('PSD-404', asking('summary'));
    await jira.issuesPage({ first: 1 }, null, select('key'));
    expect([...scope.tags.tags]).toEqual(
      expect.arrayContaining([
        'JiraIssue:PSD-4',
        'JiraIssue:OPS-1',
        'JiraIssue:105',
        'JiraIssue:PSD-404',
        'JiraIssue[]',
        'JiraIssue:PSD-10',
      ]),
    );
  });

  it('that Jira answers without what every issue has are not kept', async () => {
    const issues = [{ id: '101', key: 'PSD-1', fields: { updated: '2026-01-02T03:04:05.000+0000', summary: null } }];
    under.standIn.faults.add({ kind: 'status', status: 200, body: { issues, issueErrors: [] }, times: 1 });
    await expect(under.key('PSD-1')).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
    expect(await under.key('PSD-1')).toBe('PSD-1');
  });
});

describe('lists of issues', () => {
  it('that are held take no call, and neither do their issues, people and projects', async () => {
    const cold = await page(['key', 'summary', 'assignee', 'project']);
    expect(under.standIn.calls.count()).toBe(1);
    under.standIn.calls.clear();
    expect(await page(['key', 'summary', 'assignee', 'project'])).toEqual(cold);
    expect(await under.key('PSD-1', ['summary', 'project'])).toBe('PSD-1');
    const { jira } = jiraRequest(under.source);
    expect((await jira.userById.load('acc-ann', asking('displayName')))?.displayName).toBe('Ann Archer');
    expect((await jira.projectByKey.load('psd', asking('name')))?.name).toBe('Deployments');
    expect((await jira.projectById.load('10001', asking('name')))?.key).toBe('OPS');
    expect(under.standIn.calls.count()).toBe(0);
  });

  it('take one call for one field more, for the issues of the page alone', async () => {
    const { connection } = await page(['key', 'summary'], 3);
    under.standIn.calls.clear();
    const more = await page(['key', 'summary', 'labels'], 3);
    expect(more.connection.nodes.map(({ key }) => key)).toEqual(connection.nodes.map(({ key }) => key));
    expect(bodies()).toEqual([
      { issueIdsOrKeys: connection.nodes.map(({ issueId }) => issueId), fields: ['updated', 'labels'] },
    ]);
  });

  it('keep their cursors where the issues stood, though an issue has changed since', async () => {
    const { connection } = await page(['key', 'updatedAt'], 2);
    const [, second] = connection.nodes;
    under.standIn.updateIssue(second?.key ?? '', { updatedAt: '2026-03-10T11:59:00.000Z' });
    await under.cache.invalidate([recordTag('JiraIssue', second?.issueId ?? '')]);
    const again = await page(['key', 'updatedAt'], 2);
    expect(again.connection.nodes[1]?.updatedAt).toBe('2026-03-10T11:59:00.000Z');
    expect(again.connection.pageInfo.endCursor).toBe(connection.pageInfo.endCursor);
  });

  it('of a hundred requests at once take one call, and are read again after their issues were invalidated', async () => {
    await Promise.all(Array.from({ length: 100 }, () => page(['key'])));
    expect(under.standIn.calls.count()).toBe(1);
    await under.cache.invalidate(['JiraIssue[]']);
    await page(['key']);
    expect(under.standIn.calls.count()).toBe(2);
  });

  it('read for this request take one call, since what came with it is as new', async () => {
    await page(['key', 'summary']);
    under.standIn.calls.clear();
    under.advanceSeconds(10);
    const { jira } = jiraRequest(under.source, { maxAgeSeconds: 0 });
    await jira.issuesPage({ first: 5 }, null, select('key', 'summary'));
    expect(under.standIn.calls.all.map(({ path }) => path)).toEqual(['/rest/api/3/search/jql']);
  });

  it('are null when they are not as fresh as is demanded, and served as stale otherwise, while Jira is down', async () => {
    const cold = await page(['key']);
    under.advanceSeconds(3_600);
    under.standIn.faults.add({ kind: 'down' });
    const { jira } = jiraRequest(under.source, { onStale: 'NULL' });
    expect(await jira.issuesPage({ first: 5 }, null, select('key'))).toBeNull();
    expect(await page(['key'])).toEqual(cold);
  });

  it('hold hits of a search too', async () => {
    const search = () => jiraRequest(under.source).jira.searchIssues('gateway', 5, select('key', 'summary'));
    const hits = await search();
    expect(hits?.issues.length).toBeGreaterThan(0);
    expect(await search()).toEqual(hits);
    expect(under.standIn.calls.count()).toBe(1);
  });
});

describe('comments', () => {
  it('are held with their issue, whose invalidation is theirs', async () => {
    const load = (first: number) =>
      jiraRequest(under.source).jira.commentsByIssueKey.load('101', { ...asking('body'), args: { first } });
    expect((await load(20))?.map(({ body }) => body)).toEqual(['Ready for rollback drill', 'Second thoughts']);
    expect(await load(1)).toHaveLength(1);
    expect(await load(200)).toHaveLength(2);
    expect(under.standIn.calls.count()).toBe(1);
    await under.cache.invalidate([recordTag('JiraIssue', '101')]);
    await load(20);
    expect(under.standIn.calls.count()).toBe(2);
  });
});

describe('people and projects', () => {
  it('are held for long, absent ones included for a short time', async () => {
    const load = async () => {
      const { jira } = jiraRequest(under.source);
      return [
        (await jira.userById.load('acc-bob', asking('email')))?.email,
        (await jira.userById.load('nobody', asking('email')))?.email,
        (await jira.projectByKey.load('OPS', asking('name')))?.name,
        (await jira.projectLeadByProjectKey.load('PSD', asking('displayName')))?.displayName,
      ];
    };
    const cold = await load();
    expect(cold).toEqual([null, undefined, 'Operations', 'Ann Archer']);
    under.standIn.calls.clear();
    expect(await load()).toEqual(cold);
    expect(under.standIn.calls.count()).toBe(0);
    under.advanceSeconds(600);
    await load();
    expect(under.standIn.calls.all.map(({ path }) => path)).toEqual([expect.stringContaining('accountId=nobody')]);
  });
});
