import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { Passage } from './breaker.ts';
import { callUpstream, requestEnded } from './call.ts';
import { EndpointClass, type EndpointClassSettings } from './endpoint-class.ts';
import { isWorthRetrying, outcomeOf } from './failure-meaning.ts';
import { pause } from './pause.ts';
import type { QuotaLedger } from './quota-ledger.ts';
import { asRefusal, isRefusal, refusedByBreaker, refusedByBulkhead, refusedByClosure } from './refusals.ts';
import { RetryBudget } from './retry-budget.ts';
import { SourceCondition } from './source-condition.ts';
import type { PolicedCall, RetrySettings, Upstream, UpstreamOptions } from './upstream.ts';
import type { RefusalReason } from './upstream-metrics.ts';
import type { UpstreamStatus } from './upstream-status.ts';

/** Opens nothing: the HTTP client stays the source's own. One per source and gateway. */
export function createUpstream<Operation extends string>(options: UpstreamOptions<Operation>): Upstream<Operation> {
  return new PolicedUpstream(options);
}

const defaultRetrySettings: RetrySettings = { attempts: 3, baseMs: 100, longestMs: 1_000 };
/** With less time left a retry would only cost. */
const SHORTEST_TRY_MS = 50;

/** What `createUpstream` gives. */
class PolicedUpstream<Operation extends string> implements Upstream<Operation> {
  readonly source: SourceName;
  readonly quota: QuotaLedger | null;
  readonly #options: UpstreamOptions<Operation>;
  readonly #retry: RetrySettings;
  readonly #retryBudget: RetryBudget;
  readonly #monotonicMs: () => number;
  readonly #random: () => number;
  readonly #classes: ReadonlyMap<string, EndpointClass>;
  readonly #condition: SourceCondition;

