import type { EdgeRequest } from '../platform/edges.ts';
import { GatewayError } from '../platform/errors.ts';
import { emptySelection, type Selection } from '../platform/selection.ts';
import type { JiraLoaders } from '../sources/jira/loaders.ts';
import type { JiraIssueModel } from '../sources/jira/model.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import type { PsRequestModel } from '../sources/salesforce/model.ts';
import type { Withheld } from './withheld.ts';

const linkKeySelection: Selection = { fields: new Map([['jiraKey', emptySelection]]) };

export interface IssuesOfRequest {
  /** Not empty where there are failures. */
  readonly issues: readonly JiraIssueModel[];
  /** Why issues may be missing, each reason once; none with `onStale: FAIL`. */
  readonly failures: readonly GatewayError[];
}

/**
 * The issues that a request names: its primary key first, then its links in their order, each issue once even when two keys lead to it. What
 * Jira does not show is left out. Links are read before any issue, so that all keys of a list of requests travel together.
 * Null: the links or an issue are not known as freshly as is demanded; a list without them would say that they are not there. Throws when
 * there is nothing to show but failures, and with the first failure where the list has to be whole or null.
 */
export async function issuesOfRequest(
  request: PsRequestModel,
  loaders: {
    readonly salesforce: Pick<SalesforceLoaders, 'jiraLinksByPsRequestId'>;
    readonly jira: Pick<JiraLoaders, 'issueByKey'>;
  },
  asked: Pick<EdgeRequest, 'selection' | 'demand'>,
  withheld: Pick<Withheld, 'issue'>,
): Promise<IssuesOfRequest | null> {
  const links = await loaders.salesforce.jiraLinksByPsRequestId.load(request.salesforceId, {
    ...asked,
    selection: linkKeySelection,
    args: {},
  });
  if (links === null) return null;
  const named = [request.primaryJiraKey, ...links.map(({ jiraKey }) => jiraKey)];
  const failures = named.filter((key) => key instanceof GatewayError);
  const keys = [...new Set(named.filter((key): key is string => typeof key === 'string'))];
  const loaded = await Promise.allSettled(keys.map((key) => loaders.jira.issueByKey.load(key, { ...asked, args: {} })));
  const byId = new Map<string, JiraIssueModel>();
  let isWithheld = false;
  for (const [index, outcome] of loaded.entries()) {
    if (outcome.status === 'rejected') {
      if (!(outcome.reason instanceof GatewayError)) throw outcome.reason;
      failures.push(outcome.reason);
      continue;
    }
    if (outcome.value === null) isWithheld = withheld.issue(keys[index] ?? '') || isWithheld;
    else if (!byId.has(outcome.value.issueId)) byId.set(outcome.value.issueId, outcome.value);
  }
  const [first] = failures;
  if (first && (isWithheld || byId.size === 0 || asked.demand?.onStale === 'FAIL')) throw first;
  if (isWithheld) return null;
  return {
    issues: [...byId.values()],
    failures: [...new Map(failures.map((error) => [error.message, error])).values()],
  };
}
