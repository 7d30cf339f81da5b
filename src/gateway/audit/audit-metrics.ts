import { Counter, Gauge, type Registry } from 'prom-client';

/** How the audit log is written. */
export interface AuditMetrics {
  readonly writes: Counter<'path' | 'outcome'>;
  readonly heads: Counter<'place' | 'outcome'>;
  readonly rejected: Counter;
}

export function createAuditMetrics(registry: Registry, readJournalBytes: () => number): AuditMetrics {
  const registers = [registry];
  const journal = new Gauge({
    name: 'audit_journal_bytes',
    help: 'Bytes of the journal whose entries wait for PostgreSQL, or have just arrived there.',
    registers,
    collect(): void {
      journal.set(readJournalBytes());
    },
  });
  return {
    writes: new Counter({
      name: 'audit_writes_total',
      help: 'Writes of the audit log. database, failed: what needed its entry at once was refused, or its entry went to the journal.',
      labelNames: ['path', 'outcome'] as const,
      registers,
    }),
    heads: new Counter({
      name: 'audit_heads_total',
      help: 'Attempts to get signed heads of the audit log out of the database.',
      labelNames: ['place', 'outcome'] as const,
      registers,
    }),
    rejected: new Counter({
      name: 'audit_entries_rejected_total',
      help: 'Entries that PostgreSQL will never take; each is in the log of the process.',
      registers,
    }),
  };
}
