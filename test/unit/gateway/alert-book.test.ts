import { expect, test } from 'vitest';
import { AlertBook, type AlertReading } from '../../../src/gateway/status/alert-book.ts';
import { readAlerts, type StatusReadings } from '../../../src/gateway/status/alert-readings.ts';
import { RecentHitRatio } from '../../../src/gateway/status/recent-hit-ratio.ts';
import { createLogger } from '../../../src/platform/log.ts';

const calm: StatusReadings = {
  upstreams: [],
  quotas: [],
  pools: [],
  hits: { ratio: 1, reads: 1_000 },
  load: { eventLoop: 0.1, heap: 0.1 },
};

function openBook() {
  const clock = { nowMs: 1_000, now: () => clock.nowMs };
  return { clock, book: new AlertBook({ clock, log: createLogger('silent') }) };
}

/** The names that are on after each of these measurements in turn. */
function alertsOver(...readings: Partial<StatusReadings>[]): string[][] {
  const { book } = openBook();
  return readings.map((reading) => book.evaluate(readAlerts({ ...calm, ...reading })).map(({ name }) => name));
}

const pool = (busy: number): Partial<StatusReadings> => ({
  pools: [{ name: 'oltp', max: 10, size: busy, idle: 0, waiting: 0, exhaustedMs: 0 }],
});
const hits = (ratio: number, reads: number): Partial<StatusReadings> => ({ hits: { ratio, reads } });
const quota = (pressure: 'normal' | 'tight' | 'critical', fill: number): Partial<StatusReadings> => ({
  quotas: [['SALESFORCE', { used: 1, limit: 2, resetsAt: null, pressure, fill, budget: null }]],
});

test('an alert begins beyond its threshold and ends only some way back', () => {
  expect(alertsOver(pool(8), pool(9), pool(8), pool(7))).toEqual([[], ['pool-oltp'], ['pool-oltp'], []]);
  expect(alertsOver(hits(0.71, 500), hits(0.69, 500), hits(0.74, 500), hits(0.76, 500))).toEqual([
    [],
    ['cache-hit-ratio'],
    ['cache-hit-ratio'],
    [],
  ]);
  const load = (eventLoop: number) => ({ load: { eventLoop, heap: 0.95 } });
  expect(alertsOver(load(0.89), load(0.91), load(0.85), load(0.5))).toEqual([
    ['memory'],
    ['memory', 'event-loop'],
    ['memory', 'event-loop'],
    ['memory'],
  ]);
});

test('few reads tell nothing of the hit ratio', () => {
  expect(alertsOver(hits(0, 199), hits(0, 200))).toEqual([[], ['cache-hit-ratio']]);
});

test('the pressure of an allowance is one alert, which changes with it', () => {
  expect(alertsOver(quota('tight', 0.72), quota('critical', 0.93), quota('tight', 0.66), quota('normal', 0.6))).toEqual(
    [['quota-tight-salesforce'], ['quota-critical-salesforce'], ['quota-tight-salesforce'], []],
  );
});

test('an alert keeps the time of its beginning, while its value follows', () => {
  const { clock, book } = openBook();
  const reading = (value: number): AlertReading => ({
    name: 'x',
    value,
    threshold: 1,
    isBad: () => value > 1,
    message: 'Too much.',
  });
  book.evaluate([reading(2)]);
  clock.nowMs = 9_000;
  expect(book.evaluate([reading(3)])).toEqual([
    { name: 'x', since: new Date(1_000), value: 3, threshold: 1, message: 'Too much.' },
  ]);
  expect(book.evaluate([])).toEqual([]);
  clock.nowMs = 10_000;
  expect(book.evaluate([reading(2)])[0]?.since).toEqual(new Date(10_000));
});

test('the hit ratio is that of the last five minutes, and that since the start where nothing was read in them', () => {
  let nowMs = 0;
  const recent = new RecentHitRatio(() => nowMs);
  expect(recent.measure({ hits: 0, misses: 0 })).toEqual({ ratio: 0, reads: 0 });
  nowMs = 60_000;
  expect(recent.measure({ hits: 0, misses: 100 })).toEqual({ ratio: 0, reads: 100 });
  nowMs = 400_000;
  expect(recent.measure({ hits: 50, misses: 100 })).toEqual({ ratio: 1, reads: 50 });
  nowMs = 800_000;
  expect(recent.measure({ hits: 50, misses: 100 })).toEqual({ ratio: 50 / 150, reads: 0 });
});
