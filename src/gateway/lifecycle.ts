import type { ApolloServer } from '@apollo/server';
import type { OperationsUnderWay } from './graphql-route.ts';
import type { HttpServer } from './http-server.ts';
import type { ReadinessCheck } from './readiness.ts';
import type { RequestContext } from './request-context.ts';

/** How a gateway ends, in ms. */
export interface StopTimes {
  /** `/readyz` says so and requests are still taken: so long a load balancer needs to notice. */
  readonly lameDuckMs: number;
  /** Operations under way may still end; new ones are refused. */
  readonly drainMs: number;
}

/** Connections that are still open after the operations ended: answers on their way out. */
const CONNECTION_GRACE_MS = 1_000;

/** Stops taking requests without losing one: tell, wait, refuse, let end, close. */
export async function stopServing(
  parts: {
    readonly readiness: ReadinessCheck;
    readonly operationsUnderWay: OperationsUnderWay;
    readonly http: HttpServer;
    readonly apollo: ApolloServer<RequestContext>;
  },
  times: StopTimes,
): Promise<void> {
  parts.readiness.stop();
  if (times.lameDuckMs > 0) await new Promise((resolve) => setTimeout(resolve, times.lameDuckMs));
  await parts.operationsUnderWay.drain(times.drainMs);
  await parts.http.close(CONNECTION_GRACE_MS);
  await parts.apollo.stop();
}
