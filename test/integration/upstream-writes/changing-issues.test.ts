import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const TRANSITION = `mutation ($input: TransitionJiraIssueInput!) {
  transitionJiraIssue(input: $input) { issue { key status { name category } resolvedAt } }
}`;
const COMMENT = `mutation ($input: AddJiraCommentInput!) {
  addJiraComment(input: $input) { comment { id body author { displayName } } issue { key comments(first: 200) { id } } }
}`;

let gateway: TestGateway;
let operator: Record<string, string>;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { UPSTREAM_WRITE_TIMEOUT: '1000' } });
  operator = await gateway.as('OPERATOR');
});
afterAll(() => gateway.close());
beforeEach(() => gateway.clearCalls());

const transition = (input: Readonly<Record<string, unknown>>, headers = operator) =>
  gateway.query(TRANSITION, { input }, headers);
const comment = (input: Readonly<Record<string, unknown>>, headers = operator) =>
  gateway.query(COMMENT, { input }, headers);
const posts = (ending: string) =>
  gateway.jira.calls.all.filter(({ method, path }) => method === 'POST' && path.endsWith(ending));
const moved = () => {
  for (let number = 1; number < 600; number += 1) {
    const issue = gateway.jira.issue(`PSD-${number}`);
    if (issue && !issue.forbidden && issue.movedFrom.length > 0) return issue;
  }
  throw new Error('The company has no issue that was moved.');
};

describe('a transition', () => {
  it('takes the issue to the status of that name, in any case, and answers with it', async () => {
    gateway.jira.updateIssue('PSD-10', { statusName: 'To Do' });
    await gateway.query('{ jiraIssue(key: "PSD-10") { status { name } } }', {}, operator);
    gateway.clearCalls();
    const { data, errors } = await transition({ key: 'psd-10', to: ' dONE ' });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      transitionJiraIssue: {
        issue: { key: 'PSD-10', status: { name: 'Done', category: 'DONE' }, resolvedAt: expect.any(String) },
      },
    });
    expect(posts('/transitions').map(({ body }) => JSON.parse(body))).toEqual([{ transition: { id: '51' } }]);
    expect(gateway.jira.issue('PSD-10')?.statusName).toBe('Done');
  });

  it('to the status that the issue has already does nothing', async () => {
    gateway.jira.updateIssue('PSD-11', { statusName: 'Blocked' });
    const { data, errors } = await transition({ key: 'PSD-11', to: 'Blocked' });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ transitionJiraIssue: { issue: { status: { name: 'Blocked' } } } });
    expect(posts('/transitions')).toEqual([]);
  });

  it('to the status that the issue has got without a word shows it, now and later', async () => {
    const read = () => gateway.query('{ jiraIssue(key: "PSD-33") { status { name } } }', {}, operator);
    gateway.jira.updateIssue('PSD-33', { statusName: 'To Do' });
    expect((await read()).data).toEqual({ jiraIssue: { status: { name: 'To Do' } } });
    gateway.jira.updateIssue('PSD-33', { statusName: 'Blocked' });
    const { data, errors } = await transition({ key: 'PSD-33', to: 'Blocked' });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ transitionJiraIssue: { issue: { status: { name: 'Blocked' } } } });
    expect(posts('/transitions')).toEqual([]);
    expect((await read()).data).toEqual({ jiraIssue: { status: { name: 'Blocked' } } });
  });

  it('to a status that is out of reach names those within reach', async () => {
    gateway.jira.updateIssue('PSD-12', { statusName: 'To Do' });
    const { data, errors } = await transition({ key: 'PSD-12', to: 'Released' });
    expect(data).toEqual({ transitionJiraIssue: null });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('It can go to In Progress, In Review, Blocked, Done.'),
        extensions: {
          code: 'BAD_USER_INPUT',
          argument: 'input.to',
          current: 'To Do',
          reachable: ['In Progress', 'In Review', 'Blocked', 'Done'],
        },
      },
    ]);
    expect(posts('/transitions')).toEqual([]);
  });

  it('of an issue that was moved goes by the key that it had, and shows by every key', async () => {
    const { key, movedFrom } = moved();
    gateway.jira.updateIssue(key, { statusName: 'To Do' });
    const [formerKey] = movedFrom;
    const byBoth = `{ old: jiraIssue(key: "${formerKey}") { status { name } } new: jiraIssue(key: "${key}") { status { name } } }`;
    await gateway.query(byBoth, {}, operator);
    const { data } = await transition({ key: formerKey, to: 'In Review' });
    expect(data).toMatchObject({ transitionJiraIssue: { issue: { key, status: { name: 'In Review' } } } });
    expect((await gateway.query(byBoth, {}, operator)).data).toEqual({
      old: { status: { name: 'In Review' } },
      new: { status: { name: 'In Review' } },
    });
  });

  it('shows in lists at once, although the index of Jira lags behind', async () => {
    gateway.jira.updateIssue('PSD-13', { statusName: 'To Do' });
    gateway.jira.freezeIndex();
    const list = '{ jiraIssues(first: 1, filter: { projectKey: "PSD" }) { nodes { key status { name } } } }';
    await transition({ key: 'PSD-13', to: 'In Progress' });
    const { data } = await gateway.query(list, {}, operator);
    gateway.jira.thawIndex();
    expect(data).toEqual({ jiraIssues: { nodes: [{ key: 'PSD-13', status: { name: 'In Progress' } }] } });
  });

  it('is refused, and nothing is sent, for what is wrong with it', async () => {
    for (const [input, argument] of [
      [{ key: 'nope', to: 'Done' }, 'input.key'],
      [{ key: 'PSD-99999', to: 'Done' }, 'input.key'],
      [{ key: 'PSD-14', to: '  ' }, 'input.to'],
    ] as const) {
      const { errors } = await transition(input);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    }
    gateway.clearCalls();
    const { errors } = await transition({ key: 'PSD-14', to: 'Done' }, await gateway.as('ANALYST'));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(gateway.jira.calls.count()).toBe(0);
  });

  it('that the workflow refuses says so, without what Jira said', async () => {
    gateway.jira.updateIssue('PSD-15', { statusName: 'To Do' });
    gateway.jira.faults.add({
      kind: 'status',
      status: 400,
      body: { errorMessages: ['canary-1'], errors: { customfield_1: 'canary-1' } },
      method: 'POST',
      path: '/transitions',
      times: 1,
    });
    const { errors } = await transition({ key: 'PSD-15', to: 'Done' });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'input.to' } }]);
    expect(JSON.stringify(errors)).not.toContain('canary-1');
    expect(posts('/transitions')).toHaveLength(1);
  });
});

