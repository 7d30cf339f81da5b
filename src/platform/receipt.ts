import type { SourceName } from './errors.ts';

/** What one call to a source cost. */
export interface SourceCall {
  readonly source: SourceName;
  /** Kind of call, a short constant: `composite`, `query`, `bulkfetch`, `sql` … */
  readonly operation: string;
  /** Calls that count against the source's allowance. */
  readonly billedCalls: number;
  readonly durationMs: number;
  readonly records: number;
}

/** What one request cost in calls; every station below the resolvers adds to it. A call shared by several requests is on each one's receipt. */
export class Receipt {
  readonly calls: SourceCall[] = [];

  add(call: SourceCall): void {
    this.calls.push(call);
  }
}
