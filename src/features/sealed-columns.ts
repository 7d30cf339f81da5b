import type { SealedColumn } from '../platform/sealing/seal-again.ts';
import { sessionSealedColumns } from './access/sealed-columns.ts';
import { assessmentSealedColumns } from './assessments/sealed-columns.ts';
import { erasureSealedColumns } from './privacy/sealed-columns.ts';

/** Every sealed column that is sealed again when the key is replaced. */
export const sealedColumns: readonly SealedColumn[] = [
  ...assessmentSealedColumns,
  ...sessionSealedColumns,
  ...erasureSealedColumns,
];
