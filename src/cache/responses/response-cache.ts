import type { Clock } from '../../platform/clock.ts';
import { MAX_CLOCK_SKEW_MS } from '../../platform/clock-skew.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { CacheUse } from '../../platform/receipt.ts';
import type { SourceReturns } from '../source-returns.ts';
import { keyOf, variantKeyOf } from './answer-keys.ts';
import { AnswerMemory, type Invalidations } from './answer-memory.ts';
import type { DocumentPolicy } from './document-policy.ts';
import type { AskedOperation, Execute, ExecutedAnswer } from './execution.ts';
import { Flights } from './flights.ts';
import { maxAgeSecondsOf, type RequestConditions } from './request-conditions.ts';
import type { SharedAnswers } from './shared-answers.ts';
import { StaleAnswers } from './stale-answers.ts';
import { StoredAnswer } from './stored-answer.ts';
import { tagsOf } from './tags-of-answer.ts';

export interface ResponseCacheOptions {
  readonly clock: Clock;
  readonly invalidations: Invalidations;
  /** Of the record cache, as the invalidations. */
  readonly returns: Pick<SourceReturns, 'sequence' | 'since'>;
  readonly maxBytes: number;
  /** Null: answers stay in this process. */
  readonly shared: SharedAnswers | null;
}

export type ServedAnswer =
  | {
      readonly kind: 'stored';
      readonly answer: StoredAnswer;
      readonly from: 'memory' | 'shared' | 'execution';
      readonly joined: boolean;
      /** Of the execution that made it, where some of its records were kept since before. */
      readonly records?: Readonly<CacheUse>;
    }
  | {
      readonly kind: 'unstored';
      readonly executed: ExecutedAnswer;
      readonly joined: boolean;
      /** It was executed for an earlier request. `isDue`: executing it again may give another by now, so it has to be renewed. */
      readonly repeated?: { readonly isDue: boolean };
    };

type Flown =
  | Omit<Extract<ServedAnswer, { kind: 'stored' }>, 'joined'>
  | Omit<Extract<ServedAnswer, { kind: 'unstored' }>, 'joined'>;

/** So much less memory is for answers with stale parts, which are kept only while their sources are away. */
const STALE_SHARE = 4;
/** Renewals under way at once; while others answer, few are enough, and whoever asks in between waits for no more than a part of these. */
const MOST_RENEWALS = 2;
/** Whatever counts as fresh will do. */
const UNLIMITED = Number.POSITIVE_INFINITY;

/**
 * Whole answers, kept above the execution: one for an operation and a visibility. What may be kept, for whom and for how long comes with
 * the operation's policy; an answer is kept only when it is complete, fresh, and known in all its parts. Equal operations under way are one
 * execution. One that may not be kept is executed for each request by itself: no tag tells when what it shows has changed, here or on another
 * instance, and who has changed it must not be given what was read before.
 *
 * What it lives on, and who has to feed it, all through the request's scope:
 * - `scope.freshness.used(readAtMs)` and `.servedStale(…)`: whatever reads through a cache, for every value used. Else data counts as read
 *   when the execution began, and stale data would be kept as fresh.
 * - `scope.tags.addTags(…)`: the same, for what the records in the answer can't tell of themselves: their other names, their source, ids that
 *   nothing was found by, lists under their own tags, records that were read but are not in the answer.
 * - `scope.maxAgeSeconds` is to be obeyed by the same: the client wants nothing older, whatever is still fresh there.
 * - the one `InvalidationLedger` that the record cache has, told of every change before whoever made it gets an answer.
 */
export class ResponseCache {
  readonly #options: ResponseCacheOptions;
  readonly #memory: AnswerMemory;
  readonly #stale: StaleAnswers;
  readonly #flights = new Flights<Flown>();
  readonly #renewing = new Set<string>();

  constructor(options: ResponseCacheOptions) {
    this.#options = options;
    this.#memory = new AnswerMemory(options.maxBytes, options.invalidations);
    this.#stale = new StaleAnswers(options.maxBytes / STALE_SHARE, options.invalidations, options.returns);
  }

