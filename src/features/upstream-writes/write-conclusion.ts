import type { Kysely } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Database } from '../../platform/database.ts';
import { type ErrorCode, GatewayError } from '../../platform/errors.ts';
import { keepAnswer, releaseKey } from '../../platform/idempotency.ts';
import type { Receipt } from '../../platform/receipt.ts';
import { pause } from '../../upstream/pause.ts';
import type { Looked, SourceWrite, WriteIntent } from '../../upstream/source-write.ts';
import type { AuditActor } from '../audit/actor.ts';
import { type AuditedWrite, appendOutcome, appendUnknown } from './write-audit.ts';
import { notDone, undecided, type WriteOutcome } from './write-outcome.ts';
import { findOutcome, leaveUnknown, resolveWrite } from './write-store.ts';

const ATTEMPTS = 3;
const PAUSE_MS = 300;
/** What may pass by itself; nothing else is worth another try. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'DATABASE_UNAVAILABLE',
  'AUDIT_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'CONFLICT',
]);

/** Whose write it is. The signal is the work's own. */
export interface WriteScope {
  readonly tenant: string;
  readonly signal: AbortSignal;
  readonly receipt: Receipt;
}

/** Stores how writes have ended, with their audit entries and the answers for their keys: all or nothing. */
export class WriteConclusions {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The outcome that counts: this one, or the one that somebody else has stored before. Rejects when it can't be stored. */
  async conclude(
    scope: WriteScope,
    actor: AuditActor,
    write: AuditedWrite,
    outcome: WriteOutcome,
    isLate = false,
  ): Promise<WriteOutcome> {
    return this.#persistently(scope, async (db) => {
      if (!(await resolveWrite(db, write.id, outcome))) {
        const known = await findOutcome(db, write.id);
        return known === null || known === 'missing' ? outcome : known;
      }
      await keepAnswer(db, write.id, outcome);
      await appendOutcome(db, actor, write, outcome, isLate);
      return outcome;
    });
  }

  /** A write that was refused, or never left: its key may be used again. */
  async refused(scope: WriteScope, actor: AuditActor, write: AuditedWrite, outcome: WriteOutcome): Promise<void> {
    await this.#persistently(scope, async (db) => {
      if (!(await resolveWrite(db, write.id, outcome))) return;
      await releaseKey(db, write.id);
      await appendOutcome(db, actor, write, outcome);
    });
  }

  /** Nobody knows yet, and the operation is answered so. */
  async leave(scope: WriteScope, actor: AuditActor, write: AuditedWrite): Promise<void> {
    await this.#persistently(scope, async (db) => {
      if (await leaveUnknown(db, write.id)) await appendUnknown(db, actor, write);
    });
  }

  async #persistently<Result>(scope: WriteScope, work: (db: Kysely<DB>) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#database.inTenant(scope, work);
      } catch (error) {
        const mayPass = error instanceof GatewayError && passing.has(error.code);
        if (!mayPass || attempt >= ATTEMPTS || !(await pause(PAUSE_MS * attempt, scope.signal))) throw error;
      }
    }
  }
}

/** What a look at the source means; null: it does not tell yet. `code`: of the call that failed. */
export function outcomeOfLook(
  { source }: Pick<SourceWrite<never, WriteIntent>, 'source'>,
  looked: Looked,
  isConclusive: boolean,
  code: ErrorCode,
): WriteOutcome | null {
  if (looked.kind === 'done') return { outcome: 'DONE', result: looked.result };
  if (!isConclusive) return null;
  return looked.kind === 'noTrace' ? notDone(source, code) : undecided(source);
}
