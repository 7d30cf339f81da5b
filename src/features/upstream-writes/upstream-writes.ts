import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database.ts';
import { type ErrorCode, GatewayError } from '../../platform/errors.ts';
import { checkIdempotencyKey, hashOfRequest, keepAnswer, keepClaim, releaseKey } from '../../platform/idempotency.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import type { Receipt } from '../../platform/receipt.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { displayNames } from '../../upstream/call.ts';
import { pause } from '../../upstream/pause.ts';
import type {
  FindableWrite,
  JsonObject,
  Prepared,
  SourceWrite,
  WriteCalls,
  WriteIntent,
  WrittenRecord,
} from '../../upstream/source-write.ts';
import type { AuditActor } from '../audit/actor.ts';
import { probeAudit } from '../audit/append.ts';
import type { Pseudonyms } from '../audit/pseudonyms.ts';
import { KeyedWrites } from './keyed-writes.ts';
import { LookingAfter } from './looking-after.ts';
import { type AuditedWrite, appendOutcome, sealActor } from './write-audit.ts';
import { outcomeOfLook, WriteConclusions, type WriteScope } from './write-conclusion.ts';
import { keyUnknown, notBegun, nothingChanged, outcomeUnknown, resultOf, type WriteOutcome } from './write-outcome.ts';
import { findOutcome, insertIntent, noteCallEnded } from './write-store.ts';
import type { WriteTimes } from './write-times.ts';

export interface UpstreamWritesOptions {
  /** Where intents and outcomes are stored. */
  readonly database: Database;
  /** Every kind of write, so that one that was left behind finds its own. */
  readonly kinds: readonly FindableWrite[];
  /** Told of every record that was, or may have been, changed. */
  readonly afterWrite: (written: WrittenRecord) => Promise<void>;
  readonly sealer: Sealer;
  readonly pseudonyms: Pseudonyms;
  readonly times: WriteTimes;
  readonly log: Logger;
}

/** What one mutation wants. */
export interface AskedWrite<Command> {
  readonly command: Command;
  readonly idempotencyKey: string | null | undefined;
  /** Keys of different viewers have nothing to do with each other. */
  readonly viewerId: string;
  readonly actor: AuditActor;
  readonly requestId: string;
  readonly receipt: Receipt;
  /** Of who waits for the answer; what was begun goes on without them. */
  readonly signal: AbortSignal;
  /** Called once it is certain that the write gets an audit entry of its own. */
  onAudited(): void;
  /** Called once the source may have changed by this request. */
  onSent(): void;
  /** Called when the answer is that of a write that was asked for before. `details`: what the entry of this operation is to tell of that. */
  onReplay(details: JsonObject): void;
}

type Ready<Intent extends WriteIntent> = Extract<Prepared<Intent>, { kind: 'ready' }>;

/** One write on its way. */
interface Course<Command, Intent extends WriteIntent> {
  readonly id: string;
  readonly kind: SourceWrite<Command, Intent>;
  readonly asked: AskedWrite<Command>;
  readonly scope: WriteScope;
  readonly calls: WriteCalls;
  readonly hasKey: boolean;
}

/** Writes to Salesforce and Jira, each sent once at most: stored before it is sent, and found out about when nobody knows what became of it. */
export class UpstreamWrites {
  /** For what was left behind. */
  readonly lookingAfter: LookingAfter;
  readonly #options: UpstreamWritesOptions;
  readonly #conclusions: WriteConclusions;
  readonly #keyed: KeyedWrites;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #stopping = new AbortController();

