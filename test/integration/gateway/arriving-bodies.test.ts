import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

/** An address may take a quarter of it. */
const maxArrivingBytes = 2_000_000;
const sentOfEach = 100_000;
let gateway: SmallGateway;

beforeAll(async () => {
  gateway = await startSmallGateway({
    sdl: 'type Query { hello(text: String): String }',
    resolvers: { Query: { hello: () => 'world' } },
    limits: { maxArrivingBytes },
  });
});
afterAll(() => gateway.close());

/** Announces a megabyte, sends a part of it and then nothing. */
async function stall(): Promise<{ readonly socket: Socket; answer(): string }> {
  const socket = connect(gateway.http.port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
  await once(socket, 'connect');
  const head = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n`;
  await new Promise((resolve) => socket.write(`${head}${'x'.repeat(sentOfEach)}`, resolve));
  return { socket, answer: () => Buffer.concat(chunks).toString() };
}

const post = async (length: number): Promise<number> => {
  const body = JSON.stringify({
    query: 'query ($text: String) { hello(text: $text) }',
    variables: { text: 'x'.repeat(length) },
  });
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${gateway.http.url}/graphql`, { method: 'POST', headers, body })).status;
};

it('bodies that never end take bounded memory together, and short ones are answered meanwhile', async () => {
  const stalled = await Promise.all(Array.from({ length: 20 }, stall));
  const refused = () => stalled.filter(({ answer }) => answer().startsWith('HTTP/1.1 503'));
  await expect.poll(() => refused().length).toBeGreaterThanOrEqual(14);
  // Those that are held are within an address's share.
  expect((20 - refused().length) * (sentOfEach - 16_384)).toBeLessThan(maxArrivingBytes / 4);
  expect(refused()[0]?.answer()).toContain('"code":"OVERLOADED"');
  expect(refused()[0]?.answer().toLowerCase()).toContain('retry-after: 1');
  expect(await post(10_000)).toBe(200);
  expect(await post(700_000)).toBe(503);
  for (const { socket } of stalled) socket.destroy();
  await expect.poll(() => post(400_000)).toBe(200);
});

it('room is given back for bodies that were read, one after the other', async () => {
  for (let n = 0; n < 10; n += 1) expect(await post(400_000)).toBe(200);
});
