import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import type { Fault } from '../../../src/standins/kit/fault.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { createTcpGate } from '../../support/tcp-gate.ts';

type Source = 'SALESFORCE' | 'JIRA' | 'POSTGRES';
type Path = readonly (string | number)[];

const SEARCH_TEXT = 'legacy';
const canary = 'canary-4711';

/** Fields of all three sources, alone and beneath each other. */
const document = /* GraphQL */ `
  query Everything($text: String!) {
    viewer { id }
    psRequests(first: 8, orderBy: { field: NUMBER, direction: ASC }) {
      totalCount
      nodes {
        number
        primaryJiraKey
        account { name }
        owner { name }
        steps { name assignee { name } }
        cases { subject }
        jiraLinks { jiraKey issue { key summary } psRequest { number } }
        jiraIssues { key status { name } assignee { displayName } psRequest { number } }
        validationResults { message rule { name } }
      }
      pageInfo { hasNextPage endCursor }
    }
    account(id: "0015g0000000001AAA") { name psRequests(first: 2) { nodes { number } } }
    jiraIssues(first: 5) { nodes { key summary comments(first: 2) { body } psRequest { number } } pageInfo { hasNextPage } }
    jiraProject(key: "PSD") { name lead { displayName } }
    mentors(first: 3) { totalCount nodes { name assessments(first: 2) { nodes { score psRequestNumber psRequest { number } } } } }
    validationRules { id name }
    search(text: $text, first: 50) {
      __typename
      ... on PsRequest { number }
      ... on Account { name }
      ... on Project { name }
      ... on JiraIssue { key summary }
    }
  }
`;

/** Where the fields that take a fetch of their own get it from. Everything else comes with its parent. */
const sourceOf: Readonly<Record<string, Source>> = {
  'Query.psRequests': 'SALESFORCE',
  'Query.account': 'SALESFORCE',
  'PsRequest.jiraIssues': 'JIRA',
  'PsRequest.validationResults': 'POSTGRES',
  'JiraLink.issue': 'JIRA',
  'Query.jiraIssues': 'JIRA',
  'Query.jiraProject': 'JIRA',
  'JiraIssue.psRequest': 'SALESFORCE',
  'Query.mentors': 'POSTGRES',
  'Query.validationRules': 'POSTGRES',
  'Assessment.psRequest': 'SALESFORCE',
};

/** The type beneath each field of the document that has fields of other sources. */
const typeBeneath: Readonly<Record<string, string>> = {
  'Query.psRequests': 'PsRequest',
  'PsRequest.jiraLinks': 'JiraLink',
  'PsRequest.jiraIssues': 'JiraIssue',
  'Query.jiraIssues': 'JiraIssue',
  'Query.mentors': 'Assessment',
};

const isKey = (text: unknown) => /^[A-Z][A-Z0-9_]*-\d+$/.test(String(text).trim().toUpperCase());

/** Whether answering the field takes a call at all: a request without a single possible key has no issues, whoever is down. */
function takesCall(field: string, parent: Record<string, unknown>): boolean {
  const links = Array.isArray(parent.jiraLinks) ? (parent.jiraLinks as { jiraKey: string }[]) : [];
  if (field === 'PsRequest.jiraIssues')
    return [parent.primaryJiraKey, ...links.map(({ jiraKey }) => jiraKey)].some(isKey);
  return field !== 'JiraLink.issue' || isKey(parent.jiraKey);
}

interface Expectation {
  readonly data: unknown;
  /** Paths of the fields that have to be null, with an error each. */
  readonly lost: readonly Path[];
}

