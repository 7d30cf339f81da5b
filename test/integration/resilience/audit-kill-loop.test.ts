import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SigningKey } from '../../../src/features/audit/signing-key.ts';
import { verifyAuditLog } from '../../../src/features/audit/verify-log.ts';
import { createPool } from '../../../src/platform/database-pool.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { testPseudonyms } from '../../support/audit.ts';
import { createTestDatabase, poolSettings, type TestDatabase } from '../../support/database.ts';
import { startGatewayProcess } from '../../support/gateway-process.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';
import { sized } from '../../support/test-size.ts';

const CLIENTS = 8;
const MIN_READS = 30;
const MIN_WRITES = 10;
const kills = sized({ small: 2, full: 50 });

let database: TestDatabase;
let surroundings: Surroundings;
let dataDirectory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  dataDirectory = mkdtempSync(join(tmpdir(), 'kill-loop-'));
});
afterAll(async () => {
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** What clients were told to have happened. */
interface Acknowledged {
  readonly reads: string[];
  readonly writes: Map<string, readonly string[]>;
}

let sent = 0;
/** Numbers of the requests that each change assesses, by its request id. */
const submissions = new Map<string, readonly string[]>();

/** One client: asks until the gateway has gone. */
async function client(url: string, mentorId: string, acknowledged: Acknowledged): Promise<void> {
  for (;;) {
    sent += 1;
    // As ids for tracing look, so that the log keeps it as it is.
    const id = `dead${String(sent).padStart(12, '0')}`;
    const isWrite = sent % 3 === 0;
    const numbers = [1, 2].map((place) => `PSR-9${String(sent * 10 + place).padStart(7, '0')}`);
    const document = isWrite
      ? `mutation { submitAssessments(input: { assessments: [${numbers.map((number) => `{ mentorId: "${mentorId}", psRequestNumber: "${number}", score: 3 }`)}] }) { created } }`
      : '{ validationRules { id name } mentors(first: 2) { nodes { id } } }';
    if (isWrite) submissions.set(id, numbers);
    try {
      const answer = await sendOperation(url, document, {}, { 'x-request-id': id });
      expect(answer.errors).toEqual([]);
      if (isWrite) acknowledged.writes.set(id, numbers);
      else acknowledged.reads.push(id);
    } catch (error) {
      // The connection broke: nobody knows whether it happened.
      if (error instanceof TypeError || error instanceof SyntaxError) return;
      throw error;
    }
  }
}

test(`the process is killed ${kills} times amid reads and writes of ${CLIENTS} clients: what was acknowledged is stored and audited, once`, async ({
  annotate,
}) => {
  const settings = {
    ...surroundings.settings,
    DATABASE_URL: database.url,
    DATA_DIRECTORY: dataDirectory,
    ANONYMOUS_ROLE: 'operator',
    AUDIT_HEADS_INTERVAL: '1',
    LOG_LEVEL: 'error',
  };
  const acknowledged: Acknowledged = { reads: [], writes: new Map() };
  for (let kill = 0; kill < kills; kill += 1) {
    const gateway = await startGatewayProcess(settings);
    const { data } = await sendOperation(gateway.url, '{ mentors(first: 1) { nodes { id } } }');
    const clients = Array.from({ length: CLIENTS }, () =>
      client(gateway.url, data.mentors.nodes[0].id as string, acknowledged),
    );
    const enough = [acknowledged.reads.length + MIN_READS, acknowledged.writes.size + MIN_WRITES] as const;
    await expect
      .poll(() => acknowledged.reads.length >= enough[0] && acknowledged.writes.size >= enough[1], { timeout: 20_000 })
      .toBe(true);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
    gateway.signal('SIGKILL');
    await gateway.ended;
    await Promise.all(clients);
  }
  const last = await startGatewayProcess(settings);
  last.signal('SIGTERM');
  await last.ended;

  const entries = await database.query<{ request_id: string; count: number; stored: string[] }>(
    `select request_id, count(*)::int as count from audit_logs where request_id like 'dead%' group by 1`,
  );
  const counts = new Map(entries.map(({ request_id, count }) => [request_id, count]));
  const rows = await database.query<{ number: string }>('select ps_request_number as number from assessments');
  const stored = new Set(rows.map(({ number }) => number));
  const all = [...acknowledged.reads, ...acknowledged.writes.keys()];
  const withoutEntry = all.filter((id) => !counts.has(id));
  const withSeveral = [...counts].filter(([, count]) => count !== 1);
  const notStored = [...acknowledged.writes.values()].flat().filter((number) => !stored.has(number));
  // Both assessments of a submission with its entry, or nothing of it, also where its client was told nothing.
  const halves = [...submissions].filter(([id, numbers]) => {
    const present = [counts.has(id), ...numbers.map((number) => stored.has(number))];
    return new Set(present).size > 1;
  });
  await annotate(
    `${kills} kills; ${acknowledged.reads.length} reads and ${acknowledged.writes.size} changes acknowledged of ${sent} sent; without an entry ${withoutEntry.length}, ` +
      `with several ${withSeveral.length}; assessments acknowledged and not stored ${notStored.length}, submissions stored by half ${halves.length}`,
  );
  expect(all.length).toBeGreaterThanOrEqual((MIN_READS + MIN_WRITES) * kills);
  expect(withoutEntry).toEqual([]);
  expect(withSeveral).toEqual([]);
  expect(notStored).toEqual([]);
  expect(halves).toEqual([]);

  const owner = createPool('test', database.url, poolSettings(database.url), createLogger('silent'));
  const reports = await verifyAuditLog(owner, [], new SigningKey(Buffer.alloc(32, 1)), testPseudonyms);
  await owner.end();
  expect(reports.map(({ problem }) => problem)).toEqual(reports.map(() => null));
  const total = reports.find(({ tenant }) => tenant === 'demo');
  expect(total?.entries).toBe(total?.last?.sequence);
});
