/**
 * The examples as a mixed load: 50 clients that pause between two steps, ids by Zipf's law over the whole data set, 2 % writes. Half of the
 * writes happen in Salesforce and Jira without anybody telling the gateway, who polls for them; a quarter there with a notice, a quarter
 * through the gateway (test/support/random-changes.ts has their mixture). Measured twice: from an empty cache, and after a warm-up, as a
 * gateway is that runs. Beside it the same schema and loaders with nothing shared between two requests (plain DataLoaders), in a process of
 * its own with upstreams and a database of its own, over the very same steps; it is spared the warm-up, which changes nothing for it.
 *
 *   node bench/mixed-load.ts [--steps 2000] [--warm-up 7000] [--operations]
 */
import { parseArgs } from 'node:util';
import { readExamples } from '../test/support/example.ts';
import { quantile } from '../test/support/quantiles.ts';
import { type LoadReport, runLoad } from '../test/support/run-load.ts';
import { startArm } from './support/arm.ts';
import type { ChildCounts, OperationCounts } from './support/gateway-child.ts';
import { startBenchPostgres } from './support/postgres.ts';
import { type BenchRow, report } from './support/report.ts';

const CLIENTS = 50;
/** With as many clients some 200 steps a second, so that what is measured is not the contest for a processor. */
const THINK_MS = 250;
const LEAST_WITHOUT_CALLS = 0.8;
const LEAST_FEWER_BILLED = 0.9;
const webhookSecret = 'a secret of the benchmark';
const settings = { JIRA_WEBHOOK_SECRET: webhookSecret, SALESFORCE_WEBHOOK_SECRET: webhookSecret };
const { values } = parseArgs({
  options: { steps: { type: 'string' }, 'warm-up': { type: 'string' }, operations: { type: 'boolean' } },
});
const steps = Number(values.steps ?? 2_000);
const warmUpSteps = Number(values['warm-up'] ?? 7_000);
await using postgres = await startBenchPostgres();

interface Measured extends LoadReport {
  readonly executed: number;
  readonly executedWithCalls: number;
  readonly cpuMs: number;
  readonly byOperation: ChildCounts['byOperation'];
}

/** Of the cold part and the warm one. */
async function measure(perRequest: boolean): Promise<readonly [cold: Measured, warm: Measured]> {
  // Twenty times as often as unless told, since minutes of a company are seconds here. The peer keeps nothing that a poll could tell of.
  const interval = { CHANGE_POLL_INTERVAL: perRequest ? '0' : '3' };
  await using arm = await startArm({ postgres, perRequest, settings: { ...settings, ...interval } });
  const counts = [await arm.counts()];
  const reports = await runLoad({
    ...arm,
    examples: readExamples(),
    phases: [
      { steps, thinkMs: THINK_MS },
      { steps: warmUpSteps, isSkipped: perRequest },
      { steps, thinkMs: THINK_MS },
    ],
    onPhaseEnd: async () => {
      counts.push(await arm.counts());
    },
    clients: CLIENTS,
    webhookSecret,
  });
  const part = (phase: number): Measured => {
    const [load, before, after] = [reports[phase], counts[phase], counts[phase + 1]];
    if (!load || !before || !after) throw new Error(`The load has no phase ${phase}.`);
    const { executed, executedWithCalls, cpuMs } = after;
    return {
      ...load,
      executed: executed - before.executed,
      executedWithCalls: executedWithCalls - before.executedWithCalls,
      cpuMs: cpuMs - before.cpuMs,
      byOperation: differenceOf(before.byOperation, after.byOperation),
    };
  };
  return [part(0), part(2)];
}

