import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/standins/kit/fault.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

/** One call that changes something, in milliseconds; what is waited for follows from it. */
const TIMEOUT_MS = 500;

let gateway: TestGateway;
let operator: Record<string, string>;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { UPSTREAM_WRITE_TIMEOUT: String(TIMEOUT_MS) } });
  operator = await gateway.as('OPERATOR');
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.salesforce.faults.clear();
  gateway.jira.faults.clear();
  gateway.clearCalls();
});

let issues = 0;

/** The three mutations, each on a record of its own: how to send one, how often it was sent, whether it took effect. */
const kinds = {
  updatePsRequest: () => {
    const number = `PSR-${String(200 + ++issues).padStart(5, '0')}`;
    const goLiveDate = '2031-01-01';
    return {
      source: gateway.salesforce,
      write: { method: 'PATCH' },
      reads: { path: '/query?' },
      send: (idempotencyKey?: string) =>
        gateway.query(
          'mutation ($input: UpdatePsRequestInput!) { it: updatePsRequest(input: $input) { psRequest { goLiveDate } } }',
          { input: { id: number, goLiveDate, idempotencyKey } },
          operator,
        ),
      answer: { psRequest: { goLiveDate } },
      effects: () => {
        const row = gateway.salesforce.rows('PS_Request__c').find(({ Name }) => Name === number);
        return row?.Go_Live_Date__c === goLiveDate ? 1 : 0;
      },
    };
  },
  transitionJiraIssue: () => {
    const { key } = freshIssue();
    return {
      source: gateway.jira,
      write: { method: 'POST', path: '/transitions' },
      reads: { method: 'GET', path: '/issue/' },
      send: (idempotencyKey?: string) =>
        gateway.query(
          'mutation ($input: TransitionJiraIssueInput!) { it: transitionJiraIssue(input: $input) { issue { status { name } } } }',
          { input: { key, to: 'blocked', idempotencyKey } },
          operator,
        ),
      answer: { issue: { status: { name: 'Blocked' } } },
      effects: () => (gateway.jira.issue(key)?.statusName === 'Blocked' ? 1 : 0),
    };
  },
  addJiraComment: () => {
    const { key, comments } = freshIssue();
    const body = `Comment ${++issues}`;
    return {
      source: gateway.jira,
      write: { method: 'POST', path: '/comment' },
      reads: { method: 'GET', path: '/comment' },
      send: (idempotencyKey?: string) =>
        gateway.query(
          'mutation ($input: AddJiraCommentInput!) { it: addJiraComment(input: $input) { comment { body } } }',
          { input: { key, body, idempotencyKey } },
          operator,
        ),
      answer: { comment: { body } },
      effects: () => (gateway.jira.issue(key)?.comments.length ?? 0) - comments.length,
    };
  },
};

function freshIssue() {
  for (let number = 1 + issues; number < 500; number += 1) {
    const issue = gateway.jira.issue(`PSD-${number}`);
    issues = number;
    if (issue && !issue.forbidden && issue.statusName !== 'Blocked') return issue;
  }
  throw new Error('No issue is left.');
}

type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];
const sentOf = ({ source, write }: ReturnType<(typeof kinds)[Kind]>) =>
  source.calls.all.filter(
    (call) =>
      call.method === write.method &&
      (!('path' in write) || new URL(call.path, 'http://x').pathname.endsWith(write.path)),
  ).length;
const rows = () =>
  gateway.database?.query<{ id: string; state: string; actor: string | null; operation: string }>(
    'select id, state, actor, operation from upstream_writes order by sent_at desc limit 1',
  ) ?? Promise.resolve([]);
const entriesOf = async (writeId: string | undefined) =>
  (
    (await gateway.database?.query<{ action: string; outcome: string; told: string }>(
      `select actions[1] as action, outcome, details->>'outcome' as told from audit_logs where details->>'writeId' = $1 order by sequence`,
      [writeId],
    )) ?? []
  ).map(({ action, outcome, told }) => `${action} ${outcome} ${told}`);

