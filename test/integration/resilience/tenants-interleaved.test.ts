import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DB } from '../../../src/generated/database.ts';
import type { Databases } from '../../../src/platform/database.ts';
import { createTestDatabase, openTestDatabases, type TestDatabase, testScope } from '../../support/database.ts';
import { startPgBouncer } from '../../support/pgbouncer.ts';
import { sized } from '../../support/test-size.ts';

const TENANTS = ['north', 'south'] as const;
const ROWS = 5;
const CONNECTIONS = 2;
const AT_ONCE = 40;
const requests = sized({ small: 1_000, full: 10_000 });

type Tenant = (typeof TENANTS)[number];

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (const tenant of TENANTS)
    await database.query(
      `insert into mentors (tenant, name, email) select $1, $1 || ' mentor ' || n, $1 || n || '@example.com' from generate_series(1, $2) n`,
      [tenant, ROWS],
    );
});
afterAll(() => database.drop());

/** What requests end with, in turn; each is asked in the middle of its transaction, with one statement before it and perhaps one after it. */
const endings = [
  'answered',
  'written',
  'wrong statement',
  'swallowed',
  'thrown',
  'aborted',
  'too slow',
  'no tenant',
] as const;
type Ending = (typeof endings)[number];
/** Each takes a connection for a second, so only every so many-th of them is. */
const SLOW_OF = 25;

class Caller {
  readonly #databases: Databases;
  readonly ended = new Map<string, number>();
  /** Rows of another tenant that a request was shown, and rows of its own that it was not. */
  readonly foreign: string[] = [];
  readonly missing: string[] = [];

  constructor(databases: Databases) {
    this.#databases = databases;
  }

  async request(number: number): Promise<void> {
    const tenant: Tenant = number % 3 === 0 ? 'south' : 'north';
    const turn = endings[number % endings.length] ?? 'answered';
    const ending = turn === 'too slow' && number % SLOW_OF !== 0 ? 'answered' : turn;
    const outcome = await this.#end(ending, tenant, number).then(
      () => 'answered',
      (error: unknown) => (error as { code?: string }).code ?? (error as Error).message.slice(0, 39),
    );
    const name = `${ending}: ${outcome}`;
    this.ended.set(name, (this.ended.get(name) ?? 0) + 1);
  }

  async #end(ending: Ending, tenant: Tenant, number: number): Promise<unknown> {
    const stop = new AbortController();
    const scope = testScope(ending === 'no tenant' ? '' : tenant, stop.signal);
    const work = async (db: Kysely<DB>): Promise<void> => {
      await this.#look(db, tenant);
      if (ending === 'wrong statement') await sql`select 1 / 0`.execute(db);
      if (ending === 'swallowed') await sql`select 1 / 0`.execute(db).catch(() => undefined);
      if (ending === 'thrown') throw new Error('thrown by the work');
      if (ending === 'too slow') await sql`select pg_sleep(10)`.execute(db);
      if (ending === 'aborted') stop.abort(new Error('the client went away'));
      if (ending === 'written') await this.#write(db, tenant, number);
      await this.#look(db, tenant);
    };
    return await this.#databases.oltp.inTenant(scope, work, ending === 'too slow' ? { deadlineMs: 1_000 } : {});
  }

  /** Asks for everything, as a query does that has forgotten its condition. */
  async #look(db: Kysely<DB>, tenant: Tenant): Promise<void> {
    const rows = await db.selectFrom('mentors').select(['tenant', 'name']).execute();
    for (const row of rows) if (row.tenant !== tenant) this.foreign.push(`${tenant} was shown ${row.name}`);
    if (rows.length !== ROWS) this.missing.push(`${tenant} was shown ${rows.length}`);
  }

  /** Writes everything, too: only its own rows change. */
  async #write(db: Kysely<DB>, tenant: Tenant, number: number): Promise<void> {
    const changed = await db
      .updateTable('mentors')
      .set({ name: `${tenant} mentor after ${number}` })
      .executeTakeFirst();
    if (Number(changed.numUpdatedRows) !== ROWS) this.foreign.push(`${tenant} changed ${changed.numUpdatedRows}`);
  }
}

async function interleave(databases: Databases): Promise<Caller> {
  const caller = new Caller(databases);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < requests) await caller.request(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return caller;
}

/** With as many failures as were asked for, or the test would not show what it says. */
function expectTenantsApart(caller: Caller): void {
  expect(caller.foreign).toEqual([]);
  expect(caller.missing).toEqual([]);
  // Where the machine is slow, a slow one may wait so long for its connection that it ends on the way.
  const kinds = [...caller.ended.keys()].filter((kind) => kind !== 'too slow: DATABASE_UNAVAILABLE').sort();
  expect(kinds).toEqual([
    'aborted: REQUEST_TIMEOUT',
    'answered: answered',
    'no tenant: A tenant transaction needs the name of ',
    'swallowed: INTERNAL_SERVER_ERROR',
    'thrown: thrown by the work',
    'too slow: UPSTREAM_TIMEOUT',
    'written: answered',
    'wrong statement: INTERNAL_SERVER_ERROR',
  ]);
  const total = [...caller.ended.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBe(requests);
}

/** What a connection shows outside of every transaction: whom it still belongs to, and whether it would show a row. */
async function leftoverOf(client: Pick<pg.ClientBase, 'query'>): Promise<string> {
  const { rows } = await client.query<{ tenant: string | null; role: string }>(
    `select nullif(current_setting('app.tenant', true), '') as tenant, current_setting('role') as role`,
  );
  const refusal: unknown = await client.query('select from mentors').catch((error: Error) => error.message);
  return `${rows[0]?.tenant ?? 'no tenant'}, role ${rows[0]?.role}, ${typeof refusal === 'string' ? refusal : 'rows'}`;
}

const NOTHING = 'no tenant, role none, permission denied for table mentors';

describe('requests of two tenants over two connections, with errors in the middle of their transactions', () => {
  test('are never shown a row of the other', async () => {
    const databases = openTestDatabases(database.loginUrl, {
      maxConnections: CONNECTIONS,
      connectionTimeoutMs: 30_000,
    });
    const queries = vi.spyOn(pg.Client.prototype, 'query');
    try {
      expectTenantsApart(await interleave(databases));
      const connections = [...new Set(queries.mock.contexts as unknown as pg.Client[])];
      queries.mockRestore();
      // Those that were given up after a failure answer nothing any more.
      const left = await Promise.all(connections.map((client) => leftoverOf(client).catch(() => 'closed')));
      expect([...new Set(left)].filter((one) => one !== 'closed')).toEqual([NOTHING]);
    } finally {
      queries.mockRestore();
      await databases.close();
    }
  });

  test('are never shown one through PgBouncer in transaction mode either', async () => {
    const bouncer = await startPgBouncer(database.loginUrl, CONNECTIONS);
    // More connections to the pooler than it has to the server, so that each transaction may get the connection of another's.
    const databases = openTestDatabases(bouncer.url, { maxConnections: 8, connectionTimeoutMs: 30_000 });
    const bystander = new pg.Pool({ connectionString: bouncer.url, max: 1 });
    const seen: string[] = [];
    try {
      let isOver = false;
      const working = interleave(databases).finally(() => {
        isOver = true;
      });
      // Between the transactions of others, on whichever of their connections it gets.
      while (!isOver) seen.push(await leftoverOf(bystander));
      expectTenantsApart(await working);
      expect(seen.length).toBeGreaterThan(20);
      expect([...new Set(seen)]).toEqual([NOTHING]);
    } finally {
      await bystander.end();
      await databases.close();
      await bouncer.stop();
    }
  });
});
