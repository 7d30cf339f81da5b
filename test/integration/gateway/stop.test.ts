import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../src/gateway/request-context.ts';
import { type SmallGateway, startSmallGateway } from '../../support/small-gateway.ts';

let gateway: SmallGateway;
let finish: (value: string) => void = () => {};
let wasAborted = false;

beforeEach(async () => {
  wasAborted = false;
  gateway = await startSmallGateway({
    sdl: 'type Query { hello: String slow: String }',
    resolvers: {
      Query: {
        hello: () => 'world',
        slow: (_parent: unknown, _args: unknown, context: RequestContext) =>
          new Promise<string>((resolve) => {
            finish = resolve;
            context.scope.signal.addEventListener('abort', () => {
              wasAborted = true;
              resolve('aborted');
            });
          }),
      },
    },
  });
});
afterEach(async () => {
  await gateway.close();
});

async function ask(query: string): Promise<{ status: number; body: string; connection: string | null }> {
  const response = await fetch(`${gateway.http.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.text(), connection: response.headers.get('connection') };
}

async function readyStatus(): Promise<string> {
  const response = await fetch(`${gateway.http.url}/readyz`);
  return `${response.status} ${((await response.json()) as { status: string }).status}`;
}

describe('a stop', () => {
  test('lets an operation under way end, and meanwhile says so and takes no other', async () => {
    const pending = ask('{ slow }');
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    const closing = gateway.close({ drainMs: 10_000 });
    expect(await readyStatus()).toBe('503 stopping');
    const refused = await ask('{ hello }');
    expect(refused.status).toBe(503);
    expect(refused.body).toContain('SHUTTING_DOWN');
    finish('finished');
    expect((await pending).body).toContain('finished');
    await closing;
    await expect(ask('{ hello }')).rejects.toThrow();
  });

  test('as a lame duck still takes requests while it says that it will not be ready', async () => {
    const closing = gateway.close({ lameDuckMs: 300 });
    expect(await readyStatus()).toBe('503 stopping');
    expect((await ask('{ hello }')).status).toBe(200);
    await closing;
  });

  test('aborts what does not end in time', async () => {
    const pending = ask('{ slow }').catch(() => null);
    await expect.poll(() => gateway.operationsUnderWay.count).toBe(1);
    await gateway.close({ drainMs: 50 });
    expect(wasAborted).toBe(true);
    await pending;
  });

  test('closes connections that only wait for their next request', async () => {
    await ask('{ hello }');
    const startedAt = performance.now();
    await gateway.close();
    expect(performance.now() - startedAt).toBeLessThan(900);
  });
});
