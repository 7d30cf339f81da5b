import DataLoader from 'dataloader';
import { MAX_PAGE_SIZE, parsePage } from '../../platform/connection.ts';
import type { EdgeRequest } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { RequestScope } from '../../platform/request-scope.ts';
import type { CommentAnswer } from './answers.ts';
import { demandNotation } from './demand.ts';
import type { IssueSource } from './issue-loader.ts';
import { commentsField } from './issue-values.ts';
import { type JiraCommentModel, toCommentModel } from './model.ts';

interface Asked {
  readonly idOrKey: string;
  readonly first: number;
  readonly demand: FreshnessDemand | undefined;
}

type Comments = readonly JiraCommentModel[] | null | GatewayError;

/** The first comments of issues, oldest first; what a tick asks is one read of the cache for each number of pages. */
export class CommentLoader {
  readonly #loader: DataLoader<Asked, readonly JiraCommentModel[] | null, string>;
  readonly #source: IssueSource;
  readonly #scope: RequestScope;

  constructor(source: IssueSource, scope: RequestScope) {
    this.#source = source;
    this.#scope = scope;
    this.#loader = new DataLoader<Asked, readonly JiraCommentModel[] | null, string>(
      (asked) => this.#loadBatch(asked),
      {
        cacheKeyFn: ({ idOrKey, first, demand }) => `${idOrKey}|${first}|${demandNotation(demand)}`,
      },
    );
  }

  /** `args.first` as the field has it. Throws BAD_USER_INPUT when it is out of bounds. Null: known, but not as fresh as is demanded. */
  async load(
    idOrKey: string,
    { args, demand = this.#scope.demand }: EdgeRequest,
  ): Promise<readonly JiraCommentModel[] | null> {
    const { size } = parsePage({ first: args.first as number | null | undefined }, MAX_PAGE_SIZE);
    return this.#loader.load({ idOrKey, first: size, demand });
  }

  clear(): void {
    this.#loader.clearAll();
  }

  async #loadBatch(asked: readonly Asked[]): Promise<Comments[]> {
    const groups = Map.groupBy(asked, ({ first, demand }) => `${commentsField(first)}|${demandNotation(demand)}`);
    const comments = new Map<Asked, Comments>();
    await Promise.all([...groups.values()].map((group) => this.#read(group, comments)));
    return asked.map((one) => comments.get(one) ?? null);
  }

  /** All of the group read the same field under the same demand. */
  async #read(group: readonly Asked[], into: Map<Asked, Comments>): Promise<void> {
    const { reads, kinds } = this.#source;
    const [{ first, demand } = { first: 1, demand: undefined }] = group;
    const field = commentsField(first);
    const ids = group.map(({ idOrKey }) => idOrKey);
    const answers = await reads.records(kinds.issues, ids, [field], demand);
    for (const [index, answer] of answers.entries()) {
      const one = group[index];
      if (!one) continue;
      if (answer.kind === 'failed') into.set(one, answer.error);
      else if (answer.kind === 'absent') into.set(one, answer.reason === 'stale' ? null : []);
      else {
        const held = (answer.values[field] ?? []) as unknown as readonly CommentAnswer[];
        into.set(one, held.flatMap((comment) => toCommentModel(comment) ?? []).slice(0, one.first));
      }
    }
  }
}
