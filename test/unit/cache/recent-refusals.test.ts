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

const later = (retryAfterSeconds: number, refusesForMs?: () => number) =>
  new GatewayError('UPSTREAM_UNAVAILABLE', 'Left alone.', {
    retryAfterSeconds,
    ...(refusesForMs ? { refusesForMs } : {}),
  });

test('how long it stands is foreseen for five seconds at most and no longer than told, and can be asked later', () => {
  let nowMs = 0;
  const refusals = new RecentRefusals(() => nowMs);
  expect(refusals.standing(accounts, 'interactive')).toBeNull();
  const foreseen = (retryAfterSeconds: number) => {
    refusals.note(accounts, later(retryAfterSeconds), 'analyst');
    return refusals.standing(accounts, 'interactive');
  };
  expect(foreseen(60)?.()).toBe(5_000);
  const leftMs = foreseen(3);
  nowMs = 2_000;
  expect(refusals.of(accounts, 'interactive')).toBeUndefined();
  expect(leftMs?.()).toBe(1_000);
  nowMs = 4_000;
  expect(leftMs?.()).toBe(0);
});

test('one that can be looked up stands for as long as that tells', () => {
  const refusals = new RecentRefusals(() => 0);
  let openInMs = 40_000;
  refusals.note(
    accounts,
    later(5, () => openInMs),
    'interactive',
  );
  const leftMs = refusals.standing(accounts, 'interactive');
  expect(leftMs?.()).toBe(40_000);
  expect(refusals.of(accounts, 'interactive')).toBeDefined();
  openInMs = 0;
  expect(leftMs?.()).toBe(0);
  expect(refusals.of(accounts, 'interactive')).toBeUndefined();
});

test('nothing is known any more of a source that came back, or that was asked and failed', () => {
  const refusals = new RecentRefusals(() => 0);
  const note = (error: GatewayError) => refusals.note(accounts, error, 'interactive');
  note(refused);
  refusals.forget('JIRA');
  expect(refusals.standing(accounts, 'interactive')).not.toBeNull();
  refusals.forget('SALESFORCE');
  expect(refusals.standing(accounts, 'interactive')).toBeNull();
  note(refused);
  note(new GatewayError('UPSTREAM_TIMEOUT', 'Too late.', { source: 'SALESFORCE' }));
  expect([refusals.of(accounts, 'interactive'), refusals.standing(accounts, 'interactive')]).toEqual([undefined, null]);
});

test('an answer after a refusal tells so, once the refusal is over for the last time', () => {
  let nowMs = 0;
  const refusals = new RecentRefusals(() => nowMs);
  expect(refusals.answered(accounts)).toBe(false);
  refusals.note(accounts, later(2), 'background');
  expect([refusals.answered(accounts), refusals.answered(accounts)]).toEqual([true, true]);
  nowMs = 2_000;
  expect([refusals.answered(accounts), refusals.answered(accounts)]).toEqual([true, false]);
});
