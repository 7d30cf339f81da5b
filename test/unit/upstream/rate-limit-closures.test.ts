import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/platform/errors.ts';
import { RateLimitClosures } from '../../../src/upstream/rate-limit-closures.ts';
import { ManualClock, rateLimited } from '../../support/upstream.ts';

describe('RateLimitClosures', () => {
  it('never lets a call through before any wait that was told, and not much later than the longest', () => {
    const event = fc.record({
      operation: fc.constantFrom('search', 'bulkfetch'),
      scope: fc.constantFrom('endpoint', 'tenant', 'global', 'record', 'nonsense'),
      seconds: fc.integer({ min: 1, max: 600 }),
      waitMs: fc.integer({ min: 0, max: 300_000 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (events, chance) => {
        const clock = new ManualClock();
        const closures = new RateLimitClosures({ ...clock, random: () => chance });
        const told = { search: 0, bulkfetch: 0 };
        for (const { operation, scope, seconds, waitMs } of events) {
          closures.learn(rateLimited(scope, seconds), operation);
          const untilMs = clock.elapsedMs + seconds * 1_000;
          const wholeSource = scope === 'tenant' || scope === 'global';
          for (const name of ['search', 'bulkfetch'] as const) {
            const concerned = wholeSource || (scope !== 'record' && name === operation);
            if (concerned) told[name] = Math.max(told[name], untilMs);
          }
          clock.advance(waitMs);
          for (const name of ['search', 'bulkfetch'] as const) {
            if (clock.elapsedMs < told[name]) expect(closures.find(name)).not.toBeNull();
          }
        }
        clock.advance(600_000 * 1.3);
        expect(closures.anyClosed).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('waits some seconds where a source asks for fewer calls without saying for how long', () => {
    const clock = new ManualClock();
    const closures = new RateLimitClosures({ ...clock, random: () => 0 });
    closures.learn(new GatewayError('UPSTREAM_RATE_LIMITED', 'busy', { details: { scope: 'tenant' } }), 'query');
    expect(closures.isSourceClosed).toBe(true);
    clock.advance(5_000);
    expect(closures.isSourceClosed).toBe(false);
  });

  it('asks again after a day whatever was told', () => {
    const clock = new ManualClock();
    const closures = new RateLimitClosures({ ...clock, random: () => 0 });
    closures.learn(rateLimited('global', 999_999_999), 'query');
    clock.advance(86_399_000);
    expect(closures.isSourceClosed).toBe(true);
    clock.advance(1_000);
    expect(closures.isSourceClosed).toBe(false);
  });
});
