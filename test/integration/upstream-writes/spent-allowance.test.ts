import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';

const UPDATE = `mutation ($input: UpdatePsRequestInput!) {
  updatePsRequest(input: $input) { psRequest { number risk account { name } } }
}`;
const BUDGET = 12;

let gateway: TestGateway;
let as: Readonly<Record<'viewer' | 'operator', Record<string, string>>>;

const update = (input: Readonly<Record<string, unknown>>) => gateway.query(UPDATE, { input }, as.operator);
const read = (number: string) =>
  gateway.query('query ($id: ID!) { psRequest(id: $id) { number risk } }', { id: number }, as.viewer);
const patches = () => gateway.salesforce.calls.all.filter(({ method }) => method === 'PATCH');
const otherRisk = (number: string) =>
  gateway.salesforce.rows('PS_Request__c').find(({ Name }) => Name === number)?.Risk__c === 'High' ? 'LOW' : 'HIGH';

beforeAll(async () => {
  gateway = await startTestGateway({ settings: { SALESFORCE_DAILY_CALL_BUDGET: String(BUDGET) } });
  as = { viewer: await gateway.as('VIEWER'), operator: await gateway.as('OPERATOR') };
  for (let number = 1; number <= BUDGET + 1; number += 1) await read(`PSR-${String(number).padStart(5, '0')}`);
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.salesforce.faults.clear();
  gateway.clearCalls();
});

it('makes a change, and reads for it and for its answer, when the budget for reading is spent', async () => {
  expect((await read('PSR-00101')).errors).toMatchObject([{ extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED' } }]);
  const risk = otherRisk('PSR-00102');
  const { data, errors, extensions } = await update({ id: 'PSR-00102', risk, idempotencyKey: 'spent-1' });
  expect(errors).toEqual([]);
  expect(extensions.freshness).toBeUndefined();
  expect(data.updatePsRequest.psRequest).toMatchObject({ number: 'PSR-00102', risk });
  expect(patches()).toHaveLength(1);
  expect((await read('PSR-00101')).errors, 'nobody else reads by it').toHaveLength(1);
});

it('is no outage: the state says that calls are saved, and the alert how many were spent of what', async () => {
  const { data } = await gateway.query(
    '{ gatewayStatus { upstreams { source state lastError } alerts { name message } } }',
    {},
    as.viewer,
  );
  const { upstreams, alerts } = data.gatewayStatus;
  expect(upstreams).toContainEqual({ source: 'SALESFORCE', state: 'DEGRADED', lastError: null });
  const names = alerts.map(({ name }: { name: string }) => name);
  expect(names).toContain('quota-exhausted-salesforce');
  expect(names).not.toContain('upstream-down-salesforce');
  expect(JSON.stringify(alerts)).toMatch(/\d+ of 12 were made in 24 hours \(SALESFORCE_DAILY_CALL_BUDGET\)/);
  const ready = await fetch(new URL('/readyz', gateway.url));
  const { dependencies } = (await ready.json()) as { readonly dependencies: readonly object[] };
  expect(dependencies).toContainEqual(expect.objectContaining({ name: 'salesforce', state: 'degraded' }));
});

it('reads for an answer as for others when nothing was changed, or was changed by an earlier request', async () => {
  const risk = otherRisk('PSR-00105');
  const input = { id: 'PSR-00105', risk, idempotencyKey: 'spent-2' };
  expect((await update(input)).errors).toEqual([]);
  const other =
    'mutation ($input: UpdatePsRequestInput!) { updatePsRequest(input: $input) { psRequest { description } } }';
  gateway.clearCalls();
  const replay = await gateway.query(other, { input }, as.operator);
  const again = await gateway.query(other, { input: { id: 'PSR-00105', risk } }, as.operator);
  expect(patches()).toEqual([]);
  for (const { errors } of [replay, again])
    expect(errors).toMatchObject([
      {
        path: expect.arrayContaining(['updatePsRequest', 'psRequest']),
        extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED' },
      },
    ]);
});

it('leaves the reserve of the organisation alone, and says that nothing was changed', async () => {
  gateway.salesforce.setUsage(98_998, 100_000);
  const last = await update({ id: 'PSR-00103', risk: otherRisk('PSR-00103') });
  expect(patches()).toHaveLength(1);
  expect(last.data.updatePsRequest).toEqual({ psRequest: null });
  expect(last.errors).toMatchObject([{ path: ['updatePsRequest', 'psRequest'] }]);
  expect(last.errors[0]?.message, 'of the read after the change').not.toMatch(/change|not sent/i);
  gateway.clearCalls();
  const { errors } = await update({ id: 'PSR-00104', risk: otherRisk('PSR-00104') });
  expect(errors).toMatchObject([
    {
      message: expect.stringMatching(/kept for others.*Nothing was changed\.$/),
      extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', outcome: 'NOT_DONE', resetsAt: expect.any(String) },
    },
  ]);
  expect(gateway.salesforce.calls.all).toEqual([]);
});
