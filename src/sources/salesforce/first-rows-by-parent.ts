import { chunk } from '../../platform/batch.ts';
import type { SalesforceRecord } from './query-queue.ts';

/** Rows that one statement may ask for: what Salesforce gives in one page. */
const MAX_ROWS_PER_STATEMENT = 2_000;
const MAX_PARENTS_PER_STATEMENT = 500;
/** Rounds over all parents that still lack rows, before each of them is asked alone. */
const SHARED_ROUNDS = 3;

export interface FirstRowsQuestion<Place> {
  readonly parents: readonly string[];
  /** Rows that each parent gets at most. */
  readonly rowsPerParent: number;
  readonly from: Place | null;
  /** The first `limit` rows of all these parents together, in the wanted order, after a place in it. */
  readRows(parents: readonly string[], after: Place | null, limit: number): Promise<readonly SalesforceRecord[]>;
  parentOf(row: SalesforceRecord): string | null;
  placeOf(row: SalesforceRecord): Place;
}

/**
 * The first rows of every parent, without one query per parent: all parents are read in one ordered list and dealt out. While that list
 * was cut off, the parents that lack rows are read on together from where it ended; only parents that even then lack rows, because a few
 * of the others own nearly everything, are asked one by one.
 */
export async function firstRowsByParent<Place>(
  question: FirstRowsQuestion<Place>,
): Promise<ReadonlyMap<string, readonly SalesforceRecord[]>> {
  const rowsByParent = new Map<string, SalesforceRecord[]>(question.parents.map((parent) => [parent, []]));
  const groups = chunk([...rowsByParent.keys()], MAX_PARENTS_PER_STATEMENT);
  await Promise.all(groups.map((parents) => fill(question, parents, rowsByParent)));
  return rowsByParent;
}

/**
 * The most statements that `firstRowsByParent` may need, by round; the last round asks parents one by one. A shared round that asks for all
 * missing rows and is full has completed at least one parent: had every parent got fewer than it lacks, the round would not be full.
 */
export function worstRounds(parents: number, rowsPerParent: number): readonly number[] {
  const groups = Math.ceil(parents / MAX_PARENTS_PER_STATEMENT);
  const asksForAll = groups === 1 && parents * rowsPerParent <= MAX_ROWS_PER_STATEMENT;
  const shared = Math.min(SHARED_ROUNDS, parents);
  const alone = asksForAll ? parents - shared : parents;
  return [...Array.from({ length: shared }, () => groups), ...(alone > 0 ? [alone] : [])];
}

/**
 * The statements that `firstRowsByParent` usually needs, by round, where a parent has `rowsOfParent` rows on average, some of them far more and
 * some far fewer: the fewer of all rows the first round asks for, the more parents it leaves wanting.
 */
export function usualRounds(parents: number, rowsPerParent: number, rowsOfParent: number): readonly number[] {
  const groups = Math.ceil(parents / MAX_PARENTS_PER_STATEMENT);
  const share = rowsPerParent / rowsOfParent;
  const rounds = Math.min(Math.ceil(parents), share >= 1 ? 1 : share >= 0.5 ? 2 : SHARED_ROUNDS);
  return Array.from({ length: rounds }, () => groups);
}

async function fill<Place>(
  question: FirstRowsQuestion<Place>,
  parents: readonly string[],
  rowsByParent: ReadonlyMap<string, SalesforceRecord[]>,
): Promise<void> {
  const { rowsPerParent, readRows } = question;
  const lacking = (parent: string) => rowsPerParent - (rowsByParent.get(parent)?.length ?? 0);
  let open = parents;
  let after = question.from;
  for (let round = 0; round < SHARED_ROUNDS && open.length > 0; round += 1) {
    const wanted = open.reduce((sum, parent) => sum + lacking(parent), 0);
    const limit = Math.min(MAX_ROWS_PER_STATEMENT, wanted);
    const rows = await readRows(open, after, limit);
    deal(question, rows, rowsByParent);
    const last = rows.at(-1);
    if (rows.length < limit || !last) return;
    after = question.placeOf(last);
    open = open.filter((parent) => lacking(parent) > 0);
  }
  const rest = await Promise.all(open.map((parent) => readRows([parent], after, lacking(parent))));
  for (const rows of rest) deal(question, rows, rowsByParent);
}

function deal<Place>(
  question: FirstRowsQuestion<Place>,
  rows: readonly SalesforceRecord[],
  rowsByParent: ReadonlyMap<string, SalesforceRecord[]>,
): void {
  for (const row of rows) {
    const ofParent = rowsByParent.get(question.parentOf(row) ?? '');
    if (ofParent && ofParent.length < question.rowsPerParent) ofParent.push(row);
  }
}