const carriedOut: [string, Omit<Fault, 'method' | 'path'>][] = [
  ['is carried out and answered too late', { kind: 'slow', delayMs: 4 * TIMEOUT_MS }],
  ['is carried out, and the connection breaks in the middle of the answer', { kind: 'reset' }],
  ['is carried out, and the connection breaks before the answer', { kind: 'down', carriedOut: true }],
  [
    'is carried out, and answered with 504',
    { kind: 'status', status: 504, carriedOut: true, body: 'no', contentType: 'text/html' },
  ],
];
const neverDone: [string, Omit<Fault, 'method' | 'path'>, string][] = [
  [
    'is answered with 503',
    { kind: 'status', status: 503, body: 'no', contentType: 'text/html' },
    'UPSTREAM_UNAVAILABLE',
  ],
  ['is never answered', { kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
  ['ends in a broken connection', { kind: 'down' }, 'UPSTREAM_UNAVAILABLE'],
];

describe.each(names)('%s', (name) => {
  // One that succeeds, so that the breaker counts anew.
  beforeEach(async () => {
    expect((await kinds[name]().send()).errors).toEqual([]);
    gateway.clearCalls();
  });

  it.each(carriedOut)('that %s is sent once and answered as done', async (_, fault) => {
    const write = kinds[name]();
    write.source.faults.add({ ...fault, ...write.write, times: 1 });
    const { data, errors } = await write.send();
    expect(errors).toEqual([]);
    expect(data).toEqual({ it: write.answer });
    expect(sentOf(write)).toBe(1);
    expect(write.effects()).toBe(1);
    const [row] = await rows();
    expect(row).toMatchObject({ state: 'DONE', actor: null, operation: name });
    expect(await entriesOf(row?.id)).toEqual([`${name} ALLOWED DONE`]);
  });

  it('that can not begin because the source is down says that nothing was changed', async () => {
    const write = kinds[name]();
    const first = name === 'updatePsRequest' ? write.reads : { method: 'GET', path: '/issue/' };
    write.source.faults.add({ kind: 'down', ...first });
    expect((await write.send(`down-${name}`)).errors).toMatchObject([
      {
        message: expect.stringMatching(/Nothing was changed\.$/),
        extensions: { code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_DONE' },
      },
    ]);
    expect(sentOf(write)).toBe(0);
    write.source.faults.clear();
    expect((await write.send(`down-${name}`)).errors, 'its key is free').toEqual([]);
    expect(write.effects()).toBe(1);
  });

  it.each(neverDone)('that %s is sent once and answered as not done, to the same key too', async (_, fault, code) => {
    const write = kinds[name]();
    write.source.faults.add({ ...fault, ...write.write, times: 1 });
    const { data, errors } = await write.send('a-key-of-this');
    expect(data).toEqual({ it: null });
    expect(errors).toMatchObject([{ extensions: { code, outcome: 'NOT_DONE' } }]);
    expect(await write.send('a-key-of-this')).toMatchObject({
      errors: [{ extensions: { code, outcome: 'NOT_DONE' } }],
    });
    expect(sentOf(write)).toBe(1);
    expect(write.effects()).toBe(0);
    const [row] = await rows();
    expect(row).toMatchObject({ state: 'NOT_DONE', actor: null });
    expect(await entriesOf(row?.id)).toEqual([`${name} FAILED NOT_DONE`]);
    await gateway.database?.query(`delete from idempotency_keys where key = 'a-key-of-this'`);
  });

  it('that nothing can be told of is answered so, and found out about later without being sent again', async () => {
    const write = kinds[name]();
    const { reads, source } = write;
    source.faults.add({ kind: 'slow', delayMs: 4 * TIMEOUT_MS, ...write.write, times: 1 });
    const answer = write.send('asked-again');
    await expect.poll(() => sentOf(write)).toBe(1);
    // A refusal and no outage, after which everything would be left alone for a while.
    source.faults.add({ kind: 'status', status: 400, body: [{ errorCode: 'REFUSED', message: 'no' }], ...reads });
    const { data, errors } = await answer;
    expect(data).toEqual({ it: null });
    expect(errors).toMatchObject([
      { extensions: { code: 'WRITE_OUTCOME_UNKNOWN', outcome: 'UNKNOWN', retryAfterSeconds: 5 } },
    ]);
    const [unknown] = await rows();
    expect(unknown?.state).toBe('UNKNOWN');
    expect(unknown?.actor).toBeNull();
    source.faults.clear();
    await expect.poll(async () => (await rows())[0]?.state, { timeout: 15_000 }).toBe('DONE');
    expect(await write.send('asked-again')).toMatchObject({ data: { it: write.answer }, errors: [] });
    expect(sentOf(write)).toBe(1);
    expect(write.effects()).toBe(1);
    expect(await entriesOf(unknown?.id)).toEqual([`${name} FAILED UNKNOWN`, `${name}.resolved ALLOWED DONE`]);
    await gateway.database?.query(`delete from idempotency_keys where key = 'asked-again'`);
  });

  it('that could not be audited is not sent, and its key is free', async () => {
    const write = kinds[name]();
    await gateway.database?.query('revoke insert on audit_logs from deployment_graph_app');
    const { errors } = await write.send('free-again');
    await gateway.database?.query('grant insert on audit_logs to deployment_graph_app');
    expect(errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE' } }]);
    expect(sentOf(write)).toBe(0);
    expect(await write.send('free-again')).toMatchObject({ data: { it: write.answer }, errors: [] });
    expect(sentOf(write)).toBe(1);
    await gateway.database?.query(`delete from idempotency_keys where key = 'free-again'`);
  });
});

describe('a change of a request that nobody knows the outcome of', () => {
  it('can not be told apart from later changes of others, and says so', async () => {
    const write = kinds.updatePsRequest();
    gateway.salesforce.faults.add({ kind: 'hang', method: 'PATCH', times: 1 });
    const answer = write.send();
    await expect.poll(() => sentOf(write)).toBe(1);
    const id = String(
      gateway.salesforce.calls.all
        .find(({ method }) => method === 'PATCH')
        ?.path.split('/')
        .at(-1),
    );
    gateway.salesforce.updateRow('PS_Request__c', id, { Product__c: 'Another' });
    const { errors } = await answer;
    expect(errors).toMatchObject([{ extensions: { code: 'WRITE_OUTCOME_UNKNOWN', outcome: 'UNDECIDED' } }]);
    expect((await rows())[0]?.state).toBe('UNDECIDED');
  });
});

describe('a transition that nobody knows the outcome of', () => {
  it('is found in the history of an issue that somebody has moved on since', async () => {
    const write = kinds.transitionJiraIssue();
    gateway.jira.faults.add({ kind: 'slow', delayMs: 4 * TIMEOUT_MS, ...write.write, times: 1 });
    const answer = write.send();
    await expect.poll(() => write.effects()).toBe(1);
    const call = gateway.jira.calls.all.find(({ path }) => path.endsWith('/transitions'));
    gateway.jira.updateIssue(String(call?.path.split('/').at(-2)), { statusName: 'Done' });
    const { data, errors } = await answer;
    expect(errors).toEqual([]);
    expect(data).toEqual({ it: { issue: { status: { name: 'Done' } } } });
    expect(sentOf(write)).toBe(1);
  });
});
