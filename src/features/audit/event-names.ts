/**
 * Actions that are no root field. Every other action is called as the root field is, whether it was done, refused or failed. docs/audit.md says
 * what each is.
 */
export const eventNames = [
  'operation',
  'operation.refused',
  'signIn.failed',
  'session.ended',
  'updatePsRequest.resolved',
  'transitionJiraIssue.resolved',
  'addJiraComment.resolved',
  'audit.pseudonymised',
  'audit.removed',
  'legalHold.placed',
  'legalHold.released',
  'tenant.removed',
] as const;
