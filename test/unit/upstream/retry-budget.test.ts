import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../../src/upstream/retry-budget.ts';
import { ManualClock } from '../../support/upstream.ts';

describe('RetryBudget', () => {
  it('earns one retry with every five reads, and has none to begin with', () => {
    const budget = new RetryBudget({ monotonicMs: new ManualClock().monotonicMs });
    expect(budget.takeRetry()).toBe(false);
    for (let reads = 0; reads < 4; reads += 1) budget.countRead();
    expect(budget.takeRetry()).toBe(false);
    budget.countRead();
    expect(budget.takeRetry()).toBe(true);
    expect(budget.takeRetry()).toBe(false);
  });

  it('does not save up retries beyond its window', () => {
    const clock = new ManualClock();
    const budget = new RetryBudget({ monotonicMs: clock.monotonicMs });
    for (let reads = 0; reads < 100; reads += 1) budget.countRead();
    clock.advance(61_000);
    expect(budget.takeRetry()).toBe(false);
  });

  it('keeps all retries ever below the share of all reads ever, in any order at any pace', () => {
    const step = fc.record({
      retry: fc.boolean(),
      repeat: fc.integer({ min: 1, max: 40 }),
      waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000 })),
    });
    let granted = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const clock = new ManualClock();
        const budget = new RetryBudget({ monotonicMs: clock.monotonicMs });
        let reads = 0;
        let retries = 0;
        for (const { retry, repeat, waitMs } of steps) {
          clock.advance(waitMs);
          for (let time = 0; time < repeat; time += 1) {
            if (retry) retries += budget.takeRetry() ? 1 : 0;
            else {
              budget.countRead();
              reads += 1;
            }
            expect(retries * 5).toBeLessThanOrEqual(reads);
          }
        }
        granted += retries;
      }),
      { numRuns: 200 },
    );
    expect(granted).toBeGreaterThan(0);
  });
});
