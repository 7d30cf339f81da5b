import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { IssueAnswer } from './answers.ts';
import type { JiraCaller, JiraClient } from './client.ts';
import { isNumericId } from './issue-keys.ts';
import { candidatesOf, matchIssues } from './issue-match.ts';

/**
 * Why there is no issue. `omitted`: Jira said nothing about it, so it is missing or hidden; `notFound` and `forbidden`: Jira said that it
 * could not give this issue, and why.
 */
export type IssueOutcome =
  | { readonly kind: 'found'; readonly issue: IssueAnswer }
  | { readonly kind: 'absent'; readonly reason: 'omitted' | 'notFound' | 'forbidden' }
  | { readonly kind: 'failed'; readonly error: GatewayError };

export interface IssueReaderOptions {
  readonly client: Pick<JiraClient, 'fetchIssues' | 'fetchIssue'>;
  readonly log: Logger;
}

/** What is asked of each issue. */
export interface IssueQuestion {
  /** Field ids of Jira. */
  readonly fields: readonly string[];
  readonly changelog: boolean;
}

/**
 * Outcome of each key (upper case) or id, 100 at most, in one call. Keys bring their issues' changelog along, which tells former keys without
 * a further call. Only when that does not settle which moved issue a key means (more than 40 changes since the move), the keys in question
 * are asked one by one. Rejects when the call fails.
 */
export async function readIssues(
  idsOrKeys: readonly string[],
  question: IssueQuestion,
  caller: JiraCaller,
  { client, log }: IssueReaderOptions,
): Promise<ReadonlyMap<string, IssueOutcome>> {
  const changelog = question.changelog || !idsOrKeys.every(isNumericId);
  const fetched = await client.fetchIssues(idsOrKeys, question.fields, caller, changelog);
  const { found, leftKeys, leftAnswers } = matchIssues(idsOrKeys, fetched.issues);
  const outcomes = new Map<string, IssueOutcome>();
  for (const [key, issue] of found) outcomes.set(key, { kind: 'found', issue });
  const inDoubt = new Set(leftAnswers.flatMap((answer) => candidatesOf(answer, leftKeys)));
  for (const { id, errorMessage } of fetched.issueErrors) {
    log.warn({ issue: id, said: errorMessage?.slice(0, 500) }, 'Jira could not give one issue of a batch.');
    // Jira names the id, so for an issue asked by key only elimination tells whose error it is.
    const [only] = leftKeys;
    const isOnly = leftKeys.length === 1 && leftAnswers.length === 0 && fetched.issueErrors.length === 1;
    const key = leftKeys.includes(id.toUpperCase()) ? id.toUpperCase() : isOnly ? only : undefined;
    if (key !== undefined) outcomes.set(key, outcomeOfError(key, errorMessage ?? ''));
    else for (const left of leftKeys) inDoubt.add(left);
  }
  await Promise.all(
    [...inDoubt]
      .filter((key) => !outcomes.has(key))
      .map(async (key) => outcomes.set(key, await askAlone(key, question, caller, client))),
  );
  for (const key of idsOrKeys) if (!outcomes.has(key)) outcomes.set(key, { kind: 'absent', reason: 'omitted' });
  return outcomes;
}

/** `GET /issue` follows moves, and tells what is missing from what can't be given. */
async function askAlone(
  key: string,
  { fields, changelog }: IssueQuestion,
  caller: JiraCaller,
  client: IssueReaderOptions['client'],
): Promise<IssueOutcome> {
  try {
    const issue = await client.fetchIssue(key, fields, caller, changelog);
    return issue ? { kind: 'found', issue } : { kind: 'absent', reason: 'notFound' };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.code === 'UPSTREAM_FORBIDDEN' ? { kind: 'absent', reason: 'forbidden' } : { kind: 'failed', error };
  }
}

/** Jira lists an issue among the errors when it exists but could not be given now; anything about permission means it is hidden. */
function outcomeOfError(key: string, said: string): IssueOutcome {
  if (/permission|not allowed|forbidden/i.test(said)) return { kind: 'absent', reason: 'forbidden' };
  if (/not (?:be )?found|does not exist/i.test(said)) return { kind: 'absent', reason: 'notFound' };
  const message = `Jira could not give the issue ${key} at the moment. The other issues are not affected; try again in a moment.`;
  return {
    kind: 'failed',
    error: new GatewayError('UPSTREAM_UNAVAILABLE', message, { source: 'JIRA', details: { key } }),
  };
}
