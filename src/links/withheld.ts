import { type GraphQLResolveInfo, responsePathAsArray } from 'graphql';
import type { FreshnessDemand, FreshnessTrace } from '../platform/freshness.ts';
import { normaliseIssueKey } from '../sources/jira/issue-keys.ts';
import { toId18, toPsRequestNumber } from '../sources/salesforce/ids.ts';

/** What a field that joins several reads finds withheld: null, because it is not as fresh as is demanded (`onStale: NULL`). */
export interface Withheld {
  /** Whether that is why there is no issue under this key. Then the field has to be null, and it is told so. */
  issue(key: string): boolean;
  /** The same of a request, by number or Salesforce id. */
  request(name: string): boolean;
}

/** For one field of one request, under the demand that holds for it. */
export function withheldFrom(
  info: Pick<GraphQLResolveInfo, 'path'>,
  trace: FreshnessTrace | undefined,
  demand: FreshnessDemand | undefined,
): Withheld {
  const isWithheld = (type: string, name: string | null): boolean => {
    const use = name === null ? undefined : trace?.withheldRecord(type, name, demand);
    if (use) trace?.withheldAt(responsePathAsArray(info.path), use);
    return use !== undefined;
  };
  return {
    issue: (key) => isWithheld('JiraIssue', normaliseIssueKey(key)),
    request: (name) => isWithheld('PsRequest', toPsRequestNumber(name) ?? toId18(name)),
  };
}
