import type { Config, JiraSettings, OidcSettings, SalesforceSettings } from '../platform/settings.ts';
import type { Company } from '../standins/data/company.ts';
import { generateCompany } from '../standins/data/generate-company.ts';
import { type IdentityStandIn, startIdentityStandIn } from '../standins/identity/identity-stand-in.ts';
import { type JiraStandIn, startJiraStandIn } from '../standins/jira/server.ts';
import { type SalesforceStandIn, startSalesforceStandIn } from '../standins/salesforce/server.ts';

/** Settings of every upstream, those of stand-ins where the environment names no real one. */
export interface Upstreams {
  readonly salesforce: SalesforceSettings;
  readonly jira: JiraSettings;
  readonly oidc: OidcSettings;
  /** The stand-ins that serve; null where the real one does. */
  readonly standIns: {
    readonly salesforce: SalesforceStandIn | null;
    readonly jira: JiraStandIn | null;
    readonly identity: IdentityStandIn | null;
  };
  /** What the Salesforce stand-in holds; null when a real org is asked. */
  readonly company: Company | null;
  close(): Promise<void>;
}

/**
 * Starts a stand-in for everything that the settings do not name, each a server of its own on a free loopback port, and gives it out as
 * a real one would be configured: from here on nothing knows the difference.
 */
export async function startUpstreams(config: Config, companyForStandIns?: Company): Promise<Upstreams> {
  await using started = new AsyncDisposableStack();
  const needsCompany = !config.salesforce || !config.jira || !config.oidc;
  const company = needsCompany ? (companyForStandIns ?? generateCompany()) : undefined;
  const salesforce = config.salesforce || !company ? null : await startSalesforceStandIn({ company });
  if (salesforce) started.defer(() => salesforce.close());
  const jira = config.jira || !company ? null : await startJiraStandIn({ company });
  if (jira) started.defer(() => jira.close());
  const identity = config.oidc || !company ? null : await startIdentityStandIn({ company });
  if (identity) started.defer(() => identity.close());
  const settings = {
    salesforce: config.salesforce ?? salesforceSettings(config, salesforce),
    jira: config.jira ?? jiraSettings(config, jira),
    oidc: config.oidc ?? oidcSettings(config, identity),
  };
  const running = started.move();
  const standIns = { salesforce, jira, identity };
  return {
    ...settings,
    standIns,
    company: salesforce && company ? company : null,
    close: () => running.disposeAsync(),
  };
}

function salesforceSettings(config: Config, standIn: SalesforceStandIn | null): SalesforceSettings {
  if (!standIn) throw new Error('There is neither a Salesforce org nor a stand-in for it.');
  return {
    loginUrl: standIn.url,
    clientId: standIn.clientId,
    credentials: { kind: 'clientCredentials', clientSecret: standIn.clientSecret },
    apiVersion: config.salesforceApiVersion,
  };
}

function jiraSettings(config: Config, standIn: JiraStandIn | null): JiraSettings {
  if (!standIn) throw new Error('There is neither a Jira site nor a stand-in for it.');
  return { baseUrl: standIn.url, email: standIn.email, apiToken: standIn.apiToken, fields: config.jiraFields };
}

function oidcSettings({ maxTokenAgeSeconds }: Config, standIn: IdentityStandIn | null): OidcSettings {
  if (!standIn) throw new Error('There is neither an identity provider nor a stand-in for it.');
  const { issuer, audience } = standIn;
  return { issuer, audience, rolesClaim: 'roles', tenantClaim: 'tenant', maxTokenAgeSeconds };
}
