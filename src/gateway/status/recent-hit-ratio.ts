export interface ReadTotals {
  readonly hits: number;
  readonly misses: number;
}

export interface HitRatio {
  /** From 0 to 1; 0 without reads. */
  readonly ratio: number;
  readonly reads: number;
}

const WINDOW_MS = 300_000;
const SAMPLE_MS = 5_000;

/** The share of hits within the last five minutes, from totals that only grow. In bounded memory. */
export class RecentHitRatio {
  readonly #monotonicMs: () => number;
  #samples: { readonly atMs: number; readonly totals: ReadTotals }[] = [];

  constructor(monotonicMs: () => number = () => performance.now()) {
    this.#monotonicMs = monotonicMs;
  }

  /** Takes the totals of this moment; those since the start count until the window is full. */
  measure(totals: ReadTotals): HitRatio {
    const nowMs = this.#monotonicMs();
    const latest = this.#samples.at(-1);
    if (!latest || nowMs - latest.atMs >= SAMPLE_MS) this.#samples.push({ atMs: nowMs, totals });
    // The last one from before the window is where the window begins.
    while ((this.#samples[1]?.atMs ?? nowMs) <= nowMs - WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0];
    const before = first && first.atMs <= nowMs - WINDOW_MS ? first.totals : { hits: 0, misses: 0 };
    const recent = { hits: totals.hits - before.hits, misses: totals.misses - before.misses };
    return recent.hits + recent.misses > 0 ? ratioOf(recent) : { ...ratioOf(totals), reads: 0 };
  }
}

function ratioOf({ hits, misses }: ReadTotals): HitRatio {
  const reads = hits + misses;
  return { ratio: reads === 0 ? 0 : hits / reads, reads };
}