/** What of the healthy answer has to be left while one source is down, and where exactly its nulls are. */
function without(source: Source, value: unknown, type: string, path: Path): Expectation {
  const lost: Path[] = [];
  const visit = (current: unknown, currentType: string, at: Path): unknown => {
    if (Array.isArray(current)) return current.map((item, index) => visit(item, currentType, [...at, index]));
    if (typeof current !== 'object' || current === null) return current;
    const object = current as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(object).map(([name, child]) => {
        const field = `${currentType}.${name}`;
        if (sourceOf[field] === source && takesCall(field, object)) {
          lost.push([...at, name]);
          return [name, null];
        }
        return [name, visit(child, typeBeneath[field] ?? currentType, [...at, name])];
      }),
    );
  };
  return { data: visit(value, type, path), lost };
}

const internals = new RegExp(
  [
    canary,
    '127\\.0\\.0\\.1',
    'localhost',
    ':\\d{4,5}\\b',
    'ECONN',
    'ENOTFOUND',
    'EPIPE',
    'socket',
    'undici',
    'jsforce',
    'kysely',
    'node_modules',
    '\\.[jt]s\\b',
    '\\bat \\S+ \\(',
    'SELECT',
    'PS_Request__c',
    'select \\W',
    '/services/',
    '/rest/api',
    'Bearer',
    'Basic ',
    'secret',
    'token',
    'stack',
  ].join('|'),
  'i',
);

let healthy: GraphqlAnswer['data'];
/** A gateway that has answered nothing yet, so that nothing it may remember helps it through an outage. */
async function coldGateway(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  settings: Record<string, string> = {},
): Promise<TestGateway> {
  const gateway = await startTestGateway({ settings });
  onTestFinished(() => gateway.close());
  return gateway;
}

const ask = (gateway: TestGateway) => gateway.query(document, { text: SEARCH_TEXT });

beforeAll(async () => {
  const gateway = await startTestGateway();
  const answer = await ask(gateway);
  await gateway.close();
  expect(answer.errors).toEqual([]);
  healthy = answer.data;
  // What is compared below is there at all, and the search is not cut short.
  const types = new Set(healthy.search.map((hit: { __typename: string }) => hit.__typename));
  expect(types.has('JiraIssue') && types.size > 1).toBe(true);
  expect(healthy.search.length).toBeLessThan(50);
});

const isOf = (source: Source) => (hit: { __typename: string }) =>
  (hit.__typename === 'JiraIssue') === (source === 'JIRA');

/** The answer is the healthy one but for the source's own fields; each of these is null, with one error that says why. */
function expectOnlyItsOwnFieldsLost(answer: GraphqlAnswer, source: Source, code: string): void {
  const { search, ...rest } = healthy;
  const expected = without(source, rest, 'Query', []);
  expect(expected.lost.length).toBeGreaterThan(1);
  const { search: found, ...others } = answer.data;
  expect(answer.status).toBe(200);
  expect(others).toEqual(expected.data);
  // PostgreSQL is not searched.
  const searchLost = source === 'POSTGRES' ? [] : [['search']];
  expect(found).toEqual(search.filter((hit: { __typename: string }) => source === 'POSTGRES' || !isOf(source)(hit)));

  const paths = (list: readonly Path[]) => list.map((path) => path.join('.')).toSorted();
  expect(paths(answer.errors.map(({ path }) => path ?? []))).toEqual(paths([...expected.lost, ...searchLost]));
  for (const { message, extensions } of answer.errors) {
    expect(extensions, message).toMatchObject({ code, source });
    expect(message.length).toBeGreaterThan(20);
  }
  expect(JSON.stringify(answer.errors.map(({ path: _path, ...error }) => error))).not.toMatch(internals);
}

