import type { UpdatePsRequestInput } from '../../generated/graphql.ts';
import { type PageArguments, parsePage } from '../../platform/connection.ts';
import {
  type AskedOfLoader,
  assumedRows,
  type CostArguments,
  type FieldCost,
  inBatchesOf,
  keysOf,
  type LoaderCost,
  type LookAhead,
  type MostUnits,
  oneRead,
  oneRow,
  type RowBound,
} from '../../platform/costs.ts';
import { parseGlobalId } from '../../platform/global-id.ts';
import { checkIdempotencyKey } from '../../platform/idempotency.ts';
import { type SalesforceObject, salesforceObjects } from './fields.ts';
import { usualRounds, worstRounds } from './first-rows-by-parent.ts';
import { hasKeyPrefix, toId18, toPsRequestNumber } from './ids.ts';
import { MAX_KEYS_PER_STATEMENT } from './keyed-reads.ts';
import type { SalesforceLoaders } from './loaders.ts';
import type { SalesforceTypeName } from './model.ts';
import { MAX_GROUPS_PER_STATEMENT } from './pages-by-parent.ts';
import { checkPsRequestUpdate } from './ps-request-update.ts';
import { MAX_LEVELS, MAX_RELATIONSHIPS } from './read-plan.ts';

/** Rows that Salesforce gives in one page of an answer. */
const ROWS_PER_PAGE = 2_000;
/** Keys of Jira have up to 64 characters, ids 18, so fewer of them fit into a statement. */
const JIRA_KEYS_PER_STATEMENT = 700;

export const MAX_LINKS_PER_REQUEST = 5;
export const MAX_LINKS_PER_JIRA_KEY = 3;
export const MAX_REQUESTS_PER_PRIMARY_KEY = 3;
export const MAX_STEPS_PER_REQUEST = 10;
export const MAX_CASES_PER_REQUEST = 5;
/** What the hundred requests that changed last have on average; a test counts. */
export const USUAL_PER_REQUEST = { steps: 5, cases: 0.7, links: 2, jiraKeys: 2.2 } as const;
/** Requests of an account or of a project, on average. */
export const USUAL_REQUESTS_PER_PARENT = 10;

const lookAhead: LookAhead = { levels: MAX_LEVELS, references: MAX_RELATIONSHIPS };

/** One line for each loader of the slice. Lists by key are bounded by what is known of the data. */
export const salesforceLoaderCosts: readonly LoaderCost[] = [
  write('readForUpdate'),
  write('updatePsRequest'),
  byId('psRequestById'),
  byId('accountById'),
  byId('projectById'),
  byId('userById'),
  byId('stepById'),
  byId('caseById'),
  list(
    'stepsByPsRequestId',
    assumedRows(MAX_STEPS_PER_REQUEST, 'A request has at most 10 steps.', USUAL_PER_REQUEST.steps),
  ),
  list(
    'casesByPsRequestId',
    assumedRows(MAX_CASES_PER_REQUEST, 'A request has at most 5 cases.', USUAL_PER_REQUEST.cases),
  ),
  list(
    'jiraLinksByPsRequestId',
    assumedRows(MAX_LINKS_PER_REQUEST, 'A request has at most 5 Jira links.', USUAL_PER_REQUEST.links),
  ),
  list(
    'jiraLinksByJiraKey',
    assumedRows(MAX_LINKS_PER_JIRA_KEY, 'At most 3 requests link the same issue.', 1),
    JIRA_KEYS_PER_STATEMENT,
  ),
  list(
    'psRequestsByPrimaryJiraKey',
    assumedRows(MAX_REQUESTS_PER_PRIMARY_KEY, 'At most 3 requests have the same primary Jira key.', 1),
    JIRA_KEYS_PER_STATEMENT,
  ),
  byId('psRequestByNumber'),
  pagesByParent('psRequestsByAccountId'),
  pagesByParent('psRequestsByProjectId'),
  page('psRequestsPage'),
  page('accountsPage'),
  page('searchPsRequests'),
  page('searchAccounts'),
  page('searchProjects'),
];

