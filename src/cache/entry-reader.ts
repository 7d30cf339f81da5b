import type { Clock } from '../platform/clock.ts';
import { GatewayError, type SourceName } from '../platform/errors.ts';
import type { FreshnessDemand, StaleUse } from '../platform/freshness.ts';
import { type CallPriority, comparePriority } from '../platform/priority.ts';
import type { CacheUse } from '../platform/receipt.ts';
import { answerAfterFailure, answerFrom, type ServableEntry } from './answer-rules.ts';
import { type EntryKind, keyOf } from './entry-kind.ts';
import { toHeld } from './entry-store.ts';
import type { Errand, ErrandOutcome, FetchDesk } from './fetch-desk.ts';
import type { FreshnessRules } from './freshness-rules.ts';
import { type HeldEntry, mergeHeld } from './held-entry.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';
import type { MemoryTier } from './memory-tier.ts';
import { withoutReadingsAhead } from './readings-ahead.ts';
import { RecentRefusals } from './recent-refusals.ts';
import type { ReadScope, RecordAnswer } from './record-answer.ts';
import type { Renewals } from './renewals.ts';
import type { SharedLookups } from './shared-lookups.ts';
import type { SourceReturns } from './source-returns.ts';

export interface EntryReaderOptions {
  readonly clock: Clock;
  readonly ledger: InvalidationLedger;
  readonly memory: MemoryTier;
  readonly lookups: SharedLookups;
  readonly desk: FetchDesk;
  readonly rules: FreshnessRules;
  readonly renewals: Renewals;
  readonly returns: Pick<SourceReturns, 'note'>;
  /** Told of every read that somebody waits for. */
  readonly onRead?: OnRead | undefined;
}

export type OnRead = (source: SourceName) => void;

export interface EntryQuestion {
  readonly kind: EntryKind;
  readonly fields: readonly string[];
  readonly sideFields: readonly string[];
  readonly demand: FreshnessDemand | undefined;
  readonly scope: ReadScope;
}

/** An entry and the identity it is held under, which differs from the name it was asked by. */
interface Found {
  readonly id: string;
  readonly held: ServableEntry | undefined;
}

/** How one answer was come by, beyond what it says itself. */
interface Story {
  readonly answer: RecordAnswer;
  readonly how: 'hit' | 'miss' | 'coalesced';
  readonly reason: 'REVALIDATING' | GatewayError['code'];
}

/** What is read anew in the background by one call. */
interface RenewalUnderWay {
  hasEnded: boolean;
}

/** How long it is relied on that a renewal is still under way. */
const RENEWAL_LOOK_MS = 100;
/** A name leads to a record in two looks; more would be a circle. */
const MAX_LOOKS = 2;

/** Answers questions for records and lists from memory, from the shared tiers, and from the source, in this order, asking as little as can be. */
export class EntryReader {
  readonly #options: EntryReaderOptions;
  readonly #renewing = new Map<string, RenewalUnderWay>();
  readonly #refusals = new RecentRefusals();
  #latestInstant = { ms: Number.NaN, text: '' };
  readonly totals: CacheUse = { hits: 0, misses: 0, stale: 0, coalesced: 0 };

  constructor(options: EntryReaderOptions) {
    this.#options = options;
  }

