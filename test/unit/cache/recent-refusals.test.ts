import { expect, test } from 'vitest';
import { RecentRefusals } from '../../../src/cache/recent-refusals.ts';
import { GatewayError } from '../../../src/platform/errors.ts';

const accounts = { source: 'SALESFORCE', type: 'Account' } as const;
const refused = new GatewayError('UPSTREAM_UNAVAILABLE', 'Left alone.', { source: 'SALESFORCE', retryAfterSeconds: 5 });

test('a refusal holds for its kind and no other, and a second at most', () => {
  let nowMs = 0;
  const refusals = new RecentRefusals(() => nowMs);
  refusals.note(accounts, refused, 'background');
  expect(refusals.of(accounts, 'interactive')).toBe(refused);
  expect(refusals.of({ source: 'SALESFORCE', type: 'PsRequest' }, 'background')).toBeUndefined();
  nowMs = 999;
  expect(refusals.of(accounts, 'interactive')).toBe(refused);
  nowMs = 1_000;
  expect(refusals.of(accounts, 'interactive')).toBeUndefined();
});

test('a failure that tells no time to come back, or concerns one record alone, holds for nothing', () => {
  const refusals = new RecentRefusals(() => 0);
  refusals.note(accounts, new GatewayError('UPSTREAM_TIMEOUT', 'Too late.', { source: 'SALESFORCE' }), 'interactive');
  refusals.note(
    accounts,
    new GatewayError('UPSTREAM_RATE_LIMITED', 'Too often.', {
      source: 'SALESFORCE',
      retryAfterSeconds: 5,
      details: { scope: 'record' },
    }),
    'interactive',
  );
  expect(refusals.of(accounts, 'interactive')).toBeUndefined();
});

test('what is left of an allowance is refused to those who are no more urgent than the one it was refused to', () => {
  const refusals = new RecentRefusals(() => 0);
  const spent = new GatewayError('UPSTREAM_QUOTA_EXHAUSTED', 'Few calls left.', { retryAfterSeconds: 60 });
  refusals.note(accounts, spent, 'analyst');
  const answers = () => (['interactive', 'analyst', 'background'] as const).map((one) => refusals.of(accounts, one));
  expect(answers()).toEqual([undefined, spent, spent]);
  refusals.note(accounts, spent, 'interactive');
  expect(answers()).toEqual([spent, spent, spent]);
});