/** One line for each field that is no edge. */
export const salesforceFieldCosts: readonly FieldCost[] = [
  {
    type: 'Mutation',
    field: 'updatePsRequest',
    plan: (args) => {
      const { idempotencyKey, ...input } = args.input as UpdatePsRequestInput;
      if (idempotencyKey != null) checkIdempotencyKey(idempotencyKey);
      checkPsRequestUpdate(input);
      // With a key that is known already nothing is asked.
      const isCertain = idempotencyKey == null;
      return {
        stages: [
          [{ loader: 'salesforce.readForUpdate', keys: 1, args, isCertain }],
          [{ loader: 'upstreamWrites.record', keys: 1, args }],
          [{ loader: 'salesforce.updatePsRequest', keys: 1, args }],
        ],
        rows: [{ type: null, most: 1 }],
        isCertain,
      };
    },
  },
  {
    type: 'Query',
    field: 'psRequest',
    plan: (args) => {
      const isNumber = toPsRequestNumber(String(args.id)) !== null;
      const loader = isNumber ? 'salesforce.psRequestByNumber' : 'salesforce.psRequestById';
      const isCertain = isNumber || isGlobalIdOf('PsRequest', args);
      return { stages: [[{ loader, keys: 1, args }]], rows: [{ type: null, most: 1 }], isCertain };
    },
  },
  one('account', 'Account', 'accountById'),
  one('project', 'Project', 'projectById'),
  one('salesforceUser', 'SalesforceUser', 'userById'),
  rootPage('psRequests', 'psRequestsPage'),
  rootPage('accounts', 'accountsPage'),
];

type LoaderName = keyof SalesforceLoaders;

function byId(name: LoaderName): LoaderCost {
  const most = inBatchesOf(MAX_KEYS_PER_STATEMENT);
  return { ...list(name, oneRow), most, comesAlong: true, reusesHeld: true };
}

function list(
  name: LoaderName,
  rows: (args: CostArguments) => RowBound,
  keysPerStatement = MAX_KEYS_PER_STATEMENT,
): LoaderCost {
  return {
    loader: `salesforce.${name}`,
    source: 'SALESFORCE',
    cached: true,
    rows,
    lookAhead,
    most: (asked) => {
      const keys = keysOf(asked);
      const statements = Math.ceil(keys / keysPerStatement);
      const found = keys * rows({}).most;
      // Of several statements each may end with a page that is not full.
      const alone = statements <= 1 ? Math.ceil(found / ROWS_PER_PAGE) - 1 : Math.floor(found / ROWS_PER_PAGE);
      return { rounds: [statements, ...recordsOf(found, asked.length)], alone: Math.max(0, alone) };
    },
    cold: (asked) => {
      const keys = keysOf(asked);
      const { most, usual = most } = rows({});
      const statements = Math.ceil(keys / keysPerStatement);
      return { rounds: [statements], alone: Math.max(0, Math.ceil((keys * usual) / ROWS_PER_PAGE) - statements) };
    },
  };
}

function page(name: LoaderName): LoaderCost {
  return {
    loader: `salesforce.${name}`,
    source: 'SALESFORCE',
    cached: true,
    merges: 'never',
    rows: pageRows,
    lookAhead,
    most: (asked) => {
      const lists = asked.filter(({ withRows }) => withRows);
      const counts = asked.filter(({ withCount }) => withCount).length;
      const records = lists.reduce((sum, { args }) => sum + pageRows(args).most, 0);
      return { rounds: [lists.length + counts, ...recordsOf(records, lists.length)] };
    },
    // Records come along with their list.
    cold: (asked) => ({
      rounds: [asked.reduce((sum, { withRows, withCount }) => sum + Number(withRows) + Number(withCount), 0)],
    }),
  };
}