  /** One answer for each id, in their order. Rejects only with REQUEST_TIMEOUT, when the scope's signal aborts before all is known. */
  async read(question: EntryQuestion, ids: readonly string[]): Promise<RecordAnswer[]> {
    const { signal } = question.scope;
    if (signal.aborted) throw requestEnded(question.kind, signal.reason);
    if (isForSomebody(question.scope)) this.#options.onRead?.(question.kind.source);
    const beganAt = this.#options.ledger.sequence;
    const stories = new Map<string, Story>();
    let open = this.#answerFromMemory(question, new Set(ids), stories);
    if (open.length > 0 && this.#options.lookups.isOpen) {
      await untilAborted(question, this.#look(question, open));
      open = this.#answerFromMemory(question, open, stories);
    }
    // What came with a fetch that an invalidation has overtaken, or was refused to somebody less urgent, is asked for once more; that fetch
    // begins after this read.
    for (let round = 0; open.length > 0 && round < 3; round += 1) {
      open = await this.#answerFromSource(question, open, beganAt, stories);
    }
    this.#noteKept(question, stories);
    const leftAlone = this.#refusals.standing(question.kind, priorityOf(question));
    const renewed = this.#renewedMeanwhile(question.kind, stories);
    return ids.map((id) => this.#deliver(question, id, stories.get(id), { leftAlone, renewed }));
  }

  /** The source was left alone, and is asked again from now on, whatever it was known to refuse. */
  sourceIsBack(source: SourceName): void {
    this.#refusals.forget(source);
    this.#options.returns.note(source);
  }

  /** What memory holds, where it needs nothing to be served as fresh; null otherwise. */
  held(question: Omit<EntryQuestion, 'sideFields'>, id: string): RecordAnswer | null {
    const { kind, fields, demand } = question;
    const nowMs = this.#judgedAtMs(question);
    const { held } = this.#find(kind, id, nowMs);
    const { needed } = this.#options.rules.assess(kind, held, fields, demand, nowMs);
    return held && needed.length === 0 ? answerFrom(held, fields, 'fresh') : null;
  }

  /** Whether the request's calls are all that it would have made by itself. */
  #noteKept({ kind, scope }: EntryQuestion, stories: ReadonlyMap<string, Story>): void {
    const beganAtMs = scope.beganAtMs ?? this.#options.clock.now();
    const { keptOf, sharedOf, readAtMs: ownReads } = scope.receipt;
    for (const { how, answer } of stories.values()) {
      if (how !== 'hit' || answer.kind === 'failed') continue;
      if (answer.readAtMs < beganAtMs) keptOf.add(kind.source);
      // What did not come along with a call of its own came with one of another request.
      else if (!ownReads.has(answer.readAtMs)) sharedOf.add(kind.source);
    }
  }

  /** Answers what can be answered without asking the source; the rest is returned. */
  #answerFromMemory(question: EntryQuestion, ids: Iterable<string>, stories: Map<string, Story>): string[] {
    const { kind, fields, demand } = question;
    const nowMs = this.#judgedAtMs(question);
    const open: string[] = [];
    const toRenew: string[] = [];
    const refusal = this.#refusals.of(kind, priorityOf(question));
    for (const id of ids) {
      const { held } = this.#find(kind, id, nowMs);
      const { needed, servableMeanwhile } = this.#options.rules.assess(kind, held, fields, demand, nowMs);
      if (held && needed.length === 0) {
        stories.set(id, { answer: answerFrom(held, fields, 'fresh'), how: 'hit', reason: 'REVALIDATING' });
      } else if (held && refusal) {
        const answer = answerAfterFailure(this.#options.rules, kind, held, fields, demand, nowMs, refusal);
        if (isWhole(answer)) stories.set(id, { answer, how: 'hit', reason: refusal.code });
        else open.push(id);
      } else if (held && servableMeanwhile) {
        stories.set(id, { answer: answerFrom(held, fields, 'stale'), how: 'hit', reason: 'REVALIDATING' });
        toRenew.push(id);
      } else open.push(id);
    }
    if (toRenew.length > 0) void this.#renew(question, toRenew);
    return open;
  }

  /** As of when the question asks how fresh values are. */
  #judgedAtMs({ scope }: Pick<EntryQuestion, 'scope'>): number {
    return Math.min(this.#options.clock.now(), scope.beganAtMs ?? Number.POSITIVE_INFINITY);
  }

  #find(kind: EntryKind, id: string, nowMs: number): Found {
    const entry = this.#held(kind, id);
    if (entry?.kind !== 'alias') return { id, held: entry };
    if (!this.#options.rules.isServableReading(kind, entry.reading, nowMs)) return { id, held: undefined };
    const meant = this.#held(kind, entry.id);
    return { id: entry.id, held: meant?.kind === 'alias' ? undefined : meant };
  }

  #held(kind: EntryKind, id: string): HeldEntry | undefined {
    const { memory, rules, renewals, clock } = this.#options;
    const key = keyOf(kind, id);
    const held = memory.get(key);
    if (held === undefined) return undefined;
    const nowMs = clock.now();
    const ttlMs = rules.ttlMs(kind, held.kind === 'absent' ? 'absent' : 'found');
    const renewed = renewals.apply(kind, ttlMs, withoutReadingsAhead(held, ttlMs, nowMs), nowMs);
    if (renewed !== held) memory.replace(key, renewed);
    return renewed;
  }

