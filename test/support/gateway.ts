import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HttpLimits } from '../../src/gateway/http-limits.ts';
import type { StopTimes } from '../../src/gateway/lifecycle.ts';
import { type Gateway, type GatewayOptions, openGateway } from '../../src/gateway/open-gateway.ts';
import type { Clock } from '../../src/platform/clock.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { createLogger } from '../../src/platform/log.ts';
import type { Config, RoleName } from '../../src/platform/settings.ts';
import type { Company } from '../../src/standins/data/company.ts';
import type { IdentityStandIn } from '../../src/standins/identity/identity-stand-in.ts';
import type { JiraStandIn } from '../../src/standins/jira/server.ts';
import type { SalesforceStandIn } from '../../src/standins/salesforce/server.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { testKeys } from './keys.ts';
import { noBudgets } from './no-budgets.ts';
import { type GraphqlAnswer, sendOperation } from './send-operation.ts';

export interface TestGatewayOverrides {
  /** Settings by their names in the environment, on top of a test database, a free port and stand-ins for the rest. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What no setting says. */
  readonly config?: Partial<Config>;
  readonly company?: Company;
  readonly limits?: Partial<HttpLimits>;
  readonly stopTimes?: Partial<StopTimes>;
  readonly clock?: Clock;
  /** Memory for whole answers; none is kept unless told, so that a test sees what each of its operations does. */
  readonly responseCacheBytes?: number;
  readonly warmingRoundMs?: number;
  /** What takes the place of the records that all requests share. */
  readonly recordsOf?: GatewayOptions['recordsOf'];
  /** How long an erasure waits before its second look. */
  readonly erasureSettleMs?: number;
}

export interface TestGateway {
  readonly url: string;
  readonly gateway: Gateway;
  readonly salesforce: SalesforceStandIn;
  readonly jira: JiraStandIn;
  readonly identity: IdentityStandIn;
  /** Null when DATABASE_URL was among the settings. */
  readonly database: TestDatabase | null;
  /** Of this gateway alone; removed when it closes. */
  readonly dataDirectory: string;
  /** Log lines so far, parsed. */
  readonly logLines: readonly Readonly<Record<string, unknown>>[];
  /** The same as they were written. */
  readonly logTexts: readonly string[];
  /** Sends one operation by POST. */
  query(
    document: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphqlAnswer>;
  /** Headers of a request by the stand-in issuer's person with this role. */
  as(role: RoleName): Promise<Record<string, string>>;
  /** Forgets the calls that the stand-ins have seen, so that a test counts only its own. */
  clearCalls(): void;
  close(): Promise<void>;
}

/** A whole gateway on a free port, with a database of its own and stand-ins for everything else; nothing is shared between two. */
export async function startTestGateway(overrides: TestGatewayOverrides = {}): Promise<TestGateway> {
  await using started = new AsyncDisposableStack();
  const database = overrides.settings?.DATABASE_URL ? null : await createTestDatabase();
  if (database) started.defer(() => database.drop());
  const dataDirectory = await mkdtemp(join(tmpdir(), 'gateway-'));
  started.defer(() => rm(dataDirectory, { recursive: true, force: true }));
  const config: Config = {
    ...loadConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DB_POOL_SIZE: '5',
      DB_POOL_SIZE_OLAP: '2',
      // Work in the background would add calls to those that a test counts.
      CACHE_WARMING_TOP: '0',
      CHANGE_POLL_INTERVAL: '0',
      ...noBudgets,
      DATA_DIRECTORY: dataDirectory,
      ...testKeys,
      ...(database ? { DATABASE_URL: database.loginUrl, DATABASE_URL_OWNER: database.url } : {}),
      ...overrides.settings,
    }),
    ...overrides.config,
  };
  const logLines: Record<string, unknown>[] = [];
  const logTexts: string[] = [];
  const log = createLogger('debug', {
    write: (line) => {
      logTexts.push(line);
      logLines.push(JSON.parse(line) as Record<string, unknown>);
    },
  });
  const {
    company,
    limits,
    stopTimes,
    clock,
    responseCacheBytes = 0,
    warmingRoundMs,
    recordsOf,
    erasureSettleMs,
  } = overrides;
  const gateway = await openGateway(config, {
    log,
    responseCacheBytes,
    ...(company ? { company } : {}),
    ...(limits ? { limits } : {}),
    ...(stopTimes ? { stopTimes } : {}),
    ...(clock ? { clock } : {}),
    ...(warmingRoundMs === undefined ? {} : { warmingRoundMs }),
    ...(recordsOf ? { recordsOf } : {}),
    ...(erasureSettleMs === undefined ? {} : { erasureSettleMs }),
  });
  started.defer(() => gateway.close());
  const running = started.move();
  const { standIns } = gateway;
  return {
    url: gateway.url,
    gateway,
    get salesforce() {
      return present(standIns.salesforce, 'Salesforce');
    },
    get jira() {
      return present(standIns.jira, 'Jira');
    },
    get identity() {
      return present(standIns.identity, 'the identity provider');
    },
    database,
    dataDirectory,
    logLines,
    logTexts,
    query: (document, variables, headers) => sendOperation(gateway.url, document, variables, headers),
    as: async (role) => ({
      authorization: `Bearer ${await present(standIns.identity, 'the identity provider').tokenFor(role)}`,
    }),
    clearCalls: () => {
      standIns.salesforce?.calls.clear();
      standIns.jira?.calls.clear();
    },
    close: () => running.disposeAsync(),
  };
}

function present<StandIn>(standIn: StandIn | null, name: string): StandIn {
  if (standIn === null) throw new Error(`The settings of this test name a ${name} of their own; there is no stand-in.`);
  return standIn;
}
