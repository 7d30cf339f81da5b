import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SalesforceStandIn, startSalesforceStandIn } from '../../../src/standins/salesforce/server.ts';
import { connectSalesforce } from '../../support/salesforce-connection.ts';

const BASE = '/services/data/v62.0';
/** Names of the recorded objects and fields, which are others than ours. */
const OWN_NAMES =
  /^(Checkbox_Label|Text_Label|Date_Label|DateTime_Label|Picklist_Multiselect_Label|ParentWhizbang__r|Whizbangs__r|External_Field__c|CampaignId)$/;

let standIn: SalesforceStandIn;
let token = '';
beforeAll(async () => {
  standIn = await startSalesforceStandIn();
  token = (await connectSalesforce(standIn)).accessToken ?? '';
});
afterAll(() => standIn.close());

function recording(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../recordings/salesforce/${name}.json`, import.meta.url), 'utf8'));
}

async function ask(
  path: string,
  init: { method?: string; body?: string; authorization?: string; form?: Record<string, string> } = {},
): Promise<unknown> {
  const response = await fetch(`${standIn.url}${path}`, {
    method: init.method ?? (init.body === undefined && init.form === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: init.authorization ?? `Bearer ${token}`,
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(init.form === undefined
      ? init.body === undefined
        ? {}
        : { body: init.body }
      : { body: new URLSearchParams(init.form) }),
  });
  return response.json();
}

const soql = (statement: string) => `${BASE}/query?q=${encodeURIComponent(statement)}`;

/** Where an answer lacks something recorded, or has another kind of value there. Null goes with everything, as in Salesforce. */
function differences(recorded: unknown, given: unknown, path = '$'): string[] {
  if (recorded === null || given === null) return [];
  if (Array.isArray(recorded)) {
    if (!Array.isArray(given)) return [`${path} is no array`];
    const [sample] = recorded;
    return sample === undefined ? [] : given.flatMap((entry, index) => differences(sample, entry, `${path}[${index}]`));
  }
  if (typeof recorded !== 'object')
    return typeof recorded === typeof given ? [] : [`${path} is a ${typeof given}, recorded is a ${typeof recorded}`];
  if (typeof given !== 'object' || Array.isArray(given)) return [`${path} is no object`];
  return Object.entries(recorded).flatMap(([key, value]) => {
    if (OWN_NAMES.test(key)) return [];
    return key in given
      ? differences(value, (given as Record<string, unknown>)[key], `${path}.${key}`)
      : [`${path}.${key} is missing`];
  });
}

test('the comparison finds what is missing and what is of another kind', () => {
  expect(differences({ a: 1, b: [{ c: 'x' }] }, { a: '1', b: [{ d: 1 }] })).toEqual([
    '$.a is a string, recorded is a number',
    '$.b[0].c is missing',
  ]);
});

test.each<[string, () => Promise<unknown>]>([
  [
    'auth_success_response',
    () =>
      ask('/services/oauth2/token', {
        form: { grant_type: 'client_credentials', client_id: standIn.clientId, client_secret: standIn.clientSecret },
      }),
  ],
  [
    'auth_error_response',
    () =>
      ask('/services/oauth2/token', {
        form: { grant_type: 'client_credentials', client_id: standIn.clientId, client_secret: 'x' },
      }),
  ],
  ['services_data_success_response', () => ask('/services/data')],
  [
    'sobject_query_success_response',
    () => ask(soql('SELECT Id, Account__r.Name, (SELECT Name FROM Steps__r) FROM PS_Request__c LIMIT 1')),
  ],
  [
    'sobject_query_paginated_first_page_response',
    () => ask(soql('SELECT Id, (SELECT Id FROM Steps__r) FROM PS_Request__c')),
  ],
  [
    'sobject_query_aggregate_success_response',
    () => ask(soql('SELECT Account__c, SUM(Estimated_Hours__c) FROM PS_Request__c GROUP BY Account__c')),
  ],
  ['sobject_query_error_response', () => ask(soql('SELECT foo FROM Account'))],
  ['sobject_sobject_describe_success_response', () => ask(`${BASE}/sobjects/PS_Request__c/describe`)],
  [
    'sobject_sobject_select_success_response',
    () => ask(`${BASE}/sobjects/Account/${String(standIn.rows('Account')[0]?.Id)}?fields=Name`),
  ],
  ['sobject_create_success_response', () => ask(`${BASE}/sobjects/Account`, { body: '{"Name":"New"}' })],
  [
    'sobject_get_updated_success_response',
    () =>
      ask(
        `${BASE}/sobjects/Account/updated?start=${encodeURIComponent(new Date(Date.now() - 86_400_000).toISOString())}&end=${encodeURIComponent(new Date(Date.now() + 86_400_000).toISOString())}`,
      ),
  ],
  [
    'sobject_get_deleted_success_response',
    () =>
      ask(
        `${BASE}/sobjects/Account/deleted?start=${encodeURIComponent(new Date(Date.now() - 86_400_000).toISOString())}&end=${encodeURIComponent(new Date(Date.now() + 86_400_000).toISOString())}`,
      ),
  ],
])('%s has nothing that the stand-in lacks', async (name, answer) => {
  expect(differences(recording(name), await answer())).toEqual([]);
});

test.each<[string, () => Promise<unknown>]>([
  [
    'refresh_error_response',
    () => ask('/services/oauth2/token', { form: { grant_type: 'refresh_token', refresh_token: 'x' } }),
  ],
  ['expired_session_response', () => ask(`${BASE}/limits`, { authorization: 'Bearer expired' })],
  ['sobject_query_empty_response', () => ask(soql("SELECT Id FROM Account WHERE Name = 'none'"))],
  ['sobject_sobject_find_error_response', () => ask(`${BASE}/sobjects/Account/23foo`)],
])('%s is answered word for word', async (name, answer) => {
  expect(await answer()).toEqual(recording(name));
});

test('the last page has no locator, as recorded', async () => {
  const first = (await ask(soql('SELECT Id FROM PS_Deployment_Step__c ORDER BY Id'))) as {
    nextRecordsUrl?: string;
    done: boolean;
  };
  const recorded = recording('sobject_query_paginated_last_page_response') as Record<string, unknown>;
  expect(Object.keys(recorded)).not.toContain('nextRecordsUrl');
  const last = first.done ? first : ((await ask(first.nextRecordsUrl ?? '')) as Record<string, unknown>);
  expect(differences(recorded, last)).toEqual([]);
  expect(Object.keys(last)).not.toContain('nextRecordsUrl');
});
