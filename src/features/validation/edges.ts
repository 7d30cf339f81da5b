import type { ComputedField, Edge } from '../../platform/edges.ts';

export const validationEdges: readonly Edge[] = [
  {
    type: 'ValidationRun',
    field: 'results',
    key: 'nativeId',
    loader: 'validation.resultsByRunId',
    to: 'ValidationResult',
    shape: 'connection',
  },
  {
    type: 'ValidationResult',
    field: 'rule',
    key: 'ruleId',
    loader: 'validation.ruleById',
    to: 'ValidationRule',
    shape: 'one',
  },
];

export const validationComputedFields: readonly ComputedField[] = [
  { type: 'ValidationRun', field: 'rules', needs: ['ruleIds'] },
];
