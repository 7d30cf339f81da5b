import type { IncomingHttpHeaders } from 'node:http';
import type { HTTPGraphQLResponse } from '@apollo/server';
import type { ForwardReason } from '../cache/responses/answer-headers.ts';
import { unstoredAnswerHeaders } from '../cache/responses/answer-headers.ts';
import type { AskedOperation, ExecutedAnswer } from '../cache/responses/execution.ts';
import type { KnownOperation, Operations } from '../cache/responses/operations.ts';
import { maxAgeSecondsOf, readRequestConditions, UNCONDITIONAL } from '../cache/responses/request-conditions.ts';
import type { ResponseCache, ServedAnswer } from '../cache/responses/response-cache.ts';
import { WeightedLru } from '../cache/responses/weighted-lru.ts';
import { type Caller, NO_ORIGIN } from '../features/access/caller.ts';
import type { WarmingOutcome } from '../jobs/warming.ts';
import type { Clock } from '../platform/clock.ts';
import { FreshnessTrace } from '../platform/freshness.ts';
import type { CallPriority } from '../platform/priority.ts';
import type { CallsBySource } from '../platform/receipt.ts';
import { TagCollector } from '../platform/tag-collector.ts';
import { type AnswerOrigin, originOf, reasonOf } from './answer-origin.ts';
import { clientPriority } from './client-priority.ts';
import { completeBody, type Executor, executeOperation, type OperationRequest } from './execute-operation.ts';
import { asksForPlan, EXPLAIN_HEADER } from './explain/explain-header.ts';
import type { Exchange } from './http-server.ts';
import { tagsChangedBy } from './mutation-effects.ts';
import { renewalRequestOf } from './renewal-request.ts';
import type { Executions, Reply } from './reply.ts';
import { type SharedQuery, sharedQueryOf, warmingRequestOf, warmingViewerOf } from './shared-query.ts';

export interface ResponseCaching {
  readonly cache: ResponseCache;
  readonly operations: Operations;
  readonly clock: Clock;
  /** Makes everything with one of the tags unfit to be served, in every cache. Resolves when this instance's next answer can't be old. */
  invalidate(tags: readonly string[]): unknown;
  /** Called once for each answer. */
  onAnswer(origin: AnswerOrigin): void;
  /** Called for each answer that was not executed for its own request. */
  onKeptAnswer?(answer: KeptAnswer): void;
  /** Called with a defect that kept a stale answer from being made anew. */
  onRenewalFailed(error: unknown): void;
  /** Called for each query whose answer may be kept for everyone with the same rights, whether it is kept or not. */
  onSharedQuery?(query: SharedQuery): void;
}

/** An answer that was not executed for its own request. */
export interface KeptAnswer {
  readonly operation: KnownOperation;
  readonly viewer: Caller['viewer'];
  readonly headers: IncomingHttpHeaders;
  /** From the parsed request to the answer. */
  readonly durationMs: number;
  /** What executing it would have cost by itself with nothing kept. */
  readonly plainCalls: CallsBySource;
}

/** How an operation is executed that no stored answer is for. */
interface Bypass {
  readonly maxAgeSeconds: number;
  readonly priority: CallPriority;
  readonly reason: ForwardReason;
}

interface AskingClient {
  readonly viewer: Caller['viewer'];
  readonly headers: IncomingHttpHeaders;
  readonly isSignedIn: boolean;
  readonly startedAtMs: number;
}

/** Remembered values of `Accept`, in characters. */
const REMEMBERED_ACCEPT_CHARACTERS = 50_000;

/**
 * Stands between the HTTP route and Apollo Server: says what is asked and whether a stored answer may be given, and executes
 * otherwise. Everything that it does not fully understand goes to Apollo and is not stored.
 */
export class CachedOperations {
  readonly #executor: Executor;
  readonly #caching: ResponseCaching;
  /** Which media type Apollo chose for which `Accept`; learned from its answers, so that there is no second opinion. */
  readonly #mediaTypes = new WeightedLru<string>(REMEMBERED_ACCEPT_CHARACTERS);

  constructor(executor: Executor, caching: ResponseCaching) {
    this.#executor = executor;
    this.#caching = caching;
  }

