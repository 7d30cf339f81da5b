import type { IssueDraft } from './issue-drafts.ts';
import type { Random } from './random.ts';

export interface NumberedDraft extends IssueDraft {
  readonly key: string;
}

export interface Numbering {
  readonly drafts: readonly NumberedDraft[];
  /** Numbers that were given once and are free now: what stood there was deleted, or moved to another project. */
  readonly abandonedKeys: readonly string[];
}

/** Numbers the issues of each project in the order of creation, and leaves gaps as deletions and moves do. */
export function numberIssues(random: Random, drafts: readonly IssueDraft[]): Numbering {
  const lastNumber = new Map<string, number>();
  const abandonedKeys: string[] = [];
  const nextKey = (projectKey: string): string => {
    const number = (lastNumber.get(projectKey) ?? 0) + 1;
    lastNumber.set(projectKey, number);
    return `${projectKey}-${number}`;
  };
  const numbered = drafts.map((draft, index) => {
    if (index % 20 === 9 || random.chance(0.01)) abandonedKeys.push(nextKey(draft.projectKey));
    return { ...draft, key: nextKey(draft.projectKey) };
  });
  return { drafts: numbered, abandonedKeys };
}
