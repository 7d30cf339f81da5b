import { listsTag, recordTag } from '../cache/tags.ts';

/** A record that a mutation has made, changed or removed. */
export interface WrittenRecord {
  /** GraphQL type. */
  readonly type: string;
  /** Identity in the cache: an 18-character Salesforce id, an issue's numeric id. */
  readonly id: string;
  /** Every other name it has or had: a request's number, an issue's keys. */
  readonly names?: readonly string[];
}

/**
 * What a mutation calls once its write has, or may have, taken effect, before it reads anything for its own answer: from then on nobody is
 * served what was read before. In other instances within a second.
 */
export type AfterWrite = (...written: readonly WrittenRecord[]) => Promise<void>;

export interface AfterWriteOptions {
  /** The one of the record cache. */
  invalidate(tags: readonly string[]): Promise<void>;
  /** Issues that Jira's own search may not show as they are now. */
  readonly recentWrites: { add(issueId: string): void };
}

export function createAfterWrite({ invalidate, recentWrites }: AfterWriteOptions): AfterWrite {
  return async (...written) => {
    for (const { type, id } of written) if (type === 'JiraIssue') recentWrites.add(id);
    await invalidate(tagsOfWritten(written));
  };
}

function tagsOfWritten(written: readonly WrittenRecord[]): string[] {
  const tags = new Set<string>();
  for (const { type, id, names = [] } of written) {
    for (const name of [id, ...names]) tags.add(recordTag(type, name));
    // Whether it has left or entered a list can't be told from here.
    tags.add(listsTag(type));
  }
  return [...tags];
}