  /** `bodyText`: of a POST. `parsed`: that text as JSON; throws BAD_REQUEST. */
  async reply(
    exchange: Exchange,
    caller: Caller,
    bodyText: string,
    parsed: () => unknown,
    executions: Executions,
  ): Promise<Reply> {
    const { signal } = executions;
    const startedAtMs = performance.now();
    const { headers } = exchange.request;
    const { viewer } = caller;
    const priority = clientPriority(headers, viewer);
    const operation = this.#operationOf(exchange, bodyText, parsed);
    const conditions = readRequestConditions(headers['cache-control']);
    if (operation?.type !== 'query' || headers[EXPLAIN_HEADER] !== undefined || conditions.noStore) {
      const reason = conditions.noStore && operation?.type === 'query' ? 'request' : 'bypass';
      return await executions.attended(() =>
        this.#bypass(exchange, parsed, caller, operation, signal, {
          maxAgeSeconds: maxAgeSecondsOf(conditions),
          priority,
          reason,
        }),
      );
    }
    const accept = headers.accept ?? '';
    const mediaType = this.#mediaTypes.get(accept);
    // Whoever needs fresh values must not share what is executed for somebody who has to do with older ones.
    const variant = `${accept}|${priority}`;
    const isSignedIn = caller.credential !== 'anonymous';
    const visibility = { tenant: viewer.tenant, roles: viewer.roles, person: isSignedIn ? viewer : null };
    const asked = { operation, visibility, conditions, signal, variant, mayRead: mediaType !== undefined };
    if (this.#caching.onSharedQuery) {
      const query = sharedQueryOf(exchange, bodyText, operation, viewer);
      if (query) this.#caching.onSharedQuery(query);
    }
    const kept = this.#caching.cache.kept(asked);
    const client: AskingClient = { viewer, headers, isSignedIn, startedAtMs };
    if (kept) {
      if (kept.kind === 'unstored' && kept.repeated?.isDue)
        executions.unattended((unwaited) =>
          this.#renew({ ...asked, signal: unwaited }, exchange, parsed, caller, priority),
        );
      return this.#servedReply(asked, client, kept, mediaType);
    }
    return await executions.attended(async () => {
      const served = await this.#caching.cache.answer(asked, (shared, { maxAgeSeconds }) =>
        this.#execute(exchange, parsed, caller, shared, maxAgeSeconds, priority),
      );
      return this.#servedReply(asked, client, served, mediaType ?? this.#mediaTypes.get(accept));
    });
  }

  /** Executes a query for nobody, in the background, unless an answer of at most this age is kept. */
  async warm(query: SharedQuery, maxAgeSeconds: number, signal: AbortSignal): Promise<WarmingOutcome> {
    const { operation, tenant, roles } = query;
    const viewer = warmingViewerOf(query);
    const caller: Caller = { viewer, credential: 'gateway', sessionId: null, origin: NO_ORIGIN };
    const exchange = warmingRequestOf(query);
    const visibility = { tenant, roles, person: null };
    const conditions = { ...UNCONDITIONAL, maxAgeSeconds };
    const asked = { operation, visibility, conditions, signal, variant: 'warming', mayRead: true };
    const parsed = (): unknown => JSON.parse(query.bodyText);
    const served = await this.#caching.cache.answer(asked, (shared, demand) =>
      this.#execute(exchange, parsed, caller, shared, demand.maxAgeSeconds, 'background'),
    );
    if (served.kind === 'unstored') return 'unstored';
    return served.from === 'execution' ? 'stored' : 'kept';
  }

  /**
   * Executes anew what was given as stale, as it would be executed for whoever asked, so that what is still refused to those who are less urgent
   * does not stay stale for them. Nobody asked for this execution: it has no entry of theirs in any log or tally.
   */
  async #renew(
    asked: AskedOperation,
    { request, search }: Exchange,
    parsed: () => unknown,
    { viewer }: Caller,
    priority: CallPriority,
  ): Promise<void> {
    const caller: Caller = { viewer, credential: 'gateway', sessionId: null, origin: NO_ORIGIN };
    const own = renewalRequestOf(request, search);
    await this.#caching.cache.renew(asked, (shared, { maxAgeSeconds }) =>
      this.#execute(own, parsed, caller, shared, maxAgeSeconds, priority),
    );
  }

  #servedReply(
    { operation, conditions }: AskedOperation,
    { viewer, headers, isSignedIn, startedAtMs }: AskingClient,
    served: ServedAnswer,
    contentType: string | undefined,
  ): Reply {
    const { clock, onAnswer } = this.#caching;
    const origin = originOf(served);
    onAnswer(origin);
    if (!['stored', 'unstored'].includes(origin)) {
      const { plainCalls } = served.kind === 'stored' ? served.answer.facts : served.executed;
      const durationMs = performance.now() - startedAtMs;
      this.#caching.onKeptAnswer?.({ operation, viewer, headers, durationMs, plainCalls });
    }
    const reason = reasonOf(operation, conditions.noCache);
    if (served.kind === 'unstored')
      return this.#executedReply(served.executed, reason, served.joined, origin === 'stale');
    if (contentType === undefined) throw new Error('A stored answer was given for a media type that is not known.');
    return { kind: 'stored', served, contentType, isSignedIn, reason, nowMs: clock.now() };
  }

  #operationOf({ request, search }: Exchange, bodyText: string, parsed: () => unknown): KnownOperation | null {
    const { operations } = this.#caching;
    if (request.method === 'POST') return operations.ofBody(bodyText, parsed);
    // Apollo refuses a GET that a page of another origin could have sent; only what it certainly lets pass is looked up.
    const { headers } = request;
    if (!headers['apollo-require-preflight'] && !headers['x-apollo-operation-name']) return null;
    return headers['content-type'] === undefined ? operations.ofSearch(search) : null;
  }

  async #bypass(
    exchange: Exchange,
    parsed: () => unknown,
    caller: Caller,
    operation: KnownOperation | null,
    signal: AbortSignal,
    { maxAgeSeconds, priority, reason }: Bypass,
  ): Promise<Reply> {
    this.#caching.onAnswer('bypass');
    try {
      const executed = await this.#execute(exchange, parsed, caller, signal, maxAgeSeconds, priority);
      return this.#executedReply(executed, reason, false);
    } finally {
      // Also when it failed or was cut off: nobody knows then what it has changed.
      if (operation?.type === 'mutation' && !asksForPlan(exchange.request.headers))
        await this.#caching.invalidate(tagsChangedBy(operation.rootFields, caller.viewer.tenant));
    }
  }

  async #execute(
    exchange: OperationRequest,
    parsed: () => unknown,
    caller: Caller,
    signal: AbortSignal,
    maxAgeSeconds: number,
    priority: CallPriority,
  ): Promise<ExecutedAnswer> {
    const beganAtMs = this.#caching.clock.now();
    const context = this.#executor.openContext(caller, exchange.requestId, signal, maxAgeSeconds, priority);
    const body = exchange.request.method === 'POST' ? parsed() : undefined;
    const answer = await executeOperation(this.#executor.apollo, exchange, body, context);
    this.#learnMediaType(exchange.request.headers.accept, answer);
    const text = completeBody(answer);
    const { freshness = new FreshnessTrace(), receipt } = context.scope;
    // What came along with a call of this execution is a hit for the next read, but nothing that was kept.
    const usedKept = freshness.oldestReadAtMs !== null && freshness.oldestReadAtMs < beganAtMs;
    return {
      status: answer.status ?? 200,
      headers: Object.fromEntries(answer.headers),
      body: text,
      // Apollo writes `errors` before `data`, and leaves it out when there are none.
      isComplete: text.startsWith('{"data":{') && context.partialErrors.length === 0,
      freshness,
      ...(usedKept ? { records: receipt.cache } : {}),
      plainCalls: receipt.plainCalls ?? {},
      tags: context.scope.tags ?? unknownTags(),
    };
  }

  #learnMediaType(accept: string | undefined, { status, headers }: HTTPGraphQLResponse): void {
    const contentType = headers.get('content-type');
    if ((status ?? 200) !== 200 || contentType === undefined) return;
    this.#mediaTypes.set(accept ?? '', contentType, (accept ?? '').length + 100);
  }

  #executedReply(
    { status, headers, body, freshness, records }: ExecutedAnswer,
    reason: ForwardReason,
    joined: boolean,
    repeated = false,
  ): Reply {
    const readAtMs = freshness.oldestReadAtMs;
    const ageMs = readAtMs === null ? null : this.#caching.clock.now() - readAtMs;
    const own = unstoredAnswerHeaders(reason, joined, ageMs, records, repeated);
    return {
      kind: 'executed',
      status,
      headers: { ...headers, ...own },
      body,
      isStale: freshness.staleUses.length > 0,
      isRepeated: repeated,
    };
  }
}

function unknownTags(): TagCollector {
  const tags = new TagCollector();
  tags.incomplete();
  return tags;
}
