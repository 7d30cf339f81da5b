/**
 * What a stored answer costs beside the least that HTTP in Node can do: node:http that reads the body and sends one fixed buffer. All
 * variants run in processes of their own, in turns, over the same keep-alive connections; only the ratios within a turn are compared.
 *
 *   node bench/cached-operations.ts [--rounds 5] [--requests 2000]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { median } from '../test/support/quantiles.ts';
import { report } from './support/report.ts';

const CONNECTIONS = 16;
const RECORDS = 300;
const QUERY = '{ things { id name note owner { id name } } }';
const BODY = JSON.stringify({ query: QUERY });
const TYPE = 'application/json; charset=utf-8';

interface Variant {
  readonly name: string;
  readonly server: 'plain' | 'gateway';
  readonly headers: Readonly<Record<string, string>>;
  /** Share of the requests of a turn, for what takes far longer. */
  readonly share: number;
}

if (process.argv[2] === 'serve') await serve(process.argv[3] === 'gateway');
else await measure();

async function serve(isGateway: boolean): Promise<void> {
  const url = isGateway ? await serveGateway() : await servePlain();
  process.on('message', (message) => {
    if (message === 'cpu') process.send?.({ cpuMicros: process.cpuUsage().user + process.cpuUsage().system });
  });
  process.send?.({ url });
}

async function serveGateway(): Promise<string> {
  const { startSmallGateway } = await import('../test/support/small-gateway.ts');
  const things = answer().data.things;
  const gateway = await startSmallGateway({
    sdl: `
      directive @cacheControl(maxAge: Int) on OBJECT
      type Thing @cacheControl(maxAge: 3600) { id: ID! name: String note: String owner: Thing }
      type Query { things: [Thing!] }`,
    resolvers: { Query: { things: () => things } },
    responseCacheBytes: 64_000_000,
    production: true,
  });
  return `${gateway.http.url}/graphql`;
}

async function servePlain(): Promise<string> {
  const plain = Buffer.from(`${JSON.stringify(answer())}\n`);
  const packed = gzipSync(plain, { level: 6 });
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const isPacked = incoming.headers['accept-encoding'] === 'gzip';
      const bytes = isPacked ? packed : plain;
      const encoding = isPacked ? { 'content-encoding': 'gzip' } : {};
      outgoing.writeHead(200, { 'content-type': TYPE, 'content-length': bytes.length, ...encoding });
      outgoing.end(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return `http://127.0.0.1:${address.port}/`;
}

function answer(): { readonly data: { readonly things: readonly object[] } } {
  const things = Array.from({ length: RECORDS }, (_, n) => ({
    id: `thing-${n}`,
    name: `Thing number ${n}`,
    note: `What there is to say of number ${n}, in as many words as usual. `.repeat(2),
    owner: { id: `owner-${n % 7}`, name: `Owner ${n % 7}` },
  }));
  return { data: { things } };
}

async function measure(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, requests: { type: 'string' } } });
  const rounds = Number(values.rounds ?? 5);
  const requests = Number(values.requests ?? 2_000);
  const children = { plain: start('plain'), gateway: start('gateway') };
  const urls = { plain: await urlOf(children.plain), gateway: await urlOf(children.gateway) };
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  try {
    const first = await ask(agent, urls.gateway, {});
    const limit = await ask(agent, urls.plain, {});
    if (!first.bytes.equals(limit.bytes)) throw new Error('The two servers do not send the same bytes.');
    const etag = String((await ask(agent, urls.gateway, {})).headers.etag);
    const variants: readonly Variant[] = [
      { name: 'node:http, fixed buffer', server: 'plain', headers: {}, share: 1 },
      { name: 'node:http, fixed gzip buffer', server: 'plain', headers: { 'accept-encoding': 'gzip' }, share: 1 },
      { name: 'stored answer', server: 'gateway', headers: {}, share: 1 },
      { name: 'stored answer, gzip', server: 'gateway', headers: { 'accept-encoding': 'gzip' }, share: 1 },
      { name: 'stored answer, 304', server: 'gateway', headers: { 'if-none-match': etag }, share: 1 },
      { name: 'executed each time', server: 'gateway', headers: { 'cache-control': 'no-store' }, share: 0.05 },
    ];
    const micros = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const variant of variants) {
        const count = Math.ceil(requests * variant.share);
        const before = await cpuOf(children[variant.server]);
        await load(agent, urls[variant.server], variant.headers, count);
        const used = (await cpuOf(children[variant.server])) - before;
        // The first turn warms up.
        if (round >= 0) micros.get(variant.name)?.push(used / count);
      }
    }
    print(variants, micros, first.bytes.length);
  } finally {
    agent.destroy();
    for (const child of Object.values(children)) child.kill();
  }
}

function print(variants: readonly Variant[], micros: ReadonlyMap<string, readonly number[]>, bodyBytes: number): void {
  const peer = variants[0]?.name ?? '';
  const limits = micros.get(peer) ?? [];
  report(
    `One answer of ${bodyBytes} bytes by POST, ${CONNECTIONS} connections: CPU of the server per request, median of the turns`,
    variants.map(({ name }) => {
      const own = micros.get(name) ?? [];
      const ratios = own.map((value, turn) => value / (limits[turn] ?? Number.NaN));
      return { what: name, measured: `${median(own).toFixed(0)} µs`, ratio: `${median(ratios).toFixed(2)} x`, peer };
    }),
  );
}

type Child = ReturnType<typeof start>;

function start(kind: 'plain' | 'gateway') {
  return fork(fileURLToPath(import.meta.url), ['serve', kind], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

async function urlOf(child: Child): Promise<string> {
  const [message] = (await once(child, 'message')) as [{ readonly url: string }];
  return message.url;
}

async function cpuOf(child: Child): Promise<number> {
  const answered = once(child, 'message') as Promise<[{ readonly cpuMicros: number }]>;
  child.send('cpu');
  return (await answered)[0].cpuMicros;
}

async function load(agent: Agent, url: string, headers: Variant['headers'], count: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(agent, url, headers);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

function ask(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly bytes: Buffer; readonly headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': BODY.length, ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ bytes: Buffer.concat(chunks), headers: response.headers }));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(BODY);
  });
}
