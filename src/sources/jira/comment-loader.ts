import DataLoader from 'dataloader';
import { MAX_PAGE_SIZE, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import { type CommentAnswer, commentPageAnswer } from './answers.ts';
import { type JiraCaller, type JiraClient, MAX_COMMENTS_PER_PAGE } from './client.ts';
import type { IssueReader } from './issue-reader.ts';
import { type JiraCommentModel, toCommentModel } from './model.ts';

interface Asked {
  readonly idOrKey: string;
  readonly first: number;
}

/**
 * The first comments of issues, oldest first. Several issues' comments are read with the issues, a hundred at once; Jira cuts them off there
 * (at 20 or more), so an issue with more than it gave is read page by page.
 */
export class CommentLoader {
  readonly #loader: DataLoader<Asked, readonly JiraCommentModel[], string>;
  readonly #client: JiraClient;
  readonly #reader: IssueReader;
  readonly #caller: JiraCaller;

  constructor(client: JiraClient, reader: IssueReader, caller: JiraCaller) {
    this.#client = client;
    this.#reader = reader;
    this.#caller = caller;
    this.#loader = new DataLoader((asked) => this.#loadBatch(asked), {
      cacheKeyFn: ({ idOrKey, first }) => `${idOrKey}/${first}`,
    });
  }

  /** `args.first` as the field has it. Throws BAD_USER_INPUT when it is out of bounds. */
  async load(idOrKey: string, { args }: EdgeRequest): Promise<readonly JiraCommentModel[]> {
    const { size } = parsePage({ first: args.first as number | null | undefined }, MAX_PAGE_SIZE);
    return this.#loader.load({ idOrKey, first: size });
  }

  async #loadBatch(asked: readonly Asked[]): Promise<(readonly JiraCommentModel[] | Error)[]> {
    const ids = [...new Set(asked.map(({ idOrKey }) => idOrKey))];
    const complete = new Map<string, readonly CommentAnswer[]>();
    const failed = new Map<string, GatewayError>();
    if (ids.length > 1) {
      for (const [idOrKey, outcome] of await this.#reader.read(ids, ['comment'], this.#caller)) {
        if (outcome.kind === 'failed') failed.set(idOrKey, outcome.error);
        else if (outcome.kind === 'absent') complete.set(idOrKey, []);
        else {
          const comments = completeComments(outcome.issue.fields.comment);
          if (comments) complete.set(idOrKey, comments);
        }
      }
    }
    return Promise.all(
      asked.map(async ({ idOrKey, first }) => {
        const failure = failed.get(idOrKey);
        if (failure) return failure;
        const comments = complete.get(idOrKey) ?? (await this.#readPages(idOrKey, first));
        return comments.flatMap((comment) => toCommentModel(comment) ?? []).slice(0, first);
      }),
    );
  }

  async #readPages(idOrKey: string, first: number): Promise<readonly CommentAnswer[]> {
    const comments: CommentAnswer[] = [];
    for (let startAt = 0; startAt < first; ) {
      const maxResults = Math.min(first - startAt, MAX_COMMENTS_PER_PAGE);
      const page = await this.#client.fetchComments(idOrKey, startAt, maxResults, this.#caller);
      if (!page || page.comments.length === 0) break;
      comments.push(...page.comments);
      startAt += page.comments.length;
      if (startAt >= (page.total ?? startAt)) break;
    }
    return comments;
  }
}

/** The comments that came with an issue, when they are all of them; null when Jira cut them off or gave none at all. */
function completeComments(value: unknown): readonly CommentAnswer[] | null {
  const parsed = commentPageAnswer.safeParse(value);
  if (!parsed.success || parsed.data.total == null) return null;
  const { comments, total } = parsed.data;
  if (comments.length < total) return null;
  return comments.toSorted((left, right) => Date.parse(left.created) - Date.parse(right.created));
}