  /** Brings what the shared tiers hold into memory. */
  async #look({ kind, fields }: Pick<EntryQuestion, 'kind' | 'fields'>, ids: readonly string[]): Promise<void> {
    const { lookups, clock } = this.#options;
    if (!lookups.isOpen) return;
    let open = new Set(ids.map((id) => this.#find(kind, id, clock.now()).id));
    for (let look = 0; open.size > 0 && look < MAX_LOOKS; look += 1) {
      const entries = await Promise.all([...open].map((id) => lookups.load(kind, id, fields)));
      open = new Set(entries.flatMap((entry) => (entry?.kind === 'alias' ? [entry.id] : [])));
    }
  }

  async #answerFromSource(
    question: EntryQuestion,
    ids: readonly string[],
    beganAt: number,
    stories: Map<string, Story>,
  ): Promise<string[]> {
    const { kind, fields, demand, sideFields, scope } = question;
    const { rules, desk } = this.#options;
    const nowMs = this.#judgedAtMs(question);
    const found = new Map(ids.map((id) => [id, this.#find(kind, id, nowMs)]));
    const wants = new Map<string, readonly string[]>();
    for (const { id, held } of found.values()) wants.set(id, rules.assess(kind, held, fields, demand, nowMs).needed);
    const asked = desk.ask(kind, wants, sideFields, scope.receipt, scope.priority);
    const errands = [...asked.values()].flatMap((one) => one.errands);
    try {
      await untilAborted(question, Promise.all(errands.map((errand) => errand.done)));
    } finally {
      desk.leave(errands);
    }
    const overtaken: string[] = [];
    for (const [id, before] of found) {
      const own = asked.get(before.id);
      const outcomes = await Promise.all((own?.errands ?? []).map(outcomeOf));
      const isOvertaken = outcomes.some(
        (outcome) => this.#isOvertaken(kind, outcome, beganAt) || isRefusedToOthers(outcome, priorityOf(question)),
      );
      if (isOvertaken) overtaken.push(id);
      const story = this.#conclude(question, before.held, outcomes);
      stories.set(id, { ...story, how: own?.coalesced ? 'coalesced' : 'miss' });
    }
    return overtaken;
  }

  /** Whether the fetch began before this read did and an invalidation came since, so that it may have read what this read must not see. */
  #isOvertaken(kind: EntryKind, { id, mark, record }: IdentifiedOutcome, beganAt: number): boolean {
    if (mark.sequence >= beganAt) return false;
    const held = toHeld(kind, id, mark, record);
    return held !== null && this.#options.ledger.outdates(held, mark.sequence);
  }

  #conclude(
    { kind, fields, demand }: EntryQuestion,
    before: ServableEntry | undefined,
    outcomes: readonly IdentifiedOutcome[],
  ): Pick<Story, 'answer' | 'reason'> {
    let held: HeldEntry | undefined = before;
    let error: GatewayError | undefined;
    for (const { id, mark, record, priority } of outcomes) {
      if (record.kind === 'failed') error ??= record.error;
      this.#learn(kind, record, priority);
      const brought = toHeld(kind, id, mark, record);
      if (brought) held = held ? mergeHeld(held, brought) : brought;
    }
    if (error === undefined && held !== undefined && held.kind !== 'alias') {
      return { answer: answerFrom(held, fields, 'fresh'), reason: 'REVALIDATING' };
    }
    error ??= unanswered(kind);
    const nowMs = this.#options.clock.now();
    return {
      answer: answerAfterFailure(this.#options.rules, kind, held, fields, demand, nowMs, error),
      reason: error.code,
    };
  }

  /**
   * Renews in the background what was served meanwhile; its failure leaves everything as it is. Where the last calls are kept for people, it
   * is one of theirs if the one who asks is among them: else they would go on getting the old value.
   */
  async #renew(question: EntryQuestion, ids: readonly string[]): Promise<void> {
    const { kind } = question;
    const mine = ids.filter((id) => !this.#renewing.has(keyOf(kind, id)));
    if (mine.length === 0) return;
    const underWay: RenewalUnderWay = { hasEnded: false };
    for (const id of mine) this.#renewing.set(keyOf(kind, id), underWay);
    try {
      // Another instance may have renewed it already.
      await this.#look(question, mine);
      const outcomes = await this.#fetchUnawaited(question, mine, 'background');
      const priority = priorityOf(question);
      if (outcomes.some((outcome) => isRefusedToOthers(outcome, priority)))
        await this.#fetchUnawaited(question, mine, priority);
    } finally {
      underWay.hasEnded = true;
      for (const id of mine) this.#renewing.delete(keyOf(kind, id));
    }
  }

  /** Tells at any time for how many milliseconds more what was served meanwhile is being renewed; null: some of it is not any more. */
  #renewedMeanwhile(kind: EntryKind, stories: ReadonlyMap<string, Story>): (() => number) | null {
    const underWay = new Set<RenewalUnderWay>();
    for (const [id, { answer, reason }] of stories) {
      if (reason !== 'REVALIDATING' || answer.kind === 'failed' || answer.state !== 'stale') continue;
      const own = this.#renewing.get(keyOf(kind, id));
      if (!own) return null;
      underWay.add(own);
    }
    return () => ([...underWay].some(({ hasEnded }) => hasEnded) ? 0 : RENEWAL_LOOK_MS);
  }

  async #fetchUnawaited(
    { kind, fields, demand, sideFields, scope }: EntryQuestion,
    ids: readonly string[],
    priority: CallPriority,
  ): Promise<readonly IdentifiedOutcome[]> {
    const { clock, rules, desk } = this.#options;
    const nowMs = clock.now();
    const wants = new Map<string, readonly string[]>();
    for (const asked of ids) {
      const { id, held } = this.#find(kind, asked, nowMs);
      const { needed } = rules.assess(kind, held, fields, demand, nowMs);
      if (needed.length > 0) wants.set(id, needed);
    }
    const errands = [...desk.ask(kind, wants, sideFields, scope.receipt, priority).values()].flatMap(
      (one) => one.errands,
    );
    const outcomes = await Promise.all(errands.map(outcomeOf));
    for (const { record, priority: ofTrip } of outcomes) this.#learn(kind, record, ofTrip);
    desk.leave(errands);
    return outcomes;
  }

