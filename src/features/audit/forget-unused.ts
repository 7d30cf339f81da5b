import type pg from 'pg';
import { inOwnerTransaction } from './owner-transaction.ts';

/** What belongs to entries and stands beside them. */
interface BesideEntries {
  /** `$1`: the tenant. Answers keys of rows of which no entry tells, each with the number that the tenant's last entry had at that moment. */
  readonly find: string;
  /** `$1`: the tenant; `$2`: rows of `find` as JSON; `$3`: their number. Removes those of which no later entry tells either. */
  readonly remove: string;
}

/** Nobody can append to the tenant's chain while so many go. */
const BATCH = 500;

const LAST_SEQUENCE = 'coalesce((select sequence from audit_heads where tenant = $1), 0)::bigint as "lastSequence"';

const identities: BesideEntries = {
  find: `
    with nobodys as (
      select distinct told.pseudonym from audit_logs l cross join lateral (values (l.address), (l.user_agent), (l.client)) as told (pseudonym)
      where l.tenant = $1 and l.actor is null
    )
    select i.pseudonym, i.kind, ${LAST_SEQUENCE}
    from audit_identities i left join nobodys on i.owner is null and nobodys.pseudonym = i.pseudonym
    where i.tenant = $1 and nobodys.pseudonym is null
      and not exists (select from audit_logs l where l.tenant = $1 and l.actor = coalesce(i.owner, i.pseudonym))
      and not exists (select from audit_logs l where l.tenant = $1 and l.subject = i.pseudonym)`,
  remove: `
    delete from audit_identities i using jsonb_to_recordset($2::jsonb) as unused (pseudonym text, kind text)
    where i.tenant = $1 and i.pseudonym = unused.pseudonym and i.kind = unused.kind and not exists (
      select from audit_logs l where l.tenant = $1 and l.sequence > $3
        and (l.actor = coalesce(i.owner, i.pseudonym) or l.subject = i.pseudonym
          or (i.owner is null and i.pseudonym in (l.address, l.user_agent, l.client))))`,
};

const names: BesideEntries = {
  find: `
    select n.name, n.resource_type, n.record, ${LAST_SEQUENCE} from audit_names n
    where n.tenant = $1 and not exists (
      select from audit_logs l where l.tenant = $1 and l.resource_id = n.record and l.resource_type = n.resource_type)`,
  remove: `
    delete from audit_names n using jsonb_to_recordset($2::jsonb) as unused (name text, resource_type text, record text)
    where n.tenant = $1 and n.name = unused.name and n.resource_type = unused.resource_type and n.record = unused.record
      and not exists (select from audit_logs l where l.tenant = $1 and l.sequence > $3
        and l.resource_id = n.record and l.resource_type = n.resource_type)`,
};

/** Removes what pseudonyms stand for of whom no entry of the tenant tells any more, and names of records of which none does. `pool`: of the owner. */
export async function forgetUnused(pool: pg.Pool, tenant: string): Promise<void> {
  for (const { find, remove } of [identities, names]) {
    // Looked for while entries are appended, and looked at once more when none can be: whoever returns in between finds their old row, and adds none.
    const { rows } = await inOwnerTransaction(pool, (client) => client.query<{ lastSequence: number }>(find, [tenant]));
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      await inOwnerTransaction(pool, async (client) => {
        await client.query('select from audit_heads where tenant = $1 for update', [tenant]);
        await client.query(remove, [tenant, JSON.stringify(batch), batch[0]?.lastSequence]);
      });
    }
  }
}
