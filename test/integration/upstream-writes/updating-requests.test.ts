import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { bearerOf } from '../../support/signed-in.ts';

const UPDATE = `mutation ($input: UpdatePsRequestInput!) {
  updatePsRequest(input: $input) { psRequest { number status risk goLiveDate updatedAt } }
}`;
const READ = 'query ($id: ID!) { psRequest(id: $id) { id salesforceId number status risk goLiveDate updatedAt } }';

let gateway: TestGateway;
let operator: Record<string, string>;

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { UPSTREAM_WRITE_TIMEOUT: '800' } });
  operator = await gateway.as('OPERATOR');
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.salesforce.faults.clear();
  gateway.clearCalls();
});

const update = (input: Readonly<Record<string, unknown>>, headers = operator) =>
  gateway.query(UPDATE, { input }, headers);
const read = async (id: string) =>
  (await gateway.query(READ, { id }, operator)).data?.psRequest as Record<string, string | null>;
const patches = () => gateway.salesforce.calls.all.filter(({ method }) => method === 'PATCH');
const rowOf = (number: string) => {
  const row = gateway.salesforce.rows('PS_Request__c').find(({ Name }) => Name === number);
  if (!row) throw new Error(`The stand-in has no ${number}.`);
  return row;
};
const changedRisk = ({ risk }: Record<string, string | null>) => (risk === 'HIGH' ? 'LOW' : 'HIGH');

describe('updating a request', () => {
  it.each([
    ['its number', 'PSR-00042', (row: Record<string, string | null>) => row.number],
    ['its global id', 'PSR-00043', (row: Record<string, string | null>) => row.id],
    ['its 18-character id', 'PSR-00044', (row: Record<string, string | null>) => row.salesforceId],
    ['its 15-character id', 'PSR-00045', (row: Record<string, string | null>) => row.salesforceId?.slice(0, 15)],
  ])('by %s sends what is given and nothing else, once, and answers with the new state', async (_, number, idOf) => {
    const before = await read(number);
    const risk = changedRisk(before);
    const { data, errors } = await update({ id: idOf(before), risk });
    expect(errors).toEqual([]);
    const { psRequest } = data.updatePsRequest as { psRequest: Record<string, string> };
    expect(psRequest).toMatchObject({ number, status: before.status, goLiveDate: before.goLiveDate, risk });
    expect(Date.parse(String(psRequest.updatedAt))).toBeGreaterThan(Date.parse(String(before.updatedAt)));
    expect(patches().map(({ body }) => JSON.parse(body))).toEqual([{ Risk__c: risk === 'HIGH' ? 'High' : 'Low' }]);
    expect(await read(number)).toMatchObject(psRequest);
  });

  it('clears with null what may be empty, and refuses to clear the status', async () => {
    expect((await update({ id: 'PSR-00046', goLiveDate: '2027-02-03' })).errors).toEqual([]);
    expect(await read('PSR-00046')).toMatchObject({ goLiveDate: '2027-02-03' });
    const { data, errors } = await update({ id: 'PSR-00046', goLiveDate: null, risk: null });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ updatePsRequest: { psRequest: { goLiveDate: null, risk: null } } });
    expect(rowOf('PSR-00046')).toMatchObject({ Go_Live_Date__c: null, Risk__c: null });
    const refused = await update({ id: 'PSR-00046', status: null });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'input.status' } }]);
  });

  it('does nothing for a request that is as it is to be', async () => {
    const before = await read('PSR-00047');
    const { data, errors } = await update({ id: 'PSR-00047', status: before.status, risk: before.risk });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ updatePsRequest: { psRequest: { updatedAt: before.updatedAt } } });
    expect(patches()).toEqual([]);
  });

  it('shows what it found, now and later, for a request that was made so without a word', async () => {
    const before = await read('PSR-00052');
    const risk = changedRisk(before);
    const row = { Risk__c: risk === 'HIGH' ? 'High' : 'Low' };
    gateway.salesforce.updateRow('PS_Request__c', String(before.salesforceId), row);
    expect((await read('PSR-00052')).risk, 'nobody has heard of the change').toBe(before.risk);
    const { data, errors } = await update({ id: 'PSR-00052', risk });
    expect(errors).toEqual([]);
    expect(data).toMatchObject({ updatePsRequest: { psRequest: { risk } } });
    expect(patches()).toEqual([]);
    expect((await read('PSR-00052')).risk).toBe(risk);
  });

  it.each([
    ['nothing to change', { id: 'PSR-00048' }, 'input'],
    ['a request that nobody knows', { id: 'PSR-99999', risk: 'LOW' }, 'input.id'],
    ['what is no id', { id: 'x', risk: 'LOW' }, 'input.id'],
    ['the id of something else', { id: 'SmlyYUlzc3VlOjEwMDAx', risk: 'LOW' }, 'input.id'],
    ['a key with spaces', { id: 'PSR-00048', risk: 'LOW', idempotencyKey: 'a b' }, 'input.idempotencyKey'],
  ])('refuses %s, naming the argument, and sends nothing', async (_, input, argument) => {
    const { data, errors } = await update(input);
    expect(data).toEqual({ updatePsRequest: null });
    expect(errors).toMatchObject([{ path: ['updatePsRequest'], extensions: { code: 'BAD_USER_INPUT', argument } }]);
    expect(patches()).toEqual([]);
  });

  it('is refused to whoever may not change things, without a call', async () => {
    for (const role of ['VIEWER', 'ANALYST'] as const) {
      const { data, errors } = await update({ id: 'PSR-00048', risk: 'LOW' }, await gateway.as(role));
      expect(data).toEqual({ updatePsRequest: null });
      expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    }
    expect(gateway.salesforce.calls.count()).toBe(0);
  });

  it('shows in one operation with two changes of a request the state after each', async () => {
    const { data, errors } = await gateway.query(
      `mutation ($id: ID!) {
        first: updatePsRequest(input: { id: $id, goLiveDate: "2027-01-01" }) { psRequest { goLiveDate account { name } } }
        second: updatePsRequest(input: { id: $id, goLiveDate: "2027-01-02" }) { psRequest { goLiveDate account { name } } }
      }`,
      { id: 'PSR-00049' },
      operator,
    );
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      first: { psRequest: { goLiveDate: '2027-01-01' } },
      second: { psRequest: { goLiveDate: '2027-01-02' } },
    });
  });

  it('shows in lists that were read before', async () => {
    const list = `{ psRequests(first: 5, filter: { text: "PSR-00050" }) { nodes { number goLiveDate } } }`;
    await gateway.query(list, {}, operator);
    await update({ id: 'PSR-00050', goLiveDate: '2027-03-04' });
    const { data } = await gateway.query(list, {}, operator);
    expect(data).toMatchObject({ psRequests: { nodes: [{ number: 'PSR-00050', goLiveDate: '2027-03-04' }] } });
  });
});

