import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { generateCompany } from '../../../src/standins/data/generate-company.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const company = generateCompany();
let gateway: TestGateway;
/** Cursors of real pages, by the list that they belong to. */
const cursors = new Map<string, string>();

beforeAll(async () => {
  gateway = await startTestGateway({ company });
  const { data, errors } = await gateway.query(`{
    byNumber: psRequests(first: 1, orderBy: { field: NUMBER, direction: ASC }) { pageInfo { endCursor } }
    accounts(first: 1) { pageInfo { endCursor } }
    jiraIssues(first: 1) { pageInfo { endCursor } }
    mentors(first: 1) { pageInfo { endCursor } }
  }`);
  expect(errors).toEqual([]);
  for (const [list, { pageInfo }] of Object.entries(data as Record<string, { pageInfo: { endCursor: string } }>))
    cursors.set(list, pageInfo.endCursor);
});
beforeEach(() => gateway.clearCalls());
afterAll(() => gateway.close());

/** Everything that the gateway can ask: Salesforce, Jira, PostgreSQL, and whoever else stands on a receipt. */
function expectNoCall(): void {
  expect(gateway.salesforce.calls.all).toEqual([]);
  expect(gateway.jira.calls.all).toEqual([]);
  const line = gateway.logLines.findLast(({ msg }) => msg === 'operation answered');
  expect(line?.cost).toEqual({});
}

/** A field of the root with this argument, the way a client sends it: as a variable. */
interface Case {
  readonly field: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly code?: string;
  /** What the message has to name. */
  readonly names?: string;
}

async function expectRefused({ field, variables, code = 'BAD_USER_INPUT', names }: Case, declared = ''): Promise<void> {
  const root = /^\w+/.exec(field)?.[0] ?? '';
  const { status, data, errors, headers } = await gateway.query(
    `query ${declared && `(${declared})`} { viewer { id } ${field} }`,
    variables,
  );
  expect(status).toBe(200);
  expect(headers.get('content-type')).toMatch(/json/);
  expect(data).toEqual({ viewer: { id: 'anonymous' }, [root]: null });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ path: [root], extensions: { code } });
  const message = errors[0]?.message ?? '';
  expect(message.length).toBeLessThan(500);
  if (names) expect(message).toContain(names);
  expectNoCall();
}

const otherTypes = Buffer.from('JiraProject:10001').toString('base64url');
const unknownIds: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a space', ' '],
  ['a word', 'nonsense'],
  ['a number without digits', 'PSR-'],
  ['a number with letters', 'PSR-00x42'],
  ['fourteen characters', '0015g000000000'],
  ['a wrong checksum', 'a0R5g000000001EAAA'.replace('EAAA', 'EZZZ')],
  ['the global id of another type', otherTypes],
  ['the Salesforce id of another object', '00Q5g0000000001AAA'],
  ['an injection', "' OR Name != '"],
  ['a path', '../../../etc/passwd'],
  ['emoji', '🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀'],
  ['a control character', 'a0R5g000000\u0000001'],
  ['ten thousand characters', 'a'.repeat(10_000)],
];

