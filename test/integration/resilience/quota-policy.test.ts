import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { MovableClock } from '../../support/identity.ts';

const clock = new MovableClock();
let gateway: TestGateway;
let ids: readonly string[];
let as: Readonly<Record<'viewer' | 'analyst' | 'operator', Record<string, string>>>;

const DOCUMENT = 'query ($id: ID!) { psRequest(id: $id) { number product } }';
const ask = (place: number, headers?: Record<string, string>) => gateway.query(DOCUMENT, { id: ids[place] }, headers);
const calls = () => gateway.salesforce.calls.all.filter(({ path }) => path.includes('/data/')).length;
const lowered = (to: string) => ({ ...as.operator, 'x-client-priority': to });

beforeAll(async () => {
  gateway = await startTestGateway({
    clock,
    responseCacheBytes: 16_000_000,
    // 120 seconds while the allowance is critical. No window: an answer executed for one must be joined as it is.
    settings: { CACHE_TTL_DEFAULT: '10', CACHE_COALESCE_WINDOW: '0', ANONYMOUS_ROLE: 'analyst' },
  });
  ids = gateway.salesforce
    .rows('PS_Request__c')
    .flatMap(({ Id, IsDeleted }) => (IsDeleted === true ? [] : [String(Id)]));
  as = {
    viewer: await gateway.as('VIEWER'),
    analyst: await gateway.as('ANALYST'),
    operator: await gateway.as('OPERATOR'),
  };
  // The gateway may spend four fifths of it; 75,000 is more than nine tenths of that.
  gateway.salesforce.setUsage(75_000, 100_000);
  await ask(0, as.viewer);
});
afterAll(() => gateway?.close());
beforeEach(() => gateway.clearCalls());

describe('while few calls to Salesforce are left', () => {
  test('an analyst gets what is kept, labelled, without a call, and a viewer gets it fresh', async () => {
    const before = await ask(0, as.viewer);
    clock.advanceMs(200_000);
    gateway.clearCalls();
    for (const headers of [as.analyst, undefined, lowered('analyst'), lowered('background')]) {
      const stale = await ask(0, headers);
      expect(stale.errors).toEqual([]);
      expect(stale.data).toEqual(before.data);
      expect(stale.extensions.freshness).toMatchObject([
        { path: ['psRequest'], state: 'STALE', reason: 'UPSTREAM_QUOTA_EXHAUSTED' },
      ]);
      expect(stale.headers.get('cache-control')).toBe('no-store');
    }
    expect(calls()).toBe(0);
    const fresh = await ask(0, as.viewer);
    expect(fresh.extensions.freshness).toBeUndefined();
    expect(calls()).toBe(1);
    expect((await ask(0, as.analyst)).extensions.freshness).toBeUndefined();
    expect(calls()).toBe(1);
  });

  test('an analyst is told when there is room again for what nobody has read, and a viewer gets it', async () => {
    const refused = await ask(1, as.analyst);
    expect(refused.data).toEqual({ psRequest: null });
    expect(refused.errors).toMatchObject([
      { path: ['psRequest'], extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED', source: 'SALESFORCE' } },
    ]);
    expect(Date.parse(String(refused.errors[0]?.extensions.resetsAt))).toBeGreaterThan(clock.now());
    expect(calls()).toBe(0);
    expect((await ask(1, as.viewer)).data.psRequest.number).toMatch(/^PSR-/);
    expect(calls()).toBe(1);
  });

  test('the header makes a request less urgent and never more, and takes no other word', async () => {
    expect((await ask(2, { ...as.analyst, 'x-client-priority': 'interactive' })).errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED' } },
    ]);
    expect((await ask(2, lowered('analyst'))).errors).toHaveLength(1);
    const bad = await ask(2, lowered('urgent'));
    expect(bad.status).toBe(400);
    expect(bad.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: 'x-client-priority' } }]);
    expect(calls()).toBe(0);
    expect((await ask(2, lowered(' Interactive '))).errors).toEqual([]);
    expect(calls()).toBe(1);
  });

  test('who needs a fresh answer does not share the one that is executed for somebody with the same rights who does not', async () => {
    for (let place = 3; place < 8; place += 1) {
      const [first, second] = await Promise.all([ask(place, lowered('analyst')), ask(place, as.operator)]);
      expect(second.errors).toEqual([]);
      expect(second.data.psRequest.number).toMatch(/^PSR-/);
      if (first.errors.length > 0)
        expect(first.errors).toMatchObject([{ extensions: { code: 'UPSTREAM_QUOTA_EXHAUSTED' } }]);
    }
    expect(calls()).toBe(5);
  });
});

test('while nothing is left nobody calls, and everybody gets what is kept', async () => {
  const before = await ask(0, as.viewer);
  gateway.salesforce.setUsage(80_000, 100_000);
  await ask(9, as.viewer);
  clock.advanceMs(200_000);
  gateway.clearCalls();
  for (const headers of [as.viewer, as.analyst]) {
    const kept = await ask(0, headers);
    expect(kept.data).toEqual(before.data);
    expect(kept.extensions.freshness).toMatchObject([{ reason: 'UPSTREAM_QUOTA_EXHAUSTED' }]);
  }
  expect(calls()).toBe(0);
});
