import { insertSampleData } from '../../src/features/sample-data.ts';
import { startUpstreams } from '../../src/gateway/stand-ins.ts';
import { loadConfig } from '../../src/platform/config.ts';
import { openDatabases } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/log.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import type { Company } from '../../src/standins/data/company.ts';
import { generateCompany } from '../../src/standins/data/generate-company.ts';
import type { IdentityStandIn } from '../../src/standins/identity/identity-stand-in.ts';
import type { JiraStandIn } from '../../src/standins/jira/server.ts';
import type { SalesforceStandIn } from '../../src/standins/salesforce/server.ts';
import { testKeys, testSealer } from './keys.ts';

/** What gateways live among, apart from them: upstreams that outlive one, and that several share. */
export interface Surroundings extends AsyncDisposable {
  readonly company: Company;
  readonly salesforce: SalesforceStandIn;
  readonly jira: JiraStandIn;
  readonly identity: IdentityStandIn;
  /** What a gateway has to be told to find them; requests without a token are ANALYST. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Starts the upstreams and fills the databases, each by its URL, with the sample rows; what is missing in one is made. */
export async function startSurroundings(databaseUrls: readonly string[]): Promise<Surroundings> {
  const company = generateCompany();
  const upstreams = await startUpstreams(loadConfig({}), company);
  const { salesforce, jira, identity } = upstreams.standIns;
  if (!salesforce || !jira || !identity) throw new Error('Settings that name no upstream gave no stand-in.');
  for (const url of databaseUrls) await fill(url, company);
  return {
    company,
    salesforce,
    jira,
    identity,
    settings: {
      ...testKeys,
      SALESFORCE_LOGIN_URL: salesforce.url,
      SALESFORCE_CLIENT_ID: salesforce.clientId,
      SALESFORCE_CLIENT_SECRET: salesforce.clientSecret,
      JIRA_BASE_URL: jira.url,
      JIRA_EMAIL: jira.email,
      JIRA_API_TOKEN: jira.apiToken,
      OIDC_ISSUER: identity.issuer,
      OIDC_AUDIENCE: identity.audience,
      ANONYMOUS_ROLE: 'analyst',
    },
    [Symbol.asyncDispose]: () => upstreams.close(),
  };
}

async function fill(url: string, company: Company): Promise<void> {
  const log = createLogger('silent');
  await migrate({ url, log });
  const pool = { url, maxConnections: 2, idleTimeoutMs: 1_000, connectionTimeoutMs: 5_000 };
  const databases = openDatabases({ oltp: pool, olap: pool, embeddedUrl: null, log });
  const requests = company.salesforce.PS_Request__c.filter(({ IsDeleted }) => IsDeleted !== true).map((row) => ({
    id: String(row.Id),
    number: String(row.Name),
  }));
  const signal = new AbortController().signal;
  await insertSampleData(databases.oltp, {
    scope: { tenant: 'demo', signal, receipt: new Receipt() },
    requests,
    sealer: testSealer,
  });
  await databases.close();
}