describe('a change of a request that others change too', () => {
  it('goes through when the request is as it was read', async () => {
    const before = await read('PSR-00060');
    const { errors } = await update({ id: 'PSR-00060', risk: changedRisk(before), ifUpdatedAt: before.updatedAt });
    expect(errors).toEqual([]);
  });

  it('is refused with the present state when it was changed since', async () => {
    const before = await read('PSR-00061');
    gateway.salesforce.updateRow('PS_Request__c', String(before.salesforceId), { Status__c: 'Blocked' });
    const { data, errors } = await update({
      id: 'PSR-00061',
      risk: changedRisk(before),
      ifUpdatedAt: before.updatedAt,
    });
    expect(data).toEqual({ updatePsRequest: null });
    const [conflict] = errors;
    expect(conflict).toMatchObject({
      extensions: {
        code: 'CONFLICT',
        current: { status: 'BLOCKED', risk: before.risk, goLiveDate: before.goLiveDate },
      },
    });
    const stamp = new Date(String(rowOf('PSR-00061').LastModifiedDate)).toISOString();
    expect(conflict?.extensions?.updatedAt).toBe(stamp);
    expect(patches()).toEqual([]);
    const again = await update({ id: 'PSR-00061', risk: changedRisk(before), ifUpdatedAt: stamp });
    expect(again.errors).toEqual([]);
  });

  it('is refused once: whoever reads the request again gets what the change needs', async () => {
    const before = await read('PSR-00064');
    gateway.salesforce.updateRow('PS_Request__c', String(before.salesforceId), { Status__c: 'Blocked' });
    const held = await read('PSR-00064');
    expect(held, 'nobody has heard of the change').toEqual(before);
    const input = { id: 'PSR-00064', goLiveDate: '2027-08-08' };
    const refused = await update({ ...input, ifUpdatedAt: held.updatedAt });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
    const { status, updatedAt } = await read('PSR-00064');
    expect(status).toBe('BLOCKED');
    expect((await update({ ...input, ifUpdatedAt: updatedAt })).errors).toEqual([]);
  });

  it('is refused by Salesforce itself when it is changed between the look and the change', async () => {
    const before = await read('PSR-00062');
    gateway.clearCalls();
    // The look is answered late, with the state from before the change.
    gateway.salesforce.faults.add({ kind: 'slow', path: '/query?', delayMs: 150, times: 1 });
    const answer = update({ id: 'PSR-00062', risk: changedRisk(before), ifUpdatedAt: before.updatedAt });
    await expect.poll(() => gateway.salesforce.calls.count('/query?')).toBe(1);
    gateway.salesforce.updateRow('PS_Request__c', String(before.salesforceId), { Status__c: 'Cancelled' });
    const { errors } = await answer;
    expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', current: { status: 'CANCELLED' } } }]);
    expect(patches().map(({ status }) => status)).toEqual([412]);
    const after = await read('PSR-00062');
    expect(after).toMatchObject({ status: 'CANCELLED', risk: before.risk });
    expect(after.updatedAt).toBe(errors[0]?.extensions?.updatedAt);
  });

  it('has one winner among ten from the same state, also within one second and of several tenants', async () => {
    const others = await Promise.all(
      ['second', 'third'].map((tenant) => bearerOf(gateway, { tenant, subject: 'other', roles: ['OPERATOR'] })),
    );
    // Changed in this very second, so that Salesforce's own check can't tell the changes apart.
    await update({ id: 'PSR-00063', goLiveDate: '2027-05-01' });
    const { updatedAt } = await read('PSR-00063');
    gateway.clearCalls();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, day) =>
        update(
          { id: 'PSR-00063', goLiveDate: `2027-06-${String(day + 1).padStart(2, '0')}`, ifUpdatedAt: updatedAt },
          [operator, ...others][day % 3],
        ),
      ),
    );
    const told = answers.flatMap(({ errors }) => errors).map(({ extensions }) => Object.keys(extensions ?? {}).sort());
    expect(new Set(told.map((names) => names.join())), 'the same to all, of whatever tenant').toHaveProperty('size', 1);
    const codes = answers.map(({ errors }) => errors[0]?.extensions?.code ?? 'done').sort();
    expect(codes).toEqual([...Array.from({ length: 9 }, () => 'CONFLICT'), 'done']);
    expect(patches().filter(({ status }) => status === 204)).toHaveLength(1);
    const winner = answers.find(({ errors }) => errors.length === 0)?.data?.updatePsRequest as {
      psRequest: { goLiveDate: string };
    };
    expect(rowOf('PSR-00063').Go_Live_Date__c).toBe(winner.psRequest.goLiveDate);
  });
});

