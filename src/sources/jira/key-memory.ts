import { isNumericId } from './issue-keys.ts';

const MAX_KEYS = 50_000;

/**
 * What this process has learned about issue keys: which ones are old keys of which issue, and which were seen at all. Nothing that
 * the issue holds is kept. An old key never comes to mean another issue in Jira, so its entry stays true.
 */
export class KeyMemory {
  /** Id of the issue for an old key; null for a key that was seen as it is or as nothing. Oldest first. */
  readonly #entries = new Map<string, string | null>();

  /** The id to ask for instead of an old key. */
  movedTo(key: string): string | undefined {
    return this.#entries.get(key) ?? undefined;
  }

  knows(idOrKey: string): boolean {
    return isNumericId(idOrKey) || this.#entries.has(idOrKey);
  }

  remember(idOrKey: string, issue: { readonly id: string; readonly key: string } | null): void {
    if (isNumericId(idOrKey)) return;
    this.#entries.delete(idOrKey);
    this.#entries.set(idOrKey, issue && issue.key.toUpperCase() !== idOrKey ? issue.id : null);
    if (this.#entries.size <= MAX_KEYS) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
