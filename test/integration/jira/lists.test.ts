import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JiraIssueFilter } from '../../../src/generated/graphql.ts';
import { toGlobalId } from '../../../src/platform/global-id.ts';
import type { IssuePage } from '../../../src/sources/jira/issue-pages.ts';
import type { JiraSource } from '../../../src/sources/jira/source.ts';
import type { JiraIssueSeed } from '../../../src/standins/data/company.ts';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { type JiraStandIn, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { asking, jiraRequest, openTestJira, present, select } from '../../support/jira-source.ts';
import { answerJson, startUpstreamServer } from '../../support/upstream-server.ts';

const company = generateCompany();
const numberOf = (key: string) => Number(key.split('-')[1]);
const projectOf = (key: string) => key.split('-')[0] ?? '';

/** The order that the list promises: the last changed first, then by key downwards. */
function newestFirst(issues: readonly JiraIssueSeed[]): string[] {
  return issues
    .filter(({ forbidden }) => !forbidden)
    .toSorted(
      (a, b) =>
        Date.parse(b.updatedAt) - Date.parse(a.updatedAt) ||
        (projectOf(a.key) === projectOf(b.key)
          ? numberOf(b.key) - numberOf(a.key)
          : projectOf(a.key) < projectOf(b.key)
            ? 1
            : -1),
    )
    .map(({ key }) => key);
}

let standIn: JiraStandIn;
let source: JiraSource;
beforeAll(async () => {
  standIn = await startJiraStandIn({ company });
  source = await openTestJira(standIn);
});
afterAll(async () => {
  await source.close();
  await standIn.close();
});
afterEach(() => {
  standIn.faults.clear();
});

const pageOf = async (first: number, after: string | null, filter: JiraIssueFilter | null = null) => {
  const { jira } = jiraRequest(source);
  const { connection, unreadable } = present(await jira.issuesPage({ first, after }, filter, select('key')));
  expect(unreadable).toEqual([]);
  return connection;
};

async function walk(size: number, filter: JiraIssueFilter | null, onPage: (keys: string[]) => void = () => {}) {
  const keys: string[] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo } = await pageOf(size, after, filter);
    const found = nodes.map(({ key }) => key);
    keys.push(...found);
    onPage(found);
    if (!pageInfo.hasNextPage) return keys;
    after = pageInfo.endCursor;
  }
}

