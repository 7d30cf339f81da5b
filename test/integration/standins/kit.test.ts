import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { StandIn } from '../../../src/standins/kit/fault.ts';
import { type StandInServerOptions, startStandInServer } from '../../../src/standins/kit/server.ts';

const running: StandIn[] = [];

async function start(options: Partial<StandInServerOptions> = {}): Promise<StandIn> {
  const standIn = await startStandInServer({
    handle: ({ method, path, body }) => ({ status: 200, body: { method, path, body, filler: 'f'.repeat(2_000) } }),
    ...options,
  });
  running.push(standIn);
  return standIn;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((standIn) => standIn.close()));
});

describe('a stand-in server', () => {
  it('hands the handler the method, the path with query and the body, and sends its object as JSON', async () => {
    const standIn = await start();
    const response = await fetch(`${standIn.url}/a%20b?x=1`, { method: 'POST', body: 'grüße' });
    expect(response.headers.get('content-type')).toBe('application/json;charset=UTF-8');
    expect(await response.json()).toMatchObject({ method: 'POST', path: '/a%20b?x=1', body: 'grüße' });
  });

  it('records calls with their status, body and what they are billed, and counts all but sign-in calls', async () => {
    const standIn = await start({
      isSignIn: (path) => path.startsWith('/oauth2/'),
      handle: ({ path }) => ({ status: path === '/batch' ? 201 : 200, billed: path === '/batch' ? 25 : 1 }),
    });
    await fetch(`${standIn.url}/oauth2/token`, { method: 'POST' });
    await fetch(`${standIn.url}/batch`, { method: 'POST', body: 'three' });
    await fetch(`${standIn.url}/one`);
    expect(
      standIn.calls.all.map(({ method, path, status, billed, body }) => [method, path, status, billed, body]),
    ).toEqual([
      ['POST', '/oauth2/token', 200, 1, ''],
      ['POST', '/batch', 201, 25, 'three'],
      ['GET', '/one', 200, 1, ''],
    ]);
    expect([standIn.calls.count(), standIn.calls.count('/batch'), standIn.calls.billed()]).toEqual([2, 1, 26]);
    standIn.calls.clear();
    expect([standIn.calls.count(), standIn.calls.all.length]).toEqual([0, 0]);
  });

  it('sends no body when the handler gives none, and text as it is', async () => {
    const standIn = await start({
      handle: ({ path }) =>
        path === '/none' ? { status: 204 } : { status: 503, body: '<p>down</p>', contentType: 'text/html' },
    });
    const none = await fetch(`${standIn.url}/none`);
    expect([none.status, await none.text(), none.headers.get('content-type')]).toEqual([204, '', null]);
    const html = await fetch(`${standIn.url}/html`);
    expect([html.status, await html.text(), html.headers.get('content-type')]).toEqual([
      503,
      '<p>down</p>',
      'text/html',
    ]);
  });

  it('refuses a body over its bound with 413 before the handler sees it', async () => {
    let handled = 0;
    const standIn = await start({ maxBodyBytes: 1_000, handle: () => ({ status: 200, body: { handled: ++handled } }) });
    const response = await fetch(`${standIn.url}/x`, { method: 'POST', body: 'b'.repeat(500_000) });
    expect([response.status, handled]).toEqual([413, 0]);
    expect((await fetch(`${standIn.url}/x`, { method: 'POST', body: 'b'.repeat(1_000) })).status).toBe(200);
  });

  it('answers 500 with the reason when the handler throws', async () => {
    const standIn = await start({
      handle: () => {
        throw new Error('no such table');
      },
    });
    const response = await fetch(`${standIn.url}/x`);
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('no such table')]);
  });

  it('compresses long answers for clients that accept gzip, when told to', async () => {
    const [plain, gzipped] = await Promise.all([start(), start({ gzip: true })]);
    const headers = { 'accept-encoding': 'gzip' };
    expect((await fetch(`${plain.url}/x`, { headers })).headers.get('content-encoding')).toBeNull();
    const response = await fetch(`${gzipped.url}/x`, { headers });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.json()).toMatchObject({ path: '/x' });
  });

  it('closes at once although a keep-alive connection is open and a call hangs', async () => {
    const standIn = await start();
    await (await fetch(`${standIn.url}/warm`)).text();
    standIn.faults.add({ kind: 'hang' });
    const hanging = fetch(`${standIn.url}/hangs`).then(
      () => 'answered',
      () => 'dropped',
    );
    await expect.poll(() => standIn.calls.count('/hangs')).toBe(1);
    await standIn.close();
    expect(await hanging).toBe('dropped');
    await expect(fetch(`${standIn.url}/x`)).rejects.toThrow();
  });

  it('rejects when its port is taken', async () => {
    const standIn = await start();
    await expect(start({ port: Number(new URL(standIn.url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

describe('a fault', () => {
  it('`down` closes the connection without an answer', async () => {
    const standIn = await start();
    standIn.faults.add({ kind: 'down' });
    await expect(fetch(`${standIn.url}/x`)).rejects.toThrow();
    expect(standIn.calls.all.map(({ status, billed }) => [status, billed])).toEqual([[0, 0]]);
  });

  it('`hang` never answers', async () => {
    const standIn = await start();
    standIn.faults.add({ kind: 'hang' });
    await expect(fetch(`${standIn.url}/x`, { signal: AbortSignal.timeout(150) })).rejects.toThrow('timeout');
  });

  it('`slow` gives the real answer after the delay', async () => {
    const standIn = await start();
    standIn.faults.add({ kind: 'slow', delayMs: 120 });
    const startedAtMs = performance.now();
    const response = await fetch(`${standIn.url}/x`);
    expect(await response.json()).toMatchObject({ path: '/x' });
    expect(performance.now() - startedAtMs).toBeGreaterThan(100);
  });

  it('`status` answers with its status, headers and JSON or other body, and bills nothing', async () => {
    const standIn = await start();
    standIn.faults.add({
      kind: 'status',
      status: 429,
      body: { slow: 'down' },
      headers: { 'Retry-After': '7' },
      times: 1,
    });
    standIn.faults.add({
      kind: 'status',
      status: 503,
      body: '<html>Maintenance</html>',
      contentType: 'text/html',
      times: 1,
    });
    const limited = await fetch(`${standIn.url}/x`);
    expect([limited.status, limited.headers.get('retry-after'), await limited.json()]).toEqual([
      429,
      '7',
      { slow: 'down' },
    ]);
    const maintenance = await fetch(`${standIn.url}/x`);
    expect([maintenance.headers.get('content-type'), await maintenance.text()]).toEqual([
      'text/html',
      '<html>Maintenance</html>',
    ]);
    expect(standIn.calls.billed()).toBe(0);
    expect((await fetch(`${standIn.url}/x`)).status).toBe(200);
  });

  it('carries out what was asked, and loses the answer, when it says so', async () => {
    const asked: string[] = [];
    const standIn = await start({ handle: ({ path }) => ({ status: 200, body: asked.push(path) }) });
    standIn.faults.add({ kind: 'status', status: 504, carriedOut: true, times: 1 });
    expect((await fetch(`${standIn.url}/replaced`)).status).toBe(504);
    standIn.faults.add({ kind: 'down', carriedOut: true, times: 1 });
    await expect(fetch(`${standIn.url}/lost`)).rejects.toThrow();
    standIn.faults.add({ kind: 'down', times: 1 });
    await expect(fetch(`${standIn.url}/refused`)).rejects.toThrow();
    expect(asked).toEqual(['/replaced', '/lost']);
  });

  it('`truncated` ends half of the body cleanly', async () => {
    const standIn = await start();
    const whole = await (await fetch(`${standIn.url}/x`)).text();
    standIn.faults.add({ kind: 'truncated' });
    const half = await (await fetch(`${standIn.url}/x`)).text();
    expect(half).toBe(whole.slice(0, Math.floor(whole.length / 2)));
  });

  it('`reset` resets the connection after half of the body, when the work is already done', async () => {
    let handled = 0;
    const standIn = await start({
      handle: () => ({ status: 200, body: { handled: ++handled, filler: 'f'.repeat(2_000) } }),
    });
    standIn.faults.add({ kind: 'reset' });
    const outcome = await new Promise<{ received: number; code: string | undefined }>((resolve) => {
      let received = 0;
      const outgoing = request(`${standIn.url}/x`, (response) => {
        response.on('error', () => undefined);
        response.on('data', (piece: Buffer) => {
          received += piece.length;
        });
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => resolve({ received, code: error.code }));
      outgoing.end();
    });
    expect(outcome.code).toBe('ECONNRESET');
    expect(outcome.received).toBeGreaterThan(900);
    expect(outcome.received).toBeLessThan(2_000);
    expect([handled, standIn.calls.all[0]?.status]).toEqual([1, 0]);
  });

  it('`oversize` answers a JSON document of exactly as many bytes as it says', async () => {
    const standIn = await start();
    standIn.faults.add({ kind: 'oversize', bytes: 3_000_001 });
    const text = await (await fetch(`${standIn.url}/x`)).text();
    expect(text.length).toBe(3_000_001);
    expect(typeof JSON.parse(text)).toBe('string');
  });

  it('strikes only requests of its path and method, as many times as it says, and not after it is cleared', async () => {
    const standIn = await start();
    standIn.faults.add({ kind: 'status', status: 503, path: '/query?q=SELECT', method: 'GET', times: 2 });
    const status = async (path: string, method = 'GET') => (await fetch(`${standIn.url}${path}`, { method })).status;
    expect(await status('/limits')).toBe(200);
    expect(await status('/query?q=SELECT+Id', 'POST')).toBe(200);
    expect([await status('/query?q=SELECT+Id'), await status('/query?q=SELECT+Id')]).toEqual([503, 503]);
    expect(await status('/query?q=SELECT+Id')).toBe(200);
    standIn.faults.add({ kind: 'status', status: 500 });
    expect(await status('/limits')).toBe(500);
    standIn.faults.clear();
    expect(await status('/limits')).toBe(200);
  });
});

describe('the admin routes', () => {
  it('add, list and clear faults, and are never struck by one', async () => {
    const standIn = await start();
    const faultsUrl = `${standIn.url}/__admin/faults`;
    const fault = { kind: 'status', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE' }], times: 3 };
    expect((await fetch(faultsUrl, { method: 'POST', body: JSON.stringify(fault) })).status).toBe(201);
    const struck = await fetch(`${standIn.url}/x`);
    expect([struck.status, await struck.json()]).toEqual([503, [{ errorCode: 'SERVER_UNAVAILABLE' }]]);
    expect(await (await fetch(faultsUrl)).json()).toEqual({ faults: [{ ...fault, strikesLeft: 2 }] });
    expect((await fetch(faultsUrl, { method: 'DELETE' })).status).toBe(204);
    expect((await fetch(`${standIn.url}/x`)).status).toBe(200);
  });

  it('refuse a fault that is not JSON, of unknown kind or with an unknown property, and say why', async () => {
    const standIn = await start();
    const refusal = async (body: string) => {
      const response = await fetch(`${standIn.url}/__admin/faults`, { method: 'POST', body });
      return [response.status, ((await response.json()) as { error: string }).error];
    };
    expect(await refusal('{')).toEqual([400, expect.stringContaining('not JSON')]);
    expect(await refusal('{"kind":"explode"}')).toEqual([400, expect.stringContaining('kind')]);
    expect(await refusal('{"kind":"down","pathname":"/x"}')).toEqual([400, expect.stringContaining('pathname')]);
    expect((await fetch(`${standIn.url}/x`)).status).toBe(200);
  });

  it('list and clear the recorded calls', async () => {
    const standIn = await start();
    await fetch(`${standIn.url}/a`);
    await fetch(`${standIn.url}/b`, { method: 'POST', body: 'body' });
    const listed = (await (await fetch(`${standIn.url}/__admin/calls?path=/b`)).json()) as Record<string, unknown>;
    expect(listed).toMatchObject({
      count: 1,
      billed: 2,
      calls: [{ method: 'POST', path: '/b', status: 200, body: 'body' }],
    });
    expect((await fetch(`${standIn.url}/__admin/calls`, { method: 'DELETE' })).status).toBe(204);
    expect(standIn.calls.all).toEqual([]);
    expect((await fetch(`${standIn.url}/__admin/nothing`)).status).toBe(404);
  });
});
