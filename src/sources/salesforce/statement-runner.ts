import type { Availability } from './availability.ts';
import { isInvalidField } from './failures.ts';
import type { Asker, QueryQueue, QueryRows } from './query-queue.ts';

/** Runs statements; one that fails because a field was hidden since the last look is put together anew and asked once more. */
export class StatementRunner {
  readonly queue: QueryQueue;
  readonly #availability: Availability;

  constructor(queue: QueryQueue, availability: Availability) {
    this.queue = queue;
    this.#availability = availability;
  }

  /** `build` puts the statement together from what is shown at that moment. */
  async run(build: () => string, askers: readonly Asker[]): Promise<QueryRows> {
    const builtAtVersion = this.#availability.version;
    try {
      return await this.queue.query(build(), askers);
    } catch (error) {
      if (!isInvalidField(error) || !(await this.#availability.hasChanged(builtAtVersion))) throw error;
      return this.queue.query(build(), askers);
    }
  }
}
