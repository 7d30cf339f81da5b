import type { Clock } from '../../platform/clock.ts';
import type { JiraSettings } from '../../platform/config.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { Logger } from '../../platform/log.ts';
import type { UpstreamDurations } from '../../upstream/call.ts';
import { JiraClient } from './client.ts';
import type { JiraAccess } from './create-loaders.ts';
import { CustomFields } from './custom-fields.ts';
import { IssueReader } from './issue-reader.ts';

export interface JiraSourceOptions {
  readonly settings: JiraSettings;
  /** The bundled stand-in serves in Jira's place. */
  readonly standIn: boolean;
  readonly log: Logger;
  readonly clock: Clock;
  readonly durations: UpstreamDurations;
  readonly deadlineMs?: number;
  readonly connections?: number;
}

/** Jira as all requests share it; `createJiraLoaders` takes it. */
export interface JiraSource extends JiraAccess {
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
  const { settings, standIn, log, clock } = options;
  const client = new JiraClient(options);
  const fields = new CustomFields({
    configured: settings.fields,
    fetchFields: () => client.fetchFields({ receipts: [], deadlineMs: START_DEADLINE_MS }),
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
  let last: { readonly askedAt: number; readonly answer: Promise<DependencyHealth> } | undefined;

  return {
    client,
    clock,
    reader: new IssueReader(client, log),
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
