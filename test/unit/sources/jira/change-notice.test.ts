import { describe, expect, test } from 'vitest';
import { readJiraChangeNotice } from '../../../../src/sources/jira/change-notice.ts';

const issue = { id: '10001', key: 'psd-7' };
const tagsOf = (body: unknown) => readJiraChangeNotice(body)?.tags;

describe('a notice of Jira', () => {
  test('about an issue concerns it by id and key, and the lists of issues', () => {
    expect(readJiraChangeNotice({ webhookEvent: 'jira:issue_updated', timestamp: 5, issue })).toEqual({
      event: 'jira:issue_updated',
      happenedAtMs: 5,
      tags: ['JiraIssue:10001', 'JiraIssue:PSD-7', 'JiraIssue[]'],
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
      'JiraIssue:2',
      'JiraIssue[]',
    ]);
  });

  test('about a person or a project concerns that record', () => {
    expect(tagsOf({ webhookEvent: 'user_updated', user: { accountId: '5b:1' } })).toEqual(['JiraUser:5b:1']);
    expect(tagsOf({ webhookEvent: 'project_updated', project: { id: 7, key: 'psd' } })).toEqual([
      'JiraProject:7',
      'JiraProject:PSD',
    ]);
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