const faults: readonly (readonly [string, Fault, { readonly SALESFORCE: string; readonly JIRA: string }])[] = [
  ['that closes every connection', { kind: 'down' }, both('UPSTREAM_UNAVAILABLE')],
  ['that never answers', { kind: 'hang' }, both('UPSTREAM_TIMEOUT')],
  [
    'that answers 503 as JSON',
    { kind: 'status', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: canary }] },
    both('UPSTREAM_UNAVAILABLE'),
  ],
  [
    'that answers 503 as HTML',
    { kind: 'status', status: 503, body: `<html><h1>${canary}</h1></html>`, contentType: 'text/html' },
    both('UPSTREAM_UNAVAILABLE'),
  ],
  [
    'that answers 401 every time',
    { kind: 'status', status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: canary }] },
    both('UPSTREAM_AUTHENTICATION_FAILED'),
  ],
  [
    'that answers 429',
    { kind: 'status', status: 429, body: { errorMessages: [canary] }, headers: { 'Retry-After': '3' } },
    both('UPSTREAM_RATE_LIMITED'),
  ],
  ['that cuts its answers short', { kind: 'truncated' }, both('UPSTREAM_BAD_RESPONSE')],
  ['that resets the connection in the middle of an answer', { kind: 'reset' }, both('UPSTREAM_UNAVAILABLE')],
  ['that answers without end', { kind: 'oversize' }, both('UPSTREAM_BAD_RESPONSE')],
];

function both(code: string) {
  return { SALESFORCE: code, JIRA: code };
}

describe.each(['SALESFORCE', 'JIRA'] as const)('%s', (source) => {
  // Each waits for deadlines and for its source to be tried again, so they wait together.
  test.concurrent.for(faults)(
    '%s costs only its own fields, and comes back',
    async ([_what, fault, codes], { expect, onTestFinished }) => {
      const gateway = await coldGateway({ onTestFinished });
      const standIn = source === 'JIRA' ? gateway.jira : gateway.salesforce;
      standIn.faults.add(fault);
      expectOnlyItsOwnFieldsLost(await ask(gateway), source, codes[source]);
      standIn.faults.clear();
      await expect.poll(async () => (await ask(gateway)).data, { timeout: 45_000, interval: 500 }).toEqual(healthy);
    },
  );
});

test('SALESFORCE that signs in and then answers 401 every time costs only its own fields, and comes back', async (context) => {
  const gateway = await coldGateway(context);
  gateway.salesforce.faults.add({ kind: 'status', status: 401, path: '/services/data', body: canary });
  expectOnlyItsOwnFieldsLost(await ask(gateway), 'SALESFORCE', 'UPSTREAM_AUTHENTICATION_FAILED');
  gateway.salesforce.faults.clear();
  await expect.poll(async () => (await ask(gateway)).data, { timeout: 45_000, interval: 500 }).toEqual(healthy);
});

test('PostgreSQL that is stopped costs only its own fields, and comes back', async (context) => {
  const database = await createTestDatabase();
  context.onTestFinished(() => database.drop());
  const network = await createTcpGate(Number(new URL(database.url).port));
  context.onTestFinished(() => network.shut());
  await network.open();
  const gateway = await coldGateway(context, { DATABASE_URL: network.through(database.url) });
  await network.shut();
  expectOnlyItsOwnFieldsLost(await ask(gateway), 'POSTGRES', 'DATABASE_UNAVAILABLE');
  await network.open();
  await expect.poll(async () => (await ask(gateway)).data, { timeout: 45_000, interval: 500 }).toEqual(healthy);
});

test('both Salesforce and Jira down leave PostgreSQL, and one error for each field they own', async (context) => {
  const gateway = await coldGateway(context);
  gateway.salesforce.faults.add({ kind: 'down' });
  gateway.jira.faults.add({ kind: 'down' });
  const { status, data, errors } = await ask(gateway);
  expect(status).toBe(200);
  expect(data).toMatchObject({
    viewer: { id: 'anonymous' },
    psRequests: null,
    account: null,
    jiraIssues: null,
    jiraProject: null,
    validationRules: healthy.validationRules,
    search: null,
  });
  expect(data.mentors.totalCount).toBe(healthy.mentors.totalCount);
  const rootErrors = errors.filter(({ path }) => path?.length === 1).map(({ path }) => path?.[0]);
  expect(rootErrors.toSorted()).toEqual(['account', 'jiraIssues', 'jiraProject', 'psRequests', 'search']);
  for (const { extensions } of errors) expect(extensions.code).toBe('UPSTREAM_UNAVAILABLE');
});
