import type { IssueAnswer } from './answers.ts';
import { projectOf } from './issue-keys.ts';
import { formerKeysOf } from './issue-values.ts';

export interface IssueMatch {
  /** Answer by requested key or id. */
  readonly found: ReadonlyMap<string, IssueAnswer>;
  /** Requested, and nothing that was answered is theirs for sure. */
  readonly leftKeys: readonly string[];
  /** Answered, and not known under which requested key: moved issues. */
  readonly leftAnswers: readonly IssueAnswer[];
}

/**
 * Tells which answer of a bulkfetch belongs to which requested key (upper case) or id. Jira answers in its own order, leaves out what is
 * missing or hidden, and gives a moved issue under its new key, once even when both its keys were asked for. In this order:
 * 1. same key or same id; 2. a former key that the issue's changelog names, where it was asked along;
 * 3. elimination: every answer has a requested key, and a move always leaves the project, so an answer with one candidate has its key.
 */
export function matchIssues(requested: readonly string[], answers: readonly IssueAnswer[]): IssueMatch {
  const byName = new Map<string, IssueAnswer>();
  for (const answer of answers) {
    for (const formerKey of formerKeysOf(answer)) byName.set(formerKey, answer);
  }
  for (const answer of answers) {
    byName.set(answer.id, answer);
    byName.set(answer.key.toUpperCase(), answer);
  }
  const found = new Map<string, IssueAnswer>();
  for (const key of requested) {
    const answer = byName.get(key);
    if (answer) found.set(key, answer);
  }
  const matched = new Set([...found.values()].map(({ id }) => id));
  let leftKeys = requested.filter((key) => !found.has(key));
  let leftAnswers = answers.filter(({ id }) => !matched.has(id));
  for (let progress = true; progress; ) {
    progress = false;
    for (const answer of leftAnswers) {
      const candidates = candidatesOf(answer, leftKeys);
      const [only] = candidates;
      if (candidates.length !== 1 || only === undefined) continue;
      found.set(only, answer);
      leftKeys = leftKeys.filter((key) => key !== only);
      leftAnswers = leftAnswers.filter(({ id }) => id !== answer.id);
      progress = true;
      break;
    }
  }
  return { found, leftKeys, leftAnswers };
}

/** Keys that an unmatched answer may have been asked by. */
export function candidatesOf(answer: IssueAnswer, leftKeys: readonly string[]): string[] {
  const project = projectOf(answer.key.toUpperCase());
  return leftKeys.filter((key) => projectOf(key) !== project);
}
