import { afterEach, describe, expect, it } from 'vitest';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { rateLimited } from '../../../src/standins/jira/rate-limit.ts';
import { type JiraStandIn, type JiraStandInOptions, startJiraStandIn } from '../../../src/standins/jira/server.ts';
import { jiraHttp, keysOf, pageOf, problemOf } from '../../support/jira-http.ts';
import { ann, bob, paragraph, SMALL_SITE_NOW_MS, smallJiraSite } from '../../support/small-jira-site.ts';

const running: JiraStandIn[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

async function start(options: JiraStandInOptions = {}) {
  const standIn = await startJiraStandIn({
    company: { jira: smallJiraSite },
    email: 'ann@example.com',
    clock: { now: () => SMALL_SITE_NOW_MS },
    ...options,
  });
  running.push(standIn);
  return { standIn, http: jiraHttp(standIn) };
}

const NOT_FOUND = { status: 404, message: 'Issue does not exist or you do not have permission to see it.', errors: {} };

describe('signing in to the Jira stand-in', () => {
  it('is by Basic authentication; anything else gets the 401 of Jira, as JSON or as text', async () => {
    const { standIn } = await start();
    const url = `${standIn.url}/rest/api/3/myself`;
    const wrong = `Basic ${Buffer.from(`${standIn.email}:wrong`).toString('base64')}`;
    for (const authorization of ['', 'Bearer x', 'Basic !!!', wrong]) {
      const response = await fetch(url, { headers: { authorization, accept: 'application/json' } });
      expect([response.status, await response.json()]).toEqual([
        401,
        { message: 'Client must be authenticated to access this resource.', 'status-code': 401 },
      ]);
    }
    const text = await fetch(url);
    expect([text.headers.get('content-type'), await text.text()]).toEqual([
      'text/plain;charset=UTF-8',
      'Client must be authenticated to access this resource.',
    ]);
    expect(standIn.calls.billed()).toBe(0);
  });
});

describe('search', () => {
  it('answers ids alone unless fields are named, and knows *all, *navigable and -x', async () => {
    const { http } = await start();
    const issues = async (fields?: string[]) =>
      (
        (await http('POST', '/search/jql', { jql: 'key = PSD-1', ...(fields ? { fields } : {}) })).body as {
          issues: { fields?: object }[];
        }
      ).issues;
    expect(await issues()).toEqual([{ id: '101' }]);
    expect((await issues(['key']))[0]).toEqual({
      id: '101',
      key: 'PSD-1',
      self: expect.any(String),
      expand: expect.any(String),
    });
    expect(Object.keys((await issues(['summary', 'status']))[0]?.fields ?? {})).toEqual(['summary', 'status']);
    expect((await issues(['*all']))[0]?.fields).toHaveProperty('comment.total', 2);
    expect((await issues(['*navigable']))[0]?.fields).not.toHaveProperty('comment');
    const without = (await issues(['*all', '-comment', '-description']))[0]?.fields ?? {};
    expect(without).toHaveProperty('summary');
    expect(Object.keys(without)).not.toContain('comment');
    expect(Object.keys(without)).not.toContain('description');
  });

  it('pages by token, stably while issues are written, and refuses a token of another statement or one that is too old', async () => {
    let nowMs = SMALL_SITE_NOW_MS;
    const { http } = await start({ clock: { now: () => nowMs } });
    const jql = 'project is not empty order by key';
    const first = await http('POST', '/search/jql', { jql, fields: ['key'], maxResults: 3 });
    expect(keysOf(first)).toEqual(['OPS-1', 'OPS-2', 'OPS-3']);
    const { nextPageToken } = pageOf(first);
    await http('POST', '/issue', {
      fields: { project: { key: 'OPS' }, issuetype: { name: 'Task' }, summary: 'Between the pages' },
    });
    const second = await http('POST', '/search/jql', { jql, fields: ['key'], maxResults: 3, nextPageToken });
    expect(keysOf(second)).toEqual(['OPS-4', 'OPS-5', 'PSD-1']);
    const third = await http('POST', '/search/jql', {
      jql,
      fields: ['key'],
      maxResults: 3,
      nextPageToken: pageOf(second).nextPageToken,
    });
    expect([keysOf(third), pageOf(third)]).toEqual([
      ['PSD-2', 'PSD-3', 'PSD-10'],
      expect.objectContaining({ isLast: true }),
    ]);
    expect(third.body).not.toHaveProperty('nextPageToken');
    expect(third.body).not.toHaveProperty('total');
    for (const [otherJql, token] of [
      ['project = PSD', nextPageToken],
      [jql, 'garbage'],
    ]) {
      const refused = await http('POST', '/search/jql', { jql: otherJql, nextPageToken: token });
      expect(problemOf(refused)).toMatchObject({ status: 400, message: expect.stringContaining('page token') });
    }
    nowMs += 8 * 86_400_000;
    expect((await http('POST', '/search/jql', { jql, nextPageToken })).status).toBe(400);
  });

  it('cuts a page with fields shorter than asked, but not one of ids', async () => {
    const { http } = await start({ company: generateCompany() });
    const jql = 'project is not empty';
    const size = async (body: object) =>
      ((await http('POST', '/search/jql', { jql, maxResults: 5000, ...body })).body as { issues: unknown[] }).issues
        .length;
    expect(await size({ fields: ['summary'] })).toBe(100);
    expect(await size({})).toBeGreaterThan(800);
    expect((await http('POST', '/search/jql', { jql, maxResults: 5001 })).status).toBe(400);
  });

  it('does not see a write until its index has caught up, except for issues it is told to reconcile', async () => {
    const { standIn, http } = await start();
    const done = async (reconcileIssues?: number[]) =>
      keysOf(
        await http('POST', '/search/jql', {
          jql: 'status = Done order by key',
          fields: ['key'],
          ...(reconcileIssues ? { reconcileIssues } : {}),
        }),
      );
    standIn.freezeIndex();
    expect((await http('POST', '/issue/PSD-1/transitions', { transition: { id: '51' } })).status).toBe(204);
    expect(await done()).toEqual(['OPS-2', 'PSD-2']);
    expect(await done([101])).toEqual(['OPS-2', 'PSD-1', 'PSD-2']);
    const direct = await http('POST', '/issue/bulkfetch', { issueIdsOrKeys: ['PSD-1'], fields: ['status'] });
    expect(direct.body).toMatchObject({ issues: [{ fields: { status: { name: 'Done' } } }] });
    standIn.thawIndex();
    expect(await done()).toEqual(['OPS-2', 'PSD-1', 'PSD-2']);
    expect(
      (
        await http('POST', '/search/jql', {
          jql: 'status = Done',
          reconcileIssues: Array.from({ length: 51 }, (_, id) => id),
        })
      ).status,
    ).toBe(400);
  });

  it('lags by as long as it is set to', async () => {
    let nowMs = SMALL_SITE_NOW_MS;
    const { standIn, http } = await start({ indexLagMs: 5_000, clock: { now: () => nowMs } });
    standIn.updateIssue('PSD-3', { summary: 'Zeppelin' });
    const zeppelins = async () =>
      keysOf(await http('POST', '/search/jql', { jql: 'summary ~ zeppelin', fields: ['key'] }));
    expect(await zeppelins()).toEqual([]);
    nowMs += 5_000;
    expect(await zeppelins()).toEqual(['PSD-3']);
  });

  it('has removed the old endpoint: 410', async () => {
    const { http } = await start();
    for (const method of ['GET', 'POST']) {
      const removed = await http(method, '/search', method === 'POST' ? { jql: 'project = PSD' } : undefined);
      expect(problemOf(removed)).toMatchObject({ status: 410, message: expect.stringContaining('CHANGE-2046') });
    }
  });

  it('refuses bodies of the wrong shape, that are not JSON, or not said to be', async () => {
    const { standIn, http } = await start();
    expect(problemOf(await http('POST', '/search/jql', { jql: 5 }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('Invalid request payload'),
    });
    expect((await http('POST', '/search/jql', { jql: 'project = PSD', startAt: 0 })).status).toBe(400);
    const authorization = `Basic ${Buffer.from(`${standIn.email}:${standIn.apiToken}`).toString('base64')}`;
    const post = async (contentType: string) =>
      (
        await fetch(`${standIn.url}/rest/api/3/search/jql`, {
          method: 'POST',
          headers: { authorization, 'content-type': contentType },
          body: '{',
        })
      ).status;
    expect([await post('application/json'), await post('text/plain')]).toEqual([400, 415]);
  });
});

describe('bulk fetch', () => {
  it('answers in ascending order of id, each once, and leaves out what is missing or forbidden without a word', async () => {
    const { http } = await start();
    const answer = await http('POST', '/issue/bulkfetch', {
      issueIdsOrKeys: ['PSD-10', 'NOPE-1', 'psd-1', '101', 'PSD-5', 'PSD-2'],
      fields: ['summary'],
    });
    expect(keysOf(answer)).toEqual(['PSD-1', 'PSD-2', 'PSD-10']);
    expect(answer.body).toMatchObject({ issueErrors: [] });
  });

  it('answers a moved issue under its new key, once', async () => {
    const { http } = await start();
    expect(keysOf(await http('POST', '/issue/bulkfetch', { issueIdsOrKeys: ['PSD-4', 'OPS-1'] }))).toEqual(['OPS-1']);
  });

  it('reports an issue it fails to read', async () => {
    const { standIn, http } = await start();
    standIn.breakIssue('PSD-2', 'The issue could not be loaded.');
    const answer = await http('POST', '/issue/bulkfetch', { issueIdsOrKeys: ['PSD-1', 'PSD-2'] });
    expect(keysOf(answer)).toEqual(['PSD-1']);
    expect(answer.body).toMatchObject({ issueErrors: [{ id: '102', errorMessage: 'The issue could not be loaded.' }] });
  });

  it('takes between 1 and 100 ids or keys', async () => {
    const { http } = await start();
    const status = async (count: number) =>
      (await http('POST', '/issue/bulkfetch', { issueIdsOrKeys: Array.from({ length: count }, (_, n) => `PSD-${n}`) }))
        .status;
    expect([await status(0), await status(100), await status(101)]).toEqual([400, 200, 400]);
  });
});

describe('a single issue', () => {
  it('is found by id, by key in any case, and by a key it had before it was moved', async () => {
    const { http } = await start();
    for (const idOrKey of ['105', 'OPS-1', 'ops-1', 'PSD-4', 'psd-4']) {
      expect((await http('GET', `/issue/${idOrKey}?fields=summary`)).body).toMatchObject({
        key: 'OPS-1',
        fields: { summary: 'Moved: rotate certificates' },
      });
    }
  });

  it('that is forbidden is as unknown as one that does not exist, wherever it is asked for', async () => {
    const { http } = await start();
    for (const key of ['PSD-5', '109', 'PSD-999']) {
      expect(problemOf(await http('GET', `/issue/${key}`))).toEqual(NOT_FOUND);
      expect(problemOf(await http('GET', `/issue/${key}/comment`))).toEqual(NOT_FOUND);
      expect(problemOf(await http('GET', `/issue/${key}/transitions`))).toEqual(NOT_FOUND);
      expect(problemOf(await http('POST', `/issue/${key}/comment`, { body: paragraph('x') }))).toEqual(NOT_FOUND);
      expect(problemOf(await http('PUT', `/issue/${key}`, { fields: { summary: 'x' } }))).toEqual(NOT_FOUND);
    }
    expect((await http('POST', '/comment/list', { ids: [9001, 9003] })).body).toMatchObject({
      total: 1,
      values: [{ id: '9001' }],
    });
    expect(keysOf(await http('POST', '/search/jql', { jql: 'summary ~ secret', fields: ['key'] }))).toEqual([]);
    expect((await http('POST', '/search/approximate-count', { jql: 'project = PSD' })).body).toEqual({ count: 4 });
  });

  it('shows an assignee whose account was erased, and no author on a comment of nobody', async () => {
    const { http } = await start();
    expect((await http('GET', '/issue/OPS-4?fields=assignee')).body).toMatchObject({
      fields: { assignee: { accountId: 'acc-erased', active: false } },
    });
    const { body } = await http('GET', '/issue/PSD-1/comment?orderBy=-created&maxResults=1');
    expect(body).toMatchObject({
      total: 2,
      maxResults: 1,
      comments: [{ id: '9002', created: '2026-02-02T10:00:00.000+0000' }],
    });
    expect((body as { comments: object[] }).comments[0]).not.toHaveProperty('author');
  });

  it('hides fields that the caller may not see, from the field list too', async () => {
    const { http } = await start({ hiddenFields: ['customfield_10102'] });
    expect(JSON.stringify((await http('GET', '/field')).body)).not.toContain('customfield_10102');
    expect(Object.keys(((await http('GET', '/issue/PSD-1')).body as { fields: object }).fields)).not.toContain(
      'customfield_10102',
    );
    expect((await http('POST', '/search/jql', { jql: 'cf[10102] = UAT' })).status).toBe(400);
  });
});

describe('writes', () => {
  it('name every field with a wrong value, and change nothing then', async () => {
    const { standIn, http } = await start();
    const refused = await http('PUT', '/issue/PSD-1', {
      fields: {
        summary: 'New',
        description: 'plain text',
        labels: ['two words'],
        universe: 42,
        assignee: { accountId: 'nobody' },
      },
    });
    expect(problemOf(refused)).toMatchObject({
      status: 400,
      errors: {
        description: expect.stringContaining('Atlassian Document'),
        labels: expect.any(String),
        universe: expect.any(String),
        assignee: expect.any(String),
      },
    });
    expect(standIn.issue('PSD-1')?.summary).toBe('Deploy the "Fast Lane" gateway');
    expect(problemOf(await http('POST', '/issue', { fields: {} })).errors).toHaveProperty('summary');
  });

  it('refuse an unknown transition, a comment that is no document, and an empty one', async () => {
    const { http } = await start();
    expect(problemOf(await http('POST', '/issue/PSD-1/transitions', { transition: { id: '999' } })).message).toContain(
      "Transition id '999' is not valid",
    );
    expect(problemOf(await http('POST', '/issue/PSD-1/transitions', {})).message).toBe(
      "Missing 'transition' identifier",
    );
    expect(problemOf(await http('POST', '/issue/PSD-1/comment', { body: 'text' })).errors).toEqual({
      comment: 'Comment body is not valid!',
    });
    expect(problemOf(await http('POST', '/issue/PSD-1/comment', {})).errors).toEqual({
      comment: 'Comment body can not be empty!',
    });
  });

  it('refuse a document that Jira could not show', async () => {
    const { http } = await start();
    const heading = { type: 'heading', attrs: { level: 1 }, content: [{ type: 'text', text: 'H' }] };
    const item = { type: 'listItem', content: [heading] };
    for (const content of [
      [{ type: 'nonsense' }],
      [{ type: 'bulletList', content: [item] }],
      [{ type: 'text', text: '' }],
    ]) {
      const answer = await http('POST', '/issue/PSD-1/comment', { body: { type: 'doc', version: 1, content } });
      expect(problemOf(answer).errors).toEqual({ comment: 'Comment body is not valid!' });
    }
  });

  it('keep what programs attach to a comment, and tell it on request only', async () => {
    const { http } = await start();
    const properties = [{ key: 'mark', value: { id: 'a' } }];
    const added = await http('POST', '/issue/PSD-1/comment', { body: paragraph('Marked'), properties });
    const { id } = added.body as { id: string };
    expect((await http('GET', `/issue/PSD-1/comment/${id}`)).body).not.toHaveProperty('properties');
    expect((await http('POST', '/comment/list?expand=properties', { ids: [Number(id)] })).body).toMatchObject({
      values: [{ id, properties }],
    });
    expect((await http('GET', '/issue/PSD-1/comment/1')).status).toBe(404);
  });

  it('are in the history of the issue, with who made them, the newest first', async () => {
    const { standIn, http } = await start();
    standIn.updateIssue('PSD-1', { statusName: 'To Do' });
    await http('POST', '/issue/PSD-1/transitions', { transition: { id: '21' } });
    standIn.updateIssue('PSD-1', { statusName: 'Blocked' });
    const { body } = await http('GET', '/issue/PSD-1?fields=status&expand=changelog');
    const { histories } = (body as { changelog: { histories: { items: { field: string; toString: string }[] }[] } })
      .changelog;
    const statuses = histories.flatMap(({ items }) => items).filter(({ field }) => field === 'status');
    expect(statuses.slice(0, 2).map((item) => Object(item).toString)).toEqual(['Blocked', 'In Progress']);
    expect(histories[1]).toMatchObject({ author: { accountId: expect.any(String) } });
  });

  it('are done although the answer is lost on the way back', async () => {
    const { standIn, http } = await start();
    standIn.faults.add({ kind: 'reset', path: '/comment', method: 'POST' });
    await expect(http('POST', '/issue/PSD-2/comment', { body: paragraph('Sent once') })).rejects.toThrow();
    expect(standIn.issue('PSD-2')?.comments).toHaveLength(1);
  });
});

describe('users', () => {
  it('are read in bulk by repeated accountId, ten a page unless told otherwise, unknown ones left out or null', async () => {
    const { http } = await start();
    const many = Array.from({ length: 12 }, (_, n) => ({ ...bob, accountId: `acc-${n}` }));
    const crowd = await start({ company: { jira: { ...smallJiraSite, users: many } } });
    const query = many.map(({ accountId }) => `accountId=${accountId}`).join('&');
    const page = (await crowd.http('GET', `/user/bulk?${query}`)).body;
    expect(page).toMatchObject({ total: 12, maxResults: 10, isLast: false });
    expect((page as { values: unknown[] }).values).toHaveLength(10);
    const unknown = '/user/bulk?accountId=acc-ann&accountId=acc-gone';
    expect((await http('GET', unknown)).body).toMatchObject({ total: 1, values: [{ accountId: 'acc-ann' }] });
    const withNulls = await start({ unknownUsers: 'null' });
    expect((await withNulls.http('GET', unknown)).body).toMatchObject({ values: [{ accountId: 'acc-ann' }, null] });
    expect((await http('GET', '/user/bulk')).status).toBe(400);
  });

  it('that hide their address have none, null or an empty one, as the site is set', async () => {
    const user = async (options: JiraStandInOptions) =>
      (await (await start(options)).http('GET', `/user?accountId=${bob.accountId}`)).body;
    expect(await user({})).not.toHaveProperty('emailAddress');
    expect(await user({ hiddenEmail: 'null' })).toMatchObject({ emailAddress: null });
    expect(await user({ hiddenEmail: 'empty' })).toMatchObject({ emailAddress: '' });
  });

  it('that do not exist are 404, and the caller is found by address or made up', async () => {
    const { http } = await start();
    expect(problemOf(await http('GET', '/user?accountId=nobody')).status).toBe(404);
    expect((await http('GET', '/myself')).body).toMatchObject({ accountId: ann.accountId });
    const robot = await start({ email: 'robot@example.com' });
    expect((await robot.http('GET', '/myself')).body).toMatchObject({
      emailAddress: 'robot@example.com',
      active: true,
    });
  });
});

describe('projects', () => {
  it('page with nextPage, filter by repeated keys, and have a lead only when it is asked for and exists', async () => {
    const { http } = await start();
    const first = (await http('GET', '/project/search?maxResults=1')).body;
    expect(first).toMatchObject({
      total: 2,
      isLast: false,
      values: [{ key: 'OPS' }],
      nextPage: expect.stringContaining('startAt=1'),
    });
    const some = (await http('GET', '/project/search?keys=PSD&keys=NOPE&expand=lead')).body;
    expect(some).toMatchObject({ total: 1, values: [{ key: 'PSD', lead: { accountId: ann.accountId } }] });
    expect(((await http('GET', '/project/search?keys=PSD')).body as { values: object[] }).values[0]).not.toHaveProperty(
      'lead',
    );
    expect((await http('GET', '/project/ops')).body).not.toHaveProperty('lead');
    expect(problemOf(await http('GET', '/project/NOPE'))).toMatchObject({
      status: 404,
      message: "No project could be found with key 'NOPE'.",
    });
  });
});

describe('limits', () => {
  it('answers 429 with the reason and when to come again, as often as told', async () => {
    const { standIn, http } = await start();
    standIn.faults.add({ ...rateLimited('jira-burst-based', 3), times: 1 });
    const limited = await http('GET', '/myself');
    expect([
      limited.status,
      limited.headers.get('retry-after'),
      limited.headers.get('ratelimit-reason'),
      limited.headers.get('x-ratelimit-remaining'),
    ]).toEqual([429, '3', 'jira-burst-based', '0']);
    expect(Date.parse(limited.headers.get('x-ratelimit-reset') ?? '')).toBeGreaterThan(Date.now());
    expect((await http('GET', '/myself')).status).toBe(200);
  });

  it('counts points: one, and one for each issue or project, two for each user', async () => {
    const { standIn, http } = await start();
    const points = async (method: string, path: string, body?: unknown) => {
      standIn.calls.clear();
      await http(method, path, body);
      return standIn.calls.billed();
    };
    expect(await points('POST', '/issue/bulkfetch', { issueIdsOrKeys: ['PSD-1', 'PSD-2', 'PSD-5'] })).toBe(3);
    expect(await points('GET', '/user/bulk?accountId=acc-ann&accountId=acc-bob')).toBe(5);
    expect(await points('GET', '/project/search')).toBe(3);
    expect(await points('POST', '/search/jql', { jql: 'project = OPS' })).toBe(5);
    expect(await points('POST', '/issue/PSD-1/comment', { body: paragraph('x') })).toBe(1);
  });

  it('answers 414 to a request line over 8 KB, and 404 or 405 as HTML to what it does not serve', async () => {
    const { standIn } = await start();
    const authorization = `Basic ${Buffer.from(`${standIn.email}:${standIn.apiToken}`).toString('base64')}`;
    const get = (path: string, method = 'GET') =>
      fetch(`${standIn.url}${path}`, { method, headers: { authorization } });
    expect((await get(`/rest/api/3/user/bulk?${'accountId=x&'.repeat(800)}`)).status).toBe(414);
    const unknown = await get('/rest/api/3/nothing');
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'text/html;charset=UTF-8']);
    expect((await get('/rest/api/3/myself', 'DELETE')).status).toBe(405);
  });
});
