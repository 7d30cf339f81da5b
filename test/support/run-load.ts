import { createHmac, randomUUID } from 'node:crypto';
import { type LoadStep, type RandomLoadOptions, randomLoad, runSteps } from './random-load.ts';
import { sendOperation } from './send-operation.ts';
import type { Surroundings } from './surroundings.ts';

export interface LoadOptions extends Pick<RandomLoadOptions, 'examples' | 'steps' | 'writeShare'> {
  /** Of the gateway. */
  readonly url: string;
  readonly surroundings: Surroundings;
  /** Of these, how many come first and are not reported; 0 unless told. */
  readonly warmUpSteps?: number;
  /** Leaves the steps of the warm-up out: for what does not change by them. */
  readonly skipWarmUp?: boolean;
  readonly clients: number;
  /** Called between the warm-up and what is reported. */
  onWarm?(): Promise<void>;
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
  /** Reads with an error in their answer. */
  readonly failed: number;
  /** By the gateway alone. */
  readonly salesforceBilled: number;
  readonly jiraCalls: number;
}

const REST = '/services/data/v62.0';

/** The mixed load on one gateway. Changes behind its back are told to it as the upstreams tell them: by a signed notice. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const { url, surroundings, examples, clients } = options;
  const { company, salesforce, jira, identity } = surroundings;
  const headers = new Map<string, Readonly<Record<string, string>>>();
  for (const role of ['VIEWER', 'ANALYST', 'OPERATOR', 'ADMIN'] as const)
    headers.set(role, { authorization: `Bearer ${await identity.tokenFor(role)}` });
  const mentors = await sendOperation(url, '{ mentors(first: 50) { nodes { id } } }');
  const mentorIds = (mentors.data.mentors.nodes as { id: string }[]).map(({ id }) => id);
  const { steps, writeShare = 0.02 } = options;
  const load = randomLoad({ company, examples, mentorIds, steps, writeShare });
  const change = await changer(options);

  const report = { readMs: [] as number[], joined: 0, failed: 0 };
  const take = async (step: LoadStep): Promise<void> => {
    if (step.kind === 'change') return change(step);
    const startedAt = performance.now();
    const answer = await sendOperation(url, step.document, step.variables, headers.get(step.role));
    if (step.kind === 'mutation') {
      if (answer.errors.length > 0) throw new Error(`A mutation failed: ${answer.errors[0]?.message}`);
      return;
    }
    report.readMs.push(performance.now() - startedAt);
    if (answer.headers.get('cache-status')?.includes('collapsed')) report.joined += 1;
    if (answer.errors.length > 0) report.failed += 1;
  };
  const { warmUpSteps = 0 } = options;
  if (!options.skipWarmUp) await runSteps(load.slice(0, warmUpSteps), clients, take);
  Object.assign(report, { readMs: [], joined: 0, failed: 0 });
  salesforce.calls.clear();
  jira.calls.clear();
  await options.onWarm?.();
  const measured = load.slice(warmUpSteps);
  await runSteps(measured, clients, take);
  const own = salesforce.calls.all.filter(({ path, method }) => path.startsWith(REST) && method !== 'PATCH');
  return {
    ...report,
    reads: report.readMs.length,
    writes: measured.length - report.readMs.length,
    salesforceBilled: own.reduce((sum, { billed }) => sum + billed, 0),
    jiraCalls: jira.calls.count(),
  };
}

type Change = Extract<LoadStep, { kind: 'change' }>;

async function changer({ url, surroundings, webhookSecret }: LoadOptions): Promise<(step: Change) => Promise<void>> {
  const { salesforce, jira } = surroundings;
  const signedIn = await fetch(`${salesforce.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: salesforce.clientId,
      client_secret: salesforce.clientSecret,
    }),
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const tell = async (path: string, signatureHeader: string, notice: object): Promise<void> => {
    const body = JSON.stringify(notice);
    const signature = `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', [signatureHeader]: signature };
    const { status } = await fetch(`${url}${path}`, { method: 'POST', headers, body });
    if (status !== 204) throw new Error(`The gateway answered ${status} to a notice at ${path}.`);
  };
  return async ({ source, id, word }) => {
    if (source === 'JIRA') {
      const issue = jira.updateIssue(id, { summary: word, updatedAt: new Date().toISOString() });
      await tell('/webhooks/jira', 'x-hub-signature', {
        timestamp: Date.now(),
        webhookEvent: 'jira:issue_updated',
        issue: { id: issue.id, key: issue.key, fields: { project: { key: issue.projectKey } } },
      });
      return;
    }
    const patched = await fetch(`${salesforce.url}${REST}/sobjects/PS_Request__c/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Description__c: word }),
    });
    if (!patched.ok) throw new Error(`The change in Salesforce was refused: ${await patched.text()}`);
    await tell('/webhooks/salesforce', 'x-signature', {
      id: randomUUID(),
      changes: [{ object: 'PS_Request__c', id, changeType: 'UPDATE' }],
    });
  };
}
