import { generateKeyPairSync } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/platform/clock.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { SalesforceClient } from '../../../src/sources/salesforce/client.ts';
import { startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { collectLog, newDurations, settingsOf, startSalesforceGraph } from '../../support/salesforce-graph.ts';

const oneAccount = '/services/data/v62.0/query?q=SELECT+Id+FROM+Account+LIMIT+1';

test('an expired session is renewed once for a hundred calls that find out at the same time', async () => {
  const standIn = await startSalesforceStandIn();
  const client = new SalesforceClient({
    settings: settingsOf(standIn),
    log: collectLog([]),
    clock: systemClock,
    durations: newDurations(),
    maxConcurrentCalls: 100,
  });
  onTestFinished(async () => {
    await client.close();
    await standIn.close();
  });
  const call = () => client.get(oneAccount, { operation: 'query', receipts: [new Receipt()] });
  await call();
  expect(standIn.signIns).toBe(1);
  standIn.expireSessions();
  const answers = await Promise.all(Array.from({ length: 100 }, call));
  expect(answers).toHaveLength(100);
  expect(standIn.signIns).toBe(2);
  // Each was sent at most twice: once in vain, once with the new session.
  expect(standIn.calls.count('/query')).toBeLessThanOrEqual(201);
});

test('a request whose session expires under way does not notice', async () => {
  await using graph = await startSalesforceGraph();
  graph.standIn.expireSessions();
  const { data, errors } = await graph.run('{ psRequests(first: 3) { nodes { number steps { name } } } }');
  expect(errors).toEqual([]);
  expect(data.psRequests.nodes).toHaveLength(3);
});

test('refused credentials are told as such, and are not tried again with every request', async () => {
  await using graph = await startSalesforceGraph();
  graph.standIn.refuseSignIns(true);
  graph.standIn.expireSessions();
  const before = graph.standIn.signIns;
  for (let request = 0; request < 10; request += 1) {
    const { errors } = await graph.run('{ psRequest(id: "PSR-00001") { number } }');
    expect(errors).toMatchObject([{ path: 'psRequest', code: 'UPSTREAM_AUTHENTICATION_FAILED' }]);
  }
  expect(graph.standIn.signIns - before).toBeLessThanOrEqual(2);
  expect(graph.source.health()).toMatchObject({ state: 'down' });
});

test('signs in with a JWT that the private key has signed', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const standIn = await startSalesforceStandIn({ jwtPublicKey: publicKey });
  onTestFinished(() => standIn.close());
  const open = (username: string, privateKeyPem: string) => {
    const client = new SalesforceClient({
      settings: { ...settingsOf(standIn), credentials: { kind: 'jwtBearer', username, privateKeyPem } },
      log: collectLog([]),
      clock: systemClock,
      durations: newDurations(),
    });
    onTestFinished(() => client.close());
    return client.get(oneAccount, { operation: 'query', receipts: [new Receipt()] });
  };
  await expect(open(standIn.username, privateKey)).resolves.toMatchObject({ totalSize: 1 });
  await expect(open('nobody@example.com', privateKey)).rejects.toMatchObject({
    code: 'UPSTREAM_AUTHENTICATION_FAILED',
  });
  const failure = open(standIn.username, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----');
  await expect(failure).rejects.toMatchObject({ code: 'UPSTREAM_AUTHENTICATION_FAILED' });
});
