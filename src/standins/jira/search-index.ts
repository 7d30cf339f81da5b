import type { Clock } from '../../platform/clock.ts';
import type { JiraIssueSeed } from '../data/company.ts';

/** What search sees of the issues: every write reaches it only after a lag, unless the caller asks to reconcile that issue. */
export class SearchIndex {
  readonly #indexed: Map<string, JiraIssueSeed>;
  readonly #clock: Clock;
  readonly #lagMs: number;
  #waiting: { readonly issue: JiraIssueSeed; readonly dueAtMs: number }[] = [];
  #frozen = false;

  constructor(issues: Iterable<JiraIssueSeed>, clock: Clock, lagMs: number) {
    this.#indexed = new Map([...issues].map((issue) => [issue.id, issue]));
    this.#clock = clock;
    this.#lagMs = lagMs;
  }

  noteWrite(issue: JiraIssueSeed): void {
    this.#waiting.push({ issue, dueAtMs: this.#clock.now() + this.#lagMs });
  }

  freeze(): void {
    this.#frozen = true;
  }

  thaw(): void {
    this.#frozen = false;
  }

  /** The indexed state of all issues, with those in `reconciled` in their present state. */
  view(reconciled: readonly JiraIssueSeed[]): JiraIssueSeed[] {
    this.#catchUp();
    if (reconciled.length === 0) return [...this.#indexed.values()];
    const seen = new Map(this.#indexed);
    for (const issue of reconciled) seen.set(issue.id, issue);
    return [...seen.values()];
  }

  #catchUp(): void {
    if (this.#frozen) return;
    const nowMs = this.#clock.now();
    for (const { issue, dueAtMs } of this.#waiting) if (dueAtMs <= nowMs) this.#indexed.set(issue.id, issue);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
  }
}
