import { describe, expect, it } from 'vitest';
import { matchIssues } from '../../../../src/sources/jira/issue-match.ts';

const answer = (id: string, key: string, ...formerKeys: string[]) => ({
  id,
  key,
  fields: {},
  changelog: {
    histories: formerKeys.map((fromString) => ({ items: [{ field: 'Key', fromString }, null, { field: 'status' }] })),
  },
});
const plain = (id: string, key: string) => ({ id, key, fields: {} });

function matched(requested: string[], answers: Parameters<typeof matchIssues>[1]): Record<string, string> {
  const { found } = matchIssues(requested, answers);
  return Object.fromEntries([...found].map(([key, issue]) => [key, issue.key]));
}

describe('matchIssues', () => {
  it('matches by key and by id, whatever the order', () => {
    expect(matched(['A-2', '11', 'A-1'], [plain('10', 'A-1'), plain('11', 'A-9'), plain('12', 'A-2')])).toEqual({
      'A-1': 'A-1',
      '11': 'A-9',
      'A-2': 'A-2',
    });
  });

  it('matches old keys by history, also when the new key was asked too', () => {
    const issue = answer('10', 'B-1', 'a-5', 'C-3');
    expect(matched(['B-1', 'A-5', 'C-3', 'A-6'], [issue])).toEqual({ 'B-1': 'B-1', 'A-5': 'B-1', 'C-3': 'B-1' });
  });

  it('prefers the issue that has a key now over one that once had it', () => {
    expect(matched(['A-1'], [answer('10', 'B-1', 'A-1'), plain('11', 'A-1')])).toEqual({ 'A-1': 'A-1' });
  });

  it('gives the one answer that is left the one key that is left', () => {
    expect(matched(['A-1', 'B-2'], [plain('10', 'A-1'), plain('11', 'C-7')])).toEqual({ 'A-1': 'A-1', 'B-2': 'C-7' });
  });

  it('eliminates keys of the project in which the issue is now, because a move leaves its project', () => {
    expect(matched(['A-1', 'B-404'], [plain('10', 'B-7')])).toEqual({ 'A-1': 'B-7' });
  });

  it('eliminates step by step', () => {
    // C-1 can only be of the issue in A; what remains for the issue in C is then A-1.
    expect(matched(['A-1', 'C-1'], [plain('10', 'C-7'), plain('11', 'A-7')])).toEqual({ 'A-1': 'C-7', 'C-1': 'A-7' });
  });

  it('leaves in doubt what elimination does not settle', () => {
    const { found, leftKeys, leftAnswers } = matchIssues(
      ['A-1', 'A-2', 'A-3'],
      [plain('10', 'B-1'), plain('11', 'B-2')],
    );
    expect([...found]).toEqual([]);
    expect(leftKeys).toEqual(['A-1', 'A-2', 'A-3']);
    expect(leftAnswers.map(({ key }) => key)).toEqual(['B-1', 'B-2']);
  });

  it('takes a malformed history for none', () => {
    expect(matched(['A-1'], [{ id: '10', key: 'A-1', fields: {}, changelog: 'x' }])).toEqual({ 'A-1': 'A-1' });
  });
});
