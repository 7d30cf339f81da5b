import type pg from 'pg';
import type { Pseudonyms } from './pseudonyms.ts';
import { storedChains } from './read-chain.ts';
import type { SignedHead } from './signed-head.ts';
import type { SigningKey } from './signing-key.ts';
import { type ChainReport, verifyChain } from './verify-chain.ts';
import { checkIdentities, type IdentityCounts } from './verify-identities.ts';

/**
 * Verifies every tenant's chain in one snapshot. `heads`: those that were kept outside of the database. `pool`: of the user that owns the
 * tables. Rejects when the key of `pseudonyms` is not that of the log.
 */
export async function verifyAuditLog(
  pool: pg.Pool,
  heads: readonly SignedHead[],
  key: SigningKey,
  pseudonyms: Pseudonyms,
): Promise<readonly ChainReport[]> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
    const chains = storedChains(client);
    const headsByTenant = Map.groupBy(heads, ({ tenant }) => tenant);
    const tenants = new Set([...(await chains.tenants()), ...headsByTenant.keys()]);
    const reports: ChainReport[] = [];
    const counts: IdentityCounts = { right: 0, foreign: 0 };
    for (const tenant of [...tenants].sort()) {
      const checkpoints = await chains.checkpointsOf(tenant);
      const chain = {
        tenant,
        // From the first that is there, not from the checkpoint: what was put before it has no place there.
        entries: chains.entriesOf(tenant, 0),
        storedHead: await chains.headOf(tenant),
        checkpoints,
        identities: {
          missing: await chains.missingIdentitiesOf(tenant),
          erasures: await chains.erasuresOf(tenant),
          ...(await checkIdentities(tenant, chains.identitiesOf(tenant), pseudonyms, counts, (changed) =>
            chains.firstEntryWith(tenant, changed),
          )),
        },
        heads: headsByTenant.get(tenant) ?? [],
      };
      reports.push(await verifyChain(chain, key));
    }
    await client.query('commit');
    if (counts.foreign > 0 && counts.right === 0)
      throw new Error(
        `No pseudonym of the log was made with this AUDIT_PSEUDONYM_KEY. Set it to the value that the gateway runs with.`,
      );
    return reports;
  } finally {
    client.release(true);
  }
}
