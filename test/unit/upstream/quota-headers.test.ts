import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJiraQuota, readLimitScope, readSforceLimitInfo } from '../../../src/upstream/quota-headers.ts';
import { parseRetryAfter } from '../../../src/upstream/retry-after.ts';

const nowMs = Date.parse('2026-03-31T12:00:00Z');

describe('readSforceLimitInfo', () => {
  it.each([
    ['api-usage=10018/100000', { used: 10_018, limit: 100_000, resetsAtMs: null }],
    [
      'api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)',
      { used: 25, limit: 5_000, resetsAtMs: null },
    ],
    ['per-app-api-usage=17/250(appName=x); api-usage=25/5000', { used: 25, limit: 5_000, resetsAtMs: null }],
    ['per-app-api-usage=17/250(appName=x)', null],
    ['api-usage=5/0', null],
    ['api-usage=-5/100', null],
    ['', null],
  ])('reads %j', (header, expected) => {
    expect(readSforceLimitInfo({ 'sforce-limit-info': header })).toEqual(expected);
  });
});

describe('readJiraQuota', () => {
  it('reads the points quota of an ordinary answer, with the beta names too', () => {
    const expected = { used: 82_258, limit: 100_100, resetsAtMs: nowMs + 2_107_000 };
    const [policy, left] = ['"tenant-app-quota";q=100100;w=3600', '"tenant-app-quota";r=17842;t=2107'];
    expect(readJiraQuota({ 'beta-ratelimit-policy': policy, 'beta-ratelimit': left }, nowMs)).toEqual(expected);
    expect(readJiraQuota({ 'ratelimit-policy': policy, ratelimit: left }, nowMs)).toEqual(expected);
  });

  it('takes a quota that is used up for full even when its size is no longer told', () => {
    expect(readJiraQuota({ 'beta-ratelimit': '"tenant-app-quota";r=0;t=2788' }, nowMs)).toEqual({
      used: 1,
      limit: 1,
      resetsAtMs: nowMs + 2_788_000,
    });
  });

  it('goes by the quota with the least left', () => {
    const headers = {
      'ratelimit-policy': '"global-app-quota";q=65000;w=3600, "tenant-app-quota";q=1000;w=3600',
      ratelimit: '"global-app-quota";r=60000;t=600, "tenant-app-quota";r=100;t=700',
    };
    expect(readJiraQuota(headers, nowMs)).toMatchObject({ used: 900, limit: 1_000 });
  });

  it('reads X-RateLimit headers only where they are about a quota', () => {
    const headers = {
      'x-ratelimit-limit': '65000',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2026-03-31T13:00Z',
    };
    const expected = { used: 65_000, limit: 65_000, resetsAtMs: nowMs + 3_600_000 };
    expect(readJiraQuota({ ...headers, 'ratelimit-reason': 'jira-quota-global-based' }, nowMs)).toEqual(expected);
    expect(readJiraQuota({ ...headers, 'ratelimit-reason': 'jira-burst-based' }, nowMs)).toBeNull();
    expect(readJiraQuota(headers, nowMs)).toBeNull();
  });
});

describe('readLimitScope', () => {
  it.each([
    ['jira-burst-based', 'endpoint'],
    ['jira-quota-tenant-based', 'tenant'],
    ['jira-quota-global-based', 'global'],
    ['jira-per-issue-on-write', 'record'],
    ['constructor', null],
    ['', null],
  ])('tells how far %j reaches', (reason, scope) => {
    expect(readLimitScope({ 'ratelimit-reason': reason })).toBe(scope);
  });
});

describe('parseRetryAfter', () => {
  it.each([
    ['30', 30],
    ['0', 0],
    ['1.2', 2],
    ['Tue, 31 Mar 2026 12:00:30 GMT', 30],
    ['Tue, 31 Mar 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['1e9', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, seconds) => {
    expect(parseRetryAfter(header, nowMs)).toBe(seconds);
  });
});

describe('all header readers', () => {
  const names = [
    'sforce-limit-info',
    'ratelimit',
    'ratelimit-policy',
    'beta-ratelimit',
    'beta-ratelimit-policy',
    'ratelimit-reason',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'retry-after',
  ];
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'api-usage=',
      '/',
      '"a";r=',
      ';t=',
      ';q=',
      'r=',
      '=',
      '-1',
      '999999999999999999',
      ',',
      'NaN',
      'jira-quota-tenant-based',
    ),
    fc.integer().map(String),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  const headers = fc.dictionary(fc.constantFrom(...names), fc.oneof(text, fc.array(text, { maxLength: 3 })));

  it('give a sensible reading or none for whatever arrives, and never throw', () => {
    fc.assert(
      fc.property(headers, (given) => {
        for (const reading of [readSforceLimitInfo(given), readJiraQuota(given, nowMs)]) {
          if (!reading) continue;
          expect(Number.isSafeInteger(reading.used) && reading.used >= 0).toBe(true);
          expect(Number.isSafeInteger(reading.limit) && reading.limit >= 1).toBe(true);
          expect(reading.resetsAtMs === null || Number.isFinite(reading.resetsAtMs)).toBe(true);
        }
        readLimitScope(given);
        const seconds = parseRetryAfter(given['retry-after'], nowMs);
        expect(seconds === undefined || (Number.isFinite(seconds) && seconds >= 0)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('read back what a source writes', () => {
    const counts = fc.record({
      limit: fc.integer({ min: 1, max: 5_000_000 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      seconds: fc.nat(3_600),
    });
    fc.assert(
      fc.property(counts, ({ limit, share, seconds }) => {
        const used = Math.floor(limit * share);
        expect(readSforceLimitInfo({ 'sforce-limit-info': `api-usage=${used}/${limit}` })).toEqual({
          used,
          limit,
          resetsAtMs: null,
        });
        const jira = { 'ratelimit-policy': `"q";q=${limit};w=3600`, ratelimit: `"q";r=${limit - used};t=${seconds}` };
        expect(readJiraQuota(jira, nowMs)).toEqual({ used, limit, resetsAtMs: nowMs + seconds * 1_000 });
      }),
    );
  });
});
