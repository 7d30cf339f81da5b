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
   * between two, but for what leaves in the same turn of the event loop. Schema, resolvers, loaders and clients are the same.
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
  readonly byOperation: Readonly<Record<string, OperationCounts>>;
}

/** What executions of one operation cost in calls. */
export interface OperationCounts {
  readonly executed: number;
  readonly withCalls: number;
  readonly salesforceCalls: number;
  readonly jiraCalls: number;
}

const { settings, perRequest, isAudited = true } = JSON.parse(process.argv[2] ?? '') as ChildOptions;
let executed = 0;
let executedWithCalls = 0;
const byOperation: Record<string, OperationCounts> = {};

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
    const salesforceCalls = cost.SALESFORCE?.calls ?? 0;
    const jiraCalls = cost.JIRA?.calls ?? 0;
    const withCalls = salesforceCalls + jiraCalls > 0 ? 1 : 0;
    executedWithCalls += withCalls;
    const of = byOperation[operationName ?? ''] ?? { executed: 0, withCalls: 0, salesforceCalls: 0, jiraCalls: 0 };
    byOperation[operationName ?? ''] = {
      executed: of.executed + 1,
      withCalls: of.withCalls + withCalls,
      salesforceCalls: of.salesforceCalls + salesforceCalls,
      jiraCalls: of.jiraCalls + jiraCalls,
    };
  },
});
const shareNothing = { responseCacheBytes: 0, recordsOf: perRequestRecords };
const config = loadConfig({ PORT: '0', ...settings, ...(perRequest ? { CACHE_COALESCE_WINDOW: '0' } : {}) });
const gateway = await openGateway(config, { log, isAudited, ...(perRequest ? shareNothing : {}) });
process.on('message', (message) => {
  const { user, system } = process.cpuUsage();
  if (message === 'counts')
    process.send?.({ executed, executedWithCalls, cpuMs: (user + system) / 1_000, byOperation });
});
// The benchmark ends it; should that be gone, nobody else would.
process.on('disconnect', () => process.exit(0));
process.send?.({ url: gateway.url });
