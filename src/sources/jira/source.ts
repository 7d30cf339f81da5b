import { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import type { UserAnswer } from './answers.ts';
import { JiraClient } from './client.ts';
import { CommentWrite } from './comment-write.ts';
import type { JiraClientOptions } from './connection.ts';
import type { JiraAccess } from './create-loaders.ts';
import { CustomFields } from './custom-fields.ts';
import type { JiraOperation } from './endpoint-classes.ts';
import { fieldReader } from './field-kind.ts';
import { IssueChangePoll, type IssueChanges, type PollCaller } from './issue-changes.ts';
import { createJiraKinds } from './kinds.ts';
import { RecentWrites } from './recent-writes.ts';
import { TransitionWrite } from './transition-write.ts';

export interface JiraSourceOptions extends JiraClientOptions {
  /** The bundled stand-in serves in Jira's place. */
  readonly standIn: boolean;
  readonly cache: JiraAccess['cache'];
}

/** Jira as all requests share it; `createJiraLoaders` takes it. */
export interface JiraSource extends JiraAccess {
  readonly upstream: Upstream<JiraOperation>;
  /** Tell it of every issue that was written, beside invalidating it: searches show the change then, although Jira's index lags. */
  readonly recentWrites: RecentWrites;
  /** What can be changed in Jira; see source-write.ts. */
  readonly writes: { readonly transition: TransitionWrite; readonly comment: CommentWrite };
  /** What has changed in Jira since a time, by one search; see IssueChangePoll. Fails with the UPSTREAM_ codes. */
  pollChanges(sinceMs: number, caller: PollCaller): Promise<IssueChanges>;
  /** Users by account ids or addresses, past every cache, because what is asked for is not to be kept. Fails with the UPSTREAM_ codes. */
  findUsers(
    wanted: { readonly accountIds: readonly string[]; readonly emails: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly UserAnswer[]>;
  /** Asks Jira at most every five seconds. Never throws. */
  health(): Promise<DependencyHealth>;
  /** Stops background work and drops connections. */
  close(): Promise<void>;
}

const START_DEADLINE_MS = 3_000;
const HEALTH_DEADLINE_MS = 2_000;
const FIND_DEADLINE_MS = 10_000;
const HEALTH_TTL_MS = 5_000;

/** Opens Jira: finds the custom fields, which takes at most three seconds. Opens also while Jira can't be reached. */
export async function openJiraSource(options: JiraSourceOptions): Promise<JiraSource> {
  const { settings, standIn, log, clock, cache } = options;
  const client = new JiraClient(options);
  const fields = new CustomFields({
    configured: settings.fields,
    readFields: fieldReader({ client, cache, baseUrl: settings.baseUrl, deadlineMs: START_DEADLINE_MS }),
    log,
  });
  await fields.discover();

  const askHealth = async (): Promise<DependencyHealth> => {
    try {
      await client.fetchMyself({ receipts: [], deadlineMs: HEALTH_DEADLINE_MS });
    } catch (error) {
      // The gateway's own refusal to spend calls is no outage of the site.
      if (isQuotaExhausted(error) && client.upstream.status().state !== 'DOWN')
        return { name: 'jira', state: 'degraded', standIn, detail: error.message };
      return { name: 'jira', state: 'down', standIn, detail: whatIsDown(error) };
    }
    const detail = fields.problems.join(' ');
    return detail === ''
      ? { name: 'jira', state: 'up', standIn }
      : { name: 'jira', state: 'degraded', standIn, detail };
  };
  const recentWrites = new RecentWrites(clock);
  const changes = new IssueChangePoll(client, clock);
  let last: { readonly askedAt: number; readonly answer: Promise<DependencyHealth> } | undefined;

  return {
    cache,
    clock,
    fetchComment: (issueId, commentId, caller) => client.fetchComment(issueId, commentId, caller),
    writes: { transition: new TransitionWrite(client), comment: new CommentWrite(client) },
    kinds: createJiraKinds({ client, clock, log, recentWrites }),
    upstream: client.upstream,
    recentWrites,
    findUsers: async ({ accountIds, emails }, signal) => {
      const caller = { signal, receipts: [], deadlineMs: FIND_DEADLINE_MS, priority: 'background' } as const;
      const byId = accountIds.length > 0 ? client.fetchUsers(accountIds, caller) : [];
      const byEmail = emails.map(async (email) => {
        const found = await client.searchUsers(email, caller);
        // The search takes beginnings, and names too.
        return found.filter((user) => user.emailAddress?.toLowerCase() === email.toLowerCase());
      });
      const found = [...(await byId), ...(await Promise.all(byEmail)).flat()];
      return [...new Map(found.map((user) => [user.accountId, user])).values()];
    },
    pollChanges: (sinceMs, caller) => changes.poll(sinceMs, caller),
    modelContext: { baseUrl: settings.baseUrl.replace(/\/+$/, ''), customFieldId: (name) => fields.idOf(name) },
    health: () => {
      if (!last || clock.now() - last.askedAt >= HEALTH_TTL_MS) last = { askedAt: clock.now(), answer: askHealth() };
      return last.answer;
    },
    close: async () => {
      fields.close();
      await client.close();
    },
  };
}

function isQuotaExhausted(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'UPSTREAM_QUOTA_EXHAUSTED';
}

function whatIsDown(error: unknown): string {
  if (error instanceof GatewayError && error.code === 'UPSTREAM_AUTHENTICATION_FAILED')
    return 'Jira refuses the credentials. Check JIRA_EMAIL and JIRA_API_TOKEN.';
  const said = error instanceof GatewayError ? error.message : 'Jira could not be asked.';
  return `${said} Check JIRA_BASE_URL and the network if it lasts.`;
}
