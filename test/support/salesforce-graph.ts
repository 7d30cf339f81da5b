import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { pino } from 'pino';
import { Histogram, Registry } from 'prom-client';
import type { RecordCache, RecordCacheParts } from '../../src/cache/record-cache.ts';
import { nodeResolvers } from '../../src/gateway/node-resolvers.ts';
import { dateScalar, dateTimeScalar } from '../../src/gateway/scalars.ts';
import { buildSchema, readSchemaDocuments } from '../../src/gateway/schema.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { FieldNeeds, resolversFromEdges } from '../../src/platform/edges.ts';
import type { FreshnessDemand } from '../../src/platform/freshness.ts';
import { FreshnessTrace } from '../../src/platform/freshness.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import type { RequestScope } from '../../src/platform/request-scope.ts';
import type { SalesforceSettings } from '../../src/platform/settings.ts';
import { TagCollector } from '../../src/platform/tag-collector.ts';
import { createSalesforceLoaders } from '../../src/sources/salesforce/create-loaders.ts';
import { salesforceEdges } from '../../src/sources/salesforce/edges.ts';
import type { SalesforceLoaders } from '../../src/sources/salesforce/loaders.ts';
import { salesforceResolvers } from '../../src/sources/salesforce/resolvers.ts';
import {
  openSalesforceSource,
  type SalesforceSource,
  type SalesforceSourceOptions,
} from '../../src/sources/salesforce/source.ts';
import {
  type SalesforceStandIn,
  type SalesforceStandInOptions,
  startSalesforceStandIn,
} from '../../src/standins/salesforce/server.ts';
import type { UpstreamDurations } from '../../src/upstream/call.ts';
import { memoryCache } from './cache-source.ts';

/** One answer with what it cost. */
export interface GraphAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose form is that of their query.
  readonly data: any;
  readonly errors: readonly { readonly path: string; readonly code: unknown; readonly message: string }[];
  readonly receipt: Receipt;
  readonly freshness: FreshnessTrace;
  readonly tags: TagCollector;
}

/** Salesforce's own part of the graph over a stand-in: real resolvers, loaders and client, and no gateway. */
export interface SalesforceGraph extends AsyncDisposable {
  readonly standIn: SalesforceStandIn;
  readonly source: SalesforceSource;
  readonly cache: RecordCache;
  readonly logLines: Record<string, unknown>[];
  /** Runs an operation as one request, with loaders of its own. */
  run(
    query: string,
    variables?: Record<string, unknown>,
    signal?: AbortSignal,
    demand?: FreshnessDemand,
  ): Promise<GraphAnswer>;
  /** Loaders of a new request. */
  loaders(receipt?: Receipt, signal?: AbortSignal): SalesforceLoaders;
}

export type SalesforceGraphOptions = SalesforceStandInOptions &
  Partial<SalesforceSourceOptions> & {
    readonly prepare?: (standIn: SalesforceStandIn) => void;
    /** What was read stays cached from one request to the next; otherwise each begins with nothing. */
    readonly warm?: boolean;
    readonly cacheParts?: Partial<RecordCacheParts>;
  };

export function settingsOf(standIn: SalesforceStandIn): SalesforceSettings {
  return {
    loginUrl: standIn.url,
    clientId: standIn.clientId,
    credentials: { kind: 'clientCredentials', clientSecret: standIn.clientSecret },
    apiVersion: '62.0',
  };
}

export function newDurations(): UpstreamDurations {
  return new Histogram({
    name: 'upstream_seconds',
    help: 'for a test',
    labelNames: ['source', 'operation', 'outcome'],
    registers: [new Registry()],
  });
}

export function collectLog(lines: Record<string, unknown>[]) {
  return pino({ level: 'debug', base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
}

/** Starts a stand-in and opens the source on it. `prepare` runs between the two. Calls made by then are not counted. */
export async function startSalesforceGraph(options: SalesforceGraphOptions = {}): Promise<SalesforceGraph> {
  const standIn = await startSalesforceStandIn(options);
  options.prepare?.(standIn);
  const logLines: Record<string, unknown>[] = [];
  const log = collectLog(logLines);
  const { warm = false, clock = systemClock, cacheParts, ...sourceOptions } = options;
  const { cache } = memoryCache({ clock, memory: { maxEntries: 200_000, maxBytes: 512 * 1024 * 1024 }, ...cacheParts });
  const source = await openSalesforceSource({
    settings: settingsOf(standIn),
    standIn: true,
    log,
    clock,
    durations: newDurations(),
    needs: new FieldNeeds(salesforceEdges, []),
    cache,
    ...sourceOptions,
  });
  standIn.calls.clear();
  const schema = salesforceSchema();
  const open = (scope: Partial<RequestScope>) => {
    if (!warm) void cache.invalidateSource('SALESFORCE');
    const { signal } = new AbortController();
    const whole = { requestId: 'test', tenant: 'test', signal, log, receipt: new Receipt(), ...scope };
    return { scope: whole, loaders: { salesforce: createSalesforceLoaders(source, whole) } };
  };
  return {
    standIn,
    source,
    cache,
    logLines,
    loaders: (receipt, signal) =>
      open({ ...(receipt ? { receipt } : {}), ...(signal ? { signal } : {}) }).loaders.salesforce,
    async run(query, variables = {}, signal, demand) {
      const told = { receipt: new Receipt(), freshness: new FreshnessTrace(), tags: new TagCollector() };
      const scope = { ...told, ...(signal ? { signal } : {}), ...(demand ? { demand } : {}) };
      const result = await graphql({ schema, source: query, variableValues: variables, contextValue: open(scope) });
      return { ...toAnswer(result), ...told };
    },
    async [Symbol.asyncDispose]() {
      await source.close();
      await standIn.close();
    },
  };
}

let schema: GraphQLSchema | undefined;

function salesforceSchema(): GraphQLSchema {
  const removed = new Set(['links.graphql']);
  schema ??= buildSchema(
    readSchemaDocuments().filter((document) => !removed.has(document.loc?.source.name.replace('schema/', '') ?? '')),
    [
      { DateTime: dateTimeScalar, Date: dateScalar },
      resolversFromEdges(salesforceEdges),
      salesforceResolvers,
      { Query: { node: nodeResolvers.Query.node, nodes: nodeResolvers.Query.nodes }, Node: nodeResolvers.Node },
    ],
  );
  return schema;
}

function toAnswer(result: ExecutionResult): Pick<GraphAnswer, 'data' | 'errors'> {
  const errors = (result.errors ?? []).map((error) => {
    const original = error.originalError;
    return {
      path: (error.path ?? []).join('.'),
      code: original && 'code' in original ? original.code : undefined,
      message: error.message,
    };
  });
  return { data: result.data, errors };
}
