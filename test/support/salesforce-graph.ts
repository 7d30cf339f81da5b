import { type ExecutionResult, type GraphQLSchema, graphql } from 'graphql';
import { pino } from 'pino';
import { Histogram, Registry } from 'prom-client';
import { nodeResolvers } from '../../src/gateway/node-resolvers.ts';
import { dateScalar, dateTimeScalar } from '../../src/gateway/scalars.ts';
import { buildSchema, readSchemaDocuments } from '../../src/gateway/schema.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { SalesforceSettings } from '../../src/platform/config.ts';
import { FieldNeeds, resolversFromEdges } from '../../src/platform/edges.ts';
import { Receipt } from '../../src/platform/receipt.ts';
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

/** One answer with what it cost. */
export interface GraphAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers whose form is that of their query.
  readonly data: any;
  readonly errors: readonly { readonly path: string; readonly code: unknown; readonly message: string }[];
  readonly receipt: Receipt;
}

/** Salesforce's own part of the graph over a stand-in: real resolvers, loaders and client, and no gateway. */
export interface SalesforceGraph extends AsyncDisposable {
  readonly standIn: SalesforceStandIn;
  readonly source: SalesforceSource;
  readonly logLines: Record<string, unknown>[];
  /** Runs an operation as one request, with loaders of its own. */
  run(query: string, variables?: Record<string, unknown>, signal?: AbortSignal): Promise<GraphAnswer>;
  /** Loaders of a new request. */
  loaders(receipt?: Receipt, signal?: AbortSignal): SalesforceLoaders;
}

export type SalesforceGraphOptions = SalesforceStandInOptions &
  Partial<Omit<SalesforceSourceOptions, 'clock'>> & { readonly prepare?: (standIn: SalesforceStandIn) => void };

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
  const source = await openSalesforceSource({
    settings: settingsOf(standIn),
    standIn: true,
    log,
    clock: systemClock,
    durations: newDurations(),
    needs: new FieldNeeds(salesforceEdges, []),
    ...options,
  });
  standIn.calls.clear();
  const schema = salesforceSchema();
  const loaders = (receipt = new Receipt(), signal = new AbortController().signal) =>
    createSalesforceLoaders(source, { requestId: 'test', tenant: 'test', signal, log, receipt });
  return {
    standIn,
    source,
    logLines,
    loaders,
    async run(query, variables = {}, signal) {
      const receipt = new Receipt();
      const contextValue = { loaders: { salesforce: loaders(receipt, signal) } };
      const result = await graphql({ schema, source: query, variableValues: variables, contextValue });
      return toAnswer(result, receipt);
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

function toAnswer(result: ExecutionResult, receipt: Receipt): GraphAnswer {
  const errors = (result.errors ?? []).map((error) => {
    const original = error.originalError;
    return {
      path: (error.path ?? []).join('.'),
      code: original && 'code' in original ? original.code : undefined,
      message: error.message,
    };
  });
  return { data: result.data, errors, receipt };
}
