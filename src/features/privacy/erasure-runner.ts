import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database } from '../../platform/database.ts';
import { describeError, type Logger } from '../../platform/log.ts';
import { Receipt } from '../../platform/receipt.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { SESSION_ADDRESS } from './erase-session-addresses.ts';
import type { ErasureLedger } from './erasure-ledger.ts';
import { NOBODYS_TENANT, subjectPlace } from './erasure-ledger.ts';
import { proofOf, signProof } from './erasure-proof.ts';
import { type Erasure, type ErasureStep, noteUnread } from './erasure-step.ts';
import { type RequestRecord, recordStep, selectIdentifiersOf, selectRequest, selectSteps } from './erasure-table.ts';
import { HashedPeople } from './hashed-people.ts';
import { type FindInSources, KnownPerson, learnFromSources, learnFromTables } from './known-person.ts';
import type { Identifier } from './person-identifiers.ts';

export interface ErasureRunnerOptions {
  readonly database: Database;
  readonly ledger: ErasureLedger;
  readonly sealer: Sealer;
  readonly steps: readonly ErasureStep[];
  readonly findInSources: FindInSources;
  /** Other names under which a subject stands in tables. */
  aliasesOf?(tenant: string, subject: string): readonly string[];
  readonly log: Logger;
  /**
   * Between the first look and the next: whatever was under way when the person was erased has ended then, and shows. 35 s unless told: an operation takes
   * at most 12, and what operations cost is written every 30.
   */
  readonly settleMs?: number;
  /** Between two looks for work that others have left. */
  readonly pollMs?: number;
}

const SETTLE_MS = 35_000;
const POLL_MS = 2_000;
const LEASE_SECONDS = 30;
const RENEW_MS = 10_000;
const RETRY_MS = 5_000;
const DEADLINE_MS = 60_000;
const FIND_DEADLINE_MS = 15_000;
/** The last of them must have found nothing. */
const MIN_ROUNDS = 2;

/** Somebody else works on it now: this instance was away for longer than its lease. */
class LeaseLost extends Error {}

interface Place {
  readonly tenant: string;
  readonly id: string;
}

/**
 * Works on erasures, one step after the other, each recorded with what it did. One instance works on a request at a time; when it ends
 * in the middle, another goes on, or it does itself after its start. A request is complete when a whole look at every store, made when all that was under way
 * at its beginning has ended, has found nothing.
 */
export class ErasureRunner {
  readonly #options: ErasureRunnerOptions;
  readonly #worker = randomUUID();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();
  #isBusy = false;
  #closed = false;

