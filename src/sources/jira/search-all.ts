import type { IssueAnswer } from './answers.ts';
import type { IssueSearch, JiraCaller, JiraClient } from './client.ts';

/** All issues of a search, page after page, until the caller stops. Ends on a missing, last or repeated token. */
export async function* searchAll(
  client: Pick<JiraClient, 'searchIssues'>,
  search: Omit<IssueSearch, 'nextPageToken'>,
  caller: JiraCaller,
): AsyncGenerator<IssueAnswer> {
  const seenTokens = new Set<string>();
  let nextPageToken: string | undefined;
  do {
    const answer = await client.searchIssues({ ...search, nextPageToken }, caller);
    yield* answer.issues;
    nextPageToken = answer.isLast === true ? undefined : (answer.nextPageToken ?? undefined);
    if (nextPageToken !== undefined) {
      if (seenTokens.has(nextPageToken)) return;
      seenTokens.add(nextPageToken);
    }
  } while (nextPageToken !== undefined);
}
