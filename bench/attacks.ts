/**
 * What it costs to refuse the requests that are made to hurt: CPU of the gateway for each of test/support/attack-documents.ts, beside a page
 * of twenty requests that nobody has asked for before. The gateway is in a process of its own.
 *
 *   node bench/attacks.ts [--rounds 20]
 */
import { parseArgs } from 'node:util';
import { attacks } from '../test/support/attack-documents.ts';
import { median } from '../test/support/quantiles.ts';
import { startArm } from './support/arm.ts';
import { startBenchPostgres } from './support/postgres.ts';
import { report } from './support/report.ts';

const SHOWN = 8;
const MOST_CPU_MS = 20;
const MOST_BYTES = 2_048;
const { values } = parseArgs({ options: { rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 20);
await using postgres = await startBenchPostgres();
await using arm = await startArm({ postgres, perRequest: false, settings: { CHANGE_POLL_INTERVAL: '0' } });

let sent = 0;
const newPage = (n: number): string =>
  JSON.stringify({ query: `{ a${n}: psRequests(first: 20) { nodes { number status account { name } } } }` });

interface Measured {
  readonly name: string;
  readonly cpuMs: number;
  readonly bytes: number;
}

/** CPU for one request, median over the rounds, and the longest answer. */
async function measure(name: string, body: (n: number) => string, status: number): Promise<Measured> {
  const cpuMs: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const text = body((sent += 1));
    const before = (await arm.counts()).cpuMs;
    const response = await fetch(`${arm.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    bytes = Math.max(bytes, (await response.arrayBuffer()).byteLength);
    cpuMs.push((await arm.counts()).cpuMs - before);
    if (response.status !== status) throw new Error(`${name} was answered ${response.status}.`);
  }
  return { name, cpuMs: median(cpuMs), bytes };
}

for (const { name, body } of attacks) await measure(name, body, 400);
await measure('warm-up', newPage, 200);
const page = await measure('a page of twenty requests, executed', newPage, 200);
const measured: Measured[] = [];
for (const { name, body } of attacks) measured.push(await measure(name, body, 400));
measured.sort((left, right) => right.cpuMs - left.cpuMs);
const worst = measured[0]?.cpuMs ?? 0;
const longest = Math.max(...measured.map(({ bytes }) => bytes));
const peer = 'a new page of twenty requests';
const row = ({ name, cpuMs }: Measured) => ({
  what: name,
  measured: `${cpuMs.toFixed(2)} ms`,
  ratio: `${(cpuMs / page.cpuMs).toFixed(2)} x`,
  peer,
});
report(`Refusing ${attacks.length} kinds of attacks: CPU of the gateway per request, median of ${rounds}`, [
  row(page),
  { ...row({ name: 'the median attack', cpuMs: median(measured.map(({ cpuMs }) => cpuMs)), bytes: 0 }) },
  ...measured.slice(0, SHOWN).map(row),
  {
    what: 'the dearest attack',
    measured: `${worst.toFixed(2)} ms`,
    ratio: `${(worst / page.cpuMs).toFixed(2)} x`,
    peer,
    promise: { text: `< ${MOST_CPU_MS} ms`, holds: worst < MOST_CPU_MS },
  },
  {
    what: 'the longest refusal',
    measured: `${longest} bytes`,
    ratio: `${((100 * longest) / page.bytes).toFixed(0)} %`,
    peer,
    promise: { text: `< ${MOST_BYTES} bytes`, holds: longest < MOST_BYTES },
  },
]);
