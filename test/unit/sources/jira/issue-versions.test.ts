import { describe, expect, it } from 'vitest';
import { IssueVersions } from '../../../../src/sources/jira/issue-versions.ts';

describe('IssueVersions', () => {
  it('knows a state as outdated when a newer one was seen, in whatever order', () => {
    const versions = new IssueVersions();
    expect(versions.isOutdated('1', 100)).toBe(false);
    versions.note('1', 200);
    versions.note('1', 100);
    versions.note('1', null);
    expect(versions.isOutdated('1', 199)).toBe(true);
    expect(versions.isOutdated('1', 200)).toBe(false);
    expect(versions.isOutdated('2', 1)).toBe(false);
  });

  it('forgets the issues that were not seen for the longest time rather than grow', () => {
    const versions = new IssueVersions();
    versions.note('seen again', 10);
    versions.note('forgotten', 10);
    for (let id = 0; id < 19_998; id += 1) versions.note(String(id), 10);
    versions.note('seen again', 10);
    versions.note('one more', 10);
    expect(versions.isOutdated('forgotten', 1)).toBe(false);
    expect(versions.isOutdated('seen again', 1)).toBe(true);
  });
});
