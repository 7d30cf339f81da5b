/** Settings without budgets: what a test or a benchmark sends in a second no person does in a minute. */
export const noBudgets = {
  BUDGET_PERSON_REQUESTS: '0/0',
  BUDGET_PERSON_POINTS: '0/0',
  BUDGET_CLIENT_REQUESTS: '0/0',
  BUDGET_CLIENT_POINTS: '0/0',
  BUDGET_SIGN_INS: '0/0',
  BUDGET_FAILED_SIGN_INS: '0/0',
};
