import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnsErasedBy, inventory } from '../../../src/features/privacy/inventory.ts';
import { sealedColumns } from '../../../src/features/sealed-columns.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Of the migrated database, without Kysely's own tables and the partitions of others. */
const columnsOfDatabase = async () => {
  const rows = await database.query<{ place: string }>(`
    select c.relname || '.' || a.attname as place from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and not c.relispartition
      and a.attnum > 0 and not a.attisdropped and c.relname !~ '^kysely_'`);
  return rows.map(({ place }) => place).toSorted();
};

describe('the inventory of personal data', () => {
  it('has a line for every column of the migrated database, and for no other', async () => {
    const listed = Object.entries(inventory).flatMap(([table, columns]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    );
    expect(listed.toSorted()).toEqual(await columnsOfDatabase());
  });

  it('calls sealed exactly what is sealed again when the key is replaced, beside what only lives while somebody works on it', () => {
    const sealed = Object.entries(inventory).flatMap(([table, columns]) =>
      Object.entries(columns).flatMap(([column, rule]) =>
        rule !== 'none' && rule.kept === 'sealed' ? [`${table}.${column}`] : [],
      ),
    );
    const again = sealedColumns.map(({ table, column }) => `${table}.${column}`);
    // Their keys stay among the old ones: the audit log is never written again.
    const never = ['audit_identities.value', 'audit_logs.personal', 'upstream_writes.actor'];
    expect(sealed.toSorted()).toEqual([...again, ...never].toSorted());
  });

  it('erases by one column of each table, and gives pseudonyms in columns that can hold one', async () => {
    const places = [...columnsErasedBy('row'), ...columnsErasedBy('pseudonym')];
    expect(places.length).toBeGreaterThan(3);
    for (const { table, column } of places) {
      const [found] = await database.query<{ type: string; tenant: boolean }>(
        `select data_type as type, exists (select from information_schema.columns t where t.table_name = $1 and t.column_name = 'tenant') as tenant
         from information_schema.columns where table_name = $1 and column_name = $2`,
        [table, column],
      );
      expect(found, `${table}.${column}`).toEqual({ type: 'text', tenant: true });
    }
  });
});
