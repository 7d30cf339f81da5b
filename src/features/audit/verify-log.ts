import type pg from 'pg';
import { storedChains } from './read-chain.ts';
import type { SignedHead } from './signed-head.ts';
import type { SigningKey } from './signing-key.ts';
import { type ChainReport, verifyChain } from './verify-chain.ts';

/**
 * Verifies every tenant's chain in one snapshot. `heads`: those that were kept outside of the database. `pool`: of the user that owns the
 * tables.
 */
export async function verifyAuditLog(
  pool: pg.Pool,
  heads: readonly SignedHead[],
  key: SigningKey,
): Promise<readonly ChainReport[]> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
    const chains = storedChains(client);
    const headsByTenant = Map.groupBy(heads, ({ tenant }) => tenant);
    const tenants = new Set([...(await chains.tenants()), ...headsByTenant.keys()]);
    const reports: ChainReport[] = [];
    for (const tenant of [...tenants].sort()) {
      const checkpoints = await chains.checkpointsOf(tenant);
      const chain = {
        tenant,
        // From the first that is there, not from the checkpoint: what was put before it has no place there.
        entries: chains.entriesOf(tenant, 0),
        storedHead: await chains.headOf(tenant),
        checkpoints,
        missingIdentities: await chains.missingIdentitiesOf(tenant),
        heads: headsByTenant.get(tenant) ?? [],
      };
      reports.push(await verifyChain(chain, key));
    }
    await client.query('commit');
    return reports;
  } finally {
    client.release(true);
  }
}
