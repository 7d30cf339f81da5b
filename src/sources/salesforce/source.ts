import type { FieldNeeds } from '../../platform/edges.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { Availability } from './availability.ts';
import { SalesforceClient, type SalesforceClientOptions, type SalesforceUsage } from './client.ts';
import { describeObjects } from './describe.ts';
import { DescribeSchedule } from './describe-schedule.ts';
import type { SalesforceOperation } from './endpoint-classes.ts';
import { type FoundPerson, findUsers } from './find-people.ts';
import { KeyedReads } from './keyed-reads.ts';
import { createKeyedLists } from './list-kinds.ts';
import { createPageKinds } from './page-kinds.ts';
import { PsRequestUpdateWrite } from './ps-request-update.ts';
import { QueryQueue } from './query-queue.ts';
import { ReadPlanner } from './read-plan.ts';
import { RecordChangePoll } from './record-changes.ts';
import { createRecordKinds } from './record-kinds.ts';
import type { SharedReads } from './request-reads.ts';
import { RowReader } from './row-reader.ts';
import type { SourceCache } from './source-cache.ts';
import { StatementRunner } from './statement-runner.ts';
import { ModelReader } from './to-model.ts';

export interface SalesforceSourceOptions extends SalesforceClientOptions {
  /** True when the settings name the bundled stand-in. */
  readonly standIn: boolean;
  /** Where everything that is read is kept. */
  readonly cache: SourceCache;
  /** CACHE_COALESCE_WINDOW, milliseconds: what is asked within it travels together; 2 unless told. */
  readonly coalesceWindowMs?: number;
  /** Made from the edges and computed fields of all slices: which properties a selected field reads. */
  readonly needs: FieldNeeds;
  /** Milliseconds before the field map is held against the org again after it could not be asked; doubles up to a minute. */
  readonly describeRetryMs?: number;
}

/** Salesforce, open. Loaders are made of it per request with `createSalesforceLoaders`. */
export interface SalesforceSource {
  /** For this slice's loaders. */
  readonly reads: SharedReads;
  /** The org's call allowance as of the latest answer; null before the first one. */
  readonly usage: SalesforceUsage | null;
  /** How the org is doing, for status and plans. */
  readonly upstream: Upstream<SalesforceOperation>;
  /** What can be changed in Salesforce; see source-write.ts. */
  readonly writes: { readonly psRequestUpdate: PsRequestUpdateWrite };
  /** What has changed since then, deleted records included; see record-changes.ts. */
  readonly pollChanges: RecordChangePoll['poll'];
  /** Users by ids or addresses, past every cache; see find-people.ts. */
  findUsers(
    wanted: { readonly ids: readonly string[]; readonly emails: readonly string[] },
    signal: AbortSignal,
  ): Promise<readonly FoundPerson[]>;
  health(): DependencyHealth;
  close(): Promise<void>;
}

/**
 * Opens the source and holds the field map against the org. Resolves in any case, within the deadline of a call: an org that can't be reached
 * is asked again in the background, and until then everything counts as shown.
 */
export async function openSalesforceSource(options: SalesforceSourceOptions): Promise<SalesforceSource> {
  const { log, needs, standIn } = options;
  const client = new SalesforceClient(options);
  const availability = new Availability((names) => describeObjects(client, names), log, options.clock);
  const { cache, clock, coalesceWindowMs = 2 } = options;
  // Twice: what the cache has collected for one window still meets what it did not have to collect.
  const queue = new QueryQueue(client, coalesceWindowMs * 2);
  const runner = new StatementRunner(queue, availability);
  const keyedReads = new KeyedReads(runner, availability);
  const recordKinds = createRecordKinds(keyedReads, availability);
  const rowReader = new RowReader(recordKinds, availability);
  const changes = new RecordChangePoll({ queue, availability, kinds: recordKinds, rowReader });
  const schedule = new DescribeSchedule(availability, log, options.describeRetryMs);
  await schedule.start();

  return {
    reads: {
      ...{ cache, availability, recordKinds },
      planner: new ReadPlanner(needs, availability),
      models: new ModelReader(availability, log),
      keyedLists: createKeyedLists(keyedReads, rowReader),
      pageKinds: createPageKinds({ runner, availability, rowReader }),
      now: () => clock.now(),
    },
    get usage() {
      return client.usage;
    },
    upstream: client.upstream,
    writes: { psRequestUpdate: new PsRequestUpdateWrite({ client, availability }) },
    pollChanges: (sinceMs, caller, types) => changes.poll(sinceMs, caller, types),
    findUsers: (wanted, signal) => findUsers(queue, wanted, signal),
    health: () => healthOf(availability, client, standIn),
    close: async () => {
      schedule.stop();
      await client.close();
    },
  };
}

function healthOf(
  availability: Availability,
  { lastFailure, upstream }: Pick<SalesforceClient, 'lastFailure' | 'upstream'>,
  standIn: boolean,
): DependencyHealth {
  const health = { name: 'salesforce', standIn } as const;
  if (lastFailure) {
    const { code, message } = lastFailure;
    // The gateway's own refusal to spend calls is no outage of the org.
    const isSaved = code === 'UPSTREAM_QUOTA_EXHAUSTED' && upstream.status().state !== 'DOWN';
    return { ...health, state: isSaved ? 'degraded' : 'down', detail: `${code}: ${message}` };
  }
  if (!availability.isDescribed) {
    return {
      ...health,
      state: 'degraded',
      detail: 'The org was not described yet; it is asked again in the background.',
    };
  }
  const hidden = availability.hiddenColumns;
  if (hidden.length === 0) return { ...health, state: 'up' };
  const detail = `Not shown to the integration user, so their fields answer FIELD_UNAVAILABLE: ${hidden.join(', ')}. Grant it read access.`;
  return { ...health, state: 'degraded', detail };
}