  constructor(options: UpstreamWritesOptions) {
    this.#options = options;
    this.#conclusions = new WriteConclusions(options.database);
    this.lookingAfter = new LookingAfter({ ...options, conclusions: this.#conclusions });
    this.#keyed = new KeyedWrites({ ...options, lookingAfter: this.lookingAfter });
  }

  /**
   * Carries a write out, or tells what became of the one that came with the same key. Gives what the answer is made of. Throws what `prepare`
   * throws, IDEMPOTENCY_MISMATCH, AUDIT_UNAVAILABLE (nothing is sent then), what the source refuses it with, WRITE_OUTCOME_UNKNOWN, and
   * REQUEST_TIMEOUT where nobody waits any more: nothing is begun then. All but IDEMPOTENCY_MISMATCH tell `details.outcome`.
   */
  async carryOut<Command, Intent extends WriteIntent>(
    kind: SourceWrite<Command, Intent>,
    asked: AskedWrite<Command>,
  ): Promise<JsonObject> {
    const key = asked.idempotencyKey == null ? null : checkIdempotencyKey(asked.idempotencyKey);
    const { receipt, actor, viewerId } = asked;
    // The mutations of an operation come one after the other; from the one that nobody waits for any more on they would all come at once.
    if (asked.signal.aborted) throw notBegun(kind.source, asked.signal.reason);
    // A client that leaves ends nothing that may have been sent.
    const { signal } = this.#stopping;
    const scope: WriteScope = { tenant: actor.tenant, signal, receipt };
    const calls = { signal, receipts: [receipt], deadlineMs: this.#options.times.readMs, priority: 'write' } as const;
    const begin = (id: string): Promise<WriteOutcome> =>
      this.#begin({ id, kind, asked, scope, calls, hasKey: key !== null });
    const outcome =
      key === null
        ? begin(randomUUID())
        : this.#keyed
            .once(scope, {
              place: { viewerId, operation: kind.operation, key },
              source: kind.source,
              requestHash: hashOfRequest(asked.command),
              begin,
            })
            .then(({ outcome, writeId, isReplay }) => {
              if (isReplay) asked.onReplay({ replayed: true, ...(writeId === null ? {} : { replayOf: writeId }) });
              return outcome;
            })
            .catch((error: unknown) => {
              throw keyUnknown(kind.source, error);
            });
    this.#underWay.add(outcome);
    const ended = (): void => void this.#underWay.delete(outcome);
    outcome.then(ended, ended);
    const gone = outcomeUnknown(kind.source, key !== null, asked.signal.reason);
    return resultOf(await whileWaiting(outcome, asked.signal, gone));
  }

  /** Waits for what is under way, in bounded time. What is left then is found out about later, by whoever comes first. */
  async close(patienceMs: number): Promise<void> {
    const enough = new AbortController();
    await Promise.race([Promise.allSettled(this.#underWay), pause(patienceMs, enough.signal)]);
    enough.abort();
    this.#stopping.abort(new Error('the gateway is stopping'));
  }

  async #begin<Command, Intent extends WriteIntent>(course: Course<Command, Intent>): Promise<WriteOutcome> {
    const { kind, asked, calls } = course;
    try {
      const prepared = await kind.prepare(asked.command, calls);
      if (prepared.kind === 'nothingToDo') return await this.#nothingToDo(course, prepared);
      if (prepared.kind === 'outdated') {
        await this.#options.afterWrite(prepared.record);
        throw prepared.error;
      }
      const storedAtMs = performance.now();
      await this.#storeIntent(course, prepared);
      return await this.#send(course, prepared, storedAtMs);
    } catch (error) {
      await this.#forget(course);
      throw nothingChanged(error);
    }
  }

  async #nothingToDo<Command, Intent extends WriteIntent>(
    { id, kind, asked, scope }: Course<Command, Intent>,
    { record, result }: Extract<Prepared<Intent>, { kind: 'nothingToDo' }>,
  ): Promise<WriteOutcome> {
    const outcome: WriteOutcome = { outcome: 'DONE', result };
    const audited = { id, operation: kind.operation, record, details: { changed: false } };
    // The client wants a change, so what is held may be from before somebody else made it.
    await this.#options.afterWrite(record);
    await this.#options.database.inTenant(scope, async (db) => {
      await keepAnswer(db, id, outcome);
      await appendOutcome(db, asked.actor, audited, outcome);
    });
    asked.onAudited();
    return outcome;
  }

  /** From its commit on the write may have been sent, for whoever finds it. Fails, and nothing is stored, when no audit entry could be written. */
  async #storeIntent<Command, Intent extends WriteIntent>(
    { id, kind, asked, scope, calls, hasKey }: Course<Command, Intent>,
    { record, intent, basedOn, details }: Ready<Intent>,
  ): Promise<void> {
    const { database, sealer, times } = this.#options;
    const { actor, requestId } = asked;
    const write = {
      ...{ id, tenant: scope.tenant, operation: kind.operation, source: kind.source as 'SALESFORCE' | 'JIRA' },
      ...{ record, intent, basedOn, details, requestId },
      actor: sealActor(sealer, actor, id),
    };
    const { sendMs, graceMs, settleMs, sendLeaseMs: leaseMs } = times;
    const taken = new Error('Another write was made from the same state.');
    const stored = database.inTenant(scope, async (db) => {
      if (hasKey && !(await keepClaim(db, id)))
        throw outcomeUnknown(kind.source, true, 'the claim of the key was lost');
      const isOnly = await insertIntent(db, write, { leaseMs, conclusiveMs: graceMs + sendMs + settleMs });
      if (!isOnly) throw taken;
      await probeAudit(db, actor);
    });
    await stored.catch(async (error: unknown) => {
      if (error !== taken) throw error;
      await this.#options.afterWrite(record);
      throw await kind.conflict(intent, calls);
    });
    asked.onAudited();
  }

  async #send<Command, Intent extends WriteIntent>(
    course: Course<Command, Intent>,
    { record, intent, details }: Ready<Intent>,
    storedAtMs: number,
  ): Promise<WriteOutcome> {
    const { id, kind, asked, scope, calls } = course;
    const { afterWrite, times } = this.#options;
    const audited: AuditedWrite = { id, operation: kind.operation, record, details };
    const isLate = performance.now() - storedAtMs > times.graceMs;
    const sent = isLate
      ? ({ kind: 'notDone', error: tooLate(kind) } as const)
      : await kind.send({ id, record, intent, command: asked.command }, { ...calls, deadlineMs: times.sendMs });
    if (sent.kind === 'notDone') {
      if (sent.isOutdated) await afterWrite(record);
      const { code, message } = sent.error;
      const refused: WriteOutcome = { outcome: 'NOT_DONE', error: { code, message, source: kind.source } };
      const refusal = { ...audited, details: { ...details, code } };
      await this.#conclusions.refused(scope, asked.actor, refusal, refused);
      throw sent.error;
    }
    asked.onSent();
    await this.#tellOf(course, record);
    if (sent.kind === 'done') return this.#done(course, audited, { outcome: 'DONE', result: sent.result });
    const settleMs = sent.isAnswered ? times.answeredSettleMs : times.settleMs;
    return this.#findOut(course, audited, { record, intent, error: sent.error, settleMs });
  }

