import type { Clock } from '../platform/clock.ts';
import { GatewayError } from '../platform/errors.ts';
import { type CallPriority, mostUrgent } from '../platform/priority.ts';
import { Receipt, type SourceCall } from '../platform/receipt.ts';
import type { EntryKind } from './entry-kind.ts';
import { keyOf } from './entry-kind.ts';
import { planFetches } from './fetch-plan.ts';
import type { Reading } from './held-entry.ts';
import type { InvalidationLedger } from './invalidation-ledger.ts';
import type { FetchedRecord, RecordKind, SideRecord } from './record-kind.ts';
import type { RecordMask } from './record-mask.ts';

/** When a read of a source began: what it brings is as of then. */
export interface ReadMark {
  readonly sequence: number;
  readonly reading: Reading;
}

/** One record or list on its way. */
export interface Errand {
  readonly id: string;
  readonly fields: Set<string>;
  readonly sideFields: Set<string>;
  /** Reads that wait for it. A background renewal counts for ever. */
  waiters: number;
  readonly receipts: Set<Receipt>;
  /** Of the most urgent read that waited when the fetch left; what came later travels as it is. */
  priority: CallPriority;
  /** Null until the fetch leaves. */
  trip: Trip | null;
  /** Never rejects. */
  readonly done: Promise<ErrandOutcome>;
  readonly finish: (outcome: ErrandOutcome) => void;
}

export interface ErrandOutcome {
  readonly mark: ReadMark;
  readonly record: FetchedRecord;
}

interface Trip {
  readonly mark: ReadMark;
  readonly errands: readonly Errand[];
  readonly controller: AbortController;
}

export interface FetchDeskOptions {
  readonly clock: Clock;
  readonly ledger: InvalidationLedger;
  /** Milliseconds in which what different requests ask of one kind is collected into one fetch; 0: every read fetches for itself. */
  readonly coalesceWindowMs: number;
  readonly mask: RecordMask;
  /** Keeps what a fetch brought, before those who wait hear of it. */
  onFetched(kind: EntryKind, errand: Errand, outcome: ErrandOutcome): void;
  onSideRecords(kind: RecordKind, records: ReadonlyMap<string, SideRecord | null>, mark: ReadMark): void;
}

/**
 * Where reads of sources meet: a field of a record that is on its way already is waited for, the rest is collected for the window and
 * fetched in as few calls as can be. A fetch is cancelled when nobody waits for any part of it; its failure is forgotten at once.
 */
export class FetchDesk {
  readonly #options: FetchDeskOptions;
  readonly #collecting = new Map<EntryKind, Map<string, Errand>>();
  /** One for all kinds: what one turn of the event loop asks for leaves in one turn, however long it took to ask. */
  #timer: NodeJS.Timeout | undefined;
  readonly #onTheWay = new Map<string, Set<Errand>>();
  readonly #chargedFor = new WeakMap<SourceCall, Set<Receipt>>();

  constructor(options: FetchDeskOptions) {
    this.#options = options;
  }

