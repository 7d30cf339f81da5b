import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Heads, type HeadsOptions } from '../../../src/features/audit/heads.ts';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { Receipt } from '../../../src/platform/receipt.ts';
import { SalesforceClient } from '../../../src/sources/salesforce/client.ts';
import { QueryQueue } from '../../../src/sources/salesforce/query-queue.ts';
import { startTestGateway } from '../../support/gateway.ts';
import { identityAgainst, rejectionOf } from '../../support/identity.ts';
import { collectLog, newDurations } from '../../support/salesforce-graph.ts';
import { answerJson, startUpstreamServer, type UpstreamServer } from '../../support/upstream-server.ts';

/** Where nobody who was asked for in the settings lives. It takes whatever comes. */
let sink: UpstreamServer;
let sinkPort = '';
/** `host:port` of every connection that this process has tried to open. */
const connections: string[] = [];

beforeAll(async () => {
  sink = await startUpstreamServer((_request, response) => answerJson(response, { keys: [], records: [] }));
  sinkPort = new URL(sink.url).port;
  const connect = Socket.prototype.connect;
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const [first] = args.flat() as ({ host?: string; port?: number } | undefined)[];
    if (first?.port !== undefined) connections.push(`${first.host}:${first.port}`);
    return Reflect.apply(connect, this, args) as Socket;
  });
});
afterAll(async () => {
  vi.restoreAllMocks();
  await sink.close();
});

function expectOnly(...servers: readonly { readonly url: string }[]): void {
  const known = servers.map(({ url }) => new URL(url).host);
  expect(connections.filter((place) => !known.includes(place))).toEqual([]);
  expect(sink.requests).toEqual([]);
  expect(sink.connections()).toBe(0);
}

/** Addresses that lead away from a server, by tricks that readers of URLs have fallen for. */
function elsewhere(own: string): readonly string[] {
  const { host } = new URL(own);
  return [
    `http://127.0.0.1:${sinkPort}`,
    `http://localhost:${sinkPort}`,
    `http://[::1]:${sinkPort}`,
    `http://2130706433:${sinkPort}`,
    `http://${host}@127.0.0.1:${sinkPort}`,
    `http://127.0.0.1:${sinkPort}\\@${host}`,
    `http://127.0.0.1:${sinkPort}#@${host}`,
    `http://user:password@${host}`,
    'http://169.254.169.254',
    'http://[::ffff:169.254.169.254]',
    'http://metadata.google.internal',
    'https://sink.invalid',
    `//127.0.0.1:${sinkPort}`,
    'file:///etc/passwd',
  ];
}

describe('a sign-in at Salesforce', () => {
  const secret = 'canary-of-the-client';
  async function signInAt(answer: Parameters<typeof startUpstreamServer>[0]) {
    const server = await startUpstreamServer(answer);
    const client = new SalesforceClient({
      settings: {
        loginUrl: server.url,
        clientId: 'client',
        credentials: { kind: 'clientCredentials', clientSecret: secret },
        apiVersion: '62.0',
      },
      log: collectLog([]),
      clock: systemClock,
      durations: newDurations(),
    });
    onTestFinished(async () => {
      await client.close();
      await server.close();
    });
    const query = () =>
      new QueryQueue(client, 0).query('SELECT Id FROM Account', [
        { receipt: new Receipt(), priority: 'interactive' },
      ] as never);
    return { server, query };
  }

  test('that tells of an instance elsewhere gets no call there', async () => {
    const probe = await startUpstreamServer((_request, response) => answerJson(response, {}));
    const tricks = elsewhere(probe.url).length;
    await probe.close();
    for (let index = 0; index < tricks; index += 1) {
      const { server, query } = await signInAt((_request, response) =>
        answerJson(response, { access_token: 'canary-of-the-session', instance_url: elsewhere(server.url)[index] }),
      );
      connections.length = 0;
      await expect(query(), elsewhere(server.url)[index]).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
      expectOnly(server);
      expect(server.requests.map(({ path }) => path)).toEqual(['/services/oauth2/token']);
    }
  });

  test('that is redirected is a failure, and the secret stays', async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const { server, query } = await signInAt((_request, response) => {
        response.writeHead(status, { location: `${sink.url}/services/oauth2/token` });
        response.end();
      });
      connections.length = 0;
      await expect(query()).rejects.toMatchObject({ source: 'SALESFORCE' });
      expectOnly(server);
      expect(server.requests).not.toEqual([]);
    }
  });

  test('leads to no page elsewhere', async () => {
    const pages = [
      `${sink.url}/services/data/v62.0/query/01g-2000`,
      `//127.0.0.1:${sinkPort}/services/data/`,
      `/services/data/../../../\\127.0.0.1:${sinkPort}/`,
      `/services/data/v62.0/query/../../../../secur/frontdoor.jsp`,
      `/services/data/v62.0/query/01g?x=http://127.0.0.1:${sinkPort}`,
      `/services/data/v62.0/sobjects/User`,
      `@127.0.0.1:${sinkPort}/services/data/`,
      '/services/data/v62.0/query/01g\r\nhost: sink',
      { toString: 'x' },
    ];
    for (const nextRecordsUrl of pages) {
      const { server, query } = await signInAt((request, response) =>
        request.url === '/services/oauth2/token'
          ? answerJson(response, { access_token: 'canary-of-the-session', instance_url: server.url })
          : answerJson(response, { totalSize: 2, done: false, records: [{}], nextRecordsUrl }),
      );
      connections.length = 0;
      await expect(query(), JSON.stringify(nextRecordsUrl)).rejects.toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE' });
      expectOnly(server);
      expect(server.requests).toHaveLength(2);
    }
  });
});

