import { badUserInput, GatewayError } from '../platform/errors.ts';
import type { FreshnessDemand } from '../platform/freshness.ts';
import { emptySelection, mergeSelections, type Selection } from '../platform/selection.ts';
import { normaliseIssueKey } from '../sources/jira/issue-keys.ts';
import type { JiraLoaders } from '../sources/jira/loaders.ts';
import { toPsRequestNumber } from '../sources/salesforce/ids.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import { orderHits, type SearchHit } from './search-order.ts';
import type { Withheld } from './withheld.ts';

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
  /** Not empty where there are failures. */
  readonly hits: readonly SearchHit[];
  /** One for each source that could not be searched, or not all of whose hits could be read; none with `onStale: FAIL`. */
  readonly failures: readonly GatewayError[];
}

/**
 * Searches all sources at once. Null: some hits are not known as freshly as is demanded. Throws BAD_USER_INPUT without a call, and the first
 * failure when there is nothing else to show, or the list has to be whole or null.
 */
export async function searchEverything(
  asked: SearchArguments,
  loaders: SearchLoaders,
  withheld: Withheld,
): Promise<SearchOutcome | null> {
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

  const failures = new Map<string, GatewayError>();
  const note = (error: GatewayError): void => {
    const source = error.source ?? error.code;
    if (!failures.has(source)) failures.set(source, error);
  };
  const issuesFound = async (): Promise<readonly SearchHit[] | null> => {
    const found = await jira.searchIssues(text, first, ofIssues, asked.demand);
    for (const error of found?.unreadable ?? []) note(error);
    return found?.issues ?? null;
  };
  const outcomes = await Promise.allSettled<readonly SearchHit[] | null>([
    // Two lookups, where the text may be a name.
    one(
      number !== null && salesforce.psRequestByNumber.load(number, { ...lookup, selection: ofRequests }),
      () => number !== null && withheld.request(number),
    ),
    one(
      key !== null && jira.issueByKey.load(key, { ...lookup, selection: ofIssues }),
      () => key !== null && withheld.issue(key),
    ),
    salesforce.searchPsRequests(text, first, ofRequests, asked.demand),
    salesforce.searchAccounts(text, first, selection('Account', 'name'), asked.demand),
    salesforce.searchProjects(text, first, selection('Project', 'name'), asked.demand),
    issuesFound(),
  ]);

  const lists: (readonly SearchHit[])[] = [];
  let isWithheld = false;
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') {
      if (outcome.value) lists.push(outcome.value);
      else isWithheld = true;
      continue;
    }
    if (!(outcome.reason instanceof GatewayError)) throw outcome.reason;
    note(outcome.reason);
  }
  const hits = orderHits(text, lists, first);
  const [firstFailure] = failures.values();
  if (firstFailure && (isWithheld || hits.length === 0 || asked.demand?.onStale === 'FAIL')) throw firstFailure;
  return isWithheld ? null : { hits, failures: [...failures.values()] };
}

async function one(
  lookup: Promise<SearchHit | null> | false,
  isWithheld: () => boolean,
): Promise<readonly SearchHit[] | null> {
  const hit = await lookup;
  if (hit) return [hit];
  return isWithheld() ? null : [];
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