  /** What is on its way or waiting to leave, in records and lists. */
  get size(): number {
    let size = 0;
    for (const errands of this.#onTheWay.values()) size += errands.size;
    for (const errands of this.#collecting.values()) size += errands.size;
    return size;
  }

  markNow(): ReadMark {
    const { clock, ledger } = this.#options;
    return {
      sequence: ledger.sequence,
      reading: { readAtMs: clock.now(), asOf: ledger.seenLogId, early: Math.random() * 0.1 },
    };
  }

  /**
   * Asks for fields of records. For each id: the errands that bring them, and whether all of them had been asked for by another read.
   * The caller is counted as a waiter of each errand until it calls `leave`.
   */
  ask(
    kind: EntryKind,
    wants: ReadonlyMap<string, readonly string[]>,
    sideFields: readonly string[],
    receipt: Receipt,
    priority: CallPriority = 'interactive',
  ): Map<string, { readonly errands: readonly Errand[]; readonly coalesced: boolean }> {
    const own = new Map<string, Errand>();
    const answer = new Map<string, { errands: readonly Errand[]; coalesced: boolean }>();
    for (const [id, fields] of wants) {
      const errands = this.#join(kind, id, fields, sideFields);
      const missing = fields.filter((field) => !errands.some((errand) => errand.fields.has(field)));
      const coalesced = missing.length === 0;
      if (!coalesced) errands.push(this.#collect(kind, id, missing, sideFields, own));
      for (const errand of errands) {
        errand.waiters += 1;
        errand.receipts.add(receipt);
        if (!errand.trip) errand.priority = mostUrgent([errand.priority, priority]);
      }
      answer.set(id, { errands, coalesced });
    }
    if (own.size > 0) this.#depart(kind, own.values());
    this.#scheduleCollected(kind);
    return answer;
  }

  /** The caller of `ask` waits no more. */
  leave(errands: Iterable<Errand>): void {
    for (const errand of errands) {
      errand.waiters -= 1;
      const trip = errand.trip;
      if (trip && errand.waiters <= 0 && trip.errands.every(({ waiters }) => waiters <= 0)) {
        trip.controller.abort(new DOMException('Nobody waits for the answer any more.', 'AbortError'));
      }
    }
  }

  #join(kind: EntryKind, id: string, fields: readonly string[], sideFields: readonly string[]): Errand[] {
    const joined: Errand[] = [];
    const collected = this.#collecting.get(kind)?.get(id);
    for (const errand of this.#onTheWay.get(keyOf(kind, id)) ?? []) {
      if (!fields.some((field) => errand.fields.has(field)) || !errand.trip) continue;
      if (errand.trip.controller.signal.aborted) continue;
      if (this.#options.ledger.changedSince(kind.tagsOf(id, []), errand.trip.mark.sequence)) continue;
      joined.push(errand);
    }
    if (collected && fields.some((field) => !joined.some((errand) => errand.fields.has(field)))) {
      // It has not left: it may as well bring the rest.
      for (const field of fields) collected.fields.add(field);
      for (const field of sideFields) collected.sideFields.add(field);
      return [collected];
    }
    return joined;
  }

  #collect(
    kind: EntryKind,
    id: string,
    fields: readonly string[],
    sideFields: readonly string[],
    own: Map<string, Errand>,
  ): Errand {
    const { promise, resolve } = Promise.withResolvers<ErrandOutcome>();
    const errand: Errand = {
      id,
      fields: new Set(fields),
      sideFields: new Set(sideFields),
      waiters: 0,
      receipts: new Set(),
      priority: 'background',
      trip: null,
      done: promise,
      finish: resolve,
    };
    if (this.#options.coalesceWindowMs <= 0) own.set(id, errand);
    else {
      let collecting = this.#collecting.get(kind);
      if (!collecting) this.#collecting.set(kind, (collecting = new Map()));
      collecting.set(id, errand);
    }
    return errand;
  }

  #scheduleCollected(kind: EntryKind): void {
    const collecting = this.#collecting.get(kind);
    if (!collecting) return;
    // A full call gains nothing by waiting.
    if (collecting.size >= kind.maxIdsPerFetch) this.#departCollected(kind);
    else this.#timer ??= setTimeout(() => this.#departAll(), this.#options.coalesceWindowMs);
  }

  #departAll(): void {
    this.#timer = undefined;
    for (const kind of [...this.#collecting.keys()]) this.#departCollected(kind);
  }

  #departCollected(kind: EntryKind): void {
    const collecting = this.#collecting.get(kind);
    this.#collecting.delete(kind);
    if (collecting) this.#depart(kind, collecting.values());
  }

  #depart(kind: EntryKind, errands: Iterable<Errand>): void {
    const waitedFor = [...errands].filter(({ waiters }) => waiters > 0);
    for (const fetch of planFetches(waitedFor, kind)) void this.#travel(kind, fetch.errands, fetch.fields);
  }

  async #travel(kind: EntryKind, errands: readonly Errand[], fields: readonly string[]): Promise<void> {
    const mark = this.markNow();
    const trip: Trip = { mark, errands, controller: new AbortController() };
    const priority = mostUrgent(errands.map((errand) => errand.priority));
    const sideFields = new Set<string>();
    for (const errand of errands) {
      errand.trip = trip;
      errand.priority = priority;
      for (const field of fields) errand.fields.add(field);
      for (const field of errand.sideFields) sideFields.add(field);
      const key = keyOf(kind, errand.id);
      const onTheWay = this.#onTheWay.get(key);
      if (onTheWay) onTheWay.add(errand);
      else this.#onTheWay.set(key, new Set([errand]));
    }
    const receipt = new Receipt();
    const { signal } = trip.controller;
    let records: ReadonlyMap<string, FetchedRecord> | undefined;
    let failure: FetchedRecord = { kind: 'absent', reason: 'omitted' };
    try {
      const ids = errands.map(({ id }) => id);
      records = await kind.fetch(ids, fields, [...sideFields], {
        signal,
        receipt,
        priority,
        put: (sideKind, sideRecords) => this.#options.onSideRecords(sideKind, sideRecords, mark),
      });
    } catch (error) {
      failure = { kind: 'failed', error: toGatewayError(kind, error) };
    }
    const receipts = new Set<Receipt>();
    for (const errand of errands) for (const waiting of errand.receipts) receipts.add(waiting);
    for (const waiting of receipts) waiting.readAtMs.add(mark.reading.readAtMs);
    for (const call of receipt.calls) this.#charge(call, receipts);
    for (const errand of errands) {
      this.#forget(kind, errand);
      let outcome: ErrandOutcome = { mark, record: records?.get(errand.id) ?? failure };
      try {
        outcome = { mark, record: this.#masked(kind, errand.id, outcome.record) };
        this.#options.onFetched(kind, errand, outcome);
      } catch (error) {
        outcome = { mark, record: { kind: 'failed', error: toGatewayError(kind, error) } };
      }
      errand.finish(outcome);
    }
  }

  /** A call may be made for several fetches, of several requests. */
  #charge(call: SourceCall, receipts: ReadonlySet<Receipt>): void {
    let charged = this.#chargedFor.get(call);
    if (!charged) this.#chargedFor.set(call, (charged = new Set()));
    for (const receipt of receipts) {
      receipt.add(call);
      charged.add(receipt);
    }
    if (charged.size > 1) for (const receipt of charged) receipt.sharedOf.add(call.source);
  }

  #masked(kind: EntryKind, asked: string, record: FetchedRecord): FetchedRecord {
    if (record.kind !== 'found') return record;
    const values = this.#options.mask(kind, record.id ?? asked, record.values);
    return values === record.values ? record : { ...record, values };
  }

  #forget(kind: EntryKind, errand: Errand): void {
    const key = keyOf(kind, errand.id);
    const onTheWay = this.#onTheWay.get(key);
    onTheWay?.delete(errand);
    if (onTheWay?.size === 0) this.#onTheWay.delete(key);
  }
}

function toGatewayError(kind: EntryKind, error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError(
    'INTERNAL_SERVER_ERROR',
    `${kind.type} could not be read because of a defect of the gateway. Report it with the request id.`,
    { source: kind.source, cause: error },
  );
}
