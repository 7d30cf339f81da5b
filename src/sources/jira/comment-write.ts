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
import type { JiraClient } from './client.ts';
import { markdownToAdf } from './markdown-to-adf.ts';
import { keyOf, recordOf, unknownIssue } from './transition-write.ts';
import { outcomeOfJiraFailure } from './write-outcome.ts';
import type { AdfContent } from './written-adf.ts';

/** `AddJiraCommentInput` after checking. */
export interface NewComment {
  readonly key: string;
  readonly body: AdfContent;
}

/** Property by which a comment is found again; people never see it. */
const MARK = 'deployment-graph.write';
/** Jira takes 32,767; reading so much Markdown takes some 20 ms at worst (bounded-lexer.ts). */
const MAX_BODY_CHARACTERS = 10_000;
/** The newest comments, among which one is looked for. */
const LOOKED_THROUGH = 100;

/** Checks the input, and reads its Markdown. Throws BAD_USER_INPUT, which names the argument. */
export function checkComment(input: { readonly key: string; readonly body: string }): NewComment {
  const key = keyOf(input.key);
  const argument = { argument: 'input.body' };
  if (input.body.length > MAX_BODY_CHARACTERS) {
    throw badUserInput(
      `\`body\` is ${input.body.length} characters long, but at most ${MAX_BODY_CHARACTERS} are taken. Send the rest in another comment.`,
      argument,
    );
  }
  const body = markdownToAdf(input.body.toWellFormed().replaceAll('\0', ''));
  if ((body.content ?? []).length === 0)
    throw badUserInput('`body` is empty. Pass what the comment is to say.', argument);
  return { key, body };
}

/** `addJiraComment`: the comment carries the id of its write, so that it can be found when nobody knows whether it was added. */
export class CommentWrite implements SourceWrite<NewComment> {
  readonly operation = 'addJiraComment';
  readonly source = 'JIRA';
  readonly #client: JiraClient;

  constructor(client: JiraClient) {
    this.#client = client;
  }

  async prepare({ key }: NewComment, calls: WriteCalls): Promise<Prepared<WriteIntent>> {
    const issue = await this.#client.fetchIssueStatus(key, calls);
    if (issue === null) throw unknownIssue();
    const record = recordOf(issue, key);
    return { kind: 'ready', record, intent: { names: record.names }, basedOn: null, details: {} };
  }

  async send({ id, record, command }: WriteToSend<NewComment, WriteIntent>, calls: WriteCalls): Promise<SendOutcome> {
    let hasLeft = false;
    try {
      const properties = [{ key: MARK, value: { id } }];
      const comment = await this.#client.addComment(record.id, { body: command.body, properties }, calls, () => {
        hasLeft = true;
      });
      return { kind: 'done', result: { issueId: record.id, commentId: comment.id } };
    } catch (error) {
      return outcomeOfJiraFailure(error, hasLeft, () =>
        badUserInput(
          'Jira does not accept the comment, and nothing was added. Simplify its text, or write it in Jira.',
          {
            argument: 'input.body',
          },
        ),
      );
    }
  }

  async look({ id, record }: WriteToFind<WriteIntent>, calls: WriteCalls): Promise<Looked> {
    const page = await this.#client.fetchComments(record.id, 0, LOOKED_THROUGH, calls, '-created');
    if (page === null) return { kind: 'overtaken' };
    const ids = page.comments.map((comment) => comment.id);
    const comments = ids.length === 0 ? [] : await this.#client.fetchCommentProperties(ids, calls);
    const found = comments.find(({ properties }) => properties.some((property) => isMarkOf(property, id)));
    return found ? { kind: 'done', result: { issueId: record.id, commentId: found.id } } : { kind: 'noTrace' };
  }

  async conflict(): Promise<GatewayError> {
    throw new Error('Comments are not made from a state that the client names.');
  }
}

function isMarkOf({ key, value }: { readonly key: string; readonly value: unknown }, id: string): boolean {
  return key === MARK && typeof value === 'object' && value !== null && 'id' in value && value.id === id;
}
