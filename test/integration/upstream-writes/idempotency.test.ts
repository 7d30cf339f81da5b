import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanUp } from '../../../src/features/upstream-writes/clean-up.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import type { GraphqlAnswer } from '../../support/send-operation.ts';
import { type Surroundings, startSurroundings } from '../../support/surroundings.ts';

const UPDATE = `mutation ($input: UpdatePsRequestInput!) {
  updatePsRequest(input: $input) { psRequest { number goLiveDate updatedAt } }
}`;
const COMMENT = `mutation ($input: AddJiraCommentInput!) {
  addJiraComment(input: $input) { comment { id body createdAt } issue { key comments(first: 200) { id } } }
}`;

let database: TestDatabase;
let surroundings: Surroundings;
let gateways: TestGateway[];
let operator: Record<string, string>;

const start = () =>
  startTestGateway({
    settings: { ...surroundings.settings, DATABASE_URL: database.url },
  });

beforeAll(async () => {
  database = await createTestDatabase();
  surroundings = await startSurroundings([database.url]);
  gateways = await Promise.all([start(), start()]);
  operator = { authorization: `Bearer ${await surroundings.identity.tokenFor('OPERATOR')}` };
});
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()));
  await surroundings[Symbol.asyncDispose]();
  await database.drop();
});
beforeEach(() => {
  surroundings.salesforce.faults.clear();
  surroundings.jira.faults.clear();
  surroundings.salesforce.calls.clear();
  surroundings.jira.calls.clear();
});

const send = (which: number, document: string, input: Readonly<Record<string, unknown>>, headers = operator) =>
  (gateways[which % gateways.length] as TestGateway).query(document, { input }, headers);
const patches = () => surroundings.salesforce.calls.all.filter(({ method }) => method === 'PATCH').length;
const posts = () =>
  surroundings.jira.calls.all.filter(({ method, path }) => method === 'POST' && path.endsWith('/comment')).length;
const told = ({ data, errors }: GraphqlAnswer) =>
  JSON.stringify({ data, codes: errors.map((e) => e.extensions?.code) });

