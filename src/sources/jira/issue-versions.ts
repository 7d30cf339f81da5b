const MAX_ISSUES = 20_000;

/**
 * The newest state that was seen of each issue. Jira's search lags behind its own reads of single issues, so a row of a search may be an older
 * state than one that was read before; it must not take its place.
 */
export class IssueVersions {
  /** Milliseconds since the epoch by issue id, the longest unseen first. */
  readonly #newest = new Map<string, number>();

  note(issueId: string, updatedMs: number | null): void {
    if (updatedMs === null) return;
    const known = this.#newest.get(issueId) ?? 0;
    this.#newest.delete(issueId);
    this.#newest.set(issueId, Math.max(known, updatedMs));
    if (this.#newest.size <= MAX_ISSUES) return;
    const oldest = this.#newest.keys().next();
    if (!oldest.done) this.#newest.delete(oldest.value);
  }

  isOutdated(issueId: string, updatedMs: number): boolean {
    return updatedMs < (this.#newest.get(issueId) ?? 0);
  }
}
