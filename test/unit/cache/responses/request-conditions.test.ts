import { describe, expect, test } from 'vitest';
import {
  matchesEntityTag,
  prefersGzip,
  readRequestConditions,
} from '../../../../src/cache/responses/request-conditions.ts';

describe('Accept-Encoding', () => {
  test.each([
    [undefined, false],
    ['', false],
    ['gzip', true],
    ['GZip', true],
    ['x-gzip', true],
    ['br, gzip', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000, br', false],
    ['*', true],
    ['*;q=0', false],
    ['gzip;q=0, *', false],
    ['*;q=0, gzip', true],
    ['identity', false],
    ['identity, gzip;q=0.5', false],
    ['identity;q=0.2, gzip;q=0.5', true],
    ['gzip;q=nonsense', false],
    ['br', false],
  ])('%s: gzip %s', (header, expected) => {
    expect(prefersGzip(header)).toBe(expected);
  });
});

describe('If-None-Match', () => {
  test.each([
    [undefined, false],
    ['"a"', true],
    ['W/"a"', true],
    ['"x", "a.gz"', true],
    ['*', true],
    ['"x"', false],
    ['a', false],
  ])('%s: %s', (header, expected) => {
    expect(matchesEntityTag(header, ['"a"', '"a.gz"'])).toBe(expected);
  });
});

describe('Cache-Control of a request', () => {
  test.each([
    [undefined, {}],
    ['no-cache', { noCache: true }],
    ['No-Store', { noStore: true }],
    ['max-age=0', { noCache: true, maxAgeSeconds: 0 }],
    ['max-age=nonsense', { noCache: true, maxAgeSeconds: 0 }],
    ['max-age="60", min-fresh=5', { maxAgeSeconds: 60, minFreshSeconds: 5 }],
    ['only-if-cached, max-stale=7', { onlyIfCached: true }],
  ])('%s', (header, expected) => {
    expect(readRequestConditions(header)).toEqual({
      noCache: false,
      noStore: false,
      onlyIfCached: false,
      maxAgeSeconds: Number.POSITIVE_INFINITY,
      minFreshSeconds: 0,
      ...expected,
    });
  });
});
