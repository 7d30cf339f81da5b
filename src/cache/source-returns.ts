import type { SourceName } from '../platform/errors.ts';

/**
 * Which sources were found to answer after they had been left alone, or to answer one whom they are not refused to, in the order in which that
 * happened. What was made of refusals before that may be made of newer values now.
 */
export class SourceReturns {
  readonly #bySource = new Map<SourceName, number>();
  #sequence = 0;

  /** Counts what was noted. */
  get sequence(): number {
    return this.#sequence;
  }

  note(source: SourceName): void {
    this.#sequence += 1;
    this.#bySource.set(source, this.#sequence);
  }

  /** Whether one of the sources has come back after the given sequence. */
  since(sources: Iterable<SourceName>, sequence: number): boolean {
    if (sequence === this.#sequence) return false;
    for (const source of sources) if ((this.#bySource.get(source) ?? 0) > sequence) return true;
    return false;
  }
}
