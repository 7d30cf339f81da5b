import { badUserInput, GatewayError } from '../platform/errors.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import { emptySelection, mergeSelections, type Selection } from '../platform/selection.ts';
import { normaliseIssueKey } from '../sources/jira/issue-keys.ts';
import type { JiraLoaders } from '../sources/jira/loaders.ts';
import { toPsRequestNumber } from '../sources/salesforce/ids.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import { orderHits, type SearchHit } from './search-order.ts';

const MAX_TEXT_LENGTH = 200;
const MAX_HITS = 50;
const DEFAULT_HITS = 20;

export interface SearchLoaders {
  readonly salesforce: Pick<
    SalesforceLoaders,
    'psRequestByNumber' | 'searchPsRequests' | 'searchAccounts' | 'searchProjects'
  >;
  readonly jira: Pick<JiraLoaders, 'issueByKey' | 'searchIssues'>;
}

export interface SearchArguments {
  readonly text: string;
  readonly first?: number | null | undefined;
  /** What is asked of the hits of a type. */
  readonly selectionOf: (type: SearchHit['__typename']) => Selection;
  /** How fresh the hits have to be, where the field says so itself. */
  readonly demand?: FreshnessDemand;
}

export interface SearchOutcome {
  readonly hits: readonly SearchHit[];
  /** One for each source that could not be searched. */
  readonly failures: readonly GatewayError[];
}

/** Searches all sources at once. Throws BAD_USER_INPUT without a call, and the first failure when no source could be searched. */
export async function searchEverything(asked: SearchArguments, loaders: SearchLoaders): Promise<SearchOutcome> {
  const text = checkText(asked.text);
  const first = checkFirst(asked.first);
  const { salesforce, jira } = loaders;
  // The order of hits reads these fields, whatever is asked.
  const selection = (type: SearchHit['__typename'], ...fields: string[]): Selection =>
    mergeSelections(asked.selectionOf(type), { fields: new Map(fields.map((field) => [field, emptySelection])) });
  const lookup = { args: {}, ...(asked.demand ? { demand: asked.demand } : {}) };
  const ofRequests = selection('PsRequest', 'number');
  const ofIssues = selection('JiraIssue', 'key', 'summary');
  const number = toPsRequestNumber(text);
  const key = normaliseIssueKey(text);

  const outcomes = await Promise.allSettled<readonly SearchHit[]>([
    one(number !== null && salesforce.psRequestByNumber.load(number, { ...lookup, selection: ofRequests })),
    one(key !== null && jira.issueByKey.load(key, { ...lookup, selection: ofIssues })),
    salesforce.searchPsRequests(text, first, ofRequests),
    salesforce.searchAccounts(text, first, selection('Account', 'name')),
    salesforce.searchProjects(text, first, selection('Project', 'name')),
    jira.searchIssues(text, first, ofIssues, asked.demand),
  ]);

  const failures = new Map<string, GatewayError>();
  const lists: (readonly SearchHit[])[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') {
      // The first two are lookups that may not have been made at all.
      lists.push(outcome.value);
      continue;
    }
    const error: unknown = outcome.reason;
    if (!(error instanceof GatewayError)) throw error;
    const source = error.source ?? `${error.code} ${index}`;
    if (!failures.has(source)) failures.set(source, error);
  }
  const hasSearched = outcomes.slice(2).some(({ status }) => status === 'fulfilled');
  const [firstFailure] = failures.values();
  if (!hasSearched && firstFailure) throw firstFailure;
  return { hits: orderHits(text, lists, first), failures: [...failures.values()] };
}

async function one(lookup: Promise<SearchHit | null> | false): Promise<readonly SearchHit[]> {
  const hit = await lookup;
  return hit ? [hit] : [];
}

export function checkText(raw: string): string {
  const text = raw.trim();
  if (text.length > MAX_TEXT_LENGTH)
    throw badUserInput(
      `\`text\` has ${text.length} characters, but may have ${MAX_TEXT_LENGTH}. Look for fewer words.`,
      {
        argument: 'text',
      },
    );
  if (!/[\p{L}\p{N}]/u.test(text))
    throw badUserInput('`text` holds no letter and no digit. Pass a number, a name, a key or words.', {
      argument: 'text',
    });
  return text;
}

export function checkFirst(first: number | null | undefined): number {
  const size = first ?? DEFAULT_HITS;
  if (size < 1 || size > MAX_HITS)
    throw badUserInput(`\`first\` is ${size}, but must be between 1 and ${MAX_HITS}.`, { argument: 'first' });
  return size;
}
