import type pg from 'pg';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { identityPlace, type SealedIdentity } from './pseudonyms.ts';

interface IdentityRow extends Pick<SealedIdentity, 'pseudonym' | 'kind' | 'value'> {
  readonly tenant: string;
}

const BATCH_ROWS = 500;

/**
 * Seals with the current key what the pseudonyms of the log stand for, in all tenants; answers how many. As the tables' owner, because the gateway's role may
 * not change them. The chain does not cover them; the personal details of entries, which it does, are never written again. One transaction for each batch.
 */
export async function sealIdentitiesAgain(owner: pg.ClientBase, sealer: Sealer): Promise<number> {
  let sealed = 0;
  let last: IdentityRow | undefined;
  do {
    await owner.query('begin');
    try {
      const { rows } = await owner.query<IdentityRow>(
        `select tenant, pseudonym, kind, value from audit_identities
         where (tenant, pseudonym, kind) > ($1, $2, $3) order by tenant, pseudonym, kind limit $4 for update`,
        [last?.tenant ?? '', last?.pseudonym ?? '', last?.kind ?? '', BATCH_ROWS],
      );
      const changed = rows
        // What is plain was not stored by the gateway: sealed, it would pass for that.
        .filter(({ value }) => sealer.isSealed(value) && sealer.needsSealing(value))
        .map(({ tenant, pseudonym, kind, value }) => {
          const place = identityPlace(tenant, pseudonym, kind);
          return { tenant, pseudonym, kind, value: sealer.seal(sealer.open(value, place), place) };
        });
      if (changed.length > 0) await owner.query(UPDATE, [JSON.stringify(changed)]);
      await owner.query('commit');
      sealed += changed.length;
      last = rows.length < BATCH_ROWS ? undefined : rows.at(-1);
    } catch (error) {
      await owner.query('rollback');
      throw error;
    }
  } while (last !== undefined);
  return sealed;
}

const UPDATE = `
  update audit_identities changed set value = sealed.value
  from jsonb_to_recordset($1::jsonb) as sealed (tenant text, pseudonym text, kind text, value text)
  where changed.tenant = sealed.tenant and changed.pseudonym = sealed.pseudonym and changed.kind = sealed.kind`;
