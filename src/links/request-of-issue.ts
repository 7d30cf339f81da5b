import type { EdgeRequest } from '../platform/edges.ts';
import { emptySelection, type Selection } from '../platform/selection.ts';
import type { JiraIssueModel } from '../sources/jira/model.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import type { PsRequestModel } from '../sources/salesforce/model.ts';
import { psRequestNamedIn } from './ps-request-number.ts';
import type { Withheld } from './withheld.ts';

const linkedRequestSelection: Selection = { fields: new Map([['psRequest', emptySelection]]) };

/** Former keys of an issue that are followed, the newest ones; more than a few moves are no one's way of working. */
export const MAX_FORMER_KEYS = 3;

type NeededLoaders = Pick<
  SalesforceLoaders,
  'psRequestByNumber' | 'psRequestById' | 'jiraLinksByJiraKey' | 'psRequestsByPrimaryJiraKey'
>;

/**
 * The request that an issue serves: the one its custom field names, else the first whose links name the issue's key, else the first whose
 * primary key it is. Links and requests that still hold a key from before the issue was moved count too, after those with the present one,
 * as far as the former keys can be read. A field that names a request Salesforce does not know counts as naming none. When the custom field could
 * not be read and nothing else names a request, the answer is the field's error, because "none" would be a guess. Null also as soon as what comes
 * first is not as fresh as is demanded: what comes after it may be another request.
 */
export async function requestOfIssue(
  issue: JiraIssueModel,
  salesforce: NeededLoaders,
  asked: Pick<EdgeRequest, 'selection' | 'demand'>,
  withheld: Pick<Withheld, 'request'>,
): Promise<PsRequestModel | Error | null> {
  const { psRequestNumber: field, key } = issue;
  const request = { ...asked, args: {} };
  const named = typeof field === 'string' ? psRequestNamedIn(field) : null;
  if (named) {
    const found =
      'number' in named
        ? await salesforce.psRequestByNumber.load(named.number, request)
        : await salesforce.psRequestById.load(named.salesforceId, request);
    if (found) return found;
    if (withheld.request('number' in named ? named.number : named.salesforceId)) return null;
  }
  const { formerKeys = [] } = issue;
  const keys = [key, ...(formerKeys instanceof Error ? [] : formerKeys.slice(0, MAX_FORMER_KEYS))];
  const linksByKey = await Promise.all(
    keys.map((name) => salesforce.jiraLinksByJiraKey.load(name, { ...request, selection: linkedRequestSelection })),
  );
  for (const links of linksByKey) {
    if (links === null) return null;
    for (const { psRequestId } of links) {
      if (typeof psRequestId !== 'string') continue;
      const found = await salesforce.psRequestById.load(psRequestId, request);
      if (found) return found;
      if (withheld.request(psRequestId)) return null;
    }
  }
  const byPrimaryKey = await Promise.all(keys.map((name) => salesforce.psRequestsByPrimaryJiraKey.load(name, request)));
  for (const requests of byPrimaryKey) {
    if (requests === null) return null;
    const [found] = requests;
    if (found) return found;
  }
  return field instanceof Error ? field : null;
}
