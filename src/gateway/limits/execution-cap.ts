import { GatewayError } from '../../platform/errors.ts';

const RETRY_AFTER_SECONDS = 1;

/**
 * How many operations one instance executes at once. Beyond it they are refused at once instead of being taken on: a server that takes on
 * everything finishes nothing. What is kept already is answered in any case.
 */
export class ExecutionCap {
  readonly #max: number;
  #underWay = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Rejects with OVERLOADED, without having begun. */
  async run<Result>(execute: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= this.#max)
      throw new GatewayError(
        'OVERLOADED',
        `This instance has ${this.#max} operations under way, which is as many as it takes. Send the request again in a moment.`,
        { retryAfterSeconds: RETRY_AFTER_SECONDS },
      );
    this.#underWay += 1;
    try {
      return await execute();
    } finally {
      this.#underWay -= 1;
    }
  }
}
