import type { AlertReading } from '../status/alert-book.ts';

/** For so long after a refusal the log counts as unwritable, unless something was written since. */
const REMEMBERED_MS = 300_000;
const MAX_BACKLOG_MS = 30_000;
const MAX_JOURNAL_FILL = 0.5;

/** Whether the audit log can be written, for whoever has to be alerted. */
export class AuditHealth {
  readonly #nowMs: () => number;
  #unwritableSinceMs: number | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  noteDatabase(outcome: 'ok' | 'failed'): void {
    this.#unwritableSinceMs = outcome === 'ok' ? null : (this.#unwritableSinceMs ?? this.#nowMs());
  }

  readings(state: {
    readonly backlogMs: number;
    readonly journalFill: number;
    readonly areHeadsFailing: boolean;
    /** Months that `npm run audit:retention` should have removed. */
    readonly overdueMonths: number;
  }): readonly AlertReading[] {
    const since = this.#unwritableSinceMs;
    const isUnwritable = since !== null && this.#nowMs() - since < REMEMBERED_MS;
    return [
      reading(
        'audit-unwritable',
        isUnwritable ? 1 : 0,
        1,
        'The audit log can not be written, so changes and sensitive reads are refused. Check PostgreSQL, its disk, and the rights and locks of audit_logs.',
      ),
      reading(
        'audit-backlog',
        state.backlogMs / 1_000,
        MAX_BACKLOG_MS / 1_000,
        'Entries of the audit log wait in the journal because PostgreSQL does not take them. When the journal is full, reads are refused too.',
      ),
      reading(
        'audit-journal',
        state.journalFill,
        MAX_JOURNAL_FILL,
        'The journal of the audit log fills its room; when it is full, everything is refused. Mend PostgreSQL, or raise AUDIT_JOURNAL_MAX_MB.',
      ),
      reading(
        'audit-heads',
        state.areHeadsFailing ? 1 : 0,
        1,
        'Signed heads of the audit log can not leave the database. Check AUDIT_HEADS_FILE and AUDIT_HEADS_URL.',
      ),
      reading(
        'audit-retention',
        state.overdueMonths,
        1,
        'The audit log holds months that are past AUDIT_RETENTION_DAYS. This gateway may not remove them: run `npm run audit:retention` daily.',
      ),
    ];
  }
}

function reading(name: string, value: number, threshold: number, message: string): AlertReading {
  return { name, value, threshold, isBad: () => value >= threshold, message };
}
