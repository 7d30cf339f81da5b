import type { Counter, Gauge } from 'prom-client';
import { describeError, type Logger } from '../platform/log.ts';

/** `done`: it did its work. `idle`: there was nothing to do, or another instance does it. `paused`: it holds back, and says why in its log. */
export type JobOutcome = 'done' | 'idle' | 'paused';

export interface JobMetrics {
  /** `failed` beside the outcomes. */
  readonly runs: Counter<'job' | 'outcome'>;
  /** Unix time of the last run that did its work, in seconds. */
  readonly lastDone: Gauge<'job'>;
}

export interface JobOptions {
  /** Label of metrics and logs: a constant. */
  readonly name: string;
  /** Between the end of a run and the next one. */
  readonly intervalMs: number;
  readonly log: Logger;
  readonly metrics: JobMetrics;
  /** One round. Ends soon after the signal aborts. What it throws is logged once until it succeeds again, and counted. */
  run(signal: AbortSignal): Promise<JobOutcome>;
}

/** How long a run that was told to stop is waited for. */
const STOP_PATIENCE_MS = 2_000;

/** Work that this instance does by itself, again and again, one run at a time, without keeping the process alive. */
export class Job {
  readonly #options: JobOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<JobOutcome | 'failed'> | null = null;
  #isFailing = false;

  /** Begins after one interval. */
  constructor(options: JobOptions) {
    this.#options = options;
    this.#schedule();
  }

  /** A round at once; joins the one under way. */
  runNow(): Promise<JobOutcome | 'failed'> {
    this.#running ??= this.#runOnce().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Begins no more, and ends what is under way, in bounded time. */
  async stop(): Promise<void> {
    this.#stopping.abort(new DOMException('The gateway is stopping.', 'AbortError'));
    clearTimeout(this.#timer);
    if (!this.#running) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_PATIENCE_MS);
    });
    await Promise.race([this.#running, patience]);
    clearTimeout(timer);
  }

  #schedule(): void {
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => void this.runNow().then(() => this.#schedule()), this.#options.intervalMs);
    this.#timer.unref();
  }

  async #runOnce(): Promise<JobOutcome | 'failed'> {
    const { name, log, metrics, run } = this.#options;
    if (this.#stopping.signal.aborted) return 'idle';
    let outcome: JobOutcome | 'failed';
    try {
      outcome = await run(this.#stopping.signal);
      if (this.#isFailing) log.info({ job: name }, 'A job that failed works again.');
      this.#isFailing = false;
      if (outcome === 'done') metrics.lastDone.set({ job: name }, Date.now() / 1_000);
    } catch (error) {
      outcome = this.#stopping.signal.aborted ? 'idle' : 'failed';
      if (outcome === 'failed' && !this.#isFailing) {
        log.warn({ job: name, error: describeError(error) }, 'A job failed; it is tried again at its next turn.');
        this.#isFailing = true;
      }
    }
    metrics.runs.inc({ job: name, outcome });
    return outcome;
  }
}
