import { expect, test } from 'vitest';
import { failureOf, isInvalidField, toGatewayError } from '../../../../src/sources/salesforce/failures.ts';

const body = (errorCode: string, message = 'internal wording') => [{ errorCode, message }];

test.each([
  [401, body('INVALID_SESSION_ID'), 'UPSTREAM_AUTHENTICATION_FAILED'],
  [403, body('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'), 'UPSTREAM_QUOTA_EXHAUSTED'],
  [
    403,
    body('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
    'UPSTREAM_RATE_LIMITED',
  ],
  [403, body('API_DISABLED_FOR_ORG'), 'UPSTREAM_FORBIDDEN'],
  [403, '<html>', 'UPSTREAM_FORBIDDEN'],
  [400, body('INVALID_FIELD', "No such column 'X' on entity 'Y'"), 'UPSTREAM_REJECTED'],
  [400, body('MALFORMED_QUERY'), 'UPSTREAM_REJECTED'],
  [400, body('QUERY_TIMEOUT', 'Your query request was running for too long'), 'UPSTREAM_TIMEOUT'],
  [400, body('QUERY_TOO_COMPLICATED'), 'UPSTREAM_REJECTED'],
  [400, body('INVALID_QUERY_LOCATOR'), 'UPSTREAM_UNAVAILABLE'],
  [400, body('UNABLE_TO_LOCK_ROW'), 'UPSTREAM_UNAVAILABLE'],
  [404, body('NOT_FOUND'), 'UPSTREAM_REJECTED'],
  [414, '<h1>Bad Message 414</h1>', 'UPSTREAM_REJECTED'],
  [429, null, 'UPSTREAM_RATE_LIMITED'],
  [420, null, 'UPSTREAM_UNAVAILABLE'],
  [500, body('UNKNOWN_EXCEPTION'), 'UPSTREAM_UNAVAILABLE'],
  [502, '<html>', 'UPSTREAM_UNAVAILABLE'],
  [503, body('SERVER_UNAVAILABLE'), 'UPSTREAM_UNAVAILABLE'],
  [503, '<html>maintenance</html>', 'UPSTREAM_UNAVAILABLE'],
  [null, { anything: 'else' }, 'UPSTREAM_BAD_RESPONSE'],
])("status %s with %j is %s, without Salesforce's wording", (status, answer, code) => {
  const error = toGatewayError(failureOf(answer, status));
  expect(error).toMatchObject({ code, source: 'SALESFORCE' });
  expect(error.message).not.toMatch(/internal wording|column|html|Exception/i);
});

test('several errors at once are told by the first', () => {
  expect(toGatewayError(failureOf([...body('INVALID_FIELD'), ...body('MALFORMED_QUERY')], 400))).toSatisfy(
    isInvalidField,
  );
});

test('what is waited for is passed on', () => {
  expect(toGatewayError(failureOf(null, 503), 7)).toMatchObject({ retryAfterSeconds: 7 });
});