  constructor(options: UpstreamOptions<Operation>) {
    this.#options = options;
    this.source = options.source;
    this.quota = options.quota ?? null;
    this.#retry = { ...defaultRetrySettings, ...options.retry };
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#random = options.random ?? Math.random;
    this.#retryBudget = options.retryBudget ?? new RetryBudget({ monotonicMs: this.#monotonicMs });
    const { source, clock, log, metrics, onAnswersAgain } = options;
    const settings = Object.entries<EndpointClassSettings>(options.endpointClasses);
    this.#condition = new SourceCondition({
      source,
      operations: settings.map(([operation]) => operation),
      clock,
      log,
      metrics,
      onAnswersAgain,
      monotonicMs: this.#monotonicMs,
      random: this.#random,
    });
    this.#classes = new Map(
      settings.map(([operation, itsSettings]) => [
        operation,
        new EndpointClass(operation, itsSettings, this.#monotonicMs, (state, previous) =>
          this.#condition.breakerChanged(operation, state, previous),
        ),
      ]),
    );
  }

  async call<Answer>(
    call: PolicedCall<Operation>,
    run: (signal: AbortSignal) => Promise<Answer>,
    countRecords?: (answer: Answer) => number,
  ): Promise<Answer> {
    const endpoint = this.#classOf(call.operation);
    const endsAtMs = this.#monotonicMs() + Math.min(endpoint.deadlineMs, call.deadlineMs ?? Number.POSITIVE_INFINITY);
    const work: Work<Answer> = { call, endpoint, endsAtMs, run, countRecords };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(work, attempt);
      } catch (error) {
        if (!(await this.#mayRetry(work, attempt, error))) throw error;
      }
    }
  }

  isAvailable(operation: Operation): boolean {
    return this.#goesThrough(this.#classOf(operation));
  }

  countPlainCalls(calls: number): void {
    this.#condition.recent.countPlain(calls);
  }

  status(): UpstreamStatus {
    return this.#condition.status(this.quota?.snapshot() ?? null);
  }

  async #attempt<Answer>(work: Work<Answer>, attempt: number): Promise<Answer> {
    const { call, endpoint } = work;
    if (this.#admit(work) === 'probe') return this.#probe(work, attempt);
    const waitMs = this.#timeLeftMs(work);
    const priority = call.priority ?? 'interactive';
    const place = await endpoint.bulkhead.enter({ priority, waitMs, signal: call.signal });
    if (typeof place === 'string') {
      if (place !== 'gone') this.#countRefusal(endpoint.operation, 'bulkhead');
      throw refusedByBulkhead(this.source, place, waitMs);
    }
    try {
      // What was learnt while it waited counts.
      if (this.#admit(work) === 'probe') return await this.#probe(work, attempt);
      return await this.#send(work, attempt, this.#passage(endpoint), call.signal);
    } finally {
      place.leave();
    }
  }

  /** Throws the refusal where the call may not be made now. */
  #admit<Answer>({ call, endpoint }: Work<Answer>): 'call' | 'probe' {
    if (call.signal?.aborted) throw requestEnded(this.source, call.signal.reason);
    const { operation, breaker } = endpoint;
    const closure = this.#condition.closures.find(operation);
    if (closure) {
      this.#countRefusal(operation, closure.code === 'UPSTREAM_QUOTA_EXHAUSTED' ? 'quota' : 'rate-limit');
      throw refusedByClosure(this.source, closure, this.#condition.closures, this.#options.clock.now());
    }
    const admits = breaker.admits;
    if (admits === 'nothing') {
      this.#countRefusal(operation, 'breaker');
      throw refusedByBreaker(this.source, breaker);
    }
    const overQuota = this.quota?.refusal(call.priority ?? 'interactive', call.billedCalls ?? 1);
    if (overQuota) {
      this.#countRefusal(operation, 'quota');
      throw asRefusal(overQuota);
    }
    return admits;
  }

  /**
   * The one call that finds out whether the source is back. It takes no place, since those of before may still hang in all of them. A read goes
   * on by itself: whoever happened to ask does not wait for a source that is most likely still away.
   */
  async #probe<Answer>(work: Work<Answer>, attempt: number): Promise<Answer> {
    const { call, endpoint } = work;
    const passage = this.#passage(endpoint);
    if (!call.idempotentRead) return this.#send(work, attempt, passage, call.signal);
    const probe = this.#send(work, attempt, passage, undefined);
    probe.catch(() => undefined);
    const impatience = new AbortController();
    const patience = pause(this.#options.probePatienceMs ?? 25, impatience.signal).then((passed) => {
      if (passed) throw refusedByBreaker(this.source, endpoint.breaker);
      return probe;
    });
    try {
      return await Promise.race([probe, patience]);
    } finally {
      impatience.abort();
      patience.catch(() => undefined);
    }
  }

  #passage({ breaker }: EndpointClass): Passage {
    const passage = breaker.enter();
    if (!passage) throw refusedByBreaker(this.source, breaker);
    return passage;
  }

  async #send<Answer>(
    work: Work<Answer>,
    attempt: number,
    passage: Passage,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const { call, endpoint, run, countRecords } = work;
    const { billedCalls = 1, receipts } = call;
    const { operation } = endpoint;
    const deadlineMs = Math.max(1, Math.ceil(this.#timeLeftMs(work)));
    if (attempt === 1 && call.idempotentRead) this.#retryBudget.countRead();
    this.#condition.recent.countCall();
    const release = this.quota?.hold(billedCalls);
    const startedAtMs = this.#monotonicMs();
    try {
      const policed = { source: this.source, operation, deadlineMs, signal, billedCalls, receipts };
      const answer = await callUpstream(policed, this.#options.durations, run, countRecords);
      passage.settle('answered');
      this.#condition.succeeded(this.#monotonicMs() - startedAtMs);
      return answer;
    } catch (error) {
      this.#learn(error, endpoint, passage, signal, deadlineMs, startedAtMs);
      throw error;
    } finally {
      passage.settle('ignored');
      release?.();
    }
  }

  #learn(
    error: unknown,
    endpoint: EndpointClass,
    passage: Passage,
    signal: AbortSignal | undefined,
    deadlineMs: number,
    startedAtMs: number,
  ): void {
    // A refused call within this one (a sign-in, say) tells nothing that its own endpoint class does not know.
    if (isRefusal(error)) return;
    const tookMs = this.#monotonicMs() - startedAtMs;
    const hadFairTime = Math.min(deadlineMs, signal?.aborted ? tookMs : deadlineMs) >= endpoint.fairTimeMs;
    const outcome = outcomeOf({ error, hadFairTime, signal });
    passage.settle(outcome);
    if (outcome !== 'ignored') this.#condition.failed(error, endpoint.operation, outcome, tookMs);
    if (error instanceof GatewayError && error.code === 'UPSTREAM_QUOTA_EXHAUSTED') {
      const resetsAtMs = Date.parse(String(error.details.resetsAt));
      this.quota?.observeExhausted(Number.isNaN(resetsAtMs) ? null : resetsAtMs);
    }
  }

  /** Waits for the moment to do so. */
  async #mayRetry<Answer>(work: Work<Answer>, attempt: number, error: unknown): Promise<boolean> {
    const { call, endpoint } = work;
    const { attempts, baseMs, longestMs } = this.#retry;
    if (!call.idempotentRead || attempt >= attempts || isRefusal(error) || !isWorthRetrying(error)) return false;
    const waitMs = this.#random() * Math.min(longestMs, baseMs * 2 ** (attempt - 1));
    if (this.#timeLeftMs(work) - waitMs < SHORTEST_TRY_MS) return false;
    if (!this.#goesThrough(endpoint) || !this.#retryBudget.takeRetry()) return false;
    if (!(await pause(waitMs, call.signal)) || !this.#goesThrough(endpoint)) return false;
    this.#options.metrics?.retries.inc({ source: this.source, operation: endpoint.operation });
    return true;
  }

  #timeLeftMs<Answer>({ endsAtMs }: Work<Answer>): number {
    return endsAtMs - this.#monotonicMs();
  }

  #countRefusal(operation: string, reason: RefusalReason): void {
    this.#options.metrics?.refusals.inc({ source: this.source, operation, reason });
  }

  #goesThrough({ breaker, operation }: EndpointClass): boolean {
    return breaker.state === 'closed' && this.#condition.closures.find(operation) === null;
  }

  #classOf(operation: string): EndpointClass {
    const endpoint = this.#classes.get(operation);
    if (!endpoint) throw new Error(`${this.source} has no endpoint class '${operation}'.`);
    return endpoint;
  }
}

interface Work<Answer> {
  readonly call: PolicedCall<string>;
  readonly endpoint: EndpointClass;
  readonly endsAtMs: number;
  readonly run: (signal: AbortSignal) => Promise<Answer>;
  readonly countRecords: ((answer: Answer) => number) | undefined;
}