describe('lists of issues', () => {
  it.each([7, 100, 200])(
    'walks over every visible issue once, the last changed first, in pages of %i',
    async (size) => {
      const filter = { projectKey: 'OPS' };
      const expected = newestFirst(company.jira.issues.filter(({ projectKey }) => projectKey === 'OPS'));
      expect(await walk(size, filter)).toEqual(expected);
    },
  );

  it('walks over the whole site without a filter', async () => {
    expect(await walk(200, null)).toEqual(newestFirst(company.jira.issues));
  });

  it('tells on the last page that nothing follows, also when the page is exactly full', async () => {
    const expected = newestFirst(company.jira.issues.filter(({ projectKey }) => projectKey === 'PLAT'));
    const { nodes, pageInfo } = await pageOf(expected.length, null, { projectKey: 'PLAT' });
    expect(nodes).toHaveLength(expected.length);
    expect(pageInfo.hasNextPage).toBe(false);
    const shorter = await pageOf(expected.length - 1, null, { projectKey: 'PLAT' });
    expect(shorter.pageInfo.hasNextPage).toBe(true);
  });

  it('neither repeats nor hides an issue when others change between pages', async () => {
    const own = await startJiraStandIn({ company });
    const ownSource = await openTestJira(own);
    try {
      const read = async (after: string | null) =>
        present(
          await jiraRequest(ownSource).jira.issuesPage({ first: 10, after }, { projectKey: 'PSD' }, select('key')),
        ).connection;
      const expected = newestFirst(company.jira.issues.filter(({ projectKey }) => projectKey === 'PSD'));
      const first = await read(null);
      // The row that the cursor stands on and one not yet seen jump to the top.
      const newest = Math.max(...company.jira.issues.map(({ updatedAt }) => Date.parse(updatedAt)));
      const now = new Date(newest + 60_000).toISOString();
      own.updateIssue(expected[9] ?? '', { updatedAt: now });
      own.updateIssue(expected[15] ?? '', { updatedAt: now });
      const second = await read(first.pageInfo.endCursor);
      expect(first.nodes.map(({ key }) => key)).toEqual(expected.slice(0, 10));
      expect(second.nodes.map(({ key }) => key)).toEqual([...expected.slice(10, 15), ...expected.slice(16, 21)]);
    } finally {
      await ownSource.close();
      await own.close();
    }
  });

  it('passes rows of the same instant one by one', async () => {
    const updatedAt = '2026-02-02T02:02:02.020Z';
    const [template] = company.jira.issues.filter(({ forbidden }) => !forbidden);
    if (!template) throw new Error('no issue');
    const issues = Array.from({ length: 150 }, (_, index) => ({
      ...template,
      id: String(20_000 + index),
      key: `PSD-${index + 1}`,
      projectKey: 'PSD',
      movedFrom: [],
      updatedAt,
    }));
    const own = await startJiraStandIn({ company: { jira: { ...company.jira, issues } } });
    const ownSource = await openTestJira(own);
    try {
      const keys: string[] = [];
      for (let after: string | null = null; ; ) {
        const { connection }: IssuePage = present(
          await jiraRequest(ownSource).jira.issuesPage({ first: 40, after }, null, select('key')),
        );
        keys.push(...connection.nodes.map(({ key }) => key));
        if (!connection.pageInfo.hasNextPage) break;
        after = connection.pageInfo.endCursor;
      }
      expect(keys).toEqual(issues.map(({ key }) => key).reverse());
    } finally {
      await ownSource.close();
      await own.close();
    }
  });

  it('filters by project, category, assignee, text and the time of the last change, to the millisecond', async () => {
    const visible = company.jira.issues.filter(({ forbidden }) => !forbidden);
    const done = new Set(['Done']);
    expect(new Set(await walk(200, { statusCategory: ['DONE'] }))).toEqual(
      new Set(visible.filter(({ statusName }) => done.has(statusName)).map(({ key }) => key)),
    );
    const assignee =
      visible.find(({ assigneeAccountId }) => company.jira.users.some((user) => user.accountId === assigneeAccountId))
        ?.assigneeAccountId ?? '';
    const assigned = new Set(
      visible.filter(({ assigneeAccountId }) => assigneeAccountId === assignee).map(({ key }) => key),
    );
    expect(new Set(await walk(200, { assigneeId: assignee }))).toEqual(assigned);
    expect(new Set(await walk(200, { assigneeId: toGlobalId('JiraUser', assignee) }))).toEqual(assigned);
    const [newest, , third] = newestFirst(company.jira.issues).map((key) => visible.find((issue) => issue.key === key));
    const between = { from: third?.updatedAt ?? '', to: newest?.updatedAt ?? '' };
    expect(await walk(200, { updatedAt: between })).toEqual(
      newestFirst(visible.filter(({ updatedAt }) => updatedAt >= between.from && updatedAt <= between.to)),
    );
    const justAfter = new Date(Date.parse(newest?.updatedAt ?? '') + 1).toISOString();
    expect(await walk(200, { updatedAt: { from: justAfter } })).toEqual([]);
    const nasty = await walk(50, { text: 'Rollback fails: "C:\\deploy\\run.ps1" can\'t' });
    expect(nasty.length).toBeGreaterThan(0);
    expect(nasty.every((key) => visible.find((issue) => issue.key === key)?.summary.includes('run.ps1'))).toBe(true);
  });

  it.each([
    [{ statusCategory: [] }, 0],
    [{ text: '"\\' }, 0],
    [{ projectKey: 'NOPE' }, 1],
    [{ assigneeId: 'nobody-at-all' }, 1],
  ])('finds nothing for %j', async (filter, calls) => {
    standIn.calls.clear();
    const { nodes, pageInfo } = await pageOf(10, null, filter);
    expect(nodes).toEqual([]);
    expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null });
    expect(standIn.calls.count()).toBe(calls);
  });

  it.each([
    ['a negative page', { first: -1 }, null, 'BAD_USER_INPUT'],
    ['a huge page', { first: 100_000 }, null, 'BAD_USER_INPUT'],
    ['a malformed cursor', { after: '!!' }, null, 'BAD_CURSOR'],
    [
      'a cursor of another list',
      { after: Buffer.from('["psRequests",1,"a","b"]').toString('base64url') },
      null,
      'BAD_CURSOR',
    ],
    [
      'a cursor with other values',
      { after: Buffer.from('["jiraIssues","x","PSD-1","1"]').toString('base64url') },
      null,
      'BAD_CURSOR',
    ],
    ['a project key that is none', {}, { projectKey: '" OR key = "X' }, 'BAD_USER_INPUT'],
    ['the id of something else', {}, { assigneeId: toGlobalId('Account', '001') }, 'BAD_USER_INPUT'],
    [
      'dates the wrong way round',
      {},
      { updatedAt: { from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' } },
      'BAD_USER_INPUT',
    ],
  ])('refuses %s without a call', async (_name, page, filter, code) => {
    standIn.calls.clear();
    const { jira } = jiraRequest(source);
    await expect(jira.issuesPage(page, filter, select('key'))).rejects.toMatchObject({ code });
    expect(standIn.calls.count()).toBe(0);
  });

  it('finds issues by words of their summary, also by the beginning of the last one', async () => {
    const { jira } = jiraRequest(source);
    const hits = await jira.searchIssues('rollb', 5, select('key', 'summary'));
    expect(hits?.issues).toHaveLength(5);
    expect(hits?.issues.every(({ summary }) => /rollb/i.test(summary ?? ''))).toBe(true);
  });

  it('stops when Jira repeats a page token, and leaves out what it can not read', async () => {
    const server = await startUpstreamServer((request, response) => {
      if (request.url?.endsWith('/field')) return answerJson(response, []);
      const fields = { updated: '2026-01-02T03:04:05.000+0000', summary: 'x' };
      answerJson(response, {
        issues: [
          { id: String(server.requests.length), key: `A-${server.requests.length}`, fields },
          { id: 'x' },
          null,
          'nonsense',
          { id: '900', key: 'A-900', fields: { updated: '2026-01-02T03:04:05.000+0000', summary: null } },
        ],
        nextPageToken: 'same',
      });
    });
    const own = await openTestJira(server);
    try {
      const { jira } = jiraRequest(own);
      const { connection, unreadable } = present(await jira.issuesPage({ first: 200 }, null, select('key', 'summary')));
      expect(server.requests.filter(({ path }) => path.includes('search'))).toHaveLength(2);
      expect(connection.nodes.map(({ key }) => key)).toEqual(['A-2', 'A-3']);
      expect(unreadable[0]).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', details: { key: 'A-900' } });
    } finally {
      await own.close();
      await server.close();
    }
  });
});

