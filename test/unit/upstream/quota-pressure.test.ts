import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultQuotaThresholds, pressureAt, type QuotaPressure } from '../../../src/upstream/quota-pressure.ts';

const levels: readonly QuotaPressure[] = ['normal', 'tight', 'critical', 'exhausted'];
const at = (fill: number, previous: QuotaPressure) => pressureAt(fill, previous, defaultQuotaThresholds);

describe('pressureAt', () => {
  it('rises at the thresholds', () => {
    expect([0.69, 0.7, 0.89, 0.9, 0.99, 1, 7].map((fill) => at(fill, 'normal'))).toEqual([
      'normal',
      'tight',
      'tight',
      'critical',
      'critical',
      'exhausted',
      'exhausted',
    ]);
  });

  it('falls only well below them', () => {
    expect([0.99, 0.96, 0.94, 0.86, 0.84, 0.66, 0.64].map((fill) => at(fill, 'exhausted'))).toEqual([
      'exhausted',
      'exhausted',
      'critical',
      'critical',
      'tight',
      'tight',
      'normal',
    ]);
  });

  it('does not flutter while the fill wavers by less than the hysteresis', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1.2, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 0.049, noNaN: true }), { maxLength: 30 }),
        fc.constantFrom(...levels),
        (fill, wavers, previous) => {
          let pressure = at(fill + 0.049, previous);
          for (const waver of wavers) {
            const next = at(fill + waver, pressure);
            // It may still fall from what it was before all this, but what has fallen must not rise again.
            expect(levels.indexOf(next)).toBeLessThanOrEqual(levels.indexOf(pressure));
            pressure = next;
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
