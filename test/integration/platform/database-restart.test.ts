import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Databases } from '../../../src/platform/database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/platform/embedded-postgres.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { migrate } from '../../../src/platform/migrate.ts';
import { openTestDatabases, testScope } from '../../support/database.ts';

const log = createLogger('silent');
let dataDirectory: string;
let server: EmbeddedPostgres;
let databases: Databases;

beforeAll(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'deployment-graph-restart-'));
  chmodSync(dataDirectory, 0o755);
  server = await startEmbeddedPostgres({ dataDirectory, log });
  await migrate({ url: server.ownerUrl, log, gatewayUser: new URL(server.url).username });
  databases = openTestDatabases(server.url);
});

afterAll(async () => {
  await databases?.close();
  await server?.stop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

const addMentor = (number: number) =>
  databases.oltp.inTenant(testScope('demo'), (db) =>
    db
      .insertInto('mentors')
      .values({ tenant: 'demo', name: `Mentor ${number}`, email: `${number}@example.com` })
      .execute(),
  );

it('keeps every acknowledged row when a crash restarts the server under load, and serves again by itself', {
  timeout: 120_000,
}, async () => {
  const acknowledged = new Set<number>();
  let refused = 0;
  let stop = false;
  const writer = async (_: unknown, lane: number) => {
    for (let number = lane; !stop; number += 8) {
      await addMentor(number).then(
        () => acknowledged.add(number),
        () => {
          refused += 1;
        },
      );
    }
  };
  const writers = Array.from({ length: 8 }, writer);
  await new Promise((resolve) => setTimeout(resolve, 300));

  // The server ends all of its sessions and recovers from its log when one of them dies this way.
  const inspector = new pg.Client({ connectionString: server.superuserUrl });
  inspector.on('error', () => undefined);
  await inspector.connect();
  const { rows } = await inspector.query(
    `select pid from pg_stat_activity where application_name = 'deployment-graph/oltp' limit 1`,
  );
  process.kill(rows[0].pid, 'SIGKILL');
  await inspector.end().catch(() => undefined);

  // Recovery takes as long as the machine's other work lets it.
  await expect.poll(() => refused, { timeout: 30_000 }).toBeGreaterThan(0);
  const before = acknowledged.size;
  await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before + 8);
  stop = true;
  await Promise.all(writers);
  expect(readFileSync(join(dataDirectory, 'postgres', 'server.log'), 'utf8')).toContain(
    'terminating any other active server processes',
  );

  const stored = await databases.oltp.inTenant(testScope('demo'), (db) =>
    db.selectFrom('mentors').select('email').execute(),
  );
  const emails = new Set(stored.map(({ email }) => email));
  expect([...acknowledged].filter((number) => !emails.has(`${number}@example.com`))).toEqual([]);
  expect(await databases.health()).toMatchObject({ state: 'up' });
});

it('answers by its deadline while the server is frozen, and goes on when it thaws', async () => {
  await addMentor(1_000_000);
  const inspector = new pg.Client({ connectionString: server.superuserUrl });
  await inspector.connect();
  const { rows } = await inspector.query(
    `select pid from pg_stat_activity where application_name like 'deployment-graph/%'`,
  );
  await inspector.end();
  const frozen = [server.processId, ...rows.map(({ pid }) => Number(pid))];
  for (const pid of frozen) process.kill(pid, 'SIGSTOP');
  try {
    const startedAt = performance.now();
    const attempts = await Promise.allSettled(Array.from({ length: 12 }, (_, number) => addMentor(2_000_000 + number)));
    expect(attempts.every((attempt) => attempt.status === 'rejected')).toBe(true);
    // Three seconds are the deadline; the rest is for a busy machine, and still far from waiting for ever.
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(await databases.health()).toMatchObject({ state: 'down' });
  } finally {
    for (const pid of frozen.reverse()) process.kill(pid, 'SIGCONT');
  }
  await expect.poll(async () => (await databases.health()).state, { timeout: 10_000 }).toBe('up');
  await addMentor(3_000_000);
});
