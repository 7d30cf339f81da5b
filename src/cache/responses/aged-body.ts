const EXTENSIONS = ',"extensions":{';

interface StalePlace {
  readonly fetchedAt: string;
  readonly ageSeconds: number;
}

/**
 * A body with labels of what is stale in it, told anew with the ages of any later time. It is written only when one of the ages has changed,
 * so once a second for all that was read together.
 */
export class AgedBody {
  readonly #head: string;
  readonly #extensions: { readonly freshness: readonly StalePlace[] };
  readonly #tail: string;
  #written = '';
  #writtenFromMs = 0;
  #writtenUntilMs = 0;

  private constructor(head: string, extensions: { readonly freshness: readonly StalePlace[] }, tail: string) {
    this.#head = head;
    this.#extensions = extensions;
    this.#tail = tail;
  }

  /**
   * Null when it is not labelled as such a body is. `extensions` is what Apollo writes last, and none of what is in them has a key of that name,
   * so its last occurrence is the answer's own.
   */
  static of(body: string): AgedBody | null {
    const at = body.lastIndexOf(EXTENSIONS);
    const end = body.lastIndexOf('}');
    if (at < 0) return null;
    const extensions = JSON.parse(body.slice(at + EXTENSIONS.length - 1, end)) as {
      readonly freshness?: readonly StalePlace[];
    };
    const { freshness } = extensions;
    if (!freshness) return null;
    return new AgedBody(body.slice(0, at + EXTENSIONS.length - 1), { ...extensions, freshness }, body.slice(end));
  }

  at(nowMs: number): string {
    if (nowMs < this.#writtenFromMs || nowMs >= this.#writtenUntilMs) this.#write(nowMs);
    return this.#written;
  }

  #write(nowMs: number): void {
    let untilMs = Number.POSITIVE_INFINITY;
    const freshness = this.#extensions.freshness.map((place) => {
      const fetchedAtMs = Date.parse(place.fetchedAt);
      const ageSeconds = Math.max(0, Math.round((nowMs - fetchedAtMs) / 1_000));
      untilMs = Math.min(untilMs, fetchedAtMs + (ageSeconds + 0.5) * 1_000);
      return { ...place, ageSeconds };
    });
    this.#written = this.#head + JSON.stringify({ ...this.#extensions, freshness }) + this.#tail;
    this.#writtenFromMs = nowMs;
    this.#writtenUntilMs = untilMs;
  }
}
