import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker, type BreakerSettings, type CallOutcome, type Passage } from '../../../src/upstream/breaker.ts';
import { ManualClock } from '../../support/upstream.ts';

function setUp(settings: Partial<BreakerSettings> = {}) {
  const clock = new ManualClock();
  const changes: string[] = [];
  const breaker = new Breaker({
    settings: { consecutiveFailures: 3, probeIntervalMs: 1_000, ...settings },
    monotonicMs: clock.monotonicMs,
    onChange: (state) => changes.push(state),
  });
  const settle = (...outcomes: CallOutcome[]) => {
    for (const outcome of outcomes) breaker.enter()?.settle(outcome);
  };
  return { breaker, clock, changes, settle };
}

describe('Breaker', () => {
  it('opens after failures in a row, and an answer in between starts the count anew', () => {
    const { breaker, settle } = setUp();
    settle('failed', 'failed', 'answered', 'failed', 'failed');
    expect(breaker.state).toBe('closed');
    settle('failed');
    expect(breaker.state).toBe('open');
    expect(breaker.enter()).toBeNull();
  });

  it('opens when half of at least ten recent calls failed, though never many in a row, and forgets old ones', () => {
    const { breaker, clock, settle } = setUp({ windowMs: 30_000 });
    settle('failed', 'answered', 'failed', 'answered', 'failed', 'answered', 'failed', 'answered', 'failed');
    expect(breaker.state).toBe('closed');
    clock.advance(40_000);
    settle('answered', 'failed');
    expect(breaker.state).toBe('closed');
    settle('answered', 'failed', 'answered', 'failed', 'answered', 'failed', 'answered', 'failed');
    expect(breaker.state).toBe('open');
  });

  it('ignores what tells nothing about the source', () => {
    const { breaker, settle } = setUp();
    settle(...new Array<CallOutcome>(50).fill('ignored'));
    expect(breaker.state).toBe('closed');
  });

  it('lets one call try after the probe interval, and closes when that one is answered', () => {
    const { breaker, clock, changes, settle } = setUp();
    settle('failed', 'failed', 'failed');
    clock.advance(999);
    expect(breaker.enter()).toBeNull();
    expect(breaker.waitMs).toBe(1);
    clock.advance(1);
    const probe = breaker.enter();
    expect(probe?.isProbe).toBe(true);
    expect(breaker.enter()).toBeNull();
    probe?.settle('answered');
    expect(breaker.state).toBe('closed');
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it('waits another interval after a probe that failed, and none after one that told nothing', () => {
    const { breaker, clock, settle } = setUp();
    settle('failed', 'failed', 'failed');
    clock.advance(1_000);
    settle('ignored');
    expect(breaker.admits).toBe('probe');
    settle('failed');
    expect(breaker.admits).toBe('nothing');
    clock.advance(1_000);
    expect(breaker.admits).toBe('probe');
  });

  it('does not let calls that began before it opened close it or keep it open', () => {
    const { breaker, clock, settle } = setUp();
    const [early, late] = [breaker.enter(), breaker.enter()];
    settle('failed', 'failed', 'failed');
    early?.settle('answered');
    expect(breaker.state).toBe('open');
    clock.advance(1_000);
    settle('answered');
    late?.settle('failed');
    expect(breaker.failuresInARow).toBe(0);
  });

  it('lets fewer calls run at once the nearer it is to opening', () => {
    const { breaker, settle } = setUp({ consecutiveFailures: 5 });
    expect(breaker.concurrency(16)).toBe(16);
    settle('failed');
    expect(breaker.concurrency(16)).toBe(4);
    settle('failed', 'failed', 'failed');
    expect(breaker.concurrency(16)).toBe(1);
    settle('answered');
    expect(breaker.concurrency(16)).toBe(16);
  });

  it('never has two probes under way, whatever happens in whatever order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('enter' as const) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 2_500 }) }),
      fc.record({
        do: fc.constant('settle' as const),
        which: fc.nat(20),
        outcome: fc.constantFrom<CallOutcome>('answered', 'failed', 'ignored', 'failed'),
      }),
    );
    let sawProbe = false;
    fc.assert(
      fc.property(fc.array(step, { minLength: 80, maxLength: 160 }), (steps) => {
        const { breaker, clock } = setUp({ consecutiveFailures: 2 });
        const underWay: Passage[] = [];
        for (const next of steps) {
          if (next.do === 'wait') clock.advance(next.ms);
          if (next.do === 'enter') {
            const wasOpen = breaker.state !== 'closed';
            const passage = breaker.enter();
            if (passage) {
              underWay.push(passage);
              expect(passage.isProbe).toBe(wasOpen);
              sawProbe ||= wasOpen;
            }
          }
          if (next.do === 'settle') {
            const [passage] = underWay.splice(next.which % Math.max(1, underWay.length), 1);
            passage?.settle(next.outcome);
          }
          expect(underWay.filter(({ isProbe }) => isProbe).length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 200 },
    );
    expect(sawProbe).toBe(true);
  });
});