describe('comments', () => {
  const withComments = company.jira.issues.filter(({ forbidden, comments }) => !forbidden && comments.length > 0);

  it('of fifty issues are one call, oldest first, each issue its own', async () => {
    standIn.calls.clear();
    const some = withComments.slice(0, 50);
    const { jira } = jiraRequest(source);
    const lists = await Promise.all(
      some.map(({ id }) => jira.commentsByIssueKey.load(id, { ...asking('body'), args: { first: 2 } })),
    );
    const expected = some.map(({ comments }) =>
      comments
        .toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
        .slice(0, 2)
        .map(({ id }) => id),
    );
    expect(lists.map((list) => list?.map(({ id }) => id))).toEqual(expected);
    expect(standIn.calls.count()).toBe(1);
  });

  it('of one issue are read from its own list', async () => {
    const own = await openTestJira(standIn);
    try {
      standIn.calls.clear();
      const [issue] = withComments;
      const { jira } = jiraRequest(own);
      const list = await jira.commentsByIssueKey.load(issue?.id ?? '', asking('body'));
      expect(list).toHaveLength(Math.min(issue?.comments.length ?? 0, 20));
      expect(standIn.calls.count('/comment')).toBe(1);
      expect(standIn.calls.count()).toBe(1);
      await expect(jira.commentsByIssueKey.load('PSD-90001', asking('body'))).resolves.toEqual([]);
      await expect(jira.commentsByIssueKey.load('999999999', asking('body'))).resolves.toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('that Jira cut off are read page by page', async () => {
    const comment = (n: number) => ({
      id: String(n),
      created: new Date(n * 1000).toISOString(),
      author: null,
      body: `c${n}`,
    });
    const server = await startUpstreamServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://x');
      if (url.pathname.endsWith('/field')) return answerJson(response, []);
      if (url.pathname.endsWith('bulkfetch'))
        return answerJson(response, {
          issues: ['1', '2'].map((id) => ({
            id,
            key: `A-${id}`,
            fields: { comment: { comments: [comment(140)], total: id === '1' ? 140 : 1 } },
          })),
        });
      const startAt = Number(url.searchParams.get('startAt'));
      const size = Math.min(Number(url.searchParams.get('maxResults')), 100, 140 - startAt);
      answerJson(response, {
        startAt,
        total: 140,
        comments: Array.from({ length: size }, (_, n) => comment(startAt + n + 1)),
      });
    });
    const own = await openTestJira(server);
    try {
      const { jira } = jiraRequest(own);
      const load = (id: string) => jira.commentsByIssueKey.load(id, { ...asking('body'), args: { first: 130 } });
      const [long, short] = await Promise.all([load('1'), load('2')]);
      expect(long?.map(({ body }) => body)).toEqual(Array.from({ length: 130 }, (_, n) => `c${n + 1}`));
      expect(short).toHaveLength(1);
    } finally {
      await own.close();
      await server.close();
    }
  });

  it('refuse a number out of bounds', async () => {
    const { jira } = jiraRequest(source);
    const load = (first: number) => jira.commentsByIssueKey.load('PSD-1', { ...asking('body'), args: { first } });
    await expect(load(0)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(load(201)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});
