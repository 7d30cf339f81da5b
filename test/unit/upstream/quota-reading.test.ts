import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DatedReading, newestOf, newestReading, stillValid } from '../../../src/upstream/quota-reading.ts';

const startMs = Date.parse('2026-03-31T12:00:00Z');
const rolling = (used: number, afterMs: number): DatedReading => ({
  used,
  limit: 1_000,
  resetsAtMs: null,
  observedAtMs: startMs + afterMs,
});
const hourly = (used: number, afterMs: number, resetsAfterMs: number): DatedReading => ({
  ...rolling(used, afterMs),
  resetsAtMs: startMs + resetsAfterMs,
});

describe('newestReading', () => {
  it('takes the newer one, whichever comes first', () => {
    expect(newestReading(rolling(10, 0), rolling(12, 5))).toEqual(rolling(12, 5));
    expect(newestReading(rolling(12, 5), rolling(10, 0))).toEqual(rolling(12, 5));
    expect(newestReading(null, rolling(10, 0))).toEqual(rolling(10, 0));
  });

  it('takes a lower count for an answer that was overtaken, until it is too late for that', () => {
    expect(newestReading(rolling(12, 0), rolling(11, 900))?.used).toBe(12);
    expect(newestReading(rolling(12, 0), rolling(3, 31_000))?.used).toBe(3);
  });

  it('follows a falling count of a rolling window though readings come all the time', () => {
    let held: DatedReading | null = null;
    for (let second = 0; second <= 120; second += 1) held = newestReading(held, rolling(500 - second, second * 1_000));
    expect(held?.used).toBeLessThan(500 - 85);
  });

  it('never lets the count of a fixed window fall before it resets', () => {
    const [before, after] = [hourly(900, 0, 3_000_000), hourly(5, 60_000, 3_002_000)];
    expect(newestReading(before, after)?.used).toBe(900);
    expect(newestReading(before, hourly(5, 3_000_001, 3_600_000))?.used).toBe(5);
    expect(newestReading(before, hourly(5, 60_000, 6_600_000))?.used).toBe(5);
  });

  it('takes a changed limit along though the count is held', () => {
    expect(newestReading(rolling(12, 0), { ...rolling(11, 1), limit: 2_000 })).toMatchObject({
      used: 12,
      limit: 2_000,
    });
  });

  it('gives the same for two readings in either order', () => {
    const reading = fc.record({
      used: fc.nat(100),
      limit: fc.constantFrom(100, 200),
      resetsAtMs: fc.option(fc.nat(200_000).map((ms) => startMs + ms)),
      observedAtMs: fc.nat(100_000).map((ms) => startMs + ms),
    });
    fc.assert(
      fc.property(reading, reading, (one, other) => {
        fc.pre(one.observedAtMs !== other.observedAtMs);
        expect(newestReading(one, other)).toEqual(newestReading(other, one));
      }),
    );
  });
});

describe('newestOf', () => {
  const hourMs = 3_600_000;

  it('passes over what a clock has dated that is far ahead, however many calls that counts', () => {
    const own = rolling(700, -5_000);
    for (const used of [20, 900]) {
      expect(newestOf([own, rolling(used, hourMs)], startMs)).toEqual(own);
      expect(newestOf([rolling(used, hourMs), own], startMs)).toEqual(own);
    }
    expect(newestOf([own, hourly(20, hourMs, 2 * hourMs)], startMs)).toEqual(own);
  });

  it('takes what is dated a little ahead for one of now', () => {
    expect(newestOf([rolling(700, -5_000), rolling(710, 60_000)], startMs)).toEqual(rolling(710, 0));
    expect(newestOf([rolling(700, -5_000), rolling(20, 60_000)], startMs)?.used).toBe(700);
  });

  it('goes by what is dated far ahead while there is nothing else, without believing when it was or resets', () => {
    expect(newestOf([null, rolling(900, hourMs)], startMs)).toEqual(rolling(900, -12 * hourMs));
    expect(newestOf([hourly(900, hourMs, 2 * hourMs), null], startMs)).toEqual(rolling(900, -12 * hourMs));
    expect(newestOf([rolling(900, hourMs), rolling(950, 2 * hourMs)], startMs)?.used).toBe(950);
  });

  it('gives nothing where nothing tells anything any more', () => {
    expect(newestOf([], startMs)).toBeNull();
    expect(newestOf([null, rolling(5, -24 * hourMs)], startMs)).toBeNull();
  });
});

describe('stillValid', () => {
  it('forgets a reading when its window resets, and a rolling one after a day', () => {
    expect(stillValid(hourly(5, 0, 1_000), startMs + 999)).not.toBeNull();
    expect(stillValid(hourly(5, 0, 1_000), startMs + 1_000)).toBeNull();
    expect(stillValid(rolling(5, 0), startMs + 86_399_999)).not.toBeNull();
    expect(stillValid(rolling(5, 0), startMs + 86_400_000)).toBeNull();
  });
});