  /** Held in memory at this moment, and executions under way. */
  get usage(): { readonly answers: number; readonly bytes: number; readonly underWay: number } {
    return { answers: this.#memory.size, bytes: this.#memory.bytes, underWay: this.#flights.size };
  }

  /** What this process holds for the request; null when it has to be answered by `answer`. One that is due is to be given to `renew` too. */
  kept(asked: AskedOperation): ServedAnswer | null {
    if (!mayRead(asked)) return null;
    const nowMs = this.#options.clock.now();
    const key = keyOf(asked);
    const answer = this.#memory.get(key, nowMs);
    if (answer && this.#satisfies(answer, asked.conditions))
      return { kind: 'stored', answer, from: 'memory', joined: false };
    if (asked.conditions.onlyIfCached || maxAgeSecondsOf(asked.conditions) !== UNLIMITED) return null;
    const variantKey = variantKeyOf(key, asked);
    const stale = this.#stale.get(variantKey, nowMs);
    if (!stale) return null;
    const isDue = stale.isDue && this.#mayRenew(variantKey);
    return { kind: 'unstored', executed: stale.executed, joined: false, repeated: { isDue } };
  }

  /**
   * Executes for nobody what was given although it was due; who has to wait for the same meanwhile joins it. Does nothing when that is under way, or
   * as many others are as there may be. Rejects as `execute` does.
   */
  async renew(asked: AskedOperation, execute: Execute): Promise<void> {
    const key = keyOf(asked);
    const variantKey = variantKeyOf(key, asked);
    if (!mayRead(asked) || maxAgeSecondsOf(asked.conditions) !== UNLIMITED || !this.#mayRenew(variantKey)) return;
    this.#renewing.add(variantKey);
    try {
      await this.#fly(asked, key, variantKey, execute);
    } finally {
      this.#renewing.delete(variantKey);
    }
  }

  /** Answers from what is kept, or executes. Throws NOT_CACHED when only a kept answer was wanted and there is none. */
  async answer(asked: AskedOperation, execute: Execute): Promise<ServedAnswer> {
    const kept = this.kept(asked);
    if (kept) return kept;
    const { conditions } = asked;
    const key = keyOf(asked);
    if (conditions.onlyIfCached) {
      const answer = mayRead(asked) ? await this.#fromShared(key, asked.operation.policy) : null;
      if (answer && this.#satisfies(answer, conditions))
        return { kind: 'stored', answer, from: 'shared', joined: false };
      throw new GatewayError(
        'NOT_CACHED',
        'No stored answer serves this request, and `Cache-Control: only-if-cached` allows no other. Leave it out to have the operation executed.',
      );
    }
    const variantKey = variantKeyOf(key, asked);
    if (asked.operation.policy.kind === 'cacheable') return await this.#fly(asked, key, variantKey, execute);
    asked.signal.throwIfAborted();
    const executed = await execute(asked.signal, { maxAgeSeconds: maxAgeSecondsOf(conditions) });
    return { kind: 'unstored', executed, joined: false };
  }

  async #fly(asked: AskedOperation, key: string, variantKey: string, execute: Execute): Promise<ServedAnswer> {
    const { operation, visibility, conditions } = asked;
    const maxAgeSeconds = maxAgeSecondsOf(conditions);
    const isUnconditional = mayRead(asked) && maxAgeSeconds === UNLIMITED;
    const { sequence } = this.#options.invalidations;
    const { result, joined } = await this.#flights.fly(variantKey, sequence, asked.signal, async (signal) => {
      const shared = isUnconditional ? await this.#fromShared(key, operation.policy) : null;
      const flown: Flown = shared
        ? { kind: 'stored', answer: shared, from: 'shared' }
        : await this.#execute(
            {
              key,
              variantKey: isUnconditional ? variantKey : null,
              policy: operation.policy,
              tenant: visibility.tenant,
            },
            (began) => execute(began, { maxAgeSeconds }),
            signal,
          );
      // Nobody gets the stale one after somebody got a fresh one.
      if (isUnconditional && isFresh(flown)) this.#stale.delete(variantKey);
      return flown;
    });
    return { ...result, joined };
  }