describe('a comment', () => {
  it('is added as the document that its Markdown means, and answered with its issue', async () => {
    const before = gateway.jira.issue('PSD-20')?.comments.length ?? 0;
    await gateway.query('{ jiraIssue(key: "PSD-20") { comments(first: 200) { id } } }', {}, operator);
    const body = '## Go-live\n\nMoved to **Friday**:\n\n- [runbook](https://wiki.example/r)\n- `v2`';
    const { data, errors } = await comment({ key: 'PSD-20', body });
    expect(errors).toEqual([]);
    const { comment: added, issue } = data.addJiraComment as {
      comment: { id: string; body: string };
      issue: { comments: { id: string }[] };
    };
    expect(added).toMatchObject({ body, author: { displayName: 'Deployment Graph' } });
    expect(issue.comments).toHaveLength(before + 1);
    expect(issue.comments.at(-1)?.id).toBe(added.id);
    const stored = gateway.jira.issue('PSD-20')?.comments.at(-1)?.body;
    expect(stored).toMatchObject({
      type: 'doc',
      content: [{ type: 'heading' }, { type: 'paragraph' }, { type: 'bulletList' }],
    });
  });

  it('is refused, and nothing is sent, for what is wrong with it', async () => {
    for (const [input, argument] of [
      [{ key: 'PSD-21', body: ' \n ' }, 'input.body'],
      [{ key: 'PSD-21', body: 'x'.repeat(10_001) }, 'input.body'],
      [{ key: 'PSD-21', body: `${'> '.repeat(200)}x` }, 'input.body'],
      [{ key: 'PSD-99999', body: 'x' }, 'input.key'],
    ] as const) {
      const { errors } = await comment(input);
      expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument } }]);
    }
    expect(posts('/comment')).toEqual([]);
    gateway.clearCalls();
    const { errors } = await comment({ key: 'PSD-21', body: 'x' }, await gateway.as('VIEWER'));
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(gateway.jira.calls.count()).toBe(0);
  });
});
