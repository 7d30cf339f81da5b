import { describe, expect, test } from 'vitest';
import { tagsOfChanges } from '../../../../src/cache/record-change.ts';
import { readJiraChangeNotice } from '../../../../src/sources/jira/change-notice.ts';

const issue = { id: '10001', key: 'psd-7' };
const changesOf = (body: unknown) => readJiraChangeNotice(body)?.changes;
const tagsOf = (body: unknown) => {
  const notice = readJiraChangeNotice(body);
  return notice && [...tagsOfChanges(notice.changes), ...notice.tags];
};

describe('a notice of Jira', () => {
  test('about an issue concerns it by id and key, and the lists of issues', () => {
    expect(readJiraChangeNotice({ webhookEvent: 'jira:issue_updated', timestamp: 5, issue })).toEqual({
      event: 'jira:issue_updated',
      happenedAtMs: 5,
      changes: [{ type: 'JiraIssue', id: '10001', names: ['PSD-7'] }],
      tags: [],
      issueIds: ['10001'],
    });
  });

  test('about a move concerns the key before and after', () => {
    const items = [
      { field: 'project', fromString: 'A', toString: 'B' },
      { field: 'Key', fromString: 'OLD-1', toString: 'NEW-2' },
    ];
    expect(tagsOf({ webhookEvent: 'jira:issue_updated', issue, changelog: { items } })).toEqual([
      'JiraIssue:10001',
      'JiraIssue:PSD-7',
      'JiraIssue:OLD-1',
      'JiraIssue:NEW-2',
      'JiraIssue[]',
    ]);
  });

  test('is understood when a change has no value after it', () => {
    const changelog: { items: unknown[] } = {
      items: [
        { field: 'Key', fromString: 'OLD-1' },
        { field: 'assignee', toString: null },
      ],
    };
    expect(tagsOf({ webhookEvent: 'jira:issue_updated', issue, changelog })).toContain('JiraIssue:OLD-1');
  });

  test('about a link concerns both issues', () => {
    const issueLink = { sourceIssueId: 1, destinationIssueId: 2 };
    expect(tagsOf({ webhookEvent: 'issuelink_deleted', issueLink })).toEqual([
      'JiraIssue:1',
      'JiraIssue[]',
      'JiraIssue:2',
    ]);
  });

  test('about a person or a project concerns that record', () => {
    expect(tagsOf({ webhookEvent: 'user_updated', user: { accountId: '5b:1' } })).toEqual(['JiraUser:5b:1']);
    expect(tagsOf({ webhookEvent: 'project_updated', project: { id: 7, key: 'psd' } })).toEqual([
      'JiraProject:7',
      'JiraProject:PSD',
    ]);
  });

  test('tells what lists depend on, as far as it says, and which fields have changed', () => {
    const fields = {
      summary: 'New',
      status: { name: 'Doing', statusCategory: { key: 'indeterminate' } },
      assignee: null,
      project: { id: '1', key: 'PSD', name: 'Services' },
      updated: '2026-01-02T03:04:05.000+0000',
      description: 'not told',
    };
    const changelog = { items: [{ field: 'Story Points', fieldId: 'customfield_10016' }, { field: 'summary' }] };
    expect(changesOf({ webhookEvent: 'jira:issue_updated', issue: { ...issue, fields }, changelog })).toEqual([
      {
        type: 'JiraIssue',
        id: '10001',
        names: ['PSD-7'],
        values: {
          updated: '2026-01-02T03:04:05.000+0000',
          project: { key: 'PSD', name: 'Services' },
          status: { category: 'indeterminate' },
          assignee: null,
          summary: 'New',
        },
        fields: ['updated', 'story points', 'customfield_10016', 'summary'],
      },
    ]);
    expect(changesOf({ webhookEvent: 'comment_created', issue })).toMatchObject([{ fields: ['comment', 'updated'] }]);
    expect(changesOf({ webhookEvent: 'jira:issue_deleted', issue: { ...issue, fields } })).toMatchObject([
      { values: null },
    ]);
  });

  test.each([
    ['without a changelog', { issue }],
    ['with a changelog that says nothing', { issue, changelog: { items: [] } }],
    ['with a change of no field', { issue, changelog: { items: [{ field: 7 }] } }],
    ['of a new issue', { webhookEvent: 'jira:issue_created', issue, changelog: { items: [{ field: 'status' }] } }],
  ])('may have changed anything %s', (_how, body) => {
    expect(changesOf({ webhookEvent: 'jira:issue_updated', ...body })?.[0]).not.toHaveProperty('fields');
  });

  test('of an event that the graph does not know concerns nothing, whatever it brings along', () => {
    expect(tagsOf({ webhookEvent: 'sprint_closed', issue, sprint: { id: 1 } })).toEqual([]);
  });

  test.each([null, [], 'text', {}, { webhookEvent: 7 }, { webhookEvent: 'jira:issue_updated', issue: { id: 'x y' } }])(
    'is not %j',
    (body) => {
      expect(readJiraChangeNotice(body)).toBeNull();
    },
  );
});
