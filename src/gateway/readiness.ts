import type { DependencyHealth } from '../platform/health.ts';

export interface Readiness {
  /** `ready` and `degraded` take requests; the other two do not. */
  readonly status: 'ready' | 'degraded' | 'unready' | 'stopping';
  readonly dependencies: readonly DependencyHealth[];
}

/** How one dependency tells its health; it may ask over the network, but is bounded in time by itself. */
export type HealthProbe = () => DependencyHealth | Promise<DependencyHealth>;

/** For so long one answer serves every caller, so that probes of an orchestrator and of strangers cost one round. */
const REUSE_MS = 500;

/**
 * Whether the gateway can take requests: without PostgreSQL it can not; any other dependency that fails costs only its own fields.
 */
export class ReadinessCheck {
  readonly #probes: readonly HealthProbe[];
  #isStopping = false;
  #latest: { readonly atMs: number; readonly dependencies: Promise<readonly DependencyHealth[]> } | undefined;

  constructor(probes: readonly HealthProbe[]) {
    this.#probes = probes;
  }

  /** From now on `stopping`, so that whoever balances load sends requests elsewhere. */
  stop(): void {
    this.#isStopping = true;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  async check(): Promise<Readiness> {
    const nowMs = performance.now();
    if (!this.#latest || nowMs - this.#latest.atMs > REUSE_MS)
      this.#latest = { atMs: nowMs, dependencies: Promise.all(this.#probes.map(async (probe) => await probe())) };
    const dependencies = await this.#latest.dependencies;
    return { status: this.#isStopping ? 'stopping' : statusOf(dependencies), dependencies };
  }
}

function statusOf(dependencies: readonly DependencyHealth[]): 'ready' | 'degraded' | 'unready' {
  if (dependencies.some(({ name, state }) => name === 'postgres' && state === 'down')) return 'unready';
  return dependencies.some(({ state }) => state === 'down' || state === 'degraded') ? 'degraded' : 'ready';
}
