import { emptySelection, type Selection } from '../platform/selection.ts';
import type { JiraIssueModel } from '../sources/jira/model.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import type { PsRequestModel } from '../sources/salesforce/model.ts';
import { psRequestNamedIn } from './ps-request-number.ts';

const linkedRequestSelection: Selection = { fields: new Map([['psRequest', emptySelection]]) };

type NeededLoaders = Pick<
  SalesforceLoaders,
  'psRequestByNumber' | 'psRequestById' | 'jiraLinksByJiraKey' | 'psRequestsByPrimaryJiraKey'
>;

/**
 * The request that an issue serves: the one its custom field names, else the first whose links name the issue's key, else the first whose
 * primary key it is. A field that names a request Salesforce does not know counts as naming none. When the custom field could
 * not be read and nothing else names a request, the answer is the field's error, because "none" would be a guess.
 */
export async function requestOfIssue(
  issue: JiraIssueModel,
  salesforce: NeededLoaders,
  selection: Selection,
): Promise<PsRequestModel | Error | null> {
  const { psRequestNumber: field, key } = issue;
  const request = { selection, args: {} };
  const named = typeof field === 'string' ? psRequestNamedIn(field) : null;
  if (named) {
    const found =
      'number' in named
        ? await salesforce.psRequestByNumber.load(named.number, request)
        : await salesforce.psRequestById.load(named.salesforceId, request);
    if (found) return found;
  }
  const links = await salesforce.jiraLinksByJiraKey.load(key, { selection: linkedRequestSelection, args: {} });
  for (const { psRequestId } of links) {
    const found = typeof psRequestId === 'string' ? await salesforce.psRequestById.load(psRequestId, request) : null;
    if (found) return found;
  }
  const [byPrimaryKey] = await salesforce.psRequestsByPrimaryJiraKey.load(key, request);
  return byPrimaryKey ?? (field instanceof Error ? field : null);
}
