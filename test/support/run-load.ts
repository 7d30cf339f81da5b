import { isChangeMakers, openChangeMaker, REST_PATH } from './make-change.ts';
import { type LoadStep, type RandomLoadOptions, randomLoad, runSteps } from './random-load.ts';
import { statementsIn } from './salesforce-statements.ts';
import { sendOperation } from './send-operation.ts';
import type { Surroundings } from './surroundings.ts';

/** A part of the load that is reported by itself. */
export interface LoadPhase {
  readonly steps: number;
  /** Its steps are left out: for a gateway that does not change by them. */
  readonly isSkipped?: boolean;
  /** How long a client pauses between two steps, on average, in milliseconds; 0 unless told. */
  readonly thinkMs?: number;
}

export interface LoadOptions extends Pick<RandomLoadOptions, 'examples' | 'writeShare'> {
  /** Of the gateway. */
  readonly url: string;
  readonly surroundings: Surroundings;
  /** One after the other. */
  readonly phases: readonly LoadPhase[];
  readonly clients: number;
  /** Called when a phase has ended. */
  onPhaseEnd?(): Promise<void>;
  /** Under which the upstreams sign what they tell the gateway of changes. */
  readonly webhookSecret: string;
}

export interface LoadReport {
  readonly reads: number;
  readonly writes: number;
  /** Milliseconds of every read. */
  readonly readMs: readonly number[];
  /** Reads that were answered by the execution of another one. */
  readonly joined: number;
  /** Those of them that joined an execution which may have made a call to Salesforce or Jira. */
  readonly joinedWithCalls: number;
  /** Reads with an error in their answer. */
  readonly failed: number;
  /** By the gateway alone, its polls for changes included. */
  readonly salesforceBilled: number;
  readonly jiraCalls: number;
  /** Polls of Salesforce for changes. */
  readonly polls: number;
}

/** The mixed load on one gateway; one report for each phase. */
export async function runLoad(options: LoadOptions): Promise<LoadReport[]> {
  const { url, surroundings, examples, clients, phases, writeShare = 0.02 } = options;
  const { company, salesforce, jira, identity } = surroundings;
  const headers = new Map<string, Readonly<Record<string, string>>>();
  for (const role of ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'] as const)
    headers.set(role, { authorization: `Bearer ${await identity.tokenFor(role)}` });
  const mentors = await sendOperation(url, '{ mentors(first: 50) { nodes { id } } }');
  const mentorIds = (mentors.data.mentors.nodes as { id: string }[]).map(({ id }) => id);
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  const load = randomLoad({ company, examples, mentorIds, steps, writeShare });
  const makeChange = await openChangeMaker(options);
  const withoutSources = sqlOnly(examples);

  const runPhase = async (own: readonly LoadStep[], thinkMs: number): Promise<LoadReport> => {
    const counted = { readMs: [] as number[], joined: 0, joinedWithCalls: 0, failed: 0 };
    salesforce.calls.clear();
    jira.calls.clear();
    const take = async (step: LoadStep): Promise<void> => {
      if (step.kind === 'change') return makeChange(step.change, step.isAnnounced);
      const startedAt = performance.now();
      const answer = await sendOperation(url, step.document, step.variables, headers.get(step.role));
      if (step.kind === 'mutation') {
        if (answer.errors.length > 0) throw new Error(`A mutation failed: ${answer.errors[0]?.message}`);
        return;
      }
      counted.readMs.push(performance.now() - startedAt);
      if (answer.errors.length > 0) counted.failed += 1;
      const status = answer.headers.get('cache-status') ?? '';
      if (!status.includes('collapsed')) return;
      counted.joined += 1;
      // The header tells when all that was read of the sources had been kept; else the execution may have made calls.
      if (!withoutSources.has(step.name) && !status.includes('deployment-graph-records; hit'))
        counted.joinedWithCalls += 1;
    };
    await runSteps(own, clients, take, thinkMs);
    await options.onPhaseEnd?.();
    const calls = salesforce.calls.all.filter((call) => call.path.startsWith(REST_PATH) && !isChangeMakers(call));
    return {
      ...counted,
      reads: counted.readMs.length,
      writes: own.length - counted.readMs.length,
      salesforceBilled: calls.reduce((sum, { billed }) => sum + billed, 0),
      jiraCalls: jira.calls.count(),
      polls: statementsIn(calls).filter(({ soql }) => soql.includes('FROM PS_Request__c WHERE SystemModstamp >='))
        .length,
    };
  };
  const reports: LoadReport[] = [];
  let begin = 0;
  for (const phase of phases) {
    const own = load.slice(begin, begin + phase.steps);
    begin += phase.steps;
    reports.push(await runPhase(phase.isSkipped ? [] : own, phase.thinkMs ?? 0));
  }
  return reports;
}

/** Operations that ask neither Salesforce nor Jira. */
function sqlOnly(examples: LoadOptions['examples']): ReadonlySet<string> {
  const only = examples.filter(({ budget }) => budget.salesforce + budget.jira === 0);
  return new Set(only.map(({ name }) => name));
}
