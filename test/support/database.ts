import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Databases, openDatabases } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import type { RequestScope } from '../../src/platform/request-scope.ts';
import type { PoolSettings } from '../../src/platform/settings.ts';

export interface TestDatabase {
  /** By the user that owns the tables and is no superuser: for a gateway that has no other, and for what looks at all tenants. */
  readonly url: string;
  /** By a user as a gateway should have it, which owns nothing. */
  readonly loginUrl: string;
  /** The same database as superuser, past every policy: to prepare and to inspect. */
  readonly superuserUrl: string;
  /** One statement as superuser. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A migrated database of the test file's own. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { superuserUrl, ownerUrl, gatewayUrl, template } = inject('postgres');
  const name = `test_${randomBytes(8).toString('hex')}`;
  const owner = new URL(ownerUrl).username;
  await once(
    superuserUrl,
    `create database ${name} template ${pg.escapeIdentifier(template)} owner ${pg.escapeIdentifier(owner)}`,
  );
  const inDatabase = (url: string) => {
    const changed = new URL(url);
    changed.pathname = `/${name}`;
    return changed.href;
  };
  const inspector = new pg.Pool({ connectionString: inDatabase(superuserUrl), max: 2 });
  inspector.on('error', () => undefined);
  return {
    url: inDatabase(ownerUrl),
    loginUrl: inDatabase(gatewayUrl),
    superuserUrl: inDatabase(superuserUrl),
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await inspector.query<Row>(sql, values)).rows,
    drop: async () => {
      await inspector.end();
      await once(superuserUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

export function poolSettings(url: string, changes: Partial<PoolSettings> = {}): PoolSettings {
  return { url, maxConnections: 5, idleTimeoutMs: 10_000, connectionTimeoutMs: 2_000, ...changes };
}

/** The tiers on one test database, silent. Close them before the database is dropped. */
export function openTestDatabases(url: string, changes: Partial<PoolSettings> = {}): Databases {
  const settings = poolSettings(url, changes);
  return openDatabases({ oltp: settings, olap: settings, embeddedUrl: null, log: createLogger('silent') });
}

/** A request of a tenant, with a receipt of its own. */
export function testScope(tenant: string, signal: AbortSignal = new AbortController().signal): RequestScope {
  return {
    requestId: `test-${randomBytes(4).toString('hex')}`,
    tenant,
    signal,
    log: createLogger('silent'),
    receipt: new Receipt(),
  };
}
