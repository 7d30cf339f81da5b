import type { ForwardReason } from '../cache/responses/answer-headers.ts';
import type { KnownOperation } from '../cache/responses/operations.ts';
import type { ServedAnswer } from '../cache/responses/response-cache.ts';

/** Where an answer came from: `memory`, `stale`, `shared` and `joined` were not executed for their own request. */
export type AnswerOrigin = 'memory' | 'stale' | 'shared' | 'joined' | 'stored' | 'unstored' | 'bypass';

export function originOf(served: ServedAnswer): AnswerOrigin {
  if (served.joined) return 'joined';
  if (served.kind === 'unstored') return served.repeated ? 'stale' : 'unstored';
  return served.from === 'execution' ? 'stored' : served.from;
}

export function reasonOf({ policy }: KnownOperation, noCache: boolean): ForwardReason {
  if (policy.kind === 'uncacheable') return 'bypass';
  return noCache ? 'request' : 'miss';
}
