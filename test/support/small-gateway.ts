import { parse } from 'graphql';
import { pino } from 'pino';
import { answerPlugin } from '../../src/gateway/answer-plugin.ts';
import { startApollo } from '../../src/gateway/apollo.ts';
import type { Context } from '../../src/gateway/context.ts';
import { graphqlRoute, OperationsUnderWay } from '../../src/gateway/graphql-route.ts';
import { defaultHttpLimits, type HttpLimits } from '../../src/gateway/http-limits.ts';
import { type HttpServer, openHttpServer } from '../../src/gateway/http-server.ts';
import { type StopTimes, stopServing } from '../../src/gateway/lifecycle.ts';
import type { ResolverMap } from '../../src/gateway/merge-resolvers.ts';
import { createMetrics, type Metrics } from '../../src/gateway/metrics.ts';
import { operationsRoutes } from '../../src/gateway/operations-routes.ts';
import { ReadinessCheck } from '../../src/gateway/readiness.ts';
import { createRequestContext } from '../../src/gateway/request-context.ts';
import { buildSchema } from '../../src/gateway/schema.ts';
import { Receipt } from '../../src/platform/receipt.ts';

export interface SmallGateway {
  readonly http: HttpServer;
  readonly metrics: Metrics;
  readonly operationsUnderWay: OperationsUnderWay;
  /** Log lines, parsed. */
  readonly logLines: Record<string, unknown>[];
  /** Stops as the real gateway does; at once unless told. */
  close(times?: Partial<StopTimes>): Promise<void>;
}

export interface SmallGatewayOptions {
  readonly sdl: string;
  readonly resolvers: ResolverMap;
  readonly limits?: Partial<HttpLimits>;
  readonly production?: boolean;
}

/** The real HTTP and GraphQL layers over a schema of the test's own: for what no field of the real one can be made to do. */
export async function startSmallGateway(options: SmallGatewayOptions): Promise<SmallGateway> {
  const limits = { ...defaultHttpLimits, ...options.limits };
  const logLines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug', base: null },
    { write: (line: string) => logLines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const metrics = createMetrics(() => []);
  const operationsUnderWay = new OperationsUnderWay();
  const readiness = new ReadinessCheck([() => ({ name: 'postgres', state: 'up', standIn: false })]);
  let closed: Promise<void> | undefined;
  const apollo = await startApollo({
    schema: buildSchema([parse(options.sdl)], [options.resolvers]),
    allowIntrospection: true,
    production: options.production ?? false,
    log,
    plugins: [answerPlugin(metrics.operations)],
  });
  const openRequest: Parameters<typeof graphqlRoute>[0]['openRequest'] = async (_headers, requestId, signal) => {
    const scope = { requestId, tenant: 'demo', signal, log: log.child({ requestId }), receipt: new Receipt() };
    const viewer = { id: 'tester', name: null, email: null, tenant: 'demo', roles: ['VIEWER'] } as const;
    return createRequestContext(scope, viewer, {} as Context['loaders']);
  };
  const http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    limits,
    log,
    routes: new Map([
      ['/graphql', graphqlRoute({ apollo, limits, openRequest, operationsUnderWay })],
      ...operationsRoutes(readiness, metrics),
    ]),
    onRequestEnd: (path, status) => metrics.httpRequests.inc({ path, status: String(status) }),
  });
  return {
    http,
    metrics,
    operationsUnderWay,
    logLines,
    close: (times) =>
      (closed ??= stopServing(
        { readiness, operationsUnderWay, http, apollo },
        { lameDuckMs: 0, drainMs: 0, ...times },
      )),
  };
}
