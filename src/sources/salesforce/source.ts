import type { Clock } from '../../platform/clock.ts';
import type { SalesforceSettings } from '../../platform/config.ts';
import type { FieldNeeds } from '../../platform/edges.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { Logger } from '../../platform/log.ts';
import type { UpstreamDurations } from '../../upstream/call.ts';
import { Availability } from './availability.ts';
import { SalesforceClient, type SalesforceClientOptions, type SalesforceUsage } from './client.ts';
import { describeObjects } from './describe.ts';
import { DescribeSchedule } from './describe-schedule.ts';
import { KeyedReads } from './keyed-reads.ts';
import { QueryQueue } from './query-queue.ts';
import { ReadPlanner } from './read-plan.ts';
import type { SharedReads } from './request-reads.ts';
import { StatementRunner } from './statement-runner.ts';
import { ModelReader } from './to-model.ts';

export interface SalesforceSourceOptions
  extends Pick<SalesforceClientOptions, 'deadlineMs' | 'maxConcurrentCalls' | 'maxWaitingCalls' | 'maxAnswerBytes'> {
  readonly settings: SalesforceSettings;
  /** True when the settings name the bundled stand-in. */
  readonly standIn: boolean;
  readonly log: Logger;
  readonly clock: Clock;
  readonly durations: UpstreamDurations;
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
  const runner = new StatementRunner(new QueryQueue(client), availability);
  const schedule = new DescribeSchedule(availability, log, options.describeRetryMs);
  await schedule.start();

  return {
    reads: {
      availability,
      runner,
      planner: new ReadPlanner(needs, availability),
      models: new ModelReader(availability, log),
      keyedReads: new KeyedReads(runner, availability),
    },
    get usage() {
      return client.usage;
    },
    health: () => healthOf(availability, client.lastFailure, standIn),
    close: async () => {
      schedule.stop();
      await client.close();
    },
  };
}

function healthOf(availability: Availability, failure: GatewayError | null, standIn: boolean): DependencyHealth {
  const health = { name: 'salesforce', standIn } as const;
  if (failure) return { ...health, state: 'down', detail: `${failure.code}: ${failure.message}` };
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