  constructor(options: ErasureRunnerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#work(), options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  /** Works on one request as far as it can be done now; never rejects. */
  async runNow(id: string): Promise<void> {
    const run = this.#running.then(() => this.#claimAndAdvance(id));
    this.#running = run.then(() => undefined);
    await run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  async #work(): Promise<void> {
    if (this.#isBusy || this.#closed) return;
    this.#isBusy = true;
    const run = this.#running.then(async () => {
      while (!this.#closed && (await this.#claimAndAdvance(null)));
    });
    this.#running = run;
    await run;
    this.#isBusy = false;
  }

  /** False when there was nothing to do, or it could not be done. */
  async #claimAndAdvance(wanted: string | null): Promise<boolean> {
    let place: Place | undefined;
    try {
      place = await this.#claim(wanted);
      if (!place) return false;
      await this.#advance(place);
      return true;
    } catch (error) {
      // The database is away: its own health tells.
      if (!place || error instanceof LeaseLost) return false;
      const problem = error instanceof Error ? error.message : String(error);
      this.#options.log.error(
        { requestId: place.id, error: describeError(error) },
        'An erasure can not go on; it is tried again.',
      );
      await this.#release(place, RETRY_MS, problem).catch(() => undefined);
      return false;
    }
  }

  async #claim(wanted: string | null): Promise<Place | undefined> {
    return await this.#inTenant(NOBODYS_TENANT, async (db) => {
      const { rows } = await sql<Place>`
        select tenant, id from claim_erasure(${this.#worker}::uuid, ${LEASE_SECONDS}, ${wanted}::uuid)
      `.execute(db);
      return rows[0];
    });
  }

  async #advance(place: Place): Promise<void> {
    const renewal = setInterval(() => void this.#claim(place.id).catch(() => undefined), RENEW_MS);
    try {
      const request = await this.#inTenant(place.tenant, (db) => selectRequest(db, place.id));
      if (request?.status !== 'RUNNING') return;
      const { erasure, problem } = await this.#identify(place, request);
      const isWhole = await this.#round(place, erasure);
      const settleMs = this.#options.settleMs ?? SETTLE_MS;
      const waitsFor = problem ?? this.#problemOf(erasure);
      if (waitsFor !== null) await this.#release(place, RETRY_MS, waitsFor);
      // Only a round that this instance has made from its beginning knows of all that can not be looked into.
      else if (isWhole && (await this.#isFinished(place))) await this.#complete(place, erasure);
      else await this.#release(place, settleMs, null);
    } finally {
      clearInterval(renewal);
    }
  }

  /**
   * Everything that the person is known by, hashed into the ledger before anything is erased: from then on nothing brings them back. A source that can't be asked
   * does not hold up the rest, but the request is not complete without it.
   */
  async #identify(place: Place, request: RequestRecord): Promise<{ erasure: Erasure; problem: string | null }> {
    const { sealer, ledger, findInSources, aliasesOf } = this.#options;
    const { tenant, id } = place;
    let problem: string | null = null;
    let known: readonly Identifier[] = [];
    let unread: readonly string[] = [];
    if (request.subject !== null) {
      const asked = JSON.parse(sealer.open(request.subject, subjectPlace(tenant, id))) as readonly Identifier[];
      const person = new KnownPerson(asked);
      unread = await this.#inTenant(tenant, (db) => learnFromTables(db, tenant, sealer, person));
      try {
        await learnFromSources(findInSources, person, AbortSignal.timeout(FIND_DEADLINE_MS));
        unread = await this.#inTenant(tenant, (db) => learnFromTables(db, tenant, sealer, person));
      } catch (error) {
        problem = `A source can not be asked who the person is: ${error instanceof Error ? error.message : String(error)}`;
      }
      known = person.identifiers;
      // Apart from what is known: an alias has no aliases, and the next round would take those of these for people.
      const named = new KnownPerson(known);
      for (const subject of person.of('subject'))
        for (const alias of aliasesOf?.(tenant, subject) ?? []) named.add('subject', alias);
      await ledger.add({
        requestId: id,
        tenant,
        erasedAt: request.requestedAt.toISOString(),
        identifiers: named.hashes(sealer, tenant),
      });
      const subject = sealer.seal(JSON.stringify(known), subjectPlace(tenant, id));
      await this.#inTenant(tenant, (db) =>
        db.updateTable('erasure_requests').set({ subject }).where('tenant', '=', tenant).where('id', '=', id).execute(),
      );
    }
    const identifiers = await this.#inTenant(tenant, (db) => selectIdentifiersOf(db, id));
    const person = new HashedPeople(sealer, tenant, identifiers);
    const { pseudonym } = request;
    const columns = { unread: new Set<string>(), shredded: new Set<string>() };
    const erasure: Erasure = { tenant, requestId: id, person, known, pseudonym, sealer, ...columns };
    for (const address of unread) noteUnread(erasure, address, SESSION_ADDRESS);
    return { erasure, problem };
  }

  /** All else is erased then; but whether the person is in what nobody can open, nobody could prove. */
  #problemOf({ unread }: Erasure): string | null {
    if (unread.size === 0) return null;
    const keys = this.#options.sealer.missingKeys.join(', ');
    return (
      `Values of ${[...unread].join(', ')} can not be looked into, because they were sealed by a key that is not at hand (${keys}). ` +
      'Put it into ENCRYPTION_KEYS_OLD again or, if nobody has it any more, its id into ENCRYPTION_KEYS_DESTROYED; the rest is erased.'
    );
  }

  /** Every step once, those first that an interrupted round did not come to. False: it was only the rest of one. */
  async #round(place: Place, erasure: Erasure): Promise<boolean> {
    const { steps } = this.#options;
    const done = new Map((await this.#steps(place)).map(({ step, round }) => [step, round]));
    const rounds = steps.map(({ name }) => done.get(name) ?? 0);
    const isBetweenRounds = rounds.every((round) => round === rounds[0]);
    const least = Math.min(...rounds);
    for (const step of steps) {
      if (!isBetweenRounds && (done.get(step.name) ?? 0) > least) continue;
      await this.#runStep(place, step, erasure);
    }
    return isBetweenRounds;
  }

  async #runStep(place: Place, step: ErasureStep, erasure: Erasure): Promise<void> {
    const record = { tenant: place.tenant, requestId: place.id, step: step.name };
    if (step.kind === 'outside') {
      await this.#inTenant(place.tenant, (db) => this.#holdLease(db, place));
      const rows = await step.run(erasure);
      await this.#inTenant(place.tenant, async (db) => {
        await this.#holdLease(db, place);
        await recordStep(db, record, rows, true);
      });
      return;
    }
    for (let from: string | null = null, isDone = false; !isDone; ) {
      const batchFrom: string | null = from;
      const { next } = await this.#inTenant(place.tenant, async (db) => {
        await this.#holdLease(db, place);
        const batch = await step.run(db, erasure, batchFrom);
        await recordStep(db, record, batch.rows, batch.next === null);
        return batch;
      });
      from = next;
      isDone = next === null;
    }
  }

  async #isFinished(place: Place): Promise<boolean> {
    const steps = await this.#steps(place);
    const takingAll = new Set(
      this.#options.steps.filter((step) => step.kind === 'outside' && step.takesAll).map(({ name }) => name),
    );
    return steps.every(({ step, round, lastRows }) => round >= MIN_ROUNDS && (lastRows === 0 || takingAll.has(step)));
  }

  /** Forgets who it was, and leaves the proof. */
  async #complete(place: Place, { shredded }: Erasure): Promise<void> {
    const { sealer, log } = this.#options;
    const { tenant, id } = place;
    await this.#inTenant(tenant, async (db) => {
      await this.#holdLease(db, place);
      const request = await selectRequest(db, id);
      if (!request) return;
      const completedAt = new Date();
      const [steps, identifiers] = [await selectSteps(db, id), await selectIdentifiersOf(db, id)];
      const unreadable = { keys: sealer.destroyedKeys, columns: [...shredded].sort() };
      const proof = proofOf(tenant, request, steps, identifiers, completedAt, unreadable);
      await db
        .updateTable('erasure_requests')
        .set({
          status: 'COMPLETED',
          completed_at: completedAt.toISOString(),
          subject: null,
          problem: null,
          proof: JSON.stringify(proof),
          proof_signature: signProof(sealer, proof),
          claimed_by: null,
          claimed_until: null,
        })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .execute();
      log.info({ requestId: id, erased: proof.erased, rounds: proof.rounds }, 'A person was erased.');
    });
  }

  /** Locks the request for this transaction, so that nobody else can go on with it in between. */
  async #holdLease(db: Kysely<DB>, { tenant, id }: Place): Promise<void> {
    const held = await db
      .selectFrom('erasure_requests')
      .select('id')
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .where('claimed_by', '=', this.#worker)
      .where('status', '=', 'RUNNING')
      .forUpdate()
      .executeTakeFirst();
    if (!held) throw new LeaseLost();
  }

  async #release({ tenant, id }: Place, waitMs: number, problem: string | null): Promise<void> {
    await this.#inTenant(tenant, (db) =>
      sql`
        update erasure_requests
        set claimed_by = null, claimed_until = null, problem = ${problem}, not_before = now() + make_interval(secs => ${waitMs / 1000})
        where tenant = ${tenant} and id = ${id}::uuid and claimed_by = ${this.#worker}::uuid
      `.execute(db),
    );
  }

  #steps(place: Place) {
    return this.#inTenant(place.tenant, (db) => selectSteps(db, place.id));
  }

  #inTenant<Result>(tenant: string, work: (db: Kysely<DB>) => Promise<Result>): Promise<Result> {
    const scope = { tenant, signal: AbortSignal.timeout(DEADLINE_MS), receipt: new Receipt() };
    return this.#options.database.inTenant(scope, work, { deadlineMs: DEADLINE_MS });
  }
}
