/** More tags than this are not worth keeping an answer for. */
const MAX_TAGS = 20_000;

/**
 * What one answer was made of, by the tags under which it is invalidated. Made once per request. An answer is only kept when everything in
 * it is on the list, so whoever can't tell what was used says so by `incomplete`.
 */
export class TagCollector {
  readonly #globalIds = new Set<string>();
  readonly #tags = new Set<string>();
  #isComplete = true;

  /** A record that is in the answer, by its global id. */
  addRecord(globalId: string): void {
    this.#globalIds.add(globalId);
  }

  /** Anything else that was looked at, such as a record's other names, or an id that nothing was found by. Tags as in src/cache/tags.ts. */
  addTags(tags: Iterable<string>): void {
    for (const tag of tags) this.#tags.add(tag);
  }

  /** Something was used that no tag stands for: the answer must not be kept. */
  incomplete(): void {
    this.#isComplete = false;
  }

  get isComplete(): boolean {
    return this.#isComplete && this.#globalIds.size + this.#tags.size <= MAX_TAGS;
  }

  get globalIds(): ReadonlySet<string> {
    return this.#globalIds;
  }

  get tags(): ReadonlySet<string> {
    return this.#tags;
  }
}
