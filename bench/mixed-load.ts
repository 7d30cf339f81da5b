/**
 * The examples as a mixed load: 50 clients, ids by Zipf's law over the whole data set, 2 % writes, a quarter of them behind the gateway's
 * back. The gateway as it is beside the same schema and loaders with nothing shared between two requests (plain DataLoaders), each in a
 * process of its own with upstreams and a database of its own, over the very same steps. The gateway has done others before: it is warm, as
 * one that runs is. To the peer that makes no difference, so it is spared them.
 *
 *   node bench/mixed-load.ts [--steps 2000] [--warm-up 9000]
 */
import { parseArgs } from 'node:util';
import { readExamples } from '../test/support/example.ts';
import { quantile } from '../test/support/quantiles.ts';
import { type LoadReport, runLoad } from '../test/support/run-load.ts';
import { startArm } from './support/arm.ts';
import { startBenchPostgres } from './support/postgres.ts';
import { report } from './support/report.ts';

const CLIENTS = 50;
const webhookSecret = 'a secret of the benchmark';
const settings = { JIRA_WEBHOOK_SECRET: webhookSecret, SALESFORCE_WEBHOOK_SECRET: webhookSecret };
const { values } = parseArgs({ options: { steps: { type: 'string' }, 'warm-up': { type: 'string' } } });
const warmUpSteps = Number(values['warm-up'] ?? 9_000);
const steps = warmUpSteps + Number(values.steps ?? 2_000);
await using postgres = await startBenchPostgres();

interface Measured extends LoadReport {
  readonly executed: number;
  readonly executedWithCalls: number;
  readonly cpuMs: number;
}

async function measure(perRequest: boolean): Promise<Measured> {
  await using arm = await startArm({ postgres, perRequest, settings });
  let before = await arm.counts();
  const load = await runLoad({
    ...arm,
    examples: readExamples(),
    steps,
    warmUpSteps,
    skipWarmUp: perRequest,
    onWarm: async () => {
      before = await arm.counts();
    },
    clients: CLIENTS,
    webhookSecret,
  });
  const after = await arm.counts();
  return {
    ...load,
    executed: after.executed - before.executed,
    executedWithCalls: after.executedWithCalls - before.executedWithCalls,
    cpuMs: after.cpuMs - before.cpuMs,
  };
}

const plain = await measure(true);
const gateway = await measure(false);
const peer = 'plain per-request DataLoaders';
const shareWithout = ({ executedWithCalls, reads }: Measured): number => 1 - executedWithCalls / reads;
const without = shareWithout(gateway);
// Whoever joined the execution of an equal read may have waited for its calls; here all of them count as if they had.
const waitedForNone = 1 - (gateway.executedWithCalls + gateway.joined) / gateway.reads;
const fewer = 1 - gateway.salesforceBilled / plain.salesforceBilled;
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const times = (own: number, of: number): string => `${(own / of).toFixed(3)} x`;
report(
  `Mixed load: ${gateway.reads} reads and ${gateway.writes} writes of ${CLIENTS} clients, after a warm-up of ${warmUpSteps}`,
  [
    {
      what: 'reads answered without a call to Salesforce or Jira',
      measured: `${gateway.reads - gateway.executedWithCalls}`,
      ratio: percent(without),
      peer: 'all reads',
      promise: { text: '>= 80 %', holds: without >= 0.8 },
    },
    {
      what: 'and neither by joining an equal read under way',
      measured: `${gateway.reads - gateway.executedWithCalls - gateway.joined}`,
      ratio: percent(waitedForNone),
      peer: 'all reads',
    },
    {
      what: 'reads of the peer answered without a call',
      measured: `${plain.reads - plain.executedWithCalls}`,
      ratio: percent(shareWithout(plain)),
      peer: 'all reads',
    },
    {
      what: 'fewer billed Salesforce calls',
      measured: `${gateway.salesforceBilled} of ${plain.salesforceBilled}`,
      ratio: percent(fewer),
      peer,
      promise: { text: '>= 90 %', holds: fewer >= 0.9 },
    },
    {
      what: 'calls to Jira',
      measured: `${gateway.jiraCalls} of ${plain.jiraCalls}`,
      ratio: times(gateway.jiraCalls, plain.jiraCalls),
      peer,
    },
    ...[0.5, 0.95].map((share) => ({
      what: `p${share * 100} of a read`,
      measured: `${quantile(gateway.readMs, share).toFixed(1)} ms`,
      ratio: times(quantile(gateway.readMs, share), quantile(plain.readMs, share)),
      peer,
    })),
    {
      what: 'CPU of the gateway',
      measured: `${(gateway.cpuMs / 1_000).toFixed(1)} s`,
      ratio: times(gateway.cpuMs, plain.cpuMs),
      peer,
    },
    {
      what: 'reads that failed',
      measured: `${gateway.failed} and ${plain.failed}`,
      ratio: percent(gateway.failed / gateway.reads),
      peer: 'all reads',
      promise: { text: 'none', holds: gateway.failed === 0 && plain.failed === 0 },
    },
  ],
);
