import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { JiraIssueSeed } from '../../src/standins/data/company.ts';
import type { SourceChange } from './random-changes.ts';
import type { Surroundings } from './surroundings.ts';

/** How often Jira delivers a webhook before it gives up: https://developer.atlassian.com/cloud/jira/platform/webhooks/ tells of five retries. */
const MAX_DELIVERIES = 6;

export const REST_PATH = '/services/data/v62.0';

export interface ChangeMakerOptions {
  /** Of the gateway. */
  readonly url: string;
  readonly surroundings: Surroundings;
  /** Under which the upstreams sign what they tell the gateway of changes. */
  readonly webhookSecret: string;
}

/** Makes changes in the upstreams; one that is announced is told to the gateway as the upstreams tell it, by a signed notice. */
export async function openChangeMaker(
  options: ChangeMakerOptions,
): Promise<(change: SourceChange, isAnnounced: boolean) => Promise<void>> {
  const { jira } = options.surroundings;
  const writeToSalesforce = await openSalesforceWriter(options.surroundings);
  const tell = async (path: string, signatureHeader: string, notice: object): Promise<void> => {
    const body = JSON.stringify(notice);
    const signature = `sha256=${createHmac('sha256', options.webhookSecret).update(body).digest('hex')}`;
    const headers = { 'content-type': 'application/json', [signatureHeader]: signature };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await fetch(`${options.url}${path}`, { method: 'POST', headers, body });
      if (answer.status === 204) return;
      // A notice that could be forgotten is asked for again, and senders do send it again.
      if (answer.status !== 503 || attempt === MAX_DELIVERIES)
        throw new Error(`The gateway answered ${answer.status} to a notice at ${path}: ${await answer.text()}`);
      await setTimeout(Number(answer.headers.get('retry-after') ?? 1) * 1_000);
    }
  };
  return async (change, isAnnounced) => {
    if (change.source === 'JIRA') {
      const issue = jira.updateIssue(change.id, { ...change.values, updatedAt: new Date().toISOString() });
      if (isAnnounced) await tell('/webhooks/jira', 'x-hub-signature', jiraNotice(issue, change.values));
      return;
    }
    const id = await writeToSalesforce(change);
    if (!isAnnounced) return;
    const { object, values } = change;
    const made = { object, id, changeType: 'CREATE', values };
    const changed = { object, id, changeType: 'UPDATE', changedFields: [...Object.keys(values), 'LastModifiedDate'] };
    const changes = [change.id === null ? made : changed];
    await tell('/webhooks/salesforce', 'x-signature', { id: randomUUID(), changes });
  };
}

const jiraFieldBehind: Readonly<Record<string, string>> = { statusName: 'status', assigneeAccountId: 'assignee' };

function jiraNotice(issue: JiraIssueSeed, values: object): object {
  const items = Object.keys(values).map((name) => ({
    field: jiraFieldBehind[name] ?? name,
    fieldId: jiraFieldBehind[name] ?? name,
  }));
  return {
    timestamp: Date.now(),
    webhookEvent: 'jira:issue_updated',
    issue: { id: issue.id, key: issue.key },
    changelog: { items },
  };
}

type SalesforceChange = Extract<SourceChange, { source: 'SALESFORCE' }>;

/** Answers the record's id. */
async function openSalesforceWriter({
  salesforce,
}: Pick<Surroundings, 'salesforce'>): Promise<(change: SalesforceChange) => Promise<string>> {
  const signedIn = await fetch(`${salesforce.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: salesforce.clientId,
      client_secret: salesforce.clientSecret,
    }),
  });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  return async ({ object, id, values }) => {
    const written = await fetch(`${salesforce.url}${REST_PATH}/sobjects/${object}${id === null ? '' : `/${id}`}`, {
      method: id === null ? 'POST' : 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(values),
    });
    if (!written.ok) throw new Error(`The change in Salesforce was refused: ${await written.text()}`);
    return id ?? ((await written.json()) as { id: string }).id;
  };
}

/** Whether a call is one that `openChangeMaker` makes, and no gateway. */
export function isChangeMakers({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return (method === 'PATCH' || method === 'POST') && path.startsWith(`${REST_PATH}/sobjects/`);
}
