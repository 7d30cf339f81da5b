import { type PageArguments, parsePage } from '../../platform/connection.ts';
import {
  assumedRows,
  type CostArguments,
  type FieldCost,
  inBatchesOf,
  type LoaderCost,
  oneRead,
  oneRow,
  type RowBound,
} from '../../platform/costs.ts';
import { MAX_KEYS_PER_BATCH } from '../../platform/keyed-loader.ts';
import { ruleDefinitions } from './rules.ts';

const newestResults = assumedRows(
  ruleDefinitions.length,
  `A request has at most one newest result for each of the ${ruleDefinitions.length} rules.`,
);

/** One line for each loader of the slice; a unit is a transaction. */
export const validationLoaderCosts: readonly LoaderCost[] = [
  { ...keyed('ruleById', oneRow), family: 'validation.configurations', merges: 'once', most: () => ({ rounds: [1] }) },
  { ...alone('rules', oneRow), family: 'validation.configurations', merges: 'once', most: () => ({ rounds: [1] }) },
  keyed('runById', oneRow),
  keyed('resultById', oneRow),
  keyed('resultsByRunId', pageRows),
  keyed('newestResultsByRecordId', newestResults),
  alone('runs', pageRows),
  alone('countRuns', oneRow),
  alone('countResults', oneRow),
  alone('trend', oneRow),
];

/** One line for each field that is no edge. */
export const validationFieldCosts: readonly FieldCost[] = [
  oneRead('Query', 'validationRules', 'validation.rules', () => ({ rows: ruleDefinitions.length, isCertain: true })),
  oneRead('Query', 'validationRun', 'validation.runById', () => ({ rows: 1, isCertain: false })),
  oneRead('Query', 'validationRuns', 'validation.runs', (args) => ({
    rows: pageRows(args).most,
    isCertain: args.after == null,
  })),
  oneRead('Query', 'validationTrend', 'validation.trend', ({ ruleId }) => ({ rows: 365, isCertain: ruleId == null })),
  oneRead('ValidationRun', 'rules', 'validation.ruleById', () => ({ rows: ruleDefinitions.length, isCertain: false })),
  oneRead('ValidationRunConnection', 'totalCount', 'validation.countRuns', () => ({ rows: 0, isCertain: false })),
  oneRead('ValidationResultConnection', 'totalCount', 'validation.countResults', () => ({ rows: 0, isCertain: false })),
];

function keyed(name: string, rows: (args: CostArguments) => RowBound): LoaderCost {
  return {
    loader: `validation.${name}`,
    source: 'POSTGRES',
    rows,
    most: inBatchesOf(MAX_KEYS_PER_BATCH),
    arrivals: (keys) => Math.ceil(keys / MAX_KEYS_PER_BATCH),
  };
}

function alone(name: string, rows: (args: CostArguments) => RowBound): LoaderCost {
  return {
    loader: `validation.${name}`,
    source: 'POSTGRES',
    merges: 'never',
    rows,
    most: (asked) => ({ rounds: [asked.length] }),
  };
}

function pageRows(args: CostArguments): RowBound {
  return { most: parsePage({ first: args.first, after: args.after } as PageArguments).size };
}