describe('a change that Salesforce refuses', () => {
  it.each([
    [
      'by a validation rule',
      { errorCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'Not on a Friday.', fields: ['Go_Live_Date__c'] },
      { code: 'BAD_USER_INPUT', argument: 'input.goLiveDate' },
      /Not on a Friday/,
    ],
    [
      'for a value that its picklist does not have',
      { errorCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message: 'canary-1', fields: ['Risk__c'] },
      { code: 'BAD_USER_INPUT', argument: 'input.risk' },
      /nothing was changed/,
    ],
    [
      'because of an approval',
      { errorCode: 'ENTITY_IS_LOCKED', message: 'canary-1' },
      { code: 'BAD_USER_INPUT', argument: 'input.id' },
      /locked/,
    ],
    [
      'because somebody else changes it',
      { errorCode: 'UNABLE_TO_LOCK_ROW', message: 'canary-1' },
      { code: 'UPSTREAM_UNAVAILABLE', retryAfterSeconds: 2 },
      /nothing was changed/,
    ],
    [
      'because the gateway may not',
      { errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'canary-1' },
      { code: 'UPSTREAM_FORBIDDEN' },
      /operator has to grant/,
    ],
  ])('%s says so, is sent once, and leaves its key free', async (_, refusal, extensions, message) => {
    gateway.salesforce.faults.add({ kind: 'status', method: 'PATCH', status: 400, body: [refusal], times: 1 });
    const input = { id: 'PSR-00070', goLiveDate: '2027-07-07', risk: 'MEDIUM', idempotencyKey: `refused-${_.length}` };
    const { data, errors } = await update(input);
    expect(data).toEqual({ updatePsRequest: null });
    expect(errors).toMatchObject([{ message: expect.stringMatching(message), extensions }]);
    expect(JSON.stringify(errors)).not.toContain('canary-1');
    expect(patches()).toHaveLength(1);
    expect((await update({ ...input, goLiveDate: '2027-07-08' })).errors).toEqual([]);
    await update({ id: 'PSR-00070', goLiveDate: null, risk: null });
  });
});
