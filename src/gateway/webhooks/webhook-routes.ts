import type { RecordChange } from '../../cache/record-change.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import type { Config } from '../../platform/settings.ts';
import { type JiraChangeNotice, readJiraChangeNotice } from '../../sources/jira/change-notice.ts';
import { readSalesforceChangeNotice } from '../../sources/salesforce/change-notice.ts';
import { BodyRoom } from '../body-room.ts';
import type { HttpLimits } from '../http-limits.ts';
import type { Route } from '../http-server.ts';
import type { ChangeMetrics } from '../job-metrics.ts';
import type { Deliveries } from './deliveries.ts';
import { type ChangeNotice, webhookRoute } from './webhook-route.ts';

export interface WebhookRoutesOptions {
  readonly config: Pick<Config, 'jiraWebhookSecret' | 'salesforceWebhookSecret'>;
  readonly limits: Pick<HttpLimits, 'maxNoticeBytes' | 'maxArrivingNoticeBytes'>;
  readonly deliveries: Deliveries;
  readonly metrics: Pick<ChangeMetrics, 'webhooks'>;
  readonly log: Logger;
  readonly clock: Clock;
  invalidate(tags: readonly string[], changes: readonly RecordChange[]): Promise<boolean>;
  /** Issues that Jira's own search may not show as they are now. */
  readonly recentWrites: { add(issueId: string): void };
}

/** `/webhooks/jira` and `/webhooks/salesforce`; docs/webhooks.md tells how to set them up. */
export function webhookRoutes(options: WebhookRoutesOptions): [string, Route][] {
  const { config, metrics, limits, invalidate, recentWrites } = options;
  const room = new BodyRoom(limits.maxArrivingNoticeBytes);
  const common = (sender: string) => ({
    ...options,
    maxBodyBytes: limits.maxNoticeBytes,
    room,
    sender,
    onNotice: (outcome: string) => metrics.webhooks.inc({ sender, outcome }),
  });
  const jira = webhookRoute<ChangeNotice & Pick<JiraChangeNotice, 'issueIds'>>({
    ...common('jira'),
    secret: config.jiraWebhookSecret,
    signatureHeader: 'x-hub-signature',
    read: (body, headers) => {
      const notice = readJiraChangeNotice(body);
      const delivery = headers['x-atlassian-webhook-identifier'];
      return notice && { ...notice, delivery: typeof delivery === 'string' ? delivery.slice(0, 200) : undefined };
    },
    apply: async ({ tags, changes, issueIds }) => {
      for (const id of issueIds) recentWrites.add(id);
      return await invalidate(tags, changes);
    },
  });
  const salesforce = webhookRoute({
    ...common('salesforce'),
    secret: config.salesforceWebhookSecret,
    signatureHeader: 'x-signature',
    read: (body) => {
      const notice = readSalesforceChangeNotice(body);
      return notice && { event: 'changes', delivery: notice.id, happenedAtMs: null, tags: [], changes: notice.changes };
    },
    apply: ({ tags, changes }) => invalidate(tags, changes),
  });
  return [
    ['/webhooks/jira', jira],
    ['/webhooks/salesforce', salesforce],
  ];
}
