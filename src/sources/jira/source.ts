import { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { JiraClient, type JiraClientOptions } from './client.ts';
import type { JiraAccess } from './create-loaders.ts';
import { CustomFields } from './custom-fields.ts';
import type { JiraOperation } from './endpoint-classes.ts';
import { fieldReader } from './field-kind.ts';
import { IssueChangePoll, type IssueChanges, type PollCaller } from './issue-changes.ts';
import { createJiraKinds } from './kinds.ts';
import { RecentWrites } from './recent-writes.ts';

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
  /** What has changed in Jira since a time, by one search; see IssueChangePoll. Fails with the UPSTREAM_ codes. */
  pollChanges(sinceMs: number, caller: PollCaller): Promise<IssueChanges>;
  /** Asks Jira at most every five seconds. Never throws. */
  health(): Promise<DependencyHealth>;
  /** Stops background work and drops connections. */
  close(): Promise<void>;
}

const START_DEADLINE_MS = 3_000;
const HEALTH_DEADLINE_MS = 2_000;
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
    kinds: createJiraKinds({ client, clock, log, recentWrites }),
    upstream: client.upstream,
    recentWrites,
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

function whatIsDown(error: unknown): string {
  if (error instanceof GatewayError && error.code === 'UPSTREAM_AUTHENTICATION_FAILED')
    return 'Jira refuses the credentials. Check JIRA_EMAIL and JIRA_API_TOKEN.';
  const said = error instanceof GatewayError ? error.message : 'Jira could not be asked.';
  return `${said} Check JIRA_BASE_URL and the network if it lasts.`;
}
