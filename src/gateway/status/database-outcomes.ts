import type { Clock } from '../../platform/clock.ts';
import { GatewayError } from '../../platform/errors.ts';
import type { DependencyHealth } from '../../platform/health.ts';
import type { StatementObserver } from '../../platform/tenant-transaction.ts';
import { RecentOutcomes } from '../../upstream/recent-outcomes.ts';
import type { UpstreamState, UpstreamStatus } from '../../upstream/upstream-status.ts';

const states: Readonly<Record<DependencyHealth['state'], UpstreamState>> = {
  up: 'UP',
  off: 'UP',
  degraded: 'DEGRADED',
  down: 'DOWN',
};

/** What the statements of requests were like lately, in the same terms as the calls to the other sources. */
export class DatabaseOutcomes {
  readonly #clock: Clock;
  readonly #recent = new RecentOutcomes({ monotonicMs: () => performance.now() });
  #lastError: string | null = null;
  #lastErrorAt: Date | null = null;
  #lastSuccessAt: Date | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly onStatement: StatementObserver = (outcome, durationMs, error) => {
    this.#recent.countCall();
    this.#recent.countOutcome(outcome, durationMs);
    if (outcome === 'answered') this.#lastSuccessAt = new Date(this.#clock.now());
    if (!(error instanceof GatewayError)) return;
    this.#lastError = `${error.code}: ${error.message}`;
    this.#lastErrorAt = new Date(this.#clock.now());
  };

  status(health: DependencyHealth): UpstreamStatus {
    const [latencyP50Ms, latencyP95Ms] = this.#recent.latencies([0.5, 0.95] as const);
    return {
      source: 'POSTGRES',
      state: states[health.state],
      latencyP50Ms,
      latencyP95Ms,
      callsLastHour: this.#recent.callsLastHour,
      callsSavedLastHour: this.#recent.callsSavedLastHour,
      quotaUsed: null,
      quotaLimit: null,
      quotaResetsAt: null,
      lastError: this.#lastError,
      lastErrorAt: this.#lastErrorAt,
      lastSuccessAt: this.#lastSuccessAt,
    };
  }
}
