import { chunk } from '../../platform/batch.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { BulkFetchAnswer, IssueAnswer } from './answers.ts';
import { type JiraCaller, type JiraClient, MAX_ISSUES_PER_FETCH } from './client.ts';
import { candidatesOf, matchIssues } from './issue-match.ts';
import { KeyMemory } from './key-memory.ts';

/** Why there is no issue. Jira does not tell `missing` from hidden unless it lists the issue among its errors. */
type IssueAbsence = 'missing' | 'forbidden';

export type IssueOutcome =
  | { readonly kind: 'found'; readonly issue: IssueAnswer; readonly moved: boolean }
  | { readonly kind: 'absent'; readonly absence: IssueAbsence }
  | { readonly kind: 'failed'; readonly error: GatewayError };

/** Reads issues by key or id in hundreds; shared by all requests, holds nothing but which keys are whose. */
export class IssueReader {
  readonly #client: JiraClient;
  readonly #log: Logger;
  readonly #memory = new KeyMemory();

  constructor(client: JiraClient, log: Logger) {
    this.#client = client;
    this.#log = log;
  }

  /**
   * Outcome of each key (upper case) or id, with the given field ids; ceil(keys / 100) calls. Keys that were never seen bring their
   * issue's changelog along, which tells former keys without a further call. Only when that does not settle which moved issue a key
   * means (more than 40 changes since the move), the keys in question are asked one by one.
   * Fails as a whole per hundred: then each of its keys has the outcome `failed`.
   */
  async read(
    idsOrKeys: readonly string[],
    fields: readonly string[],
    caller: JiraCaller,
  ): Promise<Map<string, IssueOutcome>> {
    const distinct = [...new Set(idsOrKeys)];
    const outcomes = await Promise.all(
      chunk(distinct, MAX_ISSUES_PER_FETCH).map((some) => this.#readSome(some, fields, caller)),
    );
    return new Map(outcomes.flatMap((some) => [...some]));
  }

  async #readSome(
    idsOrKeys: readonly string[],
    fields: readonly string[],
    caller: JiraCaller,
  ): Promise<Map<string, IssueOutcome>> {
    // A key known to be an old one is asked by id, so that its answer is certain.
    const askedAs = new Map(idsOrKeys.map((key) => [key, this.#memory.movedTo(key) ?? key]));
    const asked = [...new Set(askedAs.values())];
    const isNew = asked.some((key) => !this.#memory.knows(key));
    let fetched: BulkFetchAnswer;
    try {
      fetched = await this.#client.fetchIssues(asked, fields, caller, isNew ? ['changelog'] : []);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return new Map(idsOrKeys.map((key) => [key, { kind: 'failed', error }]));
    }
    const byAsked = await this.#settle(asked, fetched, fields, caller);
    const outcomes = new Map<string, IssueOutcome>();
    for (const [key, askedKey] of askedAs) {
      const outcome = byAsked.get(askedKey) ?? absent('missing');
      outcomes.set(key, outcome);
      if (outcome.kind !== 'failed') this.#memory.remember(key, outcome.kind === 'found' ? outcome.issue : null);
    }
    return outcomes;
  }

  async #settle(
    asked: readonly string[],
    fetched: BulkFetchAnswer,
    fields: readonly string[],
    caller: JiraCaller,
  ): Promise<Map<string, IssueOutcome>> {
    const { found, leftKeys, leftAnswers } = matchIssues(asked, fetched.issues);
    const outcomes = new Map<string, IssueOutcome>();
    for (const [key, issue] of found) outcomes.set(key, foundAs(key, issue));
    const inDoubt = new Set(leftAnswers.flatMap((answer) => candidatesOf(answer, leftKeys)));
    for (const { id, errorMessage } of fetched.issueErrors) {
      this.#log.warn({ issue: id, said: errorMessage?.slice(0, 500) }, 'Jira could not give one issue of a batch.');
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
        .map(async (key) => outcomes.set(key, await this.#askAlone(key, fields, caller))),
    );
    return outcomes;
  }

  /** `GET /issue` follows moves, and tells what is missing from what can't be given. */
  async #askAlone(key: string, fields: readonly string[], caller: JiraCaller): Promise<IssueOutcome> {
    try {
      const issue = await this.#client.fetchIssue(key, fields, caller);
      return issue ? foundAs(key, issue) : absent('missing');
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return error.code === 'UPSTREAM_FORBIDDEN' ? absent('forbidden') : { kind: 'failed', error };
    }
  }
}

function foundAs(key: string, issue: IssueAnswer): IssueOutcome {
  return { kind: 'found', issue, moved: issue.id !== key && issue.key.toUpperCase() !== key };
}

function absent(absence: IssueAbsence): IssueOutcome {
  return { kind: 'absent', absence };
}

/** Jira lists an issue among the errors when it exists but could not be given now; anything about permission means it is hidden. */
function outcomeOfError(key: string, said: string): IssueOutcome {
  if (/permission|not allowed|forbidden/i.test(said)) return absent('forbidden');
  if (/not (?:be )?found|does not exist/i.test(said)) return absent('missing');
  const message = `Jira could not give the issue ${key} at the moment. The other issues are not affected; try again in a moment.`;
  return {
    kind: 'failed',
    error: new GatewayError('UPSTREAM_UNAVAILABLE', message, { source: 'JIRA', details: { key } }),
  };
}
