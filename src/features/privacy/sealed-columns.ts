import type { SealedColumn } from '../../platform/sealing/seal-again.ts';

/** Whom a request under way is about, and why one was made. Their places are those of erasure-ledger.ts. */
export const erasureSealedColumns: readonly SealedColumn[] = (['subject', 'reason'] as const).map((column) => ({
  table: 'erasure_requests',
  column,
  key: 'id',
  keyType: 'uuid',
  row: ['id'],
}));
