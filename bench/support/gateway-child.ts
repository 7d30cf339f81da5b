/**
 * A gateway in a process of its own, for a benchmark: `node gateway-child.ts <JSON of ChildOptions>`. Tells its URL, and its counts when it
 * is asked for them.
 */
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/log.ts';
import { perRequestRecords } from '../../test/support/per-request-records.ts';

export interface ChildOptions {
  readonly settings: Readonly<Record<string, string>>;
  /**
   * The peer: DataLoaders for each request and nothing beside them. No record and no answer outlives its request, and no call is shared
   * between two. Schema, resolvers, loaders and clients are the same.
   */
  readonly perRequest: boolean;
  /** False: operations have no entries in the audit log. */
  readonly isAudited?: boolean;
}

export type ChildMessage = { readonly url: string } | ChildCounts;

export interface ChildCounts {
  /** Queries that were executed, and those of them that waited for at least one call to Salesforce or Jira. */
  readonly executed: number;
  readonly executedWithCalls: number;
  readonly cpuMs: number;
}

const { settings, perRequest, isAudited = true } = JSON.parse(process.argv[2] ?? '') as ChildOptions;
let executed = 0;
let executedWithCalls = 0;

interface AnsweredLine {
  readonly operationName: string | null;
  readonly cost: Readonly<Record<string, { readonly calls: number }>>;
}

const log = createLogger('debug', {
  write: (line) => {
    if (!line.includes('"operation answered"')) return;
    const { operationName, cost } = JSON.parse(line) as AnsweredLine;
    if (operationName === 'SubmitAssessments') return;
    executed += 1;
    if ((cost.SALESFORCE?.calls ?? 0) + (cost.JIRA?.calls ?? 0) > 0) executedWithCalls += 1;
  },
});
const shareNothing = { responseCacheBytes: 0, recordsOf: perRequestRecords };
const config = loadConfig({ PORT: '0', ...settings, ...(perRequest ? { CACHE_COALESCE_WINDOW: '0' } : {}) });
const gateway = await openGateway(config, { log, isAudited, ...(perRequest ? shareNothing : {}) });
process.on('message', (message) => {
  const { user, system } = process.cpuUsage();
  if (message === 'counts') process.send?.({ executed, executedWithCalls, cpuMs: (user + system) / 1_000 });
});
// The benchmark ends it; should that be gone, nobody else would.
process.on('disconnect', () => process.exit(0));
process.send?.({ url: gateway.url });
