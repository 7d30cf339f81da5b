import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AdfNode, Company, SalesforceObjectName, SalesforceRow } from '../../../../src/standins/data/company.ts';
import { generateCompany } from '../../../../src/standins/data/generate-company.ts';
import { DANGLING } from '../../../../src/standins/data/request-dirt.ts';
import { recordId, withChecksum } from '../../../../src/standins/data/salesforce-id.ts';

const company = generateCompany();
const { salesforce, jira } = company;
const requests = visible('PS_Request__c');
const links = visible('PS_Request_Jira_Link__c');
const issueByKey = new Map(jira.issues.map((issue) => [issue.key, issue]));
const oldKeys = new Set(jira.issues.flatMap((issue) => issue.movedFrom));
const linkedKeys = links.map((link) => String(link.Jira_Key__c));
const KEY_FORM = /^[A-Z][A-Z0-9_]+-\d+$/;

function visible(object: SalesforceObjectName): SalesforceRow[] {
  return salesforce[object].filter((row) => row.IsDeleted !== true);
}

function hash(value: Company): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function countPerParent(rows: readonly SalesforceRow[]): number[] {
  const byParent = Map.groupBy(rows, (row) => row.PS_Request__c ?? null);
  return requests.map((request) => byParent.get(request.Id ?? null)?.length ?? 0);
}

function nodeTypes(node: AdfNode): string[] {
  return [node.type, ...(node.content ?? []).flatMap(nodeTypes)];
}

test('two runs give the same data, byte by byte, in separate objects', () => {
  const again = generateCompany();
  expect(hash(again)).toBe(hash(company));
  expect(again.salesforce.Account).not.toBe(company.salesforce.Account);
});

test('the company has the size that the documentation promises', () => {
  expect(visible('Account')).toHaveLength(40);
  expect(visible('User')).toHaveLength(60);
  expect(visible('pse__Proj__c')).toHaveLength(45);
  expect(requests.map((request) => request.Name)).toEqual(
    Array.from({ length: 400 }, (_, index) => `PSR-${String(index + 1).padStart(5, '0')}`),
  );
  expect(jira.issues).toHaveLength(900);
  expect(new Set(jira.issues.map((issue) => issue.projectKey))).toEqual(new Set(['PSD', 'OPS', 'PLAT']));
});

test('each request has 2 to 8 steps, 0 to 4 Jira links and 0 to 3 cases, and every number occurs', () => {
  expect(new Set(countPerParent(visible('PS_Deployment_Step__c')))).toEqual(new Set([2, 3, 4, 5, 6, 7, 8]));
  expect(new Set(countPerParent(links))).toEqual(new Set([0, 1, 2, 3, 4]));
  expect(new Set(countPerParent(visible('Case')))).toEqual(new Set([0, 1, 2, 3]));
});

