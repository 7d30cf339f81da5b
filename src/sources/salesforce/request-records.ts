import type { RecordAnswer } from '../../cache/record-answer.ts';
import type { RecordValues } from '../../cache/record-values.ts';
import type { GatewayError } from '../../platform/errors.ts';
import type { FreshnessDemand } from '../../platform/freshness.ts';
import type { CacheReads } from './cache-reads.ts';
import type { ReadPlan } from './read-plan.ts';

/** A record as this request has read it. */
export interface HeldRecord {
  readonly id18: string;
  readonly values: RecordValues;
  /** Columns that were asked for; the values of others may be older than the request wants them. */
  readonly columns: readonly string[];
  /** Columns that could not be read, and why. */
  readonly unread?: { readonly fields: readonly string[]; readonly error: GatewayError };
}

/** Null: there is none. `withheld`: there may be one, but it is not as fresh as is demanded (`onStale: NULL`). */
export type ReadRecord = HeldRecord | null | 'withheld' | GatewayError;

/**
 * The records that one request has read: a record that was read once is not read again, so all of the answer shows it alike. What lies beneath,
 * and is shared by all requests, is the cache. One for each demand of freshness.
 */
export class RequestRecords {
  readonly #reads: CacheReads;
  readonly #demand: FreshnessDemand | undefined;
  readonly #byType = new Map<string, Map<string, HeldRecord | null | 'withheld'>>();

  constructor(reads: CacheReads, demand: FreshnessDemand | undefined) {
    this.#reads = reads;
    this.#demand = demand;
  }

  /** What is held for the plan; undefined when it has to be read. */
  find(plan: ReadPlan, name: string): HeldRecord | null | 'withheld' | undefined {
    const held = this.#byType.get(plan.object.type)?.get(name);
    return isAbsent(held) || held === undefined || coversAll(held.columns, plan.columns) ? held : undefined;
  }

  /** One outcome for each id or number, in the order asked. */
  async read(plan: ReadPlan, names: readonly string[]): Promise<ReadRecord[]> {
    let held = this.#byType.get(plan.object.type);
    if (!held) this.#byType.set(plan.object.type, (held = new Map()));
    const missing = new Map<readonly string[], string[]>();
    for (const name of names) {
      const known = held.get(name);
      if (isAbsent(known) || (known && coversAll(known.columns, plan.columns))) continue;
      const columns = known ? missingOf(known.columns, plan.columns) : plan.columns;
      const alike = [...missing.keys()].find((other) => other === columns || other.join() === columns.join());
      const group = alike && missing.get(alike);
      if (group) group.push(name);
      else missing.set(columns, [name]);
    }
    const failures = new Map<string, GatewayError>();
    await Promise.all(
      [...missing].map(async ([columns, group]) => {
        const answers = await this.#reads.records(plan, group, columns, this.#demand);
        for (const [index, name] of group.entries()) {
          const answer = answers[index];
          if (answer?.kind === 'failed') failures.set(name, answer.error);
          else if (answer) this.#keep(held, plan, name, columns, answer);
        }
      }),
    );
    return names.map((name) => failures.get(name) ?? held.get(name) ?? null);
  }

  #keep(
    held: Map<string, HeldRecord | null | 'withheld'>,
    plan: ReadPlan,
    name: string,
    columns: readonly string[],
    answer: Exclude<RecordAnswer, { kind: 'failed' }>,
  ): void {
    if (answer.kind === 'absent') {
      held.set(name, answer.reason === 'stale' ? 'withheld' : null);
      return;
    }
    const before = held.get(name);
    const known = isAbsent(before) ? undefined : before;
    const { id, values, unread = known?.unread } = answer;
    const record: HeldRecord = {
      id18: id,
      values: known ? merged(known, values, columns) : values,
      columns: known ? [...known.columns, ...columns] : plan.columns,
      ...(unread ? { unread } : {}),
    };
    held.set(name, record);
    if (name !== id && held.get(id) === undefined) held.set(id, record);
  }
}

function isAbsent(held: HeldRecord | null | 'withheld' | undefined): held is null | 'withheld' {
  return held === null || held === 'withheld';
}

function coversAll(held: readonly string[], wanted: readonly string[]): boolean {
  return held === wanted || wanted.every((column) => held.includes(column));
}

function missingOf(held: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((column) => !held.includes(column));
}

/** What the request has read before stays as it was. Mostly the cache still holds the same values, which then stay one object. */
function merged(known: HeldRecord, values: RecordValues, columns: readonly string[]): RecordValues {
  return known.values === values ? values : { ...pick(values, columns), ...pick(known.values, known.columns) };
}

function pick(values: RecordValues, columns: readonly string[]): RecordValues {
  return Object.fromEntries(columns.flatMap((column) => (column in values ? [[column, values[column] ?? null]] : [])));
}
