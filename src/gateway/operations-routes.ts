import { send, sendJson } from './http-answer.ts';
import type { Route } from './http-server.ts';
import type { Metrics } from './metrics.ts';
import type { ReadinessCheck } from './readiness.ts';

/** What operators and orchestrators ask: is the process alive, can it take requests, how is it doing. */
export function operationsRoutes(readiness: ReadinessCheck, metrics: Metrics): [string, Route][] {
  return [
    [
      '/livez',
      {
        methods: ['GET'],
        handle: ({ response }) =>
          sendJson(response, 200, { status: 'alive', uptimeSeconds: Math.round(process.uptime()) }),
      },
    ],
    [
      '/readyz',
      {
        methods: ['GET'],
        handle: async ({ response }) => {
          const answer = await readiness.check();
          const takesRequests = answer.status === 'ready' || answer.status === 'degraded';
          sendJson(response, takesRequests ? 200 : 503, answer);
        },
      },
    ],
    [
      '/metrics',
      {
        methods: ['GET'],
        handle: async ({ response }) => {
          const { contentType, text } = await metrics.expose();
          send(response, 200, { 'content-type': contentType, 'cache-control': 'no-store' }, text);
        },
      },
    ],
  ];
}
