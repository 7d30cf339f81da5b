import pg from 'pg';
import type { Databases } from '../platform/database.ts';
import { Receipt } from '../platform/receipt.ts';
import { type SealedBatch, type SealedColumn, sealAgain } from '../platform/sealing/seal-again.ts';
import type { Sealer } from '../platform/sealing/sealer.ts';
import { tenantsOfTable } from '../platform/tenants-of-table.ts';
import { sealIdentitiesAgain } from './audit/seal-identities-again.ts';
import { countByKey, placesOfSealed } from './sealed-by-key.ts';

export interface SealAllOptions {
  readonly databases: Pick<Databases, 'oltp'>;
  /** Of the user who owns the tables. */
  readonly ownerUrl: string;
  readonly sealer: Sealer;
  readonly columns: readonly SealedColumn[];
  readonly batchRows?: number;
  /** Told of each batch. */
  onBatch?(table: string, tenant: string, sealed: number): void;
}

const BATCH_ROWS = 500;
const BATCH_DEADLINE_MS = 30_000;

/**
 * Seals every value with the current key that is not: after a key was replaced, and what was stored plain before its column was sealed. One
 * transaction for each batch, while the gateway goes on; may be broken off and started again at any time. Answers how many it sealed, by `table.column`.
 */
export async function sealAllAgain(options: SealAllOptions): Promise<ReadonlyMap<string, number>> {
  const { databases, sealer, columns, batchRows = BATCH_ROWS } = options;
  const owner = new pg.Client({ connectionString: options.ownerUrl, application_name: 'deployment-graph/keys' });
  await owner.connect();
  try {
    const totals = new Map<string, number>();
    for (const column of columns) {
      let total = 0;
      for (const tenant of await tenantsOfTable(owner, column.table)) {
        let after: string | null = null;
        do {
          const from: string | null = after;
          const scope = { tenant, signal: AbortSignal.timeout(BATCH_DEADLINE_MS), receipt: new Receipt() };
          const batch: SealedBatch = await databases.oltp.inTenant(
            scope,
            (db) => sealAgain(db, tenant, column, sealer, from, batchRows),
            { deadlineMs: BATCH_DEADLINE_MS },
          );
          options.onBatch?.(column.table, tenant, batch.sealed);
          total += batch.sealed;
          after = batch.after;
        } while (after !== null);
      }
      totals.set(`${column.table}.${column.column}`, total);
    }
    totals.set('audit_identities.value', await sealIdentitiesAgain(owner, sealer));
    return totals;
  } finally {
    await owner.end();
  }
}

/** Values that a key has sealed, by `table.column`. */
export type SealedByKey = ReadonlyMap<string, ReadonlyMap<string, number>>;

const COUNT_DEADLINE_MS = 600_000;

/** How many values each key has sealed, by its id, in all tenants at this moment. */
export async function countSealed({
  databases,
  ownerUrl,
}: Pick<SealAllOptions, 'databases' | 'ownerUrl'>): Promise<SealedByKey> {
  const owner = new pg.Client({ connectionString: ownerUrl, application_name: 'deployment-graph/keys' });
  await owner.connect();
  try {
    const byKey = new Map<string, Map<string, number>>();
    for (const place of placesOfSealed) {
      for (const tenant of await tenantsOfTable(owner, place.table)) {
        const scope = { tenant, signal: AbortSignal.timeout(COUNT_DEADLINE_MS), receipt: new Receipt() };
        const counts = await databases.oltp.inTenant(scope, (db) => countByKey(db, tenant, place), {
          deadlineMs: COUNT_DEADLINE_MS,
        });
        for (const { key, values } of counts) {
          const name = `${place.table}.${place.column}`;
          const ofKey = byKey.get(key) ?? new Map<string, number>();
          byKey.set(key, ofKey.set(name, (ofKey.get(name) ?? 0) + values));
        }
      }
    }
    return byKey;
  } finally {
    await owner.end();
  }
}
