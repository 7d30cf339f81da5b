import type { PolledSource } from '../jobs/change-poll.ts';
import type { JiraSource } from '../sources/jira/source.ts';
import type { SalesforceTypeName } from '../sources/salesforce/model.ts';
import { polledTypes } from '../sources/salesforce/record-changes.ts';
import { longLivedTypes } from '../sources/salesforce/record-kinds.ts';
import type { SalesforceSource } from '../sources/salesforce/source.ts';
import type { QuotaPressure } from '../upstream/quota-pressure.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** A source as it is polled, and how often unless it is asked less often for its pace. */
export interface TimedSource {
  readonly polled: PolledSource;
  readonly intervalMs: number;
}

/** Often enough that lists of such records, whose time limit is five intervals unless set otherwise, are renewed before they reach it. */
const LONG_LIVED_FACTOR = 4;
/** Five times as much, as while the allowance is tight, must leave no gap in what is known. */
const LONGEST_LONG_LIVED_MS = 600_000;

/**
 * The sources as the polls for changes ask them. Salesforce twice: what hardly changes is asked for less often, so that a poll of the rest is one
 * call.
 */
export function polledSources(
  sources: {
    readonly salesforce: Pick<SalesforceSource, 'pollChanges' | 'upstream'>;
    readonly jira: Pick<JiraSource, 'pollChanges' | 'upstream'>;
  },
  intervalMs: number,
): readonly TimedSource[] {
  const { salesforce, jira } = sources;
  const ofSalesforce = (feed: string, types: readonly SalesforceTypeName[]): PolledSource => ({
    source: 'SALESFORCE',
    feed,
    types,
    tellsDeletions: true,
    pace: () => paceOf(salesforce.upstream, 'composite'),
    poll: (sinceMs, signal) => salesforce.pollChanges(sinceMs, { signal }, types),
  });
  const [longLived, others] = [
    polledTypes.filter((type) => longLivedTypes.has(type)),
    polledTypes.filter((type) => !longLivedTypes.has(type)),
  ];
  const longLivedMs = Math.max(intervalMs, Math.min(intervalMs * LONG_LIVED_FACTOR, LONGEST_LONG_LIVED_MS));
  return [
    { polled: ofSalesforce('salesforce', others), intervalMs },
    { polled: ofSalesforce('salesforce-long-lived', longLived), intervalMs: longLivedMs },
    { polled: ofJira(jira), intervalMs },
  ];
}

function ofJira(jira: Pick<JiraSource, 'pollChanges' | 'upstream'>): PolledSource {
  return {
    source: 'JIRA',
    feed: 'jira',
    types: ['JiraIssue'],
    tellsDeletions: false,
    pace: () => paceOf(jira.upstream, 'search'),
    poll: async (sinceMs, signal) => {
      const { changed, highWaterMs, isComplete } = await jira.pollChanges(sinceMs, { signal, receipts: [] });
      const changes = changed.map(({ issueId, key, updatedMs, values }) => ({
        type: 'JiraIssue',
        id: issueId,
        names: [key.toUpperCase()],
        stamp: String(updatedMs),
        values,
      }));
      return { changes, highWaterMs, isComplete };
    },
  };
}

const paceAt: Readonly<Record<QuotaPressure, 'normal' | 'slow' | 'paused'>> = {
  normal: 'normal',
  tight: 'slow',
  critical: 'paused',
  exhausted: 'paused',
};

/** Never the call that finds out whether a source is back: that one is left to people. */
function paceOf<Operation extends string>(
  upstream: Upstream<Operation>,
  operation: Operation,
): 'normal' | 'slow' | 'paused' {
  return upstream.isAvailable(operation) ? paceAt[upstream.quota?.pressure() ?? 'normal'] : 'paused';
}
