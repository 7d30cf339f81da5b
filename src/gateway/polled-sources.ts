import type { PolledSource } from '../jobs/change-poll.ts';
import type { JiraSource } from '../sources/jira/source.ts';
import { polledTypes } from '../sources/salesforce/record-changes.ts';
import type { SalesforceSource } from '../sources/salesforce/source.ts';
import type { QuotaPressure } from '../upstream/quota-pressure.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** The sources as the polls for changes ask them. */
export function polledSources(sources: {
  readonly salesforce: Pick<SalesforceSource, 'pollChanges' | 'upstream'>;
  readonly jira: Pick<JiraSource, 'pollChanges' | 'upstream'>;
}): readonly PolledSource[] {
  const { salesforce, jira } = sources;
  return [
    {
      source: 'SALESFORCE',
      types: polledTypes,
      tellsDeletions: true,
      pace: () => paceOf(salesforce.upstream, 'composite'),
      poll: (sinceMs, signal) => salesforce.pollChanges(sinceMs, { signal }),
    },
    {
      source: 'JIRA',
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
    },
  ];
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
