import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'graphql';
import { pino } from 'pino';
import { InvalidationLedger } from '../../src/cache/invalidation-ledger.ts';
import type { ResponseCache } from '../../src/cache/responses/response-cache.ts';
import { SourceReturns } from '../../src/cache/source-returns.ts';
import type { Caller } from '../../src/features/access/caller.ts';
import { tokenInCookies } from '../../src/features/access/session-cookie.ts';
import { RequestAuditTrail } from '../../src/features/audit/request-audit.ts';
import { answerPlugin } from '../../src/gateway/answer-plugin.ts';
import { startApollo } from '../../src/gateway/apollo.ts';
import type { Context } from '../../src/gateway/context.ts';
import { type GraphqlRouteOptions, graphqlRoute, OperationsUnderWay } from '../../src/gateway/graphql-route.ts';
import { defaultHttpLimits, type HttpLimits } from '../../src/gateway/http-limits.ts';
import { type HttpServer, openHttpServer } from '../../src/gateway/http-server.ts';
import { type StopTimes, stopServing } from '../../src/gateway/lifecycle.ts';
import { Budgets } from '../../src/gateway/limits/budgets/budgets.ts';
import { ExecutionCap } from '../../src/gateway/limits/execution-cap.ts';
import { openLimits } from '../../src/gateway/limits/open-limits.ts';
import type { ResolverMap } from '../../src/gateway/merge-resolvers.ts';
import { createMetrics, type Metrics } from '../../src/gateway/metrics.ts';
import { openOperationCosts } from '../../src/gateway/operation-costs/open-operation-costs.ts';
import { operationsRoutes } from '../../src/gateway/operations-routes.ts';
import { ReadinessCheck } from '../../src/gateway/readiness.ts';
import { createRequestContext } from '../../src/gateway/request-context.ts';
import { trustedProxiesOf } from '../../src/gateway/request-origin.ts';
import { openRequestScope } from '../../src/gateway/request-scope.ts';
import { createResponseCaching } from '../../src/gateway/response-caching.ts';
import { buildSchema } from '../../src/gateway/schema.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { testActor } from './audit.ts';
import { testSealer } from './keys.ts';
import { noUpstream } from './no-upstream.ts';

export interface SmallGateway {
  readonly http: HttpServer;
  readonly metrics: Metrics;
  /** Null without `responseCacheBytes`. */
  readonly responseCache: ResponseCache | null;
  readonly operationsUnderWay: OperationsUnderWay;
  readonly executions: ExecutionCap;
  /** Log lines, parsed. */
  readonly logLines: Record<string, unknown>[];
  /** Stops as the real gateway does; at once unless told. */
  close(times?: Partial<StopTimes>): Promise<void>;
}

export interface SmallGatewayOptions {
  readonly sdl: string;
  readonly resolvers: ResolverMap;
  readonly limits?: Partial<HttpLimits>;
  /** Of limits and budgets, by their names in the environment; without any, nobody's requests are counted. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly production?: boolean;
  /** Who asks; one viewer of the tenant `demo` unless told. */
  viewerOf?(headers: IncomingHttpHeaders): Context['viewer'];
  /** Memory for whole answers; none is kept unless told. */
  readonly responseCacheBytes?: number;
  readonly clock?: Clock;
  readonly ledger?: InvalidationLedger;
}

const tester: Context['viewer'] = { id: 'tester', name: null, email: null, tenant: 'demo', roles: ['VIEWER'] };

/** By which of its headers the real door would let the request in. */
function credentialIn(headers: IncomingHttpHeaders): Caller['credential'] {
  if (headers.authorization !== undefined) return 'bearer';
  const hasSession = headers['x-session-token'] !== undefined || tokenInCookies(headers) !== null;
  return hasSession ? 'session' : 'anonymous';
}

const noStatus: Context['gatewayStatus'] = () => Promise.reject(new Error('A small gateway has no state to tell of.'));

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
  const document = parse(options.sdl);
  const schema = buildSchema([document], [options.resolvers]);
  const {
    operations,
    budgets,
    trustedProxies,
    operationsUnderWay: mostUnderWay,
  } = loadConfig({
    ...options.settings,
    NODE_ENV: 'test',
  });
  const executions = new ExecutionCap(mostUnderWay);
  const { parsed, gate } = openLimits({ schema, settings: operations });
  const apollo = await startApollo({
    schema,
    maxTokens: operations.maxTokens,
    allowIntrospection: true,
    production: options.production ?? false,
    log,
    plugins: [answerPlugin(metrics.operations)],
  });
  const openContext: GraphqlRouteOptions['openContext'] = (caller, requestId, signal, maxAgeSeconds) => {
    const scope = openRequestScope(requestId, caller.viewer.tenant, signal, log, maxAgeSeconds);
    return createRequestContext(scope, caller, {} as Context['loaders'], {
      gatewayStatus: noStatus,
      afterWrite: async () => undefined,
      upstream: noUpstream,
      audit: new RequestAuditTrail(testActor(caller.viewer.tenant)),
    });
  };
  const callerOf: GraphqlRouteOptions['callerOf'] = async ({ request, origin }) => ({
    viewer: options.viewerOf?.(request.headers) ?? tester,
    credential: credentialIn(request.headers),
    sessionId: null,
    origin,
  });
  const { clock = systemClock, ledger = new InvalidationLedger(), responseCacheBytes: maxBytes = 0 } = options;
  // Charged as in the real gateway, and written nowhere.
  const operationCosts = openOperationCosts({
    database: { inTenant: () => Promise.reject(new Error('A small gateway has no database.')) },
    sealer: testSealer,
    erased: { hasClient: () => false },
    metrics: metrics.operationCosts,
    log,
    clock,
  });
  const invalidate = (tags: readonly string[]): void => void ledger.applyOwn(tags);
  const caching =
    maxBytes === 0
      ? null
      : createResponseCaching({
          schema,
          documents: [document],
          parsed,
          clock,
          ledger,
          returns: new SourceReturns(),
          maxBytes,
          log,
          invalidate,
          metrics,
          onKeptAnswer: (answer) => operationCosts.onKeptAnswer(answer),
        });
  const http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    limits,
    trustedProxies: trustedProxiesOf(trustedProxies),
    log,
    routes: new Map([
      [
        '/graphql',
        graphqlRoute({
          apollo,
          limits,
          gate,
          budgets: options.settings ? new Budgets({ settings: budgets, clock, shared: null }) : null,
          executions,
          callerOf,
          openContext,
          caching,
          operationsUnderWay,
          audit: null,
          documents: null,
        }),
      ],
      ...operationsRoutes(readiness, metrics),
    ]),
    onRequestEnd: (path, status) => metrics.httpRequests.inc({ path, status: String(status) }),
  });
  return {
    http,
    metrics,
    responseCache: caching?.cache ?? null,
    operationsUnderWay,
    executions,
    logLines,
    close: (times) =>
      (closed ??= stopServing(
        { readiness, operationsUnderWay, http, apollo },
        { lameDuckMs: 0, drainMs: 0, ...times },
      )),
  };
}
