import { type PageArguments, parsePage } from '../../platform/connection.ts';
import {
  type CostArguments,
  type FieldCost,
  inBatchesOf,
  type LoaderCost,
  oneRead,
  oneRow,
  type RowBound,
} from '../../platform/costs.ts';
import { checkIdempotencyKey } from '../../platform/idempotency.ts';
import { MAX_KEYS_PER_BATCH } from '../../platform/keyed-loader.ts';
import { checkSubmission, type SubmittedAssessment } from './submission.ts';

/** Of the sample company, on average. */
const USUAL_ASSESSMENTS_PER_MENTOR = 21;

/** One line for each loader of the slice; a unit is a transaction. */
export const assessmentLoaderCosts: readonly LoaderCost[] = [
  keyed('mentorById', oneRow),
  keyed('assessmentById', oneRow),
  keyed('assessmentsByMentorId', (args) => {
    const { most } = pageRows(args);
    return { most, usual: Math.min(most, USUAL_ASSESSMENTS_PER_MENTOR) };
  }),
  alone('mentors', pageRows),
  alone('assessments', pageRows),
  alone('countMentors', oneRow),
  alone('countAssessments', oneRow),
  { ...alone('submit', oneRow), writes: true, transaction: submission },
];

/** One line for each field that is no edge. */
export const assessmentFieldCosts: readonly FieldCost[] = [
  rootPage('mentors'),
  rootPage('assessments'),
  oneRead('MentorConnection', 'totalCount', 'assessments.countMentors', count),
  oneRead('AssessmentConnection', 'totalCount', 'assessments.countAssessments', count),
  oneRead('Mutation', 'submitAssessments', 'assessments.submit', (args) => {
    const { assessments, idempotencyKey } = inputOf(args);
    if (idempotencyKey != null) checkIdempotencyKey(idempotencyKey);
    return { rows: checkSubmission(assessments).checked.length, isCertain: true };
  }),
];

function keyed(name: string, rows: (args: CostArguments) => RowBound): LoaderCost {
  return {
    loader: `assessments.${name}`,
    source: 'POSTGRES',
    rows,
    most: inBatchesOf(MAX_KEYS_PER_BATCH),
    arrivals: (keys) => Math.ceil(keys / MAX_KEYS_PER_BATCH),
  };
}

function alone(name: string, rows: (args: CostArguments) => RowBound): LoaderCost {
  return {
    loader: `assessments.${name}`,
    source: 'POSTGRES',
    merges: 'never',
    rows,
    most: (asked) => ({ rounds: [asked.length] }),
  };
}

function rootPage(field: 'mentors' | 'assessments'): FieldCost {
  return oneRead('Query', field, `assessments.${field}`, (args) => ({
    rows: pageRows(args).most,
    isCertain: args.after == null && args.mentorId == null,
  }));
}

function pageRows(args: CostArguments): RowBound {
  return { most: parsePage({ first: args.first, after: args.after } as PageArguments).size };
}

function count(): { readonly rows: number; readonly isCertain: boolean } {
  return { rows: 0, isCertain: false };
}

/** Begin, one statement, commit, and one more with an idempotency key unless the first answer is found with it. */
function submission(args: CostArguments): {
  calls: { min: number; max: number };
  statements: { min: number; max: number };
} {
  const more = inputOf(args).idempotencyKey == null ? 0 : 1;
  return { calls: { min: 3, max: 3 + more }, statements: { min: 4, max: 4 + more } };
}

function inputOf(args: CostArguments): {
  readonly assessments: readonly SubmittedAssessment[];
  readonly idempotencyKey?: string | null;
} {
  return args.input as ReturnType<typeof inputOf>;
}
