import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { median } from '../../support/quantiles.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';
import { sized } from '../../support/test-size.ts';

const clients = sized({ small: 100, full: 1_000 });
/** Short, so that the test is: what is measured is that the limits hold, and they are settings of the server. */
const limits = { headersTimeoutMs: 1_500, requestTimeoutMs: 2_000, sendTimeoutMs: 1_500 };
/** Node looks once a second. */
const CLOSED_WITHIN_MS = 2_000 + 1_500;
/** Each takes ten megabytes until it is closed. */
const MOST_READERS = 40;
let gateway: SmallGateway;

beforeAll(async () => {
  const long = 'x'.repeat(10_000_000);
  gateway = await startSmallGateway({
    sdl: 'type Query { hello: String long: String }',
    resolvers: { Query: { hello: () => 'world', long: () => long } },
    limits,
  });
});
afterAll(() => gateway.close());

const head = 'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
const longQuery = '{"query":"{long}"}';

interface SlowClient {
  readonly socket: Socket;
  /** Milliseconds until the server closed it. */
  readonly closed: Promise<number>;
}

function slowClient(first: string, drip: string | null, reads: boolean): SlowClient {
  const startedAt = performance.now();
  const socket = connect(gateway.http.port, '127.0.0.1');
  const closed = new Promise<number>((resolve) => {
    socket.on('error', () => undefined).on('close', () => resolve(performance.now() - startedAt));
  });
  socket.write(first);
  if (reads) socket.resume();
  const timer = drip === null ? undefined : setInterval(() => socket.writable && socket.write(drip), 300);
  void closed.then(() => clearInterval(timer));
  return { socket, closed };
}

async function probe(): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const startedAt = performance.now();
    const response = await fetch(`${gateway.http.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{hello}"}',
    });
    expect(response.status).toBe(200);
    await response.text();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

test.each([
  ['headers', 'POST /graphql HTTP/1.1\r\nhost: x\r\n', 'x-more: y\r\n'],
  ['bodies', `${head}content-length: 1000\r\n\r\n{`, ' '],
  ['chunks', `${head}transfer-encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
])(
  `${clients} clients that send their %s drop by drop are closed, and nobody else waits for them`,
  async (_what, first, drip) => {
    const before = await probe();
    const slow = Array.from({ length: clients }, () => slowClient(first, drip, true));
    expect(await probe()).toBeLessThan(Math.max(before * 6, 60));
    const closedMs = await Promise.all(slow.map(({ closed }) => closed));
    expect(Math.max(...closedMs)).toBeLessThan(CLOSED_WITHIN_MS + clients * 2);
  },
);

test('clients that do not read their answers are closed, and nobody else waits for them', async () => {
  const before = await probe();
  const text = `${head}content-length: ${longQuery.length}\r\n\r\n${longQuery}`;
  const slow = Array.from({ length: Math.min(clients / 10, MOST_READERS) }, () => slowClient(text, null, false));
  await expect.poll(() => openSockets(slow), { timeout: 10_000 }).toBeGreaterThan(0);
  // Ten megabytes for each of them are written first.
  expect(await probe()).toBeLessThan(Math.max(before * 20, 250));
  const endedAt = performance.now() + limits.sendTimeoutMs + 15_000;
  while (performance.now() < endedAt && (await gatewayConnections()) > 2)
    await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await gatewayConnections()).toBeLessThanOrEqual(2);
  for (const { socket } of slow) socket.destroy();
}, 30_000);

function openSockets(slow: readonly SlowClient[]): number {
  return slow.filter(({ socket }) => !socket.destroyed).length;
}

/** Those of the probe stay, idle. */
function gatewayConnections(): Promise<number> {
  return gateway.http.connections();
}