  /** What is kept for those whom it is refused to is outdated by what somebody more urgent got. */
  #learn(kind: EntryKind, record: IdentifiedOutcome['record'], priority: CallPriority): void {
    if (record.kind === 'failed') this.#refusals.note(kind, record.error, priority);
    else if (this.#refusals.answered(kind)) this.#options.returns.note(kind.source);
  }

  /** As text. What is stale during an outage was read in few calls, so most of it at the same instants. */
  #instantOf(ms: number): string {
    if (this.#latestInstant.ms !== ms) this.#latestInstant = { ms, text: new Date(ms).toISOString() };
    return this.#latestInstant.text;
  }

  #deliver(
    { kind, scope, demand }: EntryQuestion,
    id: string,
    story: Story | undefined,
    { leftAlone, renewed }: Record<'leftAlone' | 'renewed', (() => number) | null>,
  ): RecordAnswer {
    if (!story) return { kind: 'failed', error: unanswered(kind) };
    const { answer, how, reason } = story;
    const servedStale = answer.kind !== 'failed' && answer.state === 'stale';
    for (const use of [this.totals, scope.receipt.cache]) {
      if (how === 'hit') use.hits += 1;
      else use.misses += 1;
      if (how === 'coalesced') use.coalesced += 1;
      if (servedStale) use.stale += 1;
    }
    if (scope.freshness && answer.kind !== 'failed') {
      const { rules } = this.#options;
      const ttlMs = rules.ttlMs(kind, answer.kind);
      scope.freshness.used(answer.readAtMs, answer.readAtMs + ttlMs);
      const demandedMs = (demand?.maxAgeSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
      scope.freshness.holds(answer.readAtMs + (servedStale ? rules.keepMs(kind) : Math.min(ttlMs, demandedMs)));
      if (servedStale) {
        const use: StaleUse = {
          source: kind.source,
          type: kind.type,
          id,
          ...(answer.kind === 'found' && answer.id !== id ? { identity: answer.id } : {}),
          state: 'STALE',
          ageSeconds: Math.max(0, Math.round((this.#options.clock.now() - answer.readAtMs) / 1_000)),
          fetchedAt: this.#instantOf(answer.readAtMs),
          reason,
        };
        scope.freshness.servedStale(use, reason === 'REVALIDATING' ? renewed : leftAlone);
      }
    }
    return answer;
  }
}

/** `priority`: under which the fetch left. */
type IdentifiedOutcome = ErrandOutcome & { readonly id: string; readonly priority: CallPriority };

function priorityOf({ scope }: EntryQuestion): CallPriority {
  return scope.priority ?? 'interactive';
}

/** Work that answers nobody has no trace of freshness. */
function isForSomebody({ freshness, priority }: ReadScope): boolean {
  return freshness !== undefined && priority !== 'background';
}

/** Whether the fetch was refused for what was left of an allowance, when it had left for somebody who is less urgent. */
function isRefusedToOthers({ record, priority }: IdentifiedOutcome, own: CallPriority): boolean {
  if (record.kind !== 'failed' || record.error.code !== 'UPSTREAM_QUOTA_EXHAUSTED') return false;
  return comparePriority(own, priority) > 0;
}

/** Nothing is left out of it for the failure. */
function isWhole(answer: RecordAnswer): boolean {
  return answer.kind === 'absent' || (answer.kind === 'found' && answer.unread === undefined);
}

async function outcomeOf(errand: Errand): Promise<IdentifiedOutcome> {
  return { ...(await errand.done), id: errand.id, priority: errand.priority };
}

async function untilAborted<Result>({ kind, scope }: EntryQuestion, work: Promise<Result>): Promise<Result> {
  const { signal } = scope;
  if (signal.aborted) throw requestEnded(kind, signal.reason);
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(requestEnded(kind, signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function requestEnded(kind: EntryKind, cause: unknown): GatewayError {
  const message = `The request ended before ${kind.type} was read. Ask for less at once, or try again.`;
  return new GatewayError('REQUEST_TIMEOUT', message, { source: kind.source, cause });
}

function unanswered(kind: EntryKind): GatewayError {
  return new GatewayError(
    'INTERNAL_SERVER_ERROR',
    `${kind.type} got no answer because of a defect of the gateway. Report it with the request id.`,
    { source: kind.source },
  );
}
