import { createHash } from 'node:crypto';
import type { JiraSettings, SalesforceSettings } from '../platform/settings.ts';

/** Names for what is known of the sources' allowances, wherever it is kept. */
export interface AllowanceNames {
  readonly salesforce: string;
  readonly jira: string;
}

const DIGEST_LENGTH = 16;

/** An allowance is an org's or a site's: what was left to another one, which the settings named before, says nothing of this one. */
export function allowanceNames(upstreams: {
  readonly salesforce: SalesforceSettings;
  readonly jira: JiraSettings;
}): AllowanceNames {
  const { loginUrl, clientId, credentials } = upstreams.salesforce;
  const user = credentials.kind === 'jwtBearer' ? credentials.username : '';
  return {
    salesforce: `SALESFORCE:${digestOf(loginUrl, clientId, user)}`,
    jira: `JIRA:${digestOf(upstreams.jira.baseUrl)}`,
  };
}

function digestOf(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, DIGEST_LENGTH);
}
