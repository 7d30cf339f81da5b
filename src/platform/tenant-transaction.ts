import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import pg from 'pg';
import type { DB } from '../generated/database.ts';
import { sqlStateOf, toDatabaseError } from './database-error.ts';
import { GatewayError } from './errors.ts';
import type { RequestScope } from './request-scope.ts';

/** The role that every tenant transaction works under: it owns nothing, so row-level security binds it. Migrations make it. */
export const APP_ROLE = 'deployment_graph_app';

/** The role that the gateway's login is a member of. It may switch to APP_ROLE without inheriting from it, and holds what belongs to no tenant. */
export const GATEWAY_ROLE = 'deployment_graph_gateway';

/** What a transaction needs to know of the request it works for. */
export type TenantScope = Pick<RequestScope, 'tenant' | 'signal' | 'receipt'>;

/** Told of every statement when it has ended. */
export type StatementObserver = (outcome: 'answered' | 'failed', durationMs: number, error?: unknown) => void;

export interface TransactionLimits {
  /** From asking for a connection to the last statement; the server stops a statement a little earlier. */
  readonly deadlineMs: number;
  readonly readOnly: boolean;
}

/** One transaction of one tenant on one connection. Every statement has what is left of the deadline, and goes onto the receipt. */
export class TenantTransaction {
  readonly #client: pg.ClientBase;
  readonly #scope: TenantScope;
  readonly #limits: TransactionLimits;
  readonly #deadline: number;
  readonly #onStatement: StatementObserver | undefined;
  #ended = false;
  /** The connection's state is unknown: it must be closed instead of used again. */
  broken = false;

  constructor(
    client: pg.ClientBase,
    scope: TenantScope,
    limits: TransactionLimits,
    startedAt: number,
    onStatement?: StatementObserver,
  ) {
    this.#client = client;
    this.#scope = scope;
    this.#limits = limits;
    this.#deadline = startedAt + limits.deadlineMs;
    this.#onStatement = onStatement;
  }

  /** One round trip for both statements. Everything is set for this transaction only, so a pooled connection carries nothing over. */
  async begin(): Promise<void> {
    const { tenant } = this.#scope;
    if (tenant === '' || tenant.includes('\0')) throw new Error('A tenant transaction needs the name of a tenant.');
    const settings = {
      role: APP_ROLE,
      'app.tenant': tenant,
      statement_timeout: String(Math.max(1, Math.floor(this.#remainingMs() - 100))),
      idle_in_transaction_session_timeout: String(this.#limits.deadlineMs + 5_000),
    };
    const calls = Object.entries(settings).map(
      ([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`,
    );
    const begin = this.#limits.readOnly ? 'begin read only' : 'begin';
    await this.#run({ text: `${begin}; select ${calls.join(', ')}` }, 2);
  }

  async commit(): Promise<void> {
    this.#ended = true;
    const result = await this.#run({ text: 'commit' }, 1);
    // PostgreSQL answers ROLLBACK when an earlier statement failed and the work swallowed its error.
    if (result.command !== 'COMMIT') {
      throw new Error('The transaction was rolled back, because one of its statements had failed unnoticed.');
    }
  }

  async rollback(): Promise<void> {
    this.#ended = true;
    if (this.broken) return;
    await this.#run({ text: 'rollback' }, 1).catch(() => {
      this.broken = true;
    });
  }

  /** Kysely on this transaction; it stops working when the transaction ends. */
  kysely(): Kysely<DB> {
    const connection: DatabaseConnection = {
      executeQuery: <Row>(query: CompiledQuery) => this.#execute<Row>(query),
      streamQuery: () => {
        throw new Error('Streaming is not supported inside a tenant transaction; page with a keyset instead.');
      },
    };
    return new Kysely<DB>({
      dialect: {
        createAdapter: () => adapter,
        createQueryCompiler: () => compiler,
        createIntrospector: (db) => new PostgresIntrospector(db),
        createDriver: () => singleConnectionDriver(connection),
      },
    });
  }

  async #execute<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#ended) throw new Error('The transaction has ended. Await every query before the work returns.');
    if (this.#scope.signal.aborted) throw requestEnded(this.#scope.signal.reason);
    const result = await this.#run({ text: query.sql, values: [...query.parameters] }, 1);
    return {
      rows: result.rows as Row[],
      ...(result.command === 'SELECT' || result.rowCount === null ? {} : { numAffectedRows: BigInt(result.rowCount) }),
    };
  }

  async #run(query: { text: string; values?: unknown[] }, statements: number): Promise<pg.QueryResult> {
    const startedAt = performance.now();
    let records = 0;
    try {
      const remainingMs = this.#remainingMs();
      if (remainingMs <= 0) throw new Error('Query read timeout');
      const config = { ...query, query_timeout: Math.ceil(remainingMs) };
      // A text of several statements gives several results, which the types do not tell; the last one counts.
      const results = (await this.#client.query(config)) as pg.QueryResult | pg.QueryResult[];
      const result = Array.isArray(results) ? results[results.length - 1] : results;
      if (!result) throw new Error('PostgreSQL answered a statement without a result.');
      records = result.rows.length;
      this.#onStatement?.('answered', performance.now() - startedAt);
      return result;
    } catch (error) {
      if (endsConnection(error)) this.broken = true;
      const failure = toDatabaseError(error);
      // A statement that PostgreSQL refused was answered.
      this.#onStatement?.(this.broken ? 'failed' : 'answered', performance.now() - startedAt, failure);
      throw failure;
    } finally {
      this.#scope.receipt.add({
        source: 'POSTGRES',
        operation: 'sql',
        billedCalls: statements,
        durationMs: performance.now() - startedAt,
        records,
      });
    }
  }

  #remainingMs(): number {
    return this.#deadline - performance.now();
  }
}

/** The request ended while its database work was waiting. */
export function requestEnded(cause: unknown): GatewayError {
  return new GatewayError(
    'REQUEST_TIMEOUT',
    'The request ended before PostgreSQL answered. Ask for less at once, or try again.',
    { source: 'POSTGRES', cause },
  );
}

/** A statement that PostgreSQL refused leaves the connection usable; after anything else nobody knows what it will say next. */
function endsConnection(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === undefined || state.startsWith('08') || state.startsWith('57P');
}

const adapter = new PostgresAdapter();
const compiler = new PostgresQueryCompiler();

function singleConnectionDriver(connection: DatabaseConnection): Driver {
  const refuse = () => {
    throw new Error('A tenant transaction is one transaction already; it has no transactions of its own.');
  };
  return {
    init: async () => undefined,
    acquireConnection: async () => connection,
    beginTransaction: async () => refuse(),
    commitTransaction: async () => refuse(),
    rollbackTransaction: async () => refuse(),
    releaseConnection: async () => undefined,
    destroy: async () => undefined,
  };
}
