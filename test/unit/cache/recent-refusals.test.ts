import { expect, test } from 'vitest';
import { RecentRefusals } from '../../../src/cache/recent-refusals.ts';
import { GatewayError } from '../../../src/platform/errors.ts';

const accounts = { source: 'SALESFORCE', type: 'Account' } as const;
const refused = new GatewayError('UPSTREAM_UNAVAILABLE', 'Left alone.', { source: 'SALESFORCE', retryAfterSeconds: 5 });

test('a refusal holds for its kind and no other, and a second at most', () => {
  let nowMs = 0;
  const refusals = new RecentRefusals(() => nowMs);
  refusals.note(accounts, refused);
  expect(refusals.of(accounts)).toBe(refused);
  expect(refusals.of({ source: 'SALESFORCE', type: 'PsRequest' })).toBeUndefined();
  nowMs = 999;
  expect(refusals.of(accounts)).toBe(refused);
  nowMs = 1_000;
  expect(refusals.of(accounts)).toBeUndefined();
});

test('a failure that tells no time to come back, or concerns one record alone, holds for nothing', () => {
  const refusals = new RecentRefusals(() => 0);
  refusals.note(accounts, new GatewayError('UPSTREAM_TIMEOUT', 'Too late.', { source: 'SALESFORCE' }));
  refusals.note(
    accounts,
    new GatewayError('UPSTREAM_RATE_LIMITED', 'Too often.', {
      source: 'SALESFORCE',
      retryAfterSeconds: 5,
      details: { scope: 'record' },
    }),
  );
  expect(refusals.of(accounts)).toBeUndefined();
});
