/**
 * Root fields of queries that tell of people rather than of work: nothing of them is shown before its entry is in PostgreSQL. Everything else
 * that is read has its entry in the journal before it is shown.
 */
export const sensitiveReads: ReadonlySet<string> = new Set(['auditLog', 'activityReport', 'exportPerson']);

/** Types that are no less sensitive when a record of them is asked for by its id. */
export const sensitiveTypes: ReadonlySet<string> = new Set(['AuditEntry']);

/**
 * Mutations that append their entry in the transaction of their change, or look beforehand whether one can be appended: nothing has to be
 * asked before they run.
 */
export const selfAuditing: ReadonlySet<string> = new Set([
  'submitAssessments',
  'createSession',
  'revokeSession',
  'revokeAllSessions',
  'signOut',
  'updatePreferences',
  'updatePsRequest',
  'transitionJiraIssue',
  'addJiraComment',
]);
