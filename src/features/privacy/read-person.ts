// biome-ignore-all lint/plugin: names of tables and columns are those of inventory.ts.
import { type Kysely, sql } from 'kysely';
import type { DB } from '../../generated/database.ts';
import type { Sealer } from '../../platform/sealing/sealer.ts';
import { placeOfComment } from '../assessments/sealed-columns.ts';
import type { JsonObject, JsonValue } from '../audit/event.ts';
import type { Pseudonyms, SealedIdentity } from '../audit/pseudonyms.ts';
import { sealedColumns } from '../sealed-columns.ts';
import { readMentors } from './erase-mentors.ts';
import type { HashedPeople } from './hashed-people.ts';
import { columnsErasedBy, inventory } from './inventory.ts';
import { subjectsIn } from './person-columns.ts';

/** Rows by table. */
export type PersonRows = Record<string, JsonObject[]>;

const BATCH = 500;

/** Everything in the tenant's tables that the inventory lists as the person's, opened where it is sealed. */
export async function readPerson(
  db: Kysely<DB>,
  tenant: string,
  person: HashedPeople,
  sealer: Sealer,
  pseudonyms: Pseudonyms,
): Promise<PersonRows> {
  const rows: PersonRows = {};
  const add = (table: string, found: readonly JsonObject[]): void => {
    if (found.length > 0) rows[table] = [...(rows[table] ?? []), ...found];
  };
  for (const place of [...columnsErasedBy('row'), ...columnsErasedBy('pseudonym')]) {
    const values = await subjectsIn(db, tenant, place, (value) => person.has('subject', value));
    if (values.length === 0) continue;
    const { rows: found } = await sql<{ row: JsonObject }>`
      select to_jsonb(t) as row from ${sql.table(place.table)} t
      where tenant = ${tenant} and ${sql.ref(place.column)} = any(${values}::text[])
    `.execute(db);
    add(
      place.table,
      found.map(({ row }) => exportedColumns(place.table, opened(place.table, tenant, row, sealer))),
    );
  }
  for (const { id, ...mentor } of await mentorsOf(db, tenant, person, sealer)) {
    add('mentors', [{ id, ...mentor }]);
    const assessments = await db
      .selectFrom('assessments')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('mentor_id', '=', id)
      .execute();
    add(
      'assessments',
      assessments.map((row) => {
        const { comment } = row;
        const place = placeOfComment(tenant, id, row.ps_request_number);
        const text = comment === null ? null : sealer.openIfKeyIsThere(comment, place);
        return exportedColumns('assessments', { ...row, comment: text } as JsonObject);
      }),
    );
    const assigned = await db
      .selectFrom('mentor_assignments')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('mentor_id', '=', id)
      .execute();
    add(
      'mentor_assignments',
      assigned.map((row) => exportedColumns('mentor_assignments', row as JsonObject)),
    );
  }
  for (const [table, found] of Object.entries(await readAudit(db, tenant, person, pseudonyms))) add(table, found);
  return rows;
}

/** The row with its sealed columns in plain text. */
function opened(table: string, tenant: string, row: JsonObject, sealer: Sealer): JsonObject {
  const open = sealedColumns
    .filter((sealed) => sealed.table === table)
    .flatMap(({ column, row: key }) => {
      const value = row[column];
      if (typeof value !== 'string') return [];
      const place = { table, column, row: [tenant, ...key.map((name) => String(row[name]))] };
      return [[column, sealer.openIfKeyIsThere(value, place)]];
    });
  return { ...row, ...Object.fromEntries(open) };
}

/** A row without the tenant, and without what the inventory says is not exported. */
function exportedColumns(table: string, row: JsonObject): JsonObject {
  const kept: { [name: string]: JsonValue } = {};
  for (const [column, value] of Object.entries(row)) {
    const rule = inventory[table]?.[column];
    if (column !== 'tenant' && (rule === 'none' || rule?.exported === true)) kept[column] = value;
  }
  return kept;
}

async function mentorsOf(db: Kysely<DB>, tenant: string, person: HashedPeople, sealer: Sealer) {
  const found: { readonly id: number; readonly name: string; readonly email: string | null }[] = [];
  for (let after = 0; ; ) {
    const mentors = await readMentors(db, tenant, sealer, after, BATCH);
    found.push(...mentors.filter(({ email }) => person.has('email', email)));
    if (mentors.length < BATCH) return found;
    after = mentors.at(-1)?.id ?? after;
  }
}

async function readAudit(
  db: Kysely<DB>,
  tenant: string,
  person: HashedPeople,
  pseudonyms: Pseudonyms,
): Promise<PersonRows> {
  const known = await db
    .selectFrom('audit_identities')
    .select(['pseudonym', 'value'])
    .where('tenant', '=', tenant)
    .where('kind', '=', 'person')
    .execute();
  const theirs = known
    .filter(({ pseudonym, value }) =>
      person.has('subject', pseudonyms.open(tenant, { pseudonym, kind: 'person', value })),
    )
    .map(({ pseudonym }) => pseudonym);
  if (theirs.length === 0) return {};
  const identities = await db
    .selectFrom('audit_identities')
    .select(['pseudonym', 'kind', 'owner', 'value', 'created_at'])
    .where('tenant', '=', tenant)
    .where((where) => where.or([where('owner', 'in', theirs), where('pseudonym', 'in', theirs)]))
    .execute();
  const logs = await db
    .selectFrom('audit_logs')
    .selectAll()
    .where('tenant', '=', tenant)
    .where((where) => where.or([where('actor', 'in', theirs), where('subject', 'in', theirs)]))
    .orderBy('sequence')
    .execute();
  return {
    audit_identities: identities.map(({ pseudonym, kind, owner, value, created_at }) => ({
      kind,
      value: pseudonyms.open(tenant, { pseudonym, kind: kind as SealedIdentity['kind'], owner, value }),
      created_at,
    })),
    audit_logs: logs.map((log) => ({
      as: log.actor !== null && theirs.includes(log.actor) ? 'actor' : 'subject',
      id: log.id,
      actions: log.actions,
      outcome: log.outcome,
      resource_type: log.resource_type,
      resource_id: log.resource_id,
      request_id: log.request_id,
      occurred_at: log.occurred_at,
      // Of an entry about them, what identifies the one who acted is not theirs.
      personal:
        log.personal !== null && log.actor !== null && theirs.includes(log.actor)
          ? pseudonyms.openDetails(tenant, log.id, log.personal)
          : null,
    })),
  };
}
