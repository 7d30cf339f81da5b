import { type PageArguments, parsePage } from '../../platform/connection.ts';
import {
  type CostArguments,
  type FieldCost,
  inBatchesOf,
  type LoaderCost,
  oneRead,
  oneRow,
} from '../../platform/costs.ts';
import { MAX_KEYS_PER_BATCH } from '../../platform/keyed-loader.ts';

const MAX_ACTIVITY_ROWS = 1_000;
/** Entries, and what their pseudonyms stand for. */
const twoStatements: LoaderCost['transaction'] = () => ({ calls: { min: 3, max: 4 }, statements: { min: 4, max: 5 } });

/** One line for each loader of the slice; a unit is a transaction. */
export const auditLoaderCosts: readonly LoaderCost[] = [
  {
    loader: 'audit.entryById',
    source: 'POSTGRES',
    rows: oneRow,
    most: inBatchesOf(MAX_KEYS_PER_BATCH),
    arrivals: (keys) => Math.ceil(keys / MAX_KEYS_PER_BATCH),
    transaction: twoStatements,
  },
  { ...alone('log', (args) => ({ most: pageSize(args) })), transaction: twoStatements },
  alone('count', oneRow),
  {
    ...alone('activity', () => ({ most: MAX_ACTIVITY_ROWS })),
    transaction: () => ({ calls: { min: 4, max: 4 }, statements: { min: 5, max: 5 } }),
  },
];

/** One line for each field that is no edge. */
export const auditFieldCosts: readonly FieldCost[] = [
  oneRead('Query', 'auditLog', 'audit.log', (args) => ({ rows: pageSize(args), isCertain: false })),
  oneRead('Query', 'activityReport', 'audit.activity', () => ({ rows: MAX_ACTIVITY_ROWS, isCertain: true })),
  oneRead('AuditEntryConnection', 'totalCount', 'audit.count', () => ({ rows: 0, isCertain: false })),
];

function alone(name: string, rows: LoaderCost['rows']): LoaderCost {
  return {
    loader: `audit.${name}`,
    source: 'POSTGRES',
    merges: 'never',
    rows,
    most: (asked) => ({ rounds: [asked.length] }),
  };
}

function pageSize(args: CostArguments): number {
  return parsePage({ first: args.first, after: args.after } as PageArguments).size;
}
