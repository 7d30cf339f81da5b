import { describe, expect, it } from 'vitest';
import { dateFunction, parseJqlDate } from '../../../../src/standins/jira/jql-dates.ts';

/** A Wednesday, at the end of a month. */
const NOW_MS = Date.parse('2026-03-31T15:30:45Z');
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16));

describe('dates in JQL', () => {
  it.each([
    ['2026-01-02', '2026-01-02T00:00'],
    ['2026/1/2', '2026-01-02T00:00'],
    ['2026-01-02 13:45', '2026-01-02T13:45'],
    ['-7d', '2026-03-24T15:30'],
    ['4w 2d', '2026-04-30T15:30'],
    ['-1h 30m', '2026-03-31T14:00'],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['2026-01-02 25:00', null],
    ['2026-01-02T13:45:00Z', null],
    ['7', null],
    ['', null],
  ])('%j means %s', (text, expected) => {
    expect(iso(parseJqlDate(text, NOW_MS))).toBe(expected);
  });

  it.each([
    ['now', [], '2026-03-31T15:30'],
    ['startOfDay', [], '2026-03-31T00:00'],
    ['endOfDay', ['-1'], '2026-03-30T23:59'],
    ['startOfDay', ['-1d'], '2026-03-30T00:00'],
    ['startofweek', [], '2026-03-29T00:00'],
    ['startOfWeek', ['1'], '2026-04-05T00:00'],
    ['endOfMonth', [], '2026-03-31T23:59'],
    ['startOfYear', ['-1y'], '2025-01-01T00:00'],
    ['startOfDay', ['-2h'], '2026-03-31T00:00'],
    ['startOfDay', ['tomorrow'], null],
    ['fullMoon', [], null],
  ])('%s(%j) means %s', (name, args, expected) => {
    expect(iso(dateFunction(name, args, NOW_MS))).toBe(expected);
  });

  it('counts a month back from its 31st into the month before, not past it', () => {
    expect(iso(dateFunction('startOfMonth', ['-1'], NOW_MS))).toBe('2026-02-01T00:00');
    expect(iso(dateFunction('endOfMonth', ['-1M'], NOW_MS))).toBe('2026-02-28T23:59');
  });
});
