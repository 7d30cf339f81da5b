import { expect, it } from 'vitest';
import { keyUnknown, nothingChanged, outcomeUnknown } from '../../../../src/features/upstream-writes/write-outcome.ts';
import { GatewayError } from '../../../../src/platform/errors.ts';
import { idempotencyMismatch } from '../../../../src/platform/idempotency.ts';

const away = new GatewayError('DATABASE_UNAVAILABLE', 'PostgreSQL is away.', {
  source: 'POSTGRES',
  retryAfterSeconds: 2,
});

it('tells of a failure before anything was sent that nothing was changed, and keeps what else it tells', () => {
  expect(nothingChanged(away)).toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: 'PostgreSQL is away. Nothing was changed.',
    source: 'POSTGRES',
    retryAfterSeconds: 2,
    details: { outcome: 'NOT_DONE' },
  });
});

it('says so once', () => {
  const told = new GatewayError('CONFLICT', 'It was changed by others, and nothing was changed now.');
  expect(nothingChanged(told)).toMatchObject({ message: told.message, details: { outcome: 'NOT_DONE' } });
});

it('never says it of what may have been sent', () => {
  const unknown = outcomeUnknown('JIRA', true, null);
  expect(nothingChanged(unknown)).toBe(unknown);
  expect(keyUnknown('JIRA', unknown)).toBe(unknown);
});

it('leaves open what became of a key that can not be looked up', () => {
  expect(keyUnknown('SALESFORCE', away)).toMatchObject({
    message: expect.stringMatching(/This request has changed nothing.*send it again with the same key/),
    details: { outcome: 'UNKNOWN' },
  });
  const mismatch = idempotencyMismatch();
  expect(keyUnknown('SALESFORCE', mismatch)).toBe(mismatch);
});
