import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startGatewayProcess } from '../../support/gateway-process.ts';
import { sendOperation } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';

const UPDATE = `mutation ($input: UpdatePsRequestInput!) {
  updatePsRequest(input: $input) { psRequest { number goLiveDate } }
}`;
const COMMENT = 'mutation ($input: AddJiraCommentInput!) { addJiraComment(input: $input) { comment { body } } }';

let database: TestDatabase;
let surroundings: Surroundings;
let operator: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  operator = { authorization: `Bearer ${await surroundings.identity.tokenFor('OPERATOR')}` };
});
afterAll(async () => {
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});

/** The second process has to open what the first has sealed. */
const keys = {
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  AUDIT_PSEUDONYM_KEY: randomBytes(32).toString('base64'),
};

const start = () =>
  startGatewayProcess({
    ...surroundings.settings,
    DATABASE_URL: database.url,
    ...keys,
    UPSTREAM_WRITE_TIMEOUT: '1000',
    CACHE_WARMING_TOP: '0',
    CHANGE_POLL_INTERVAL: '0',
  });

const sent = () => [
  surroundings.salesforce.calls.all.filter(({ method }) => method === 'PATCH').length,
  surroundings.jira.calls.all.filter(({ method, path }) => method === 'POST' && path.endsWith('/comment')).length,
];
const unresolved = async () =>
  Number(
    (await database.query<{ n: number }>('select count(*)::int as n from upstream_writes where resolved_at is null'))[0]
      ?.n,
  );

it('finds out after a kill between sending and storing what became of each write, and sends none again', async () => {
  const done = { id: 'PSR-00120', goLiveDate: '2030-02-02', idempotencyKey: 'killed-1' };
  const neverDone = { id: 'PSR-00121', goLiveDate: '2030-02-02', idempotencyKey: 'killed-2' };
  const said = { key: 'PSD-1', body: 'Said before the end', idempotencyKey: 'killed-3' };
  const before = surroundings.jira.issue('PSD-1')?.comments.length ?? 0;
  const first = await start();
  surroundings.salesforce.faults.add({ kind: 'slow', delayMs: 30_000, method: 'PATCH', times: 1 });
  surroundings.jira.faults.add({ kind: 'slow', delayMs: 30_000, method: 'POST', path: '/comment', times: 1 });
  const lost = [sendOperation(first.url, UPDATE, { input: done }, operator)];
  await expect.poll(sent).toEqual([1, 0]);
  surroundings.salesforce.faults.add({ kind: 'hang', method: 'PATCH', times: 1 });
  lost.push(
    sendOperation(first.url, UPDATE, { input: neverDone }, operator),
    sendOperation(first.url, COMMENT, { input: said }, operator),
  );
  await expect.poll(sent).toEqual([2, 1]);
  first.signal('SIGKILL');
  expect((await Promise.allSettled(lost)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await first.ended;
  expect(await unresolved()).toBe(3);

  const second = await start();
  try {
    // One is asked for again, the others are found out about by themselves.
    const again = await sendOperation(second.url, UPDATE, { input: done }, operator);
    expect(again).toMatchObject({ errors: [], data: { updatePsRequest: { psRequest: { goLiveDate: '2030-02-02' } } } });
    await expect.poll(unresolved, { timeout: 15_000, interval: 200 }).toBe(0);
    expect(await sendOperation(second.url, UPDATE, { input: neverDone }, operator)).toMatchObject({
      data: { updatePsRequest: null },
      errors: [{ extensions: { outcome: 'NOT_DONE' } }],
    });
    expect(await sendOperation(second.url, COMMENT, { input: said }, operator)).toMatchObject({
      errors: [],
      data: { addJiraComment: { comment: { body: 'Said before the end' } } },
    });
    expect(sent()).toEqual([2, 1]);
    expect(surroundings.jira.issue('PSD-1')?.comments.length).toBe(before + 1);
    const entries = await database.query<{ told: string }>(
      `select concat_ws(' ', l.actions[1], l.outcome, l.details->>'outcome', case when l.actor is not null then 'by somebody' end) as told
       from audit_logs l join upstream_writes w on w.id = (l.details->>'writeId')::uuid order by told`,
    );
    expect(entries.map(({ told }) => told)).toEqual([
      'addJiraComment ALLOWED DONE by somebody',
      'updatePsRequest ALLOWED DONE by somebody',
      'updatePsRequest FAILED NOT_DONE by somebody',
    ]);
  } finally {
    second.signal('SIGTERM');
    await second.ended;
  }
}, 60_000);
