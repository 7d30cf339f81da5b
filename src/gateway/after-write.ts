import type { RecordChange } from '../cache/record-change.ts';

/**
 * A record that a mutation has made, changed or removed: `id` is an 18-character Salesforce id or an issue's numeric id, `names` are a request's
 * number, an issue's keys. Tell `fields` or `values` where they are certain; then lists that this can't concern are not read again.
 */
export type WrittenRecord = RecordChange;

/**
 * What a mutation calls once its write has, or may have, taken effect, before it reads anything for its own answer: from then on nobody is
 * served what was read before. In other instances within a second.
 */
export type AfterWrite = (...written: readonly WrittenRecord[]) => Promise<void>;

export interface AfterWriteOptions {
  /** The one of the record cache. */
  invalidate(tags: readonly string[], changes: readonly RecordChange[]): Promise<unknown>;
  /** Issues that Jira's own search may not show as they are now. */
  readonly recentWrites: { add(issueId: string): void };
}

export function createAfterWrite({ invalidate, recentWrites }: AfterWriteOptions): AfterWrite {
  return async (...written) => {
    for (const { type, id } of written) if (type === 'JiraIssue') recentWrites.add(id);
    await invalidate([], written);
  };
}