test('an identity provider that names keys elsewhere is not believed', async () => {
  let keysUrl = '';
  const server = await startUpstreamServer((_request, response) =>
    answerJson(response, { issuer: server.url, jwks_uri: keysUrl }),
  );
  onTestFinished(() => server.close());
  for (keysUrl of elsewhere(server.url)) {
    connections.length = 0;
    const { identity } = identityAgainst({ issuer: server.url, audience: 'graph' });
    const failure = await rejectionOf(identity.viewerOf('Bearer eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.e30.e30'));
    expect(failure.code, keysUrl).toBe('UPSTREAM_UNAVAILABLE');
    expectOnly(server);
  }
});

test('sources that redirect every call are not followed, neither for reads nor for writes', async () => {
  const gateway = await startTestGateway();
  onTestFinished(() => gateway.close());
  const headers = await gateway.as('OPERATOR');
  const ours = [gateway.salesforce, gateway.jira, gateway.identity, gateway, { url: String(gateway.database?.url) }];
  const read = `{
    psRequests(first: 1, filter: { text: "redirect" }) { nodes { number } }
    jiraIssues(first: 1, filter: { text: "redirect" }) { nodes { key } }
  }`;
  const write = `mutation {
    addJiraComment(input: { key: "PSD-7", body: "x" }) { comment { id } }
    updatePsRequest(input: { id: "PSR-00042", risk: HIGH }) { psRequest { risk } }
  }`;
  connections.length = 0;
  for (const [status, location] of [
    [302, `${sink.url}/`],
    [307, 'http://169.254.169.254/latest/meta-data/'],
    [308, `http://x@127.0.0.1:${sinkPort}/`],
  ] as const)
    for (const document of [read, write]) {
      for (const standIn of [gateway.salesforce, gateway.jira]) {
        standIn.faults.clear();
        standIn.faults.add({ kind: 'status', status, headers: { location } });
      }
      const { errors } = await gateway.query(document, {}, headers);
      expect(errors).toHaveLength(2);
      for (const { extensions } of errors) expect(extensions.code).toMatch(/^UPSTREAM_/);
    }
  for (const { calls } of [gateway.salesforce, gateway.jira])
    expect(calls.all.map(({ status }) => status)).toEqual(expect.arrayContaining([302]));
  expectOnly(...ours);
});

test('heads of the audit log are not posted anywhere else', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'heads-'));
  const server = await startUpstreamServer((_request, response) => {
    response.writeHead(307, { location: `${sink.url}/heads` });
    response.end();
  });
  onTestFinished(async () => {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const outcomes: string[] = [];
  const rows = [{ tenant: 'demo', sequence: 1, hash: '00', at: '2026-11-20T00:00:00Z' }];
  const heads = new Heads({
    pool: { query: async () => ({ rows }) } as unknown as HeadsOptions['pool'],
    key: new SigningKey(randomBytes(32)),
    file: join(directory, 'heads.jsonl'),
    url: `${server.url}/heads`,
    log: createLogger('silent'),
    onOutcome: (place, outcome) => outcomes.push(`${place} ${outcome}`),
  });
  connections.length = 0;
  await heads.send();
  expect(outcomes.sort()).toEqual(['file ok', 'webhook failed']);
  expect(server.requests).toHaveLength(1);
  expectOnly(server);
});
