import type { JiraIssueSeed } from '../data/company.ts';

const tokensByIssue = new WeakMap<JiraIssueSeed, Map<string, string[][]>>();

/** Words as the index keeps them: lower case, letters and digits only. Unlike Jira's, they are not stemmed. */
export function tokenize(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}_]+/gu) ?? []
  );
}

/** The words of an issue's field, one list per value; kept per version of an issue, because descriptions are long and searches many. */
export function indexedTokens(issue: JiraIssueSeed, field: string, read: () => readonly string[]): string[][] {
  let byField = tokensByIssue.get(issue);
  if (!byField) tokensByIssue.set(issue, (byField = new Map()));
  let tokens = byField.get(field);
  if (!tokens) byField.set(field, (tokens = read().map(tokenize)));
  return tokens;
}
