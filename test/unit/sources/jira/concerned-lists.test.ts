import { describe, expect, test } from 'vitest';
import type { RecordChange } from '../../../../src/cache/record-change.ts';
import type { RecordValues } from '../../../../src/cache/record-values.ts';
import { isIssueListConcerned } from '../../../../src/sources/jira/concerned-lists.ts';
import { containsWords, equals, type IssueClause, oneOf } from '../../../../src/sources/jira/jql.ts';
import type { ListMeta, ListQuestion } from '../../../../src/sources/jira/list-question.ts';
import { findsWords } from '../../../../src/sources/jira/text-match.ts';

const NOON_MS = Date.parse('2026-03-10T12:00:00Z');
const minutesBefore = (minutes: number) => NOON_MS - minutes * 60_000;
const inProgress = oneOf('statusCategory', ['In Progress']);
const asking = (...clauses: (IssueClause | null)[]): ListQuestion => ({
  clauses: clauses.filter((clause) => clause !== null),
  updatedFrom: null,
  updatedTo: null,
  after: null,
  size: 2,
});

/** Two issues, the second of which changed half an hour ago. */
function list(next: string | null = null) {
  const places = [
    [minutesBefore(10), 'PSD-1'],
    [minutesBefore(30), 'PSD-2'],
  ] as const;
  const meta: ListMeta = { places, hasMore: next !== null, unplaced: [], next };
  return { ids: ['1', '2'], meta: meta as never };
}

const change = (id: string, values: RecordValues | null, minutes = 0): RecordChange => ({
  type: 'JiraIssue',
  id,
  values: values && { updated: new Date(minutesBefore(minutes)).toISOString(), ...values },
});
const status = (category: string) => ({ status: { category } });

describe('a list of issues in progress', () => {
  test.each([
    ['that it holds has changed', change('1', status('indeterminate')), true],
    ['that it holds has another status', change('1', status('done')), true],
    ['that it holds was told of again', change('1', status('indeterminate'), 10), false],
    ['that it does not hold is done', change('9', status('done')), false],
    ['is in progress now', change('9', status('indeterminate')), true],
    ['has a status of no known category', change('9', status('undefined')), true],
    ['that it holds is deleted', change('2', null), true],
    ['that it does not hold is deleted', change('9', null), false],
    ['was commented', { type: 'JiraIssue', id: '9', fields: ['comment', 'updated'] }, false],
    ['that it holds was commented', { type: 'JiraIssue', id: '2', fields: ['comment', 'updated'] }, true],
    ['has moved on in a way that is not told', { type: 'JiraIssue', id: '9', fields: ['status', 'updated'] }, true],
    ['has changed in a way that is not told', { type: 'JiraIssue', id: '9' }, true],
  ])('is another one, or not, when an issue %s', (_what, told, expected) => {
    expect(isIssueListConcerned(asking(inProgress), list(), told)).toBe(expected);
  });

  test.each([
    ['the one that shows that there are more is deleted', change('3', null), true],
    ['that one is done', change('3', status('done')), true],
    ['that one has changed', change('3', status('indeterminate')), true],
    ['one that may be behind it was commented', { type: 'JiraIssue', id: '9', fields: ['comment', 'updated'] }, true],
    ['one has changed longer ago than the last one of it', change('9', status('indeterminate'), 45), false],
  ])('with more behind it is another one, or not, when %s', (_what, told, expected) => {
    expect(isIssueListConcerned(asking(inProgress), list('3'), told)).toBe(expected);
  });

  test('that begins behind a place is the same when an issue moves before it', () => {
    const after = { updatedMs: minutesBefore(5), key: 'PSD-0', issueId: '0' };
    const behind = { ...asking(inProgress), after };
    expect(isIssueListConcerned(behind, list(), change('9', status('indeterminate')))).toBe(false);
    expect(isIssueListConcerned(behind, list(), change('1', status('indeterminate')))).toBe(true);
  });
});

test.each([
  ['a project by its key', equals('project', 'PSD'), { project: { key: 'OPS', name: 'Operations' } }, false],
  ['a project that is called like the key', equals('project', 'PSD'), { project: { key: 'OPS', name: 'psd' } }, true],
  ['an assignee', equals('assignee', 'acc-ann'), { assignee: { accountId: 'acc-bob' } }, false],
  ['an assignee, while there is none', equals('assignee', 'acc-ann'), { assignee: null }, false],
  ['an assignee, while it is that one', equals('assignee', 'acc-ann'), { assignee: { accountId: 'acc-ann' } }, true],
  ['text anywhere', containsWords('text', 'rollback'), { summary: 'Something else' }, true],
  [
    'words that are not in the summary',
    containsWords('summary', 'decommissioning'),
    { summary: 'Something else' },
    false,
  ],
  [
    'words that may be in the summary',
    containsWords('summary', 'decommissioning'),
    { summary: 'Decommissioned' },
    true,
  ],
])('a list by %s knows whether a change concerns it', (_what, clause, values, expected) => {
  expect(isIssueListConcerned(asking(clause), list(), change('9', values))).toBe(expected);
});

test.each([
  ['decommissioning', 'Upgrade the gateway', false],
  ['rollback decommissioning', 'Rollback exercise', false],
  ['decommissioning', 'DECOMMISSIONED', undefined],
  ['with deploy', 'Deploy the gateway', undefined],
  ['zwischen deploy', 'Deploy the gateway', undefined],
  ['rollback', 'Deploy the gateway', undefined],
  ['email', 'E-Mail route', undefined],
  ['mail', 'E-Mail route', undefined],
  ['gateway', 'v2gateway', undefined],
  ['run', 'Deploy', undefined],
  ['straße', 'Deploy', undefined],
  ['deploy', 'Überblick', undefined],
  ['decommissioning', '', false],
  ['decommissioning', null, false],
  ['decommissioning', undefined, undefined],
])(
  'whether %j is found in %j is told only where neither a stemmer nor a list of stop words could make it so',
  (words, text, expected) => {
    expect(findsWords(words, text)).toBe(expected);
  },
);