/** Parents that are asked with equal arguments are read together. */
function pagesByParent(name: LoaderName): LoaderCost {
  return {
    loader: `salesforce.${name}`,
    source: 'SALESFORCE',
    cached: true,
    merges: 'sameArguments',
    rows: (args) => {
      const { most } = pageRows(args);
      return { most, usual: Math.min(most, USUAL_REQUESTS_PER_PARENT) };
    },
    lookAhead,
    most: (asked) => mostPages(asked),
    cold: (asked) => usualPages(asked),
  };
}

function mostPages(asked: readonly AskedOfLoader[]): MostUnits {
  const parents = keysOf(asked);
  const { size } = parsePage((asked[0]?.args ?? {}) as PageArguments);
  const rounds = asked.some(({ withRows }) => withRows) ? worstRounds(parents, size + 1) : [0];
  const counts = asked.some(({ withCount }) => withCount) ? Math.ceil(parents / MAX_GROUPS_PER_STATEMENT) : 0;
  const records = asked.reduce((sum, { keys, args, withRows }) => sum + (withRows ? keys * pageRows(args).most : 0), 0);
  return { rounds: [(rounds[0] ?? 0) + counts, ...rounds.slice(1), ...recordsOf(records, asked.length)] };
}

function usualPages(asked: readonly AskedOfLoader[]): MostUnits {
  const parents = keysOf(asked);
  const { size } = parsePage((asked[0]?.args ?? {}) as PageArguments);
  const withRows = asked.some((one) => one.withRows);
  const rounds = withRows ? usualRounds(parents, size + 1, USUAL_REQUESTS_PER_PARENT) : [0];
  const counts = asked.some(({ withCount }) => withCount) ? Math.ceil(parents / MAX_GROUPS_PER_STATEMENT) : 0;
  return { rounds: [(rounds[0] ?? 0) + counts, ...rounds.slice(1)] };
}

/** A list and its records are held apart: of a list that is held, records may be read by themselves, for each selection apart. */
function recordsOf(records: number, selections: number): readonly number[] {
  return records === 0 ? [] : [Math.ceil(records / MAX_KEYS_PER_STATEMENT) + selections - 1];
}

function pageRows(args: CostArguments): RowBound {
  return { most: parsePage(args as PageArguments).size };
}

function one(field: string, type: SalesforceTypeName, loader: LoaderName): FieldCost {
  return oneRead('Query', field, `salesforce.${loader}`, (args) => ({ rows: 1, isCertain: isGlobalIdOf(type, args) }));
}

function rootPage(field: string, loader: LoaderName): FieldCost {
  return oneRead('Query', field, `salesforce.${loader}`, (args) => ({
    rows: pageRows(args).most,
    isCertain: args.after == null && args.before == null && isCertainFilter(args.filter),
  }));
}

/** Other forms of an id are refused or not, depending on the org. */
function isGlobalIdOf(type: SalesforceTypeName, args: CostArguments): boolean {
  const parsed = parseGlobalId(String(args.id));
  return parsed?.type === type && isCertainRecordId(type, parsed.nativeId);
}

/** Whether this is certainly the id of such a record, so that it is looked up. */
export function isCertainRecordId(type: SalesforceTypeName, id: string): boolean {
  const id18 = toId18(id);
  const { keyPrefix }: SalesforceObject = salesforceObjects[type];
  return id18 !== null && keyPrefix !== null && hasKeyPrefix({ type, keyPrefix }, id18);
}

/** A filter of enum values alone is never refused, and an empty list of them finds nothing without a call. */
function isCertainFilter(filter: unknown): boolean {
  if (filter == null) return true;
  return Object.entries(filter).every(
    ([name, value]) =>
      value == null ||
      (['status', 'environment', 'risk', 'type', 'supportTier'].includes(name) &&
        Array.isArray(value) &&
        value.length > 0),
  );
}

/** A call that is made for one write alone. A write whose outcome is not clear takes more. */
function write(name: string): LoaderCost {
  return {
    loader: `salesforce.${name}`,
    source: 'SALESFORCE',
    merges: 'never',
    writes: true,
    rows: oneRow,
    most: (asked) => ({ rounds: [], alone: asked.length }),
  };
}