describe('one key', () => {
  it('has one effect and one answer for fifty at once, through two instances', async () => {
    const before = surroundings.jira.issue('PSD-1')?.comments.length ?? 0;
    const input = { key: 'PSD-1', body: 'Said **once**', idempotencyKey: 'fifty-comments' };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n, COMMENT, input)));
    const variants = [...new Set(answers.map(told))];
    expect(variants, variants.join('\n')).toHaveLength(1);
    expect(answers[0]).toMatchObject({
      errors: [],
      data: { addJiraComment: { comment: { body: 'Said **once**' }, issue: { key: 'PSD-1' } } },
    });
    expect(posts()).toBe(1);
    expect(surroundings.jira.issue('PSD-1')?.comments.length).toBe(before + 1);
    const change = { id: 'PSR-00110', goLiveDate: '2030-01-01', idempotencyKey: 'fifty-changes' };
    const changes = await Promise.all(Array.from({ length: 50 }, (_, n) => send(n, UPDATE, change)));
    expect([...new Set(changes.map(told))]).toHaveLength(1);
    expect(patches()).toBe(1);
  });

  it('tells in the log which entry is a replay of which, and finds both by the number however it is written', async () => {
    const input = { id: 'psr-120', goLiveDate: '2030-01-01', idempotencyKey: 'replayed' };
    for (const which of [0, 1]) expect((await send(which, UPDATE, input)).errors).toEqual([]);
    const admin = { authorization: `Bearer ${await surroundings.identity.tokenFor('ADMIN')}` };
    for (const resourceId of ['PSR-00120', 'psr-00120', 'psr-120']) {
      const { data } = await (gateways[0] as TestGateway).query(
        'query ($id: String!) { auditLog(filter: { resourceId: $id }) { nodes { outcome details } } }',
        { id: resourceId },
        admin,
      );
      const [replay, change, ...others] = data.auditLog.nodes;
      expect(others).toEqual([]);
      expect(change).toMatchObject({ outcome: 'ALLOWED', details: { outcome: 'DONE', writeId: expect.any(String) } });
      expect(replay).toEqual({ outcome: 'ALLOWED', details: { replayed: true, replayOf: change.details.writeId } });
    }
  });

  it('with another input is a mismatch, at once and later', async () => {
    const input = { id: 'PSR-00111', goLiveDate: '2030-01-01', idempotencyKey: 'mismatch' };
    const atOnce = await Promise.all([send(0, UPDATE, input), send(0, UPDATE, { ...input, goLiveDate: '2030-01-02' })]);
    const mismatch = [{ extensions: { code: 'IDEMPOTENCY_MISMATCH' } }];
    expect(atOnce.map(({ errors }) => errors.length).sort()).toEqual([0, 1]);
    expect(atOnce.find(({ errors }) => errors.length > 0)?.errors).toMatchObject(mismatch);
    expect((await send(1, UPDATE, { ...input, risk: 'HIGH' })).errors).toMatchObject(mismatch);
    expect(patches()).toBe(1);
  });

  it('is another one for another person, and for another mutation', async () => {
    const change = (goLiveDate: string) => ({ id: 'PSR-00112', goLiveDate, idempotencyKey: 'shared-name' });
    const admin = { authorization: `Bearer ${await surroundings.identity.tokenFor('ADMIN')}` };
    expect((await send(0, UPDATE, change('2030-01-01'))).errors).toEqual([]);
    expect((await send(1, UPDATE, change('2030-01-02'), admin)).errors).toEqual([]);
    expect((await send(0, COMMENT, { key: 'PSD-2', body: 'x', idempotencyKey: 'shared-name' })).errors).toEqual([]);
    expect([patches(), posts()]).toEqual([2, 1]);
  });

  it('is answered the same after a restart', async () => {
    const input = { id: 'PSR-00113', goLiveDate: '2030-01-01', idempotencyKey: 'restart' };
    const first = await send(1, UPDATE, input);
    await gateways[1]?.close();
    gateways[1] = await start();
    expect(told(await send(1, UPDATE, input))).toBe(told(first));
    expect(patches()).toBe(1);
  });

  it('makes whoever comes second through another instance wait for the first', async () => {
    surroundings.salesforce.faults.add({ kind: 'slow', method: 'PATCH', delayMs: 500, times: 1 });
    const input = { id: 'PSR-00114', goLiveDate: '2030-01-01', idempotencyKey: 'second' };
    const first = send(0, UPDATE, input);
    await expect.poll(patches).toBe(1);
    const second = await send(1, UPDATE, input);
    expect(told(second)).toBe(told(await first));
    expect(second.errors).toEqual([]);
    expect(patches()).toBe(1);
  });

  it('goes on when its client has left, and tells whoever asks again', async () => {
    surroundings.salesforce.faults.add({ kind: 'slow', method: 'PATCH', delayMs: 300, times: 1 });
    const input = { id: 'PSR-00115', goLiveDate: '2030-01-01', idempotencyKey: 'left' };
    const leaving = new AbortController();
    const left = fetch(`${gateways[0]?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...operator },
      body: JSON.stringify({ query: UPDATE, variables: { input } }),
      signal: leaving.signal,
    });
    left.catch(() => undefined);
    await expect.poll(patches).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect((await send(1, UPDATE, input)).errors).toEqual([]);
    expect(patches()).toBe(1);
  });

  it('begins none of the changes whose turn had not come when its client left', async () => {
    surroundings.salesforce.faults.add({ kind: 'slow', method: 'PATCH', delayMs: 300 });
    const numbers = ['PSR-00117', 'PSR-00118', 'PSR-00119'];
    const changes = numbers.map(
      (number) =>
        `${number.replace('-', '')}: updatePsRequest(input: { id: "${number}", goLiveDate: "2030-01-01", idempotencyKey: "${number}" }) { psRequest { number } }`,
    );
    const leaving = new AbortController();
    const left = fetch(`${gateways[0]?.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...operator },
      body: JSON.stringify({ query: `mutation { ${changes.join(' ')} }` }),
      signal: leaving.signal,
    });
    left.catch(() => undefined);
    await expect.poll(patches).toBe(1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    const writes = () => database.query(`select state from upstream_writes where intent->'names' ?| $1`, [numbers]);
    await expect.poll(writes).toEqual([{ state: 'DONE' }]);
    expect(patches()).toBe(1);
    const keys = await database.query(`select key from idempotency_keys where key = any ($1) order by key`, [numbers]);
    expect(keys).toEqual([{ key: 'PSR-00117' }]);
    expect(
      (await send(1, UPDATE, { id: 'PSR-00118', goLiveDate: '2030-01-01', idempotencyKey: 'PSR-00118' })).errors,
    ).toEqual([]);
  });

  it('is forgotten after a day, but not while nobody knows what became of its write', async () => {
    const keys = () =>
      database.query<{ key: string }>(`select key from idempotency_keys where key like 'old-%' order by key`);
    const insert = (key: string, age: string, rest: string) =>
      database.query(
        `insert into idempotency_keys (tenant, viewer_id, operation, key, request_hash, created_at, ${rest.split(' = ')[0]})
         values ('demo', 'v', 'o', $1, repeat('a', 64), now() - $2::interval, ${rest.split(' = ')[1]})`,
        [key, age],
      );
    await insert('old-answered', '25 hours', `response = '{}'`);
    await insert('old-fresh', '23 hours', `response = '{}'`);
    await insert('old-open', '25 hours', `claimed_until = 'infinity'`);
    await insert('old-lapsed', '25 hours', `claimed_until = now() - interval '1 hour'`);
    const asOwner = async <Row>(text: string, values: readonly unknown[]) =>
      (await database.query(text, [...values])) as unknown as Row[];
    expect(await cleanUp(asOwner, new AbortController().signal)).toBe(2);
    expect((await keys()).map(({ key }) => key)).toEqual(['old-fresh', 'old-open']);
  });
});

describe('a change through one instance', () => {
  it('shows through another within a second, in answers that were read before', async () => {
    const read = (which: number) =>
      gateways[which]?.query(
        '{ psRequest(id: "PSR-00116") { goLiveDate } jiraIssue(key: "PSD-3") { status { name } } }',
        {},
        operator,
      );
    await Promise.all([read(0), read(1)]);
    const to = surroundings.jira.issue('PSD-3')?.statusName === 'Blocked' ? 'Done' : 'Blocked';
    await send(0, UPDATE, { id: 'PSR-00116', goLiveDate: '2033-03-03' });
    await gateways[0]?.query(
      `mutation { transitionJiraIssue(input: { key: "PSD-3", to: "${to}" }) { issue { key } } }`,
      {},
      operator,
    );
    const shown = { psRequest: { goLiveDate: '2033-03-03' }, jiraIssue: { status: { name: to } } };
    expect((await read(0))?.data).toEqual(shown);
    await expect.poll(async () => (await read(1))?.data, { timeout: 1_000, interval: 50 }).toEqual(shown);
  });
});
