import type { Connection } from 'jsforce';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce, errorCodeOf } from '../../support/salesforce-connection.ts';

let standIn: SalesforceStandIn;
let connection: Connection;
beforeEach(async () => {
  standIn = await startSalesforceStandIn();
  connection = await connectSalesforce(standIn);
});
afterEach(() => standIn.close());

/** One call without jsforce's retries. */
const limits = (timeout = 5_000): Promise<unknown> =>
  Promise.resolve(connection.request({ method: 'GET', url: '/limits' }, { timeout, retry: { maxRetries: 0 } }));

async function failureOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(`The call did not fail with an error, but with ${String(outcome)}.`);
}

/** A call by plain fetch: jsforce lets a connection that breaks in the middle of a body end the whole process. */
async function fetchText(path: string, body?: string): Promise<string> {
  const response = await fetch(`${standIn.url}/services/data/v62.0${path}`, {
    headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body }),
  });
  return response.text();
}

test('down and hang make jsforce fail, and the next call works again', async () => {
  for (const kind of ['down', 'hang'] as const) {
    standIn.faults.add({ kind, path: '/limits', times: 1 });
    await failureOf(limits(300));
    expect(await limits()).toHaveProperty('DailyApiRequests');
  }
});

test('truncated gives half of the JSON, which jsforce hands out as text', async () => {
  const whole = await fetchText('/limits');
  standIn.faults.add({ kind: 'truncated', times: 2 });
  const half = await fetchText('/limits');
  expect(whole.startsWith(half.slice(0, 30))).toBe(true);
  expect(half.length).toBeLessThan(whole.length / 2 + 10);
  expect(typeof (await limits())).toBe('string');
});

test('reset breaks the connection in the middle of the body', async () => {
  standIn.faults.add({ kind: 'reset', times: 1 });
  expect((await failureOf(fetchText('/limits'))).message).toBe('terminated');
  expect(await limits()).toHaveProperty('DailyApiRequests');
});

test('slow answers late, and right', async () => {
  standIn.faults.add({ kind: 'slow', delayMs: 150, times: 1 });
  const startedAt = performance.now();
  expect(await limits()).toHaveProperty('DailyApiRequests');
  expect(performance.now() - startedAt).toBeGreaterThan(140);
});

test('oversize sends as many bytes as it was told', async () => {
  standIn.faults.add({ kind: 'oversize', bytes: 3_000_000, times: 1 });
  const response = await fetch(`${standIn.url}/services/data/v62.0/limits`, {
    headers: { authorization: `Bearer ${connection.accessToken}` },
  });
  expect((await response.arrayBuffer()).byteLength).toBe(3_000_000);
});

test.each<[number, unknown, string | undefined, string]>([
  [
    403,
    [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' }],
    undefined,
    'REQUEST_LIMIT_EXCEEDED',
  ],
  [503, [{ errorCode: 'SERVER_UNAVAILABLE', message: 'Server Unavailable' }], undefined, 'SERVER_UNAVAILABLE'],
  [503, '<html><body>Down for maintenance</body></html>', 'text/html', 'ERROR_HTTP_503'],
  [
    400,
    [{ errorCode: 'UNABLE_TO_LOCK_ROW', message: 'unable to obtain exclusive access to this record' }],
    undefined,
    'UNABLE_TO_LOCK_ROW',
  ],
])('status %i with %j reaches jsforce as it would from Salesforce', async (status, body, contentType, code) => {
  standIn.faults.add({ kind: 'status', status, body, times: 1, ...(contentType === undefined ? {} : { contentType }) });
  expect(await errorCodeOf(() => limits())).toBe(code);
});

test('a 401 fault strikes as often as it was told, also for good tokens', async () => {
  standIn.faults.add({
    kind: 'status',
    status: 401,
    body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }],
    times: 2,
  });
  expect([
    await errorCodeOf(() => limits()),
    await errorCodeOf(() => limits()),
    await errorCodeOf(() => limits()),
  ]).toEqual(['INVALID_SESSION_ID', 'INVALID_SESSION_ID', null]);
});

test('a faulted sign-in fails, and faults come over HTTP too', async () => {
  const response = await fetch(`${standIn.url}/__admin/faults`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'status', status: 503, path: '/services/oauth2/token', times: 1 }),
  });
  expect(response.status).toBe(201);
  expect(await errorCodeOf(() => connectSalesforce(standIn))).not.toBeNull();
  await connectSalesforce(standIn);
});

test('a write whose answer is lost was made nevertheless', async () => {
  const rows = standIn.rows('Account').length;
  standIn.faults.add({ kind: 'reset', path: '/sobjects/Account', times: 1 });
  await failureOf(fetchText('/sobjects/Account', '{"Name":"Lost"}'));
  expect(standIn.rows('Account')).toHaveLength(rows + 1);
});

test('every answer tells the usage, and a used up allowance refuses calls until it is raised', async () => {
  await limits();
  await errorCodeOf(() => connection.query('SELECT Nope FROM Account'));
  expect(connection.limitInfo.apiUsage).toEqual({ used: 2, limit: 100_000 });
  standIn.setUsage(999, 1000);
  await limits();
  const error = await failureOf(limits());
  expect([error.name, error.message]).toEqual(['REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.']);
  expect(connection.limitInfo.apiUsage).toEqual({ used: 1000, limit: 1000 });
  standIn.setUsage(0, 1000);
  await limits();
});

test('a URI over 16,384 bytes is 414, a URI and headers over that together are 431', async () => {
  const ask = async (queryBytes: number, headerBytes: number) => {
    const path = '/services/data/v62.0/query?q=';
    const response = await fetch(`${standIn.url}${path}${'x'.repeat(queryBytes - path.length)}`, {
      headers: { authorization: `Bearer ${connection.accessToken}`, 'x-padding': 'y'.repeat(headerBytes) },
    });
    return [response.status, response.headers.get('content-type')?.split(';')[0]];
  };
  expect(await ask(16_385, 0)).toEqual([414, 'text/html']);
  expect(await ask(16_000, 1_000)).toEqual([431, 'text/html']);
  expect(await ask(14_000, 1_000)).toEqual([400, 'application/json']);
});

test('what is no resource, no method or no JSON is refused as Salesforce does', async () => {
  const ask = async (method: string, path: string, body?: string) => {
    const response = await fetch(`${standIn.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    });
    const [error] = (await response.json()) as { errorCode: string }[];
    return [response.status, error?.errorCode];
  };
  expect(await ask('GET', '/services/data/v62.0/nope')).toEqual([404, 'NOT_FOUND']);
  expect(await ask('GET', '/services/data/v99.0/limits')).toEqual([404, 'NOT_FOUND']);
  expect(await ask('GET', '/services/data/v62.0/sobjects/Nope__c/describe')).toEqual([404, 'NOT_FOUND']);
  expect(await ask('GET', '/services/data/v62.0/sobjects/Account/%zz')).toEqual([404, 'NOT_FOUND']);
  expect(await ask('GET', '/services/data/v62.0/sobjects/Account/0055g0000000001AAA')).toEqual([400, 'MALFORMED_ID']);
  expect(await ask('PUT', '/services/data/v62.0/sobjects/Account/0015g0000000001AAA')).toEqual([
    405,
    'METHOD_NOT_ALLOWED',
  ]);
  expect(await ask('POST', '/services/data/v62.0/composite', '{"compositeRequest": [')).toEqual([
    400,
    'JSON_PARSER_ERROR',
  ]);
  expect(await ask('GET', '/services/data/v62.0/query')).toEqual([400, 'MALFORMED_QUERY']);
});
