import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, attacks } from '../../support/attack-documents.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { type GatewayProcess, startGatewayProcess } from '../../support/gateway-process.ts';
import { cpuOfProcess } from '../../support/process-cpu.ts';
import { median } from '../../support/quantiles.ts';

let database: TestDatabase;
let gateway: GatewayProcess;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
    CACHE_WARMING_TOP: '0',
    CHANGE_POLL_INTERVAL: '0',
  });
});
afterAll(async () => {
  gateway.signal('SIGKILL');
  await gateway.ended;
  await database.drop();
});

let sent = 0;

async function post(body: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  return { status: response.status, text: await response.text() };
}

const attack = ({ body }: Attack) => post(body((sent += 1)));

/** A small page that nobody has asked for before, as a document of its own. */
const newPage = () =>
  post(
    JSON.stringify({
      query: `{ a${(sent += 1)}: psRequests(first: 20) { nodes { number status account { name } } } }`,
    }),
  );

/** CPU of the gateway for one of these requests, in milliseconds. */
async function cpuOf(count: number, send: () => Promise<unknown>): Promise<number> {
  const before = cpuOfProcess(gateway.pid);
  for (let n = 0; n < count; n += 1) await send();
  return (cpuOfProcess(gateway.pid) - before) / count;
}

describe('a request that is made to cost more than it looks like', () => {
  it.each(attacks.map((one) => [one.name, one] as const))('is refused in short: %s', async (_name, one) => {
    const { status, text } = await attack(one);
    expect(status).toBe(400);
    expect(Buffer.byteLength(text)).toBeLessThan(2_048);
    const { errors } = JSON.parse(text) as { errors: { message: string; extensions: Record<string, unknown> }[] };
    expect(errors).toHaveLength(1);
    expect(errors[0]?.extensions).toMatchObject({ code: one.code, ...(one.limit ? { limit: one.limit } : {}) });
    if (one.limit) expect(Number(errors[0]?.extensions.value)).toBeGreaterThan(Number(errors[0]?.extensions.max));
    expect(errors[0]?.message).toMatch(/\. [A-Z]/);
  });

  it('is refused again when it was asked before, and for a plan where it is not its cost', async () => {
    const [bomb] = attacks.filter(({ limit }) => limit === 'selections');
    const body = String(bomb?.body(0));
    expect([(await post(body)).status, (await post(body)).status]).toEqual([400, 400]);
  });

  it('costs no more CPU than a few small pages', async () => {
    await cpuOf(50, newPage);
    for (const one of attacks) await attack(one);
    const page = await cpuOf(100, newPage);
    const each = await cpuOf(attacks.length * 4, () => attack(attacks[sent % attacks.length] as Attack));
    expect(each).toBeLessThan(page * 3);
  });

  it('is not noticed by an innocent client any more than as many small pages', async () => {
    const probe = async (): Promise<number> => {
      const startedAt = performance.now();
      expect((await post('{"query":"{ psRequest(id: \\"PSR-00001\\") { number } }"}')).status).toBe(200);
      return performance.now() - startedAt;
    };
    const probeBeside = async (send: () => Promise<unknown>): Promise<number> => {
      let running = true;
      const worker = async (): Promise<void> => {
        while (running) await send();
      };
      const workers = [worker(), worker(), worker()];
      const times: number[] = [];
      for (let n = 0; n < 60; n += 1) times.push(await probe());
      running = false;
      await Promise.all(workers);
      return median(times);
    };
    const besidePages = await probeBeside(newPage);
    const besideAttacks = await probeBeside(() => attack(attacks[sent % attacks.length] as Attack));
    expect(besideAttacks).toBeLessThan(Math.max(besidePages, 5) * 4);
  });
});
