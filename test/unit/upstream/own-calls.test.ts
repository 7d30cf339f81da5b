import { describe, expect, it } from 'vitest';
import { OwnCalls } from '../../../src/upstream/own-calls.ts';
import { ManualClock } from '../../support/upstream.ts';

const HOUR_MS = 3_600_000;
const others = (callsByHour: Readonly<Record<string, number>>) => [
  { reading: null, uncountedCalls: 0, callsByHour, writtenAtMs: 0 },
];

describe('OwnCalls', () => {
  it('adds up the calls of the last 24 hours, those of other instances too', () => {
    const clock = new ManualClock();
    const calls = new OwnCalls(clock);
    calls.add(5);
    clock.advance(10 * HOUR_MS);
    calls.add(7);
    const hour = Math.floor(clock.now() / HOUR_MS);
    expect(calls.ofLastDay(others({ [hour]: 100, [hour - 23]: 10, [hour - 24]: 1 }))).toBe(122);
    clock.advance(14 * HOUR_MS);
    expect(calls.ofLastDay([])).toBe(7);
  });

  it('tells when the oldest of them stop counting', () => {
    const clock = new ManualClock();
    const calls = new OwnCalls(clock);
    expect(calls.oldestLeavesAtMs([])).toBe(clock.now());
    calls.add(1);
    const leavesAtMs = calls.oldestLeavesAtMs([]);
    clock.advance(leavesAtMs - clock.now() - 1);
    expect(calls.ofLastDay([])).toBe(1);
    clock.advance(1);
    expect(calls.ofLastDay([])).toBe(0);
  });

  it('keeps no more than a day', () => {
    const clock = new ManualClock();
    const calls = new OwnCalls(clock);
    for (let hour = 0; hour < 500; hour += 1) {
      calls.add(1);
      clock.advance(HOUR_MS);
    }
    expect(Object.keys(calls.byHour()).length).toBeLessThanOrEqual(25);
  });
});
