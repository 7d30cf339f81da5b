/** Domains that only Salesforce gives names in: its own, the US Defense one, older ones, and the one in China. */
const salesforceDomains = ['salesforce.com', 'salesforce.mil', 'force.com', 'cloudforce.com', 'sfcrmproducts.cn'];

/**
 * The origin that calls go to with the session, from the `instance_url` of a sign-in. Null unless it is where the sign-in went, or both are hosts of
 * Salesforce: login.salesforce.com sends its clients to the org's own host. A token goes to nobody else, whatever an answer says.
 */
export function instanceOrigin(instanceUrl: unknown, loginUrl: string): string | null {
  if (typeof instanceUrl !== 'string' || !URL.canParse(instanceUrl)) return null;
  const instance = new URL(instanceUrl);
  const login = new URL(loginUrl);
  if (instance.username !== '' || instance.password !== '' || !/^\/*$/.test(instance.pathname)) return null;
  if (instance.search !== '' || instance.hash !== '') return null;
  if (instance.origin === login.origin) return instance.origin;
  return isOfSalesforce(instance) && isOfSalesforce(login) ? instance.origin : null;
}

function isOfSalesforce({ protocol, hostname, port }: URL): boolean {
  return protocol === 'https:' && port === '' && salesforceDomains.some((domain) => hostname.endsWith(`.${domain}`));
}
