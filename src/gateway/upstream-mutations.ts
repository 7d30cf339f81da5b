import { setImmediate } from 'node:timers/promises';
import type { AskedWrite, UpstreamWrites } from '../features/upstream-writes/upstream-writes.ts';
import type { Resolvers } from '../generated/graphql.ts';
import { checkComment } from '../sources/jira/comment-write.ts';
import type { JiraSource } from '../sources/jira/source.ts';
import { checkTransition } from '../sources/jira/transition-write.ts';
import type { SalesforceSource } from '../sources/salesforce/source.ts';
import type { JsonObject } from '../upstream/source-write.ts';
import type { Context, UpstreamMutations } from './context.ts';
import type { OpenRequestScope } from './request-scope.ts';

export interface UpstreamMutationsOptions {
  readonly writes: UpstreamWrites;
  readonly sources: {
    readonly salesforce: Pick<SalesforceSource, 'writes'>;
    readonly jira: Pick<JiraSource, 'writes'>;
  };
}

export function createUpstreamMutations(
  { writes, sources }: UpstreamMutationsOptions,
  {
    viewer,
    scope,
    audit,
    loaders,
  }: Pick<Context, 'viewer' | 'audit' | 'loaders'> & { readonly scope: OpenRequestScope },
): UpstreamMutations {
  const { psRequestUpdate } = sources.salesforce.writes;
  const { transition, comment } = sources.jira.writes;
  const asked = <Command>(
    command: Command,
    idempotencyKey: string | null | undefined,
    responseKey: string,
  ): AskedWrite<Command> => ({
    command,
    idempotencyKey,
    viewerId: viewer.id,
    actor: audit.actor,
    requestId: audit.actor.requestId ?? scope.requestId,
    receipt: scope.receipt,
    signal: scope.signal,
    onAudited: () => audit.covered(responseKey),
    // Not for a replay, nor where there was nothing to do: whoever sends one again and again would read past what is left for reading.
    onSent: () => scope.hasWritten(),
    onReplay: (details) => audit.telling(responseKey, details),
  });
  /** What this request has read before it wrote tells no more how things are. */
  const forgetting = async (written: Promise<JsonObject>): Promise<JsonObject> => {
    try {
      return await written;
    } finally {
      loaders.salesforce.clear();
      loaders.jira.clear();
    }
  };
  return {
    updatePsRequest: async ({ idempotencyKey, ...input }, responseKey) => {
      const command = psRequestUpdate.check(input);
      return forgetting(writes.carryOut(psRequestUpdate, asked(command, idempotencyKey, responseKey)));
    },
    transitionJiraIssue: async ({ idempotencyKey, ...input }, responseKey) => {
      const command = checkTransition(input);
      return forgetting(writes.carryOut(transition, asked(command, idempotencyKey, responseKey)));
    },
    addJiraComment: async ({ idempotencyKey, ...input }, responseKey) => {
      // Between two long comments of one operation others get their turn.
      await setImmediate();
      const command = checkComment(input);
      return forgetting(writes.carryOut(comment, asked(command, idempotencyKey, responseKey)));
    },
  };
}

/** The mutations that change records of Salesforce and Jira; what they answer with are edges. */
export const upstreamMutationResolvers = {
  Mutation: {
    updatePsRequest: async (_root, { input }, { upstream }, { path }) => {
      const { psRequestId } = await upstream.updatePsRequest(input, String(path.key));
      return { psRequestId: String(psRequestId) };
    },
    transitionJiraIssue: async (_root, { input }, { upstream }, { path }) => {
      const { issueId } = await upstream.transitionJiraIssue(input, String(path.key));
      return { issueId: String(issueId) };
    },
    addJiraComment: async (_root, { input }, { upstream }, { path }) => {
      const { issueId, commentId } = await upstream.addJiraComment(input, String(path.key));
      return { issueId: String(issueId), commentPlace: `${issueId}/${commentId}` };
    },
  },
} satisfies Resolvers;
