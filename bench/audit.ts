/**
 * What the audit log costs where it costs most: reads that are answered from memory. Two gateways, alike but for the audit, each in a
 * process of its own with a database of its own, in turns over the same keep-alive connections; only the ratios within a turn are
 * compared. The entries of the audited one are in PostgreSQL before the next turn begins.
 *
 *   node bench/audit.ts [--rounds 9] [--requests 3000]
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../test/support/quantiles.ts';
import { type Arm, startArm } from './support/arm.ts';
import { startBenchPostgres } from './support/postgres.ts';
import { report } from './support/report.ts';

const CONNECTIONS = 16;
const QUERY = `{ psRequests(first: 50) { nodes { number name status goLiveDate account { name } owner { name } } } }`;
const BODY = JSON.stringify({ query: QUERY });

interface Turn {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

const { values } = parseArgs({ options: { rounds: { type: 'string' }, requests: { type: 'string' } } });
const rounds = Number(values.rounds ?? 9);
const requests = Number(values.requests ?? 3_000);
const dataDirectory = mkdtempSync(join(tmpdir(), 'bench-audit-'));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
try {
  await using postgres = await startBenchPostgres();
  const settings = { CACHE_TTL_DEFAULT: '3600', CHANGE_POLL_INTERVAL: '0', CACHE_WARMING_TOP: '0' };
  const start = (isAudited: boolean) =>
    startArm({
      postgres,
      perRequest: false,
      isAudited,
      settings: { ...settings, DATA_DIRECTORY: join(dataDirectory, String(isAudited)) },
    });
  await using audited = await start(true);
  await using plain = await start(false);
  const turns: { readonly audited: Turn; readonly plain: Turn }[] = [];
  // The first turns warm up.
  for (let round = -2; round < rounds; round += 1) {
    const isReversed = round % 2 !== 0;
    const first = await turn(isReversed ? audited : plain);
    const second = await turn(isReversed ? plain : audited);
    if (round >= 0) turns.push(isReversed ? { audited: first, plain: second } : { audited: second, plain: first });
  }
  const noted = await Promise.all([entriesOf(audited), entriesOf(plain)]);
  if (noted[0] < (rounds + 2) * requests || noted[1] > 0)
    throw new Error(`The gateways noted ${noted.join(' and ')} entries, so they are not what is compared.`);
  print(turns);
} finally {
  agent.destroy();
  rmSync(dataDirectory, { recursive: true, force: true });
}

function print(turns: readonly { readonly audited: Turn; readonly plain: Turn }[]): void {
  const share = median(turns.map(({ audited, plain }) => audited.perSecond / plain.perSecond));
  const cpu = median(turns.map(({ audited, plain }) => audited.cpuMicros / plain.cpuMicros));
  const of = (pick: (turn: Turn) => number, arm: 'audited' | 'plain'): number =>
    median(turns.map((one) => pick(one[arm])));
  report(
    `Reads from memory with and without the audit log, ${CONNECTIONS} connections, median of ${turns.length} turns of ${requests}`,
    [
      {
        what: 'reads per second with audit',
        measured: `${of(({ perSecond }) => perSecond, 'audited').toFixed(0)}/s`,
        ratio: `${(share * 100).toFixed(1)} %`,
        peer: `without: ${of(({ perSecond }) => perSecond, 'plain').toFixed(0)}/s`,
        promise: { text: '>= 90 %', holds: share >= 0.9 },
      },
      {
        what: 'CPU of the gateway per read with audit',
        measured: `${of(({ cpuMicros }) => cpuMicros, 'audited').toFixed(0)} µs`,
        ratio: `${cpu.toFixed(2)} x`,
        peer: `without: ${of(({ cpuMicros }) => cpuMicros, 'plain').toFixed(0)} µs`,
      },
    ],
  );
}

/** Entries that the gateway says to have put into its journal. */
async function entriesOf({ url }: Arm): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/audit_writes_total\{path="journal",outcome="ok"\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

async function turn(arm: Arm): Promise<Turn> {
  const before = await arm.counts();
  const startedAt = performance.now();
  let left = requests;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await ask(arm.url);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const seconds = (performance.now() - startedAt) / 1_000;
  // What is left to be shipped belongs to this turn, not to the other gateway's.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const after = await arm.counts();
  return { perSecond: requests / seconds, cpuMicros: ((after.cpuMs - before.cpuMs) * 1_000) / requests };
}

function ask(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(BODY) };
    const outgoing = request(`${url}/graphql`, { agent, method: 'POST', headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`The gateway answered ${response.statusCode}.`));
      response.resume();
      response.on('end', resolve);
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(BODY);
  });
}
