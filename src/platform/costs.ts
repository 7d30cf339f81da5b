import type { SourceName } from './errors.ts';

/** The field's arguments as GraphQL coerced them. */
export type CostArguments = Readonly<Record<string, unknown>>;

/** What one field asks a loader for at one moment. */
export interface AskedOfLoader {
  /** Different keys at most. */
  readonly keys: number;
  readonly args: CostArguments;
  /** Of a connection: whether rows are asked for, and whether they are counted. True and false for everything else. */
  readonly withRows: boolean;
  readonly withCount: boolean;
}

/**
 * The most that reads which travel together may need. A unit is a query for Salesforce, a call for Jira, a transaction for PostgreSQL.
 * Each round waits for the one before it; the units of the first round travel with what else is asked at the same moment.
 */
export interface MostUnits {
  readonly rounds: readonly number[];
  /** Calls that nothing else can share: further pages of a long answer. */
  readonly alone?: number;
  /** Points of Jira's allowance beyond one for each unit and those of the records. */
  readonly extraPoints?: number;
}

/** How many records a key leads to: bounded by an argument, or by what is known of the data, which the plan then says. */
export interface RowBound {
  readonly most: number;
  /** How many there usually are, where that is less than `most`; need not be whole. */
  readonly usual?: number;
  /** Said with the plan when the bound is an assumption. Example: `a request has at most 10 steps`. */
  readonly assumes?: string;
}

/** What a loader costs: one line beside the loader for each. */
export interface LoaderCost {
  /** `<slice>.<loader>` as edges name it, or a name of its own for what only a field's cost line asks. */
  readonly loader: string;
  readonly source: SourceName;
  /** Reads of one family that are asked at one moment are one batch; the loader's name unless told. */
  readonly family?: string;
  /** Which reads of a family are one batch: all unless told. `once`: whatever the operation asks, it is read once. */
  readonly merges?: 'all' | 'sameArguments' | 'never' | 'once';
  most(asked: readonly AskedOfLoader[]): MostUnits;
  /** What the same reads usually need while nothing is kept; their keys are then the usual number, not whole ones. `most` unless told. */
  readonly cold?: (asked: readonly AskedOfLoader[]) => MostUnits;
  /** Records per key. */
  rows(args: CostArguments): RowBound;
  /** Batches whose answers may arrive apart from each other, for so many keys; one unless told. */
  arrivals?(keys: number): number;
  /** The records that its records refer to come along with them, so that those edges cost nothing. */
  readonly lookAhead?: LookAhead;
  /** It may come along with the record that refers to it. */
  readonly comesAlong?: true;
  /** What is held already is not asked again, so its references are then loaded by themselves. */
  readonly reusesHeld?: true;
  /** Points of Jira's allowance for each record, on top of one for each call. */
  readonly pointsPerRecord?: number;
  /** Round trips and statements of one transaction, where it is not the usual one statement. */
  readonly transaction?: (args: CostArguments) => TransactionCost;
  /** A cache of records answers what it holds, and asks for the rest. */
  readonly cached?: true;
  /** True for what changes something: no cache ever answers it. */
  readonly writes?: true;
}

export interface LookAhead {
  readonly levels: number;
  readonly references: number;
}

export interface TransactionCost {
  readonly calls: Range;
  readonly statements: Range;
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One read of a field's plan; `keys` is per parent. */
export interface PlannedRead {
  readonly loader: string;
  readonly keys: number;
  /** How many keys there usually are per parent, where that is less than `keys`; below 1 when not every parent asks. */
  readonly usualKeys?: number;
  readonly args?: CostArguments;
  /** It reads nothing but keys, whatever the operation asks of the records. */
  readonly keysOnly?: true;
  /** Where certainty differs from that of the plan. */
  readonly isCertain?: boolean;
}

/** How a field is come by, for one parent. */
export interface FieldPlan {
  /** Each stage is asked when the one before it has arrived. [] costs nothing. */
  readonly stages: readonly (readonly PlannedRead[])[];
  /** Records beneath the field, for each parent. */
  readonly rows: readonly RowsOfType[];
  /** Whether the calls of the first stage are made for sure when nothing is cached; else they may fall away. */
  readonly isCertain: boolean;
  /** A parent's records may be there after any stage, not only after the last: the share of the parents usually done after each. */
  readonly arrivesEarly?: readonly number[];
}

export interface RowsOfType {
  /** Null: the type that the field says. */
  readonly type: string | null;
  readonly most: number;
  /** How many there usually are, where that is less than `most`; need not be whole. */
  readonly usual?: number;
}

/** What a field with a resolver of its own costs; edges need no line, they cost what their loader costs. */
export interface FieldCost {
  readonly type: string;
  readonly field: string;
  /** Throws the GatewayError that the field would fail with where the arguments alone tell. */
  plan(args: CostArguments): FieldPlan;
}

/** A field that costs no call of its own. */
export function free(type: string, field: string): FieldCost {
  return { type, field, plan: () => ({ stages: [], rows: [{ type: null, most: 1 }], isCertain: false }) };
}

/** A field that asks one loader, once for each parent. */
export function oneRead(
  type: string,
  field: string,
  loader: string,
  more: (args: CostArguments) => { readonly rows: number; readonly isCertain: boolean },
): FieldCost {
  return {
    type,
    field,
    plan: (args) => {
      const { rows, isCertain } = more(args);
      return { stages: [[{ loader, keys: 1, args }]], rows: [{ type: null, most: rows }], isCertain };
    },
  };
}

/** Batches of at most `keysPerUnit` keys. */
export function inBatchesOf(keysPerUnit: number): (asked: readonly AskedOfLoader[]) => MostUnits {
  return (asked) => ({ rounds: [Math.ceil(keysOf(asked) / keysPerUnit)] });
}

/**
 * Batches that a cache of records asks for: of several keys some may be held but old, which are renewed in the background, apart from those
 * that are not held.
 */
export function inFetchesOf(keysPerUnit: number): (asked: readonly AskedOfLoader[]) => MostUnits {
  return (asked) => ({ rounds: [fetchesFor(keysOf(asked), keysPerUnit)] });
}

export function fetchesFor(keys: number, keysPerUnit: number): number {
  return Math.ceil(keys / keysPerUnit) + (keys > 1 ? 1 : 0);
}

export function keysOf(asked: readonly AskedOfLoader[]): number {
  return asked.reduce((sum, { keys }) => sum + keys, 0);
}

export const oneRow = (): RowBound => ({ most: 1 });

/** So many records of a key, which is known of the data and not enforced. */
export function assumedRows(most: number, assumes: string, usual = most): () => RowBound {
  return () => ({ most, assumes, usual });
}
