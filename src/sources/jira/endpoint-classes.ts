import type { EndpointClassSettings } from '../../upstream/endpoint-class.ts';

/**
 * Calls under way at once, for each endpoint and method: Jira counts bursts so (100 a second for GET and POST, more for single issues and
 * users), and so they are closed when one is over its limit. The names are those of metrics and receipts.
 * https://developer.atlassian.com/cloud/jira/platform/rate-limiting
 */
const concurrencies = {
  /** POST /search/jql */
  search: 12,
  /** POST /issue/bulkfetch */
  bulkfetch: 16,
  /** GET /issue/{idOrKey} */
  issue: 8,
  /** GET /issue/{idOrKey}/comment */
  comments: 8,
  /** GET /issue/{idOrKey}/comment/{id}, POST /comment/list */
  comment: 4,
  /** POST /issue/{idOrKey}/comment */
  'add-comment': 4,
  /** POST /issue/{idOrKey}/transitions */
  transition: 4,
  /** GET /user/bulk */
  users: 4,
  /** GET /project/{idOrKey} */
  project: 4,
  /** GET /project/search */
  projects: 4,
  /** GET /field */
  fields: 1,
  /** GET /myself */
  myself: 1,
} as const;

/** Kinds of calls to Jira. */
export type JiraOperation = keyof typeof concurrencies;

export function endpointClasses(deadlineMs: number): Record<JiraOperation, EndpointClassSettings> {
  const classes = Object.entries(concurrencies).map(([operation, concurrency]) => [
    operation,
    { deadlineMs, concurrency },
  ]);
  return Object.fromEntries(classes) as Record<JiraOperation, EndpointClassSettings>;
}