  /** Of a write that may have taken effect, so that no failure of telling is taken for one of the write. */
  async #tellOf<Command, Intent extends WriteIntent>(
    { kind, hasKey }: Course<Command, Intent>,
    record: WrittenRecord,
  ): Promise<void> {
    await this.#options.afterWrite(record).catch((error: unknown) => {
      throw outcomeUnknown(kind.source, hasKey, error);
    });
  }

  /** What can't be recorded is not answered as done: whoever looks after the write records it. */
  async #done<Command, Intent extends WriteIntent>(
    { kind, asked, scope, hasKey }: Course<Command, Intent>,
    audited: AuditedWrite,
    outcome: WriteOutcome,
  ): Promise<WriteOutcome> {
    try {
      return await this.#conclusions.conclude(scope, asked.actor, audited, outcome);
    } catch (error) {
      this.#options.log.error(
        { writeId: audited.id, operation: audited.operation, error: describeError(error) },
        'A write was carried out, but that could not be recorded. It is looked after once the database is back.',
      );
      throw outcomeUnknown(kind.source, hasKey, error);
    }
  }

  async #findOut<Command, Intent extends WriteIntent>(
    course: Course<Command, Intent>,
    audited: AuditedWrite,
    { record, intent, error, settleMs }: Failed<Intent>,
  ): Promise<WriteOutcome> {
    const { id, kind, asked, scope, calls, hasKey } = course;
    const { database, times, log } = this.#options;
    const endedAtMs = performance.now();
    log.warn(
      { writeId: id, operation: kind.operation, code: error.code },
      'Nobody knows what became of a write; looking.',
    );
    const span = { leaseMs: settleMs + times.readLeaseMs, conclusiveMs: settleMs };
    await database
      .inTenant(scope, (db) => noteCallEnded(db, id, span))
      .catch((cause: unknown) => log.warn({ writeId: id, error: describeError(cause) }, 'A write could not be noted.'));
    for (let pauseMs = times.firstPauseMs; ; pauseMs *= 2) {
      const isConclusive = performance.now() - endedAtMs >= settleMs;
      const outcome = await this.#lookOnce(kind, { id, record, intent }, calls, isConclusive, error.code);
      if (outcome) {
        // It may have taken effect after the last time that this was said.
        await this.#tellOf(course, record);
        return this.#done(course, audited, outcome);
      }
      const leftMs = settleMs - (performance.now() - endedAtMs);
      if (isConclusive || !(await pause(Math.min(pauseMs, Math.max(leftMs, 1)), scope.signal))) break;
    }
    await this.#conclusions.leave(scope, asked.actor, audited).catch((cause: unknown) => {
      log.error({ writeId: id, error: describeError(cause) }, 'A write without an outcome could not be recorded.');
    });
    throw outcomeUnknown(kind.source, hasKey, error);
  }

  async #lookOnce<Command, Intent extends WriteIntent>(
    kind: SourceWrite<Command, Intent>,
    write: { readonly id: string; readonly record: WrittenRecord; readonly intent: Intent },
    calls: WriteCalls,
    isConclusive: boolean,
    code: ErrorCode,
  ): Promise<WriteOutcome | null> {
    try {
      return outcomeOfLook(kind, await kind.look(write, calls), isConclusive, code);
    } catch (error) {
      this.#options.log.debug({ writeId: write.id, error: describeError(error) }, 'A look after a write failed.');
      return null;
    }
  }

  /** Frees the key of a write whose intent is not stored. Where not even that is known, its claim runs out. */
  async #forget<Command, Intent extends WriteIntent>({ id, scope, hasKey }: Course<Command, Intent>): Promise<void> {
    if (!hasKey) return;
    await this.#options.database
      .inTenant(scope, async (db) => {
        if ((await findOutcome(db, id)) === 'missing') await releaseKey(db, id);
      })
      .catch((error: unknown) => {
        this.#options.log.debug({ writeId: id, error: describeError(error) }, 'The key of a write could not be freed.');
      });
  }
}

interface Failed<Intent extends WriteIntent> {
  readonly record: WrittenRecord;
  readonly intent: Intent;
  readonly error: GatewayError;
  readonly settleMs: number;
}

/** The answer, or the failure as soon as who waits has gone. */
async function whileWaiting<Answer>(answer: Promise<Answer>, signal: AbortSignal, gone: GatewayError): Promise<Answer> {
  let leave: () => void = () => {};
  const left = new Promise<never>((_resolve, reject) => {
    leave = () => reject(gone);
  });
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([answer, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function tooLate({ source }: { readonly source: SourceWrite<never, never>['source'] }): GatewayError {
  return new GatewayError(
    'UPSTREAM_TIMEOUT',
    `The gateway took too long to record the change, so nothing was sent to ${displayNames[source]}. Try again in a moment.`,
    { source: 'POSTGRES', retryAfterSeconds: 2 },
  );
}
