import type { FetchedList, ListKind } from '../../cache/record-kind.ts';
import { GatewayError } from '../../platform/errors.ts';
import { isKeyedListConcerned } from './concerned-lists.ts';
import { deploymentStep, jiraLink, psRequest, type SalesforceObject, supportCase } from './fields.ts';
import { toId18 } from './ids.ts';
import { type KeyedReads, MAX_KEYS_PER_STATEMENT } from './keyed-reads.ts';
import type { SalesforceTypeName } from './model.ts';
import type { RowReader } from './row-reader.ts';
import { shapeOf } from './row-shape.ts';
import { compare, type OrderTerm, text } from './soql.ts';

/** A list of records by the value of one of their columns. */
export interface KeyedList<TypeName extends SalesforceTypeName = SalesforceTypeName> {
  readonly object: SalesforceObject<TypeName>;
  readonly keyColumn: string;
  readonly kind: ListKind;
  /** The key in the form of the column, or null when no record can have it, which costs no call. */
  normalize(key: string): string | null;
}

export interface KeyedLists {
  readonly stepsOfRequest: KeyedList<'DeploymentStep'>;
  readonly casesOfRequest: KeyedList<'Case'>;
  readonly linksOfRequest: KeyedList<'JiraLink'>;
  readonly linksOfJiraKey: KeyedList<'JiraLink'>;
  readonly requestsOfPrimaryKey: KeyedList<'PsRequest'>;
}

const byId: readonly OrderTerm[] = [{ column: 'Id', direction: 'ASC' }];

/** One set per source: their identity groups what is fetched together. */
export function createKeyedLists(keyedReads: KeyedReads, rowReader: RowReader): KeyedLists {
  const list = <TypeName extends SalesforceTypeName>(
    object: SalesforceObject<TypeName>,
    name: string,
    shape: Omit<ListShape, 'object' | 'name'>,
  ): KeyedList<TypeName> => ({
    object,
    keyColumn: shape.keyColumn,
    normalize: shape.normalize,
    kind: kindOf({ ...shape, object, name }, keyedReads, rowReader),
  });
  const ofRequest = {
    keyColumn: 'PS_Request__c',
    normalize: toId18,
    orderBy: byId,
  };
  const ofJiraKey = { keyColumn: 'Jira_Key__c', normalize: toJiraKey, caseless: true, orderBy: byId };
  return {
    stepsOfRequest: list(deploymentStep, 'byPsRequest', {
      ...ofRequest,
      orderBy: [{ column: 'Sequence__c', direction: 'ASC' }, ...byId],
    }),
    casesOfRequest: list(supportCase, 'byPsRequest', ofRequest),
    linksOfRequest: list(jiraLink, 'byPsRequest', ofRequest),
    linksOfJiraKey: list(jiraLink, 'byJiraKey', ofJiraKey),
    requestsOfPrimaryKey: list(psRequest, 'byPrimaryJiraKey', ofJiraKey),
  };
}

interface ListShape {
  readonly object: SalesforceObject;
  readonly name: string;
  readonly keyColumn: string;
  readonly caseless?: boolean;
  readonly orderBy: readonly OrderTerm[];
  normalize(key: string): string | null;
}

function kindOf(list: ListShape, keyedReads: KeyedReads, rowReader: RowReader): ListKind {
  const { object, name, keyColumn, caseless = false, orderBy } = list;
  const orderColumns = orderBy.map(({ column }) => column).filter((column) => column !== 'Id');
  return {
    source: 'SALESFORCE',
    type: object.type,
    name,
    freshness: 'default',
    maxListsPerFetch: MAX_KEYS_PER_STATEMENT,
    fetchesTravelTogether: true,
    isConcerned: (key, held, changes) => {
      const condition = compare(keyColumn, '=', text(key));
      return changes.some((change) => isKeyedListConcerned(condition, orderColumns, held, change));
    },
    fetch: async (keys, fields, call) => {
      const shape = shapeOf(object, fields);
      const rowsOf = await keyedReads.read({ object, keyColumn, caseless, keys, paths: shape.paths, orderBy }, call);
      const found = rowReader.collect(call);
      const lists = new Map<string, FetchedList>();
      for (const key of keys) {
        const rows = rowsOf(key);
        if (rows instanceof GatewayError) lists.set(key, { kind: 'failed', error: rows });
        else lists.set(key, { kind: 'found', ids: rows.flatMap((row) => found.note(shape, row) ?? []) });
      }
      found.putAll();
      return lists;
    },
  };
}

/** What Jira itself takes for the key of an issue; Salesforce's column takes any text. */
function toJiraKey(text: string): string | null {
  const key = text.trim().toUpperCase();
  return /^[A-Z][A-Z0-9_]{1,50}-\d{1,12}$/.test(key) ? key : null;
}