describe('ids of no known form', () => {
  const fields = [
    'psRequest(id: $id) { number }',
    'account(id: $id) { name }',
    'project(id: $id) { name }',
    'salesforceUser(id: $id) { name }',
    'validationRun(id: $id) { status }',
    'assessments(mentorId: $id) { nodes { score } }',
    'psRequests(filter: { accountId: $id }) { nodes { number } }',
    'psRequests(filter: { projectId: $id }) { nodes { number } }',
    'psRequests(filter: { ownerId: $id }) { nodes { number } }',
  ];
  test.each(unknownIds)('%s is refused wherever an id is taken, and named', async (_what, id) => {
    for (const field of fields) await expectRefused({ field, variables: { id }, names: '`' }, '$id: ID!');
    await expectRefused({ field: 'node(id: $id) { id }', variables: { id: id === otherTypes ? 'x' : id } }, '$id: ID!');
  });

  test.each(unknownIds)('%s is no Jira key', async (_what, key) => {
    const declared = '$key: String!';
    await expectRefused({ field: 'jiraIssue(key: $key) { key }', variables: { key }, names: '`key`' }, declared);
  });

  test('no Jira project key, no account id', async () => {
    for (const key of ['', ' ', 'P-1', 'x"; DROP', '1ABC', 'ÄÖ']) {
      const variables = { key };
      await expectRefused({ field: 'jiraProject(key: $key) { name }', variables, names: '`key`' }, '$key: String!');
      const field = 'jiraIssues(filter: { projectKey: $key }) { nodes { key } }';
      await expectRefused({ field, variables, names: '`filter.projectKey`' }, '$key: String!');
    }
    for (const id of ['', 'a b', '" OR assignee is EMPTY', 'x'.repeat(200), otherTypes]) {
      const field = 'jiraIssues(filter: { assigneeId: $id }) { nodes { key } }';
      await expectRefused({ field, variables: { id }, names: '`filter.assigneeId`' }, '$id: ID!');
    }
  });

  test('one bad id among good ones costs its own place', async () => {
    const good = Buffer.from(`PsRequest:${company.salesforce.PS_Request__c[0]?.Id}`).toString('base64url');
    const { data, errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [good, 'nonsense', good],
    });
    expect(data.nodes).toEqual([{ id: good }, null, { id: good }]);
    expect(errors).toMatchObject([{ path: ['nodes', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('well-formed ids that nobody has are null, without an error', async () => {
    const { data, errors } = await gateway.query(`{
      byId: psRequest(id: "a0R5g00000ZZZZZ") { number } byNumber: psRequest(id: "PSR-99999") { number }
      account(id: "0015g00000ZZZZZ") { name } jiraIssue(key: "NOPE-1") { key } jiraProject(key: "NOPE") { name }
    }`);
    expect(errors).toEqual([]);
    expect(data).toEqual({ byId: null, byNumber: null, account: null, jiraIssue: null, jiraProject: null });
  });
});

const lists = ['psRequests', 'accounts', 'jiraIssues', 'mentors', 'assessments', 'validationRuns'] as const;

describe('pages', () => {
  test.each(lists)('%s: a size out of bounds is refused with the bounds', async (list) => {
    for (const first of [-1, 0, 201, 100_000, -2_147_483_648]) {
      const field = `${list}(first: $first) { edges { cursor } }`;
      await expectRefused({ field, variables: { first }, names: 'between 1 and 200' }, '$first: Int');
    }
  });

  test.each(lists)('%s: a cursor that is none, or of another list, is refused', async (list) => {
    const encode = (text: string) => Buffer.from(text).toString('base64url');
    const foreign = [...cursors].find(([of]) => of !== list && !(of === 'byNumber' && list === 'psRequests'))?.[1];
    const malformed = [
      '',
      'x',
      '!!!!',
      "' OR 1=1 --",
      encode('hello'),
      encode('{"a":1}'),
      encode('[]'),
      encode('[null]'),
    ];
    for (const after of [...malformed, encode('["psRequests"]'), 'A'.repeat(5_000), foreign]) {
      const field = `${list}(after: $after) { edges { cursor } }`;
      await expectRefused({ field, variables: { after }, code: 'BAD_CURSOR', names: 'cursor' }, '$after: String');
    }
  });

  test('a cursor of another order is refused', async () => {
    const field = 'psRequests(after: $after, orderBy: { field: GO_LIVE_DATE, direction: ASC }) { edges { cursor } }';
    const variables = { after: cursors.get('byNumber') };
    await expectRefused({ field, variables, code: 'BAD_CURSOR', names: 'order' }, '$after: String');
  });

  test.each([
    ['first: 5, last: 5', '`first` and `last`'],
    ['last: 5, after: $cursor', '`after`'],
    ['first: 5, before: $cursor', '`before`'],
    ['before: $cursor', '`before`'],
    ['last: -1', '`last`'],
    ['last: 0', '`last`'],
    ['last: 100000', '`last`'],
  ])('psRequests(%s) is refused', async (args, names) => {
    const field = `psRequests(${args}) { edges { cursor } }`;
    const variables = { cursor: cursors.get('byNumber') };
    if (!args.includes('$cursor')) return expectRefused({ field, variables: {}, names });
    return expectRefused({ field, variables, names }, '$cursor: String');
  });

  test('sizes of other lists are bounded too', async () => {
    for (const first of [-1, 0, 51, 100_000])
      await expectRefused(
        { field: 'search(text: "upgrade", first: $first) { __typename }', variables: { first }, names: '50' },
        '$first: Int',
      );
    for (const ids of [[], Array(201).fill('x')])
      await expectRefused({ field: 'nodes(ids: $ids) { id }', variables: { ids }, names: '200' }, '$ids: [ID!]!');
  });
});

describe('dates', () => {
  test('a span that ends before it begins is refused', async () => {
    const days = { from: '2026-12-31', to: '2026-01-01' };
    const instants = { from: '2026-12-31T00:00:00Z', to: '2026-12-30T23:59:59.999Z' };
    for (const [field, variables, declared, names] of [
      ['psRequests(filter: { goLiveDate: $span }) { nodes { number } }', days, '$span: DateRange', 'goLiveDate'],
      ['psRequests(filter: { updatedAt: $span }) { nodes { number } }', instants, '$span: DateTimeRange', 'updatedAt'],
      ['jiraIssues(filter: { updatedAt: $span }) { nodes { key } }', instants, '$span: DateTimeRange', 'updatedAt'],
    ] as const)
      await expectRefused({ field, variables: { span: variables }, names }, declared);
  });
});

test('a text that is too long is refused without a call', async () => {
  const text = 'x'.repeat(1_001);
  for (const field of [
    'psRequests(filter: { text: $text }) { nodes { number } }',
    'accounts(filter: { name: $text }) { nodes { name } }',
    'jiraIssues(filter: { text: $text }) { nodes { key } }',
  ])
    await expectRefused({ field, variables: { text }, names: '`filter.' }, '$text: String');
});