function differenceOf(
  before: ChildCounts['byOperation'],
  after: ChildCounts['byOperation'],
): ChildCounts['byOperation'] {
  const none: OperationCounts = { executed: 0, withCalls: 0, salesforceCalls: 0, jiraCalls: 0 };
  return Object.fromEntries(
    Object.entries(after).map(([name, counts]) => {
      const { executed, withCalls, salesforceCalls, jiraCalls } = before[name] ?? none;
      const difference: OperationCounts = {
        executed: counts.executed - executed,
        withCalls: counts.withCalls - withCalls,
        salesforceCalls: counts.salesforceCalls - salesforceCalls,
        jiraCalls: counts.jiraCalls - jiraCalls,
      };
      return [name, difference];
    }),
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const times = (own: number, of: number): string => `${(own / of).toFixed(3)} x`;
const peer = 'plain per-request DataLoaders';

function rowsOf(part: 'cold' | 'warm', gateway: Measured, plain: Measured): BenchRow[] {
  const { reads, executedWithCalls, joined, joinedWithCalls } = gateway;
  const withoutCalls = reads - executedWithCalls - joinedWithCalls;
  const notEvenJoined = reads - executedWithCalls - joined;
  const fewer = 1 - gateway.salesforceBilled / plain.salesforceBilled;
  // What is promised is promised of a gateway that runs; an empty cache has to read everything once, whatever it does later.
  const isPromised = part === 'warm';
  return [
    {
      what: `${part}: reads for which no call was made to Salesforce or Jira, neither by their own execution nor by one that they joined`,
      measured: `${withoutCalls} of ${reads}`,
      ratio: percent(withoutCalls / reads),
      peer: 'all reads',
      ...(isPromised
        ? {
            promise: {
              text: `>= ${percent(LEAST_WITHOUT_CALLS)}`,
              holds: withoutCalls / reads >= LEAST_WITHOUT_CALLS,
            },
          }
        : {}),
    },
    {
      what: `${part}: the same, with all that joined an execution counted as if it had made calls`,
      measured: `${notEvenJoined} of ${reads}`,
      ratio: percent(notEvenJoined / reads),
      peer: 'all reads',
    },
    {
      what: `${part}: reads that joined an execution, and those whose execution made calls`,
      measured: `${joined} and ${joinedWithCalls}`,
      ratio: percent(joined / reads),
      peer: 'all reads',
    },
    {
      what: `${part}: reads of the peer without a call`,
      measured: `${plain.reads - plain.executedWithCalls}`,
      ratio: percent(1 - plain.executedWithCalls / plain.reads),
      peer: 'all reads',
    },
    {
      what: `${part}: fewer billed Salesforce calls, those of ${gateway.polls} polls included`,
      measured: `${gateway.salesforceBilled} of ${plain.salesforceBilled}`,
      ratio: percent(fewer),
      peer,
      ...(isPromised
        ? { promise: { text: `>= ${percent(LEAST_FEWER_BILLED)}`, holds: fewer >= LEAST_FEWER_BILLED } }
        : {}),
    },
    {
      what: `${part}: calls to Jira`,
      measured: `${gateway.jiraCalls} of ${plain.jiraCalls}`,
      ratio: times(gateway.jiraCalls, plain.jiraCalls),
      peer,
    },
    ...[0.5, 0.95].map((share) => ({
      what: `${part}: p${share * 100} of a read`,
      measured: `${quantile(gateway.readMs, share).toFixed(1)} ms`,
      ratio: times(quantile(gateway.readMs, share), quantile(plain.readMs, share)),
      peer,
    })),
    {
      what: `${part}: CPU of the gateway`,
      measured: `${(gateway.cpuMs / 1_000).toFixed(1)} s`,
      ratio: times(gateway.cpuMs, plain.cpuMs),
      peer,
    },
    {
      what: `${part}: reads that failed`,
      measured: `${gateway.failed} and ${plain.failed}`,
      ratio: percent(gateway.failed / reads),
      peer: 'all reads',
      promise: { text: 'none', holds: gateway.failed === 0 && plain.failed === 0 },
    },
  ];
}

const plain = await measure(true);
const gateway = await measure(false);
if (values.operations) {
  for (const [index, part] of ['cold', 'warm'].entries()) {
    console.log(part);
    console.table(gateway[index]?.byOperation);
  }
}
report(
  `Mixed load of ${CLIENTS} clients: ${gateway[0].reads} reads and ${gateway[0].writes} writes from an empty cache; ${gateway[1].reads} and ${gateway[1].writes} after ${warmUpSteps} steps more`,
  [...rowsOf('warm', gateway[1], plain[1]), ...rowsOf('cold', gateway[0], plain[0])],
);
