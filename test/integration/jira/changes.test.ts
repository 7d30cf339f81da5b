import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordTag } from '../../../src/cache/tags.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import type { JiraIssueSeed } from '../../../src/standins/data/company.ts';
import { asking, jiraRequest, openTestJira, select } from '../../support/jira-source.ts';
import { type JiraUnderCache, openJiraUnderCache } from '../../support/jira-under-cache.ts';
import { SMALL_SITE_NOW_MS, smallJiraSite } from '../../support/small-jira-site.ts';
import { answerJson, startUpstreamServer } from '../../support/upstream-server.ts';

let under: JiraUnderCache;
beforeEach(async () => {
  under = await openJiraUnderCache({ indexLagMs: 30_000 });
});
afterEach(() => under.close());

const at = (secondsFromNow: number) => new Date(SMALL_SITE_NOW_MS + secondsFromNow * 1_000).toISOString();
const write = (name: string, changes: Partial<Omit<JiraIssueSeed, 'id'>>) =>
  under.standIn.updateIssue(name, { updatedAt: at(0), ...changes });
const summaries = async () => {
  const page = await jiraRequest(under.source).jira.issuesPage({ first: 20 }, null, select('key', 'summary'));
  return new Map(page?.connection.nodes.map(({ key, summary }) => [key, summary]));
};

describe("what was written, while Jira's search lags behind", () => {
  it('is in the next list when the writes are known', async () => {
    await summaries();
    write('PSD-2', { summary: 'Written' });
    under.source.recentWrites.add('102');
    await under.cache.invalidate([recordTag('JiraIssue', '102'), 'JiraIssue[]']);
    under.standIn.calls.clear();
    const found = await summaries();
    expect(found.get('PSD-2')).toBe('Written');
    expect([...found.keys()][0]).toBe('PSD-2');
    const [search] = under.standIn.calls.all;
    expect(JSON.parse(search?.body ?? '').reconcileIssues).toEqual([102]);
  });

  it('is not overwritten by an older state that a search brings along', async () => {
    write('PSD-2', { summary: 'Written' });
    expect(await under.key('PSD-2')).toBe('PSD-2');
    const found = await summaries();
    expect(found.get('PSD-2')).toBe('Written');
    const issue = await jiraRequest(under.source).jira.issueByKey.load('PSD-2', asking('summary'));
    expect(issue?.summary).toBe('Written');
  });
});

describe('a poll for changes', () => {
  const poll = (sinceMs: number) => under.source.pollChanges(sinceMs, { receipts: [new Receipt()] });

  it('tells each change once, by id and key, and where to go on', async () => {
    const since = SMALL_SITE_NOW_MS;
    expect(await poll(since)).toEqual({ changed: [], highWaterMs: since, isComplete: true });
    write('PSD-2', { updatedAt: at(1) });
    write('PSD-4', { updatedAt: at(2) });
    under.advanceSeconds(40);
    const first = await poll(since);
    expect(first).toEqual({
      changed: [
        expect.objectContaining({ issueId: '102', key: 'PSD-2', updatedMs: since + 1_000 }),
        expect.objectContaining({ issueId: '105', key: 'OPS-1', updatedMs: since + 2_000 }),
      ],
      highWaterMs: since + 2_000,
      isComplete: true,
    });
    // Lists judge by these whether a change concerns them.
    expect(first.changed[0]?.values).toEqual({
      updated: expect.any(String),
      project: { key: 'PSD', name: 'Deployments' },
      status: { category: 'done' },
      assignee: { accountId: 'acc-bob' },
      summary: 'Write runbook',
    });
    expect(await poll(first.highWaterMs)).toMatchObject({ changed: [], highWaterMs: first.highWaterMs });
  });

  it('takes one call, and tells a change that the index showed late', async () => {
    write('PSD-3', { updatedAt: at(5) });
    under.advanceSeconds(40);
    const first = await poll(SMALL_SITE_NOW_MS);
    // Made before the last one that was told, and shown after it.
    write('PSD-2', { updatedAt: at(4) });
    under.advanceSeconds(40);
    under.standIn.calls.clear();
    expect((await poll(first.highWaterMs)).changed.map(({ key }) => key)).toEqual(['PSD-2']);
    expect(under.standIn.calls.all.map(({ path }) => path)).toEqual(['/rest/api/3/search/jql']);
  });

  it('fails with the failure of Jira, and tells everything the next time', async () => {
    write('PSD-2', { updatedAt: at(1) });
    under.advanceSeconds(40);
    under.standIn.faults.add({ kind: 'status', status: 503, body: {} });
    await expect(poll(SMALL_SITE_NOW_MS)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    under.standIn.faults.clear();
    expect((await poll(SMALL_SITE_NOW_MS)).changed).toHaveLength(1);
  });

  it('says when more has changed than it lists, after a bounded number of calls', async () => {
    const [template] = smallJiraSite.issues;
    if (!template) throw new Error('The small site has no issues.');
    let rows = 0;
    const server = await startUpstreamServer((request, response) => {
      if (request.url?.endsWith('/field')) return answerJson(response, []);
      const issues = Array.from({ length: 100 }, () => {
        rows += 1;
        return { id: String(rows), key: `A-${rows}`, fields: { updated: '2026-03-10T12:00:00.000+0000' } };
      });
      answerJson(response, { issues, nextPageToken: `after ${rows}`, isLast: false });
    });
    const own = await openTestJira(server, { clock: { now: () => SMALL_SITE_NOW_MS + 5_000 } });
    try {
      const { isComplete, highWaterMs } = await own.pollChanges(SMALL_SITE_NOW_MS, { receipts: [] });
      expect({ isComplete, highWaterMs }).toEqual({ isComplete: false, highWaterMs: SMALL_SITE_NOW_MS + 5_000 });
      expect(server.requests.filter(({ path }) => path.endsWith('/search/jql'))).toHaveLength(21);
    } finally {
      await own.close();
      await server.close();
    }
  });
});
