import { Connection } from 'jsforce';
import type { SalesforceStandIn } from '../../src/standins/salesforce/server.ts';

/** An unmodified jsforce connection that is signed in to a stand-in through client credentials. */
export async function connectSalesforce(standIn: SalesforceStandIn): Promise<Connection> {
  const connection = new Connection({ loginUrl: standIn.url, version: '62.0', maxRequest: 50 });
  await connection.authorize({
    grant_type: 'client_credentials',
    client_id: standIn.clientId,
    client_secret: standIn.clientSecret,
  });
  return connection;
}

/** The code of the error that a jsforce call fails with; null when it does not fail. */
export async function errorCodeOf(call: () => PromiseLike<unknown>): Promise<string | null> {
  try {
    await call();
    return null;
  } catch (error) {
    return error instanceof Error && 'errorCode' in error ? String(error.errorCode) : String(error);
  }
}
