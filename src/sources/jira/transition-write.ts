import { badUserInput, type GatewayError } from '../../platform/errors.ts';
import type {
  Looked,
  Prepared,
  SendOutcome,
  SourceWrite,
  WriteCalls,
  WriteIntent,
  WriteToFind,
  WriteToSend,
} from '../../upstream/source-write.ts';
import type { IssueStatusAnswer } from './answers.ts';
import type { JiraClient } from './client.ts';
import { normaliseIssueKey } from './issue-keys.ts';
import { outcomeOfJiraFailure } from './write-outcome.ts';

/** `TransitionJiraIssueInput` after checking. */
export interface IssueTransition {
  readonly key: string;
  /** Name of the target status, as the client wrote it. */
  readonly to: string;
}

interface TransitionIntent extends WriteIntent {
  readonly transitionId: string;
  readonly toStatusId: string;
  /** Newest change of the issue that was known before; null: none. */
  readonly afterHistoryId: string | null;
}

type Call = Omit<WriteCalls, 'signal'> & { readonly signal: AbortSignal };

/** Characters of a status name that a message repeats. */
const MAX_SHOWN = 60;

/** Checks the input. Throws BAD_USER_INPUT, which names the argument. */
export function checkTransition(input: { readonly key: string; readonly to: string }): IssueTransition {
  const key = keyOf(input.key);
  if (input.to.trim() === '') {
    throw badUserInput('`to` is empty. Pass the name of the status that the issue is to get.', {
      argument: 'input.to',
    });
  }
  return { key, to: input.to.trim() };
}

/** Throws BAD_USER_INPUT for what is no key. */
export function keyOf(text: string): string {
  const key = normaliseIssueKey(text);
  if (key === null) {
    throw badUserInput('`key` is no key of a Jira issue. Pass one such as PSD-7.', { argument: 'input.key' });
  }
  return key;
}

/** `transitionJiraIssue`: finds the transition that leads to the wanted status, and takes it. */
export class TransitionWrite implements SourceWrite<IssueTransition, TransitionIntent> {
  readonly operation = 'transitionJiraIssue';
  readonly source = 'JIRA';
  readonly #client: JiraClient;

  constructor(client: JiraClient) {
    this.#client = client;
  }

  async prepare({ key, to }: IssueTransition, calls: Call): Promise<Prepared<TransitionIntent>> {
    const issue = await this.#client.fetchIssueStatus(key, calls);
    if (issue === null) throw unknownIssue();
    const record = recordOf(issue, key);
    const { status } = issue.fields;
    if (isSame(status.name, to)) return { kind: 'nothingToDo', record, result: { issueId: issue.id } };
    const transition = issue.transitions.find((one) => one.isAvailable !== false && isSame(one.to.name, to));
    if (!transition) throw notReachable(issue, to);
    return {
      kind: 'ready',
      record,
      intent: {
        names: record.names,
        transitionId: transition.id,
        toStatusId: transition.to.id,
        afterHistoryId: issue.changelog?.histories[0]?.id ?? null,
      },
      basedOn: null,
      details: { before: { status: status.name }, after: { status: transition.to.name } },
    };
  }

  async send({ record, intent }: WriteToSend<IssueTransition, TransitionIntent>, calls: Call): Promise<SendOutcome> {
    let hasLeft = false;
    try {
      await this.#client.transitionIssue(record.id, intent.transitionId, calls, () => {
        hasLeft = true;
      });
      return { kind: 'done', result: { issueId: record.id } };
    } catch (error) {
      return outcomeOfJiraFailure(error, hasLeft, () =>
        badUserInput(
          'Jira does not take the issue to this status, and nothing was changed: its workflow may ask for fields, an approval or another status first. Do it in Jira, or choose another status.',
          { argument: 'input.to' },
        ),
      );
    }
  }

  /** Done when the issue stands where it should, or has passed there since. */
  async look({ record, intent }: WriteToFind<TransitionIntent>, calls: Call): Promise<Looked> {
    const issue = await this.#client.fetchIssueStatus(record.id, calls);
    if (issue === null) return { kind: 'overtaken' };
    const done: Looked = { kind: 'done', result: { issueId: record.id } };
    if (issue.fields.status.id === intent.toStatusId) return done;
    const histories = issue.changelog?.histories ?? [];
    const known = histories.findIndex(({ id }) => id === intent.afterHistoryId);
    const since = known < 0 ? histories : histories.slice(0, known);
    const changes = since.flatMap(({ items }) => items).filter(({ field }) => field === 'status');
    if (changes.some(({ to }) => to === intent.toStatusId)) return done;
    return { kind: 'noTrace' };
  }

  async conflict(): Promise<GatewayError> {
    throw new Error('Transitions are not made from a state that the client names.');
  }
}

/** With the keys that the issue had before, as far as its latest changes tell. */
export function recordOf(issue: IssueStatusAnswer, askedKey: string): Prepared<WriteIntent>['record'] {
  const formerKeys = (issue.changelog?.histories ?? []).flatMap(({ items }) =>
    items.flatMap(({ field, fromString }) => (field === 'Key' && fromString ? [fromString] : [])),
  );
  return { type: 'JiraIssue', id: issue.id, names: [...new Set([issue.key, askedKey, ...formerKeys])] };
}

export function unknownIssue(): GatewayError {
  return badUserInput(
    '`input.key` names no issue, or one that Jira does not show to the gateway. Nothing was changed; look the issue up first.',
    { argument: 'input.key' },
  );
}

function notReachable({ key, fields, transitions }: IssueStatusAnswer, to: string): GatewayError {
  const names = transitions.flatMap((one) => (one.isAvailable === false ? [] : [one.to.name]));
  const reachable = [...new Set(names)];
  const shown = to.length > MAX_SHOWN ? `${to.slice(0, MAX_SHOWN)}…` : to;
  const choice = reachable.length === 0 ? 'It can go nowhere from there.' : `It can go to ${reachable.join(', ')}.`;
  return badUserInput(`${key} can not go from ${fields.status.name} to \`${shown}\`. ${choice}`, {
    argument: 'input.to',
    current: fields.status.name,
    reachable,
  });
}

function isSame(left: string, right: string): boolean {
  return left.toLocaleLowerCase('en') === right.toLocaleLowerCase('en');
}
