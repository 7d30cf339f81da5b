import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database.ts';
import type { SourceName } from '../../platform/errors.ts';
import { claimKey, idempotencyMismatch, type KeyPlace, takeOverKey } from '../../platform/idempotency.ts';
import { pause } from '../../upstream/pause.ts';
import type { LookingAfter } from './looking-after.ts';
import type { WriteScope } from './write-conclusion.ts';
import { outcomeUnknown, type WriteOutcome } from './write-outcome.ts';
import { findOutcome } from './write-store.ts';
import type { WriteTimes } from './write-times.ts';

export interface KeyedWritesOptions {
  readonly database: Database;
  readonly times: WriteTimes;
  readonly lookingAfter: LookingAfter;
}

/** A write that came with a key. */
export interface KeyedWrite {
  readonly place: KeyPlace;
  readonly source: SourceName;
  /** Of what it is to do. */
  readonly requestHash: string;
  /** Carries it out as the work with this id. */
  begin(id: string): Promise<WriteOutcome>;
}

/** `writeId`: of the write that the key stands for, which may be one that another request has asked for. */
export interface KeyedOutcome {
  readonly outcome: WriteOutcome;
  readonly writeId: string | null;
  readonly isReplay: boolean;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;
/** Of `readLeaseMs`: after that somebody has looked after the write, or the database is away. */
const PATIENCE = 2;

/** One effect for each key: in this process those who come second join the first, elsewhere they wait for what it stores. */
export class KeyedWrites {
  readonly #options: KeyedWritesOptions;
  readonly #underWay = new Map<string, { readonly requestHash: string; readonly outcome: Promise<KeyedOutcome> }>();

  constructor(options: KeyedWritesOptions) {
    this.#options = options;
  }

  /** What became of the write with this key. Throws IDEMPOTENCY_MISMATCH, and what `begin` throws. */
  async once(scope: WriteScope, write: KeyedWrite): Promise<KeyedOutcome> {
    const { viewerId, operation, key } = write.place;
    const name = JSON.stringify([scope.tenant, viewerId, operation, key]);
    const known = this.#underWay.get(name);
    if (known) {
      if (known.requestHash !== write.requestHash) throw idempotencyMismatch();
      return { ...(await known.outcome), isReplay: true };
    }
    const outcome = this.#claimed(scope, write).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, { requestHash: write.requestHash, outcome });
    return outcome;
  }

  async #claimed(scope: WriteScope, write: KeyedWrite): Promise<KeyedOutcome> {
    const { database, times, lookingAfter } = this.#options;
    const { place, requestHash, source } = write;
    const begun = async (): Promise<KeyedOutcome> => ({
      outcome: await write.begin(lasting.id),
      writeId: lasting.id,
      isReplay: false,
    });
    const lasting = { id: randomUUID(), leaseMs: times.readLeaseMs };
    const untilMs = performance.now() + PATIENCE * times.readLeaseMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const claim = await database.inTenant(scope, (db) => claimKey(db, scope.tenant, place, requestHash, lasting));
      if (claim.kind === 'claimed') return begun();
      if (claim.kind === 'answered')
        return { outcome: claim.answer as WriteOutcome, writeId: claim.claimId, isReplay: true };
      const { claimId, hasLapsed } = claim;
      const known = await database.inTenant(scope, (db) => findOutcome(db, claimId));
      if (known === 'missing') {
        // Whoever had it ended before anything was sent.
        const isTaken = hasLapsed && (await database.inTenant(scope, (db) => takeOverKey(db, place, claimId, lasting)));
        if (isTaken) return begun();
      } else {
        const outcome = known ?? (await lookingAfter.takeOver(scope, claimId));
        if (outcome) return { outcome, writeId: claimId, isReplay: true };
      }
      if (performance.now() > untilMs || !(await pause(pauseMs, scope.signal))) {
        throw outcomeUnknown(source, true, 'another request with the same key is not answered yet');
      }
    }
  }
}
