import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';

/** How busy the process is, as shares from 0 to 1. */
export class ProcessLoad {
  #previous = performance.eventLoopUtilization();
  #eventLoop = 0;

  /** To be called at regular times: the event loop's share is that of the time since the last call. */
  tick(): void {
    const current = performance.eventLoopUtilization();
    this.#eventLoop = performance.eventLoopUtilization(current, this.#previous).utilization;
    this.#previous = current;
  }

  read(): { readonly eventLoop: number; readonly heap: number } {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return { eventLoop: this.#eventLoop, heap: used / limit };
  }
}