  #mayRenew(variantKey: string): boolean {
    return this.#renewing.size < MOST_RENEWALS && !this.#renewing.has(variantKey);
  }

  async #execute(
    {
      key,
      variantKey,
      policy,
      tenant,
    }: {
      readonly key: string;
      /** Under which the answer may be given again while it is stale; null: it may not. */
      readonly variantKey: string | null;
      readonly policy: DocumentPolicy;
      readonly tenant: string;
    },
    execute: (signal: AbortSignal) => Promise<ExecutedAnswer>,
    signal: AbortSignal,
  ): Promise<Flown> {
    const { clock, invalidations, returns, shared } = this.#options;
    const mark = { sequence: invalidations.sequence, returns: returns.sequence };
    const began = { ...mark, asOf: invalidations.seenLogId, atMs: clock.now() };
    const executed = await execute(signal);
    const unstored: Flown = { kind: 'unstored', executed };
    // Cut off, it may have left out what was not ready, without any error.
    if (policy.kind === 'uncacheable' || signal.aborted || !isStorable(executed)) return unstored;
    const { freshness } = executed;
    if (freshness.staleUses.length > 0) {
      const endsAtMs = began.atMs + policy.maxAgeSeconds * 1_000;
      if (variantKey !== null)
        this.#stale.put(variantKey, executed, tagsOf(executed, policy, tenant), endsAtMs, mark, clock.now());
      return unstored;
    }
    const readAtMs = Math.min(began.atMs, executed.freshness.oldestReadAtMs ?? began.atMs);
    // The schema allows an age; what the answer is made of may have less to live, by the settings or because it is only known to be missing.
    const freshUntilMs = Math.min(readAtMs + policy.maxAgeSeconds * 1_000, executed.freshness.freshUntilMs);
    if (freshUntilMs <= clock.now()) return unstored;
    const tags = tagsOf(executed, policy, tenant);
    const { isPrivate, dependsOnRole } = policy;
    const { plainCalls } = executed;
    const facts = { readAtMs, freshUntilMs, isPrivate, dependsOnRole, tags, asOf: began.asOf, plainCalls };
    const answer = new StoredAnswer(Buffer.from(executed.body, 'utf8'), facts);
    if (!this.#memory.put(key, answer, began.sequence)) return unstored;
    void shared?.put(key, answer);
    const { records } = executed;
    return { kind: 'stored', answer, from: 'execution', ...(records ? { records } : {}) };
  }

  /** Null too for an answer by a clock that is ahead of this one by more than clocks may differ; by less, it lasts no longer than one of now. */
  async #fromShared(key: string, policy: DocumentPolicy): Promise<StoredAnswer | null> {
    const { clock, invalidations, shared } = this.#options;
    const { sequence } = invalidations;
    const found = shared ? await shared.get(key) : null;
    if (!found || policy.kind === 'uncacheable') return null;
    const nowMs = clock.now();
    const { facts } = found;
    const freshUntilMs = Math.min(facts.freshUntilMs, Math.min(facts.readAtMs, nowMs) + policy.maxAgeSeconds * 1_000);
    if (facts.readAtMs > nowMs + MAX_CLOCK_SKEW_MS || nowMs >= freshUntilMs) return null;
    if (facts.asOf < invalidations.lowestAsOf(facts.tags)) return null;
    const answer =
      freshUntilMs === facts.freshUntilMs ? found : new StoredAnswer(found.body, { ...facts, freshUntilMs });
    this.#memory.put(key, answer, sequence);
    return answer;
  }

  #satisfies({ facts }: StoredAnswer, { maxAgeSeconds, minFreshSeconds }: RequestConditions): boolean {
    const nowMs = this.#options.clock.now();
    return nowMs - facts.readAtMs <= maxAgeSeconds * 1_000 && facts.freshUntilMs - nowMs >= minFreshSeconds * 1_000;
  }
}

function isFresh(flown: Flown): boolean {
  if (flown.kind === 'stored') return true;
  return flown.executed.isComplete && flown.executed.freshness.staleUses.length === 0;
}

function mayRead({ operation, conditions, mayRead }: AskedOperation): boolean {
  return mayRead && operation.policy.kind === 'cacheable' && !conditions.noCache;
}

function isStorable({ status, isComplete, tags }: ExecutedAnswer): boolean {
  return status === 200 && isComplete && tags.isComplete;
}