test('every id has 18 characters, its object’s prefix and right check characters, and occurs once', () => {
  const prefixes: Record<SalesforceObjectName, string> = {
    Account: '001',
    User: '005',
    Case: '500',
    pse__Proj__c: 'a0P',
    PS_Request__c: 'a0R',
    PS_Request_Jira_Link__c: 'a0L',
    PS_Deployment_Step__c: 'a0S',
  };
  for (const object of Object.keys(prefixes) as SalesforceObjectName[]) {
    const ids = salesforce[object].map((row) => String(row.Id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(id.slice(0, 3)).toBe(prefixes[object]);
      expect(withChecksum(id.slice(0, 15))).toBe(id);
    }
  }
  // Ids of real records, from the recorded answers of restforce (get_deleted, get_updated, query_aggregate).
  for (const real of [
    'a00D0000008pQRAIA2',
    '003q000000KvQ1tAAF',
    '003q000000KvQ2DAAV',
    '003q000000KwKFhAAN',
    '701E0000000JuFHIA0',
  ]) {
    expect(withChecksum(real.slice(0, 15))).toBe(real);
  }
});

test('some ids differ from another only by case', () => {
  const ids = requests.map((request) => String(request.Id).slice(0, 15));
  expect(ids.length - new Set(ids.map((id) => id.toLowerCase())).size).toBeGreaterThan(50);
  expect(recordId('a0R', 10).slice(0, 15).toLowerCase()).toBe(recordId('a0R', 36).slice(0, 15).toLowerCase());
});

test('references point to records that exist, but for the dangling ones that are named', () => {
  const ids = new Set(Object.values(salesforce).flatMap((rows) => rows.map((row) => row.Id)));
  const references = Object.values(salesforce).flatMap((rows) =>
    rows.flatMap((row) =>
      Object.values(row).filter(
        (value) => typeof value === 'string' && /^(001|005|500|a0[PRLS])5g0{5}\w{8}$/.test(value),
      ),
    ),
  );
  const dangling = new Set(references.filter((reference) => !ids.has(reference ?? null)));
  expect(dangling).toEqual(new Set(Object.values(DANGLING)));
});

test('no row was changed before it was made, or after the reference date', () => {
  for (const row of Object.values(salesforce).flat()) {
    const [created, modified, stamp] = [row.CreatedDate, row.LastModifiedDate, row.SystemModstamp].map((moment) =>
      Date.parse(String(moment)),
    );
    expect(created).toBeLessThanOrEqual(Number(modified));
    expect(modified).toBeLessThanOrEqual(Number(stamp));
    expect(stamp).toBeLessThanOrEqual(Date.parse('2026-11-20T09:00:00Z'));
  }
});

test('many rows share one SystemModstamp, as bulk updates leave them', () => {
  const sizes = [...Map.groupBy(requests, (request) => request.SystemModstamp).values()].map((rows) => rows.length);
  expect(Math.max(...sizes)).toBeGreaterThan(30);
});

test('one account has far more requests than any other, and some have none', () => {
  const sizes = visible('Account').map(
    (account) => requests.filter((request) => request.Account__c === account.Id).length,
  );
  expect(sizes[0]).toBeGreaterThanOrEqual(55);
  expect(Math.max(...sizes.slice(1))).toBeLessThan(40);
  expect(sizes.filter((size) => size === 0).length).toBeGreaterThanOrEqual(2);
});

test('statuses follow a request’s age: old ones are mostly closed, new ones are not', () => {
  const done = (rows: readonly SalesforceRow[]) =>
    rows.filter((row) => ['Closed', 'Deployed', 'Cancelled'].includes(String(row.Status__c))).length;
  expect(done(requests.slice(0, 100))).toBeGreaterThan(85);
  expect(done(requests.slice(-50))).toBeLessThan(20);
  expect(new Set(requests.map((request) => request.Status__c)).size).toBe(9);
});

test('Salesforce holds null accounts, owners who left, and sort fields that are mostly null', () => {
  const inactive = new Set(
    visible('User')
      .filter((user) => user.IsActive === false)
      .map((user) => user.Id),
  );
  expect(inactive.size).toBe(6);
  expect(requests.filter((request) => inactive.has(request.OwnerId ?? null)).length).toBeGreaterThan(10);
  expect(requests.filter((request) => request.Account__c === null).length).toBeGreaterThan(5);
  expect(requests.filter((request) => request.Go_Live_Date__c === null).length).toBeGreaterThan(120);
  expect(requests.filter((request) => request.Requested_Date__c === null).length).toBeGreaterThan(3);
});

test('deleted rows exist in each object that can have them', () => {
  for (const object of [
    'Account',
    'Case',
    'PS_Request__c',
    'PS_Request_Jira_Link__c',
    'PS_Deployment_Step__c',
  ] as const) {
    expect(
      salesforce[object].some((row) => row.IsDeleted === true),
      object,
    ).toBe(true);
  }
  expect(Object.hasOwn(salesforce.User[0] ?? {}, 'IsDeleted')).toBe(false);
});

test('Salesforce keeps keys of issues that are missing, forbidden, moved, malformed, in lower case or padded', () => {
  const exact = linkedKeys.filter((key) => KEY_FORM.test(key));
  expect(exact.filter((key) => !issueByKey.has(key) && !oldKeys.has(key)).length).toBeGreaterThan(10);
  expect(exact.filter((key) => issueByKey.get(key)?.forbidden === true).length).toBeGreaterThan(5);
  expect(exact.filter((key) => oldKeys.has(key)).length).toBeGreaterThan(5);
  expect(linkedKeys.filter((key) => !KEY_FORM.test(key.trim().toUpperCase())).length).toBeGreaterThan(5);
  expect(linkedKeys.filter((key) => /^[a-z]+-\d+$/.test(key)).length).toBeGreaterThan(3);
  expect(linkedKeys.filter((key) => key !== key.trim()).length).toBeGreaterThan(3);
});

test('an issue is linked twice to one request, and an issue is linked to two requests', () => {
  const pairs = links.map((link) => `${String(link.PS_Request__c)} ${String(link.Jira_Key__c)}`);
  expect(new Set(pairs).size).toBeLessThan(pairs.length - 5);
  const requestsByKey = Map.groupBy(links, (link) => link.Jira_Key__c);
  expect([...requestsByKey.values()].some((rows) => new Set(rows.map((row) => row.PS_Request__c)).size > 1)).toBe(true);
  expect(countPerParent(links).some((count, index) => count === 0 && requests[index]?.Jira_Key__c === null)).toBe(true);
});

test('a moved issue answers to keys that no other issue has, one of them to two', () => {
  const moved = jira.issues.filter((issue) => issue.movedFrom.length > 0);
  expect(moved.length).toBeGreaterThan(10);
  expect(moved.some((issue) => issue.movedFrom.length === 2)).toBe(true);
  expect([...oldKeys].some((key) => issueByKey.has(key))).toBe(false);
});

test('the statuses of some deployed requests and their issues disagree', () => {
  const statusByName = new Map(requests.map((request) => [request.Name, request.Status__c]));
  const open = jira.issues.filter(
    (issue) => statusByName.get(issue.psRequest ?? '') === 'Deployed' && issue.statusName !== 'Done',
  );
  expect(open.length).toBeGreaterThan(5);
});

test('the request field of Jira holds 15-character ids, lower case, padding, nothing, and requests that do not exist', () => {
  const values = jira.issues.map((issue) => issue.psRequest);
  for (const form of [/^a0R\w{12}$/, /^psr-\d{5}$/, /^ PSR-\d{5} $/, /^see PSR/, /^PSR-99999$/, /^$/]) {
    expect(
      values.some((value) => value !== null && form.test(value)),
      String(form),
    ).toBe(true);
  }
  expect(values).toContain(null);
});

test('texts hold quotes, backslashes, emoji, line breaks and wildcards', () => {
  const text = JSON.stringify([
    requests.map((request) => request.Product__c),
    [...visible('Account'), ...visible('User')].map((row) => row.Name),
  ]);
  for (const piece of ['\\"', "'", '\\\\', '🚀', '\\n', '%', '_addon', '株式会社', '’']) expect(text).toContain(piece);
});

test('several descriptions are near the limit of Salesforce, and several Jira documents are larger than 30 KB', () => {
  const lengths = requests.map((request) => String(request.Description__c ?? '').length);
  expect(Math.max(...lengths)).toBe(32_000);
  expect(lengths.filter((length) => length >= 30_000).length).toBeGreaterThanOrEqual(5);
  expect(
    jira.issues.filter((issue) => JSON.stringify(issue.description).length > 30_000).length,
  ).toBeGreaterThanOrEqual(4);
});

test('one document holds every common node type and some that nobody knows', () => {
  const types = new Set(
    jira.issues.flatMap((issue) => (issue.description === null ? [] : nodeTypes(issue.description))),
  );
  for (const type of [
    'paragraph',
    'heading',
    'bulletList',
    'orderedList',
    'panel',
    'mention',
    'taskList',
    'decisionList',
    'media',
    'table',
    'emoji',
    'date',
    'status',
    'inlineCard',
    'expand',
    'nestedExpand',
    'blockquote',
    'codeBlock',
    'rule',
    'hardBreak',
    'quantumCarousel',
    'holoText',
  ]) {
    expect(types).toContain(type);
  }
});

test('Jira has people who left, hide their address or were erased, and issues of nobody', () => {
  const known = new Set(jira.users.map((user) => user.accountId));
  expect(known.size).toBe(jira.users.length);
  expect(jira.users.some((user) => !user.active)).toBe(true);
  expect(jira.users.filter((user) => user.emailAddress === null).length).toBeGreaterThan(5);
  expect(jira.issues.some((issue) => issue.assigneeAccountId !== null && !known.has(issue.assigneeAccountId))).toBe(
    true,
  );
  expect(jira.issues.filter((issue) => issue.assigneeAccountId === null).length).toBeGreaterThan(50);
});
