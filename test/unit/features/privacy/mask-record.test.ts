import { describe, expect, it } from 'vitest';
import { HashedPeople, hashesOf, hashIdentifier } from '../../../../src/features/privacy/hashed-people.ts';
import { isAskedFor, maskRecord } from '../../../../src/features/privacy/mask-record.ts';
import { maskText } from '../../../../src/features/privacy/mask-text.ts';
import type { IdentifierKind } from '../../../../src/features/privacy/person-identifiers.ts';
import { testSealer } from '../../../support/keys.ts';

const peopleOf = (...identifiers: readonly (readonly [IdentifierKind, string])[]) =>
  new HashedPeople(
    testSealer,
    'demo',
    identifiers.flatMap(([kind, value]) => hashesOf(testSealer, 'demo', kind, value)),
  );
const ada = peopleOf(
  ['email', 'ada@example.com'],
  ['jira', '5b10:ada'],
  ['salesforce', '0055g00000ABCDEAA1'],
  ['name', 'Ada Lovelace-King'],
);

describe('text', () => {
  it.each([
    ['Ask Ada Lovelace-King.', 'Ask [erased].'],
    ['ADA LOVELACE-KING, Ada  Lovelace-King', '[erased], [erased]'],
    ['Ada\nLovelace-King', '[erased]'],
    ['mail ADA@Example.com, please', 'mail [erased], please'],
    ['<ada@example.com>;bob@example.com', '<[erased]>;bob@example.com'],
    ['Ada (Lovelace-King)', 'Ada (Lovelace-King)'],
    ['Ada and Lovelace', 'Ada and Lovelace'],
    ['Canada Lovelace-Kingston', 'Canada Lovelace-Kingston'],
    ['ada@example.com.evil.org', 'ada@example.com.evil.org'],
    ['', ''],
  ])('%j becomes %j', (text, masked) => {
    expect(maskText(ada, text)).toBe(masked);
    expect(maskText(ada, masked)).toBe(masked);
  });

  it('is the same string where nobody is hidden', () => {
    const text = 'Ada Lovelace-King, ada@example.com';
    expect(maskText(peopleOf(), text)).toBe(text);
  });

  it('takes time in proportion to its length, whatever it holds', () => {
    const timeOf = (text: string) => {
      const times = Array.from({ length: 7 }, () => {
        const startedAt = performance.now();
        maskText(ada, text);
        return performance.now() - startedAt;
      });
      return Math.min(...times);
    };
    for (const piece of ['Ada ', 'a@', 'a.', '@', 'a@b.', 'Ada Lovelace ']) {
      timeOf(piece.repeat(5_000));
      const [short, long] = [timeOf(piece.repeat(5_000)), timeOf(piece.repeat(40_000))];
      expect(long, piece).toBeLessThan(short * 8 * 4 + 5);
    }
  });
});

describe('what was searched for', () => {
  it.each([
    ['ada lovelace-king', true],
    ['LOVELACE KING, ADA', true],
    ['notes of king about ada b. lovelace', true],
    ['ada-lovelace_king', true],
    ["ada lovelace o'king", true],
    ['ada lovelace', false],
    ['king of the hill, by one of seven authors, none of them ada lovelace', false],
    ['ada', false],
    ['', false],
  ])('%j shows the person: %s', (text, isShown) => {
    expect(isAskedFor(ada, text)).toBe(isShown);
    expect(isAskedFor(ada, JSON.stringify([{ filter: { text }, orderBy: { field: 'GO_LIVE' } }, 20, null]))).toBe(
      isShown,
    );
  });

  it('takes time in proportion to its length', () => {
    const text = Array.from({ length: 4_000 }, (_, place) => `word${place.toString(36)}`);
    const timeOf = (words: number) => {
      const times = Array.from({ length: 5 }, () => {
        const startedAt = performance.now();
        expect(isAskedFor(ada, text.slice(0, words).join(' '))).toBe(false);
        return performance.now() - startedAt;
      });
      return Math.min(...times);
    };
    timeOf(400);
    expect(timeOf(4_000)).toBeLessThan(timeOf(400) * 10 * 4);
  });
});

describe('records', () => {
  it('of an erased person keep the id and nothing that is told by text, found by id or by address', () => {
    const values = { Id: '0055g00000ABCDE', Name: 'Ada', Email: 'x@example.com', Title: 'Countess', IsActive: true };
    const masked = { Id: '0055g00000ABCDE', Name: 'Erased person', Email: null, Title: null, IsActive: true };
    expect(maskRecord(ada, 'SalesforceUser', '0055g00000ABCDEAA1', values)).toEqual(masked);
    const byEmail = { ...values, Email: 'Ada@example.com' };
    expect(maskRecord(ada, 'SalesforceUser', '0055g00000XXXXXAAA', byEmail)).toEqual(masked);
    const user = { displayName: 'A. L.', emailAddress: null, active: false };
    expect(maskRecord(ada, 'JiraUser', '5b10:ada', user)).toEqual({
      displayName: 'Erased person',
      emailAddress: null,
      active: false,
    });
  });

  it('of somebody with the same name stay as they are, but for texts', () => {
    const values = { Id: '0055g00000XXXXX', Name: 'Ada Byron', Email: 'other@example.com' };
    expect(maskRecord(ada, 'SalesforceUser', '0055g00000XXXXXAAA', values)).toBe(values);
  });

  it('lose people, mentions and names inside them, and keep all else', () => {
    const values = {
      summary: 'Plan',
      assignee: { accountId: '5b10:ada', displayName: 'Ada Lovelace-King', avatarUrls: { a: 'b' }, active: true },
      reporter: { accountId: 'bob', displayName: 'Bob', emailAddress: 'bob@example.com' },
      description: {
        type: 'doc',
        content: [
          { type: 'mention', attrs: { id: '5b10:ada', text: '@Ada' } },
          { type: 'text', text: 'by Ada Lovelace-King' },
        ],
      },
    };
    const masked = maskRecord(ada, 'JiraIssue', '10001', values);
    expect(masked).toEqual({
      summary: 'Plan',
      assignee: { accountId: '5b10:ada', displayName: 'Erased person', avatarUrls: null, active: true },
      reporter: values.reporter,
      description: {
        type: 'doc',
        content: [
          { type: 'mention', attrs: { id: '5b10:ada', text: '@Erased person' } },
          { type: 'text', text: 'by [erased]' },
        ],
      },
    });
    expect(maskRecord(ada, 'JiraIssue', '10001', masked)).toBe(masked);
    expect(maskRecord(peopleOf(), 'JiraIssue', '10001', values)).toBe(values);
  });
});

describe('hashes', () => {
  it('tell nobody who does not have the key, and subjects of another tenant are others', () => {
    const hash = hashIdentifier(testSealer, 'demo', 'email', 'ada@example.com')?.hash;
    expect(hashIdentifier(testSealer, 'demo', 'email', ' ADA@example.com')?.hash).toBe(hash);
    const subject = (tenant: string) => hashIdentifier(testSealer, tenant, 'subject', 'ada')?.hash;
    expect(subject('demo')).not.toBe(subject('other'));
    expect(hashIdentifier(testSealer, 'demo', 'name', 'Ada')).toBeNull();
  });
});
