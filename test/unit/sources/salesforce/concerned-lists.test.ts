import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordChange } from '../../../../src/cache/record-change.ts';
import type { FetchCall, FetchedList, ListKind } from '../../../../src/cache/record-kind.ts';
import { createLogger } from '../../../../src/platform/log.ts';
import { Receipt } from '../../../../src/platform/receipt.ts';
import { Availability } from '../../../../src/sources/salesforce/availability.ts';
import { type SalesforceObject, salesforceObjects } from '../../../../src/sources/salesforce/fields.ts';
import { KeyedReads } from '../../../../src/sources/salesforce/keyed-reads.ts';
import { listValuesIn } from '../../../../src/sources/salesforce/list-columns.ts';
import { createKeyedLists } from '../../../../src/sources/salesforce/list-kinds.ts';
import { createPageKinds } from '../../../../src/sources/salesforce/page-kinds.ts';
import { createRecordKinds } from '../../../../src/sources/salesforce/record-kinds.ts';
import { RowReader } from '../../../../src/sources/salesforce/row-reader.ts';
import type { StatementRunner } from '../../../../src/sources/salesforce/statement-runner.ts';
import type { SalesforceRow } from '../../../../src/standins/data/company.ts';
import { RecordStore } from '../../../../src/standins/salesforce/record-store.ts';
import { VisibleSchema } from '../../../../src/standins/salesforce/schema.ts';
import { runQuery } from '../../../../src/standins/salesforce/soql-query.ts';
import { MovableClock } from '../../../support/identity.ts';
import { idOf, smallOrg } from '../../../support/small-salesforce-org.ts';

const accounts = [1, 2].map((n) => idOf('Account', n));
const owners = [1, 2].map((n) => idOf('User', n));
const days = [null, '2026-01-01', '2026-01-02', '2026-02-01', '2026-03-01'];
const statuses = { DRAFT: 'Draft', APPROVED: 'Approved', SCHEDULED: 'Scheduled' } as const;
const risks = { LOW: 'Low', HIGH: 'High' } as const;
const statusNames = Object.keys(statuses) as (keyof typeof statuses)[];
const riskNames = Object.keys(risks) as (keyof typeof risks)[];
const products = [null, 'Alpha', 'alpha', 'Älpha', 'Beta Portal', "O'Neil_%"];

/** What people change of a request, by column. */
const edit = fc
  .dictionary(
    fc.constantFrom(
      'Status__c',
      'Risk__c',
      'Go_Live_Date__c',
      'Target_Date__c',
      'Product__c',
      'Account__c',
      'OwnerId',
      'Jira_Key__c',
      'Description__c',
    ),
    fc.nat(),
    { minKeys: 1, maxKeys: 2 },
  )
  .map((picks) => Object.fromEntries(Object.entries(picks).map(([column, pick]) => [column, someValue(column, pick)])));

function someValue(column: string, pick: number): string | null {
  const values: Readonly<Record<string, readonly (string | null)[]>> = {
    Status__c: Object.values(statuses),
    Risk__c: [null, ...Object.values(risks)],
    Go_Live_Date__c: days,
    Target_Date__c: days,
    Product__c: products,
    Account__c: [null, ...accounts],
    OwnerId: owners,
    Jira_Key__c: [null, 'PSD-1', 'psd-1', 'PSD-2'],
    Description__c: [null, 'some', 'other'],
  };
  const choices = values[column] ?? [];
  return choices[pick % choices.length] ?? null;
}

type Step =
  | { readonly do: 'edit'; readonly place: number; readonly values: SalesforceRow; readonly isTold: boolean }
  | { readonly do: 'make'; readonly values: SalesforceRow }
  | { readonly do: 'delete' | 'undelete'; readonly place: number; readonly isTold: boolean }
  | { readonly do: 'poll' }
  | { readonly do: 'read' };

const place = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), place, values: edit, isTold: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('make' as const), values: edit }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('delete' as const, 'undelete' as const), place, isTold: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
);

const span = fc.record(
  { from: fc.constantFrom('2026-01-01', '2026-01-02'), to: fc.constantFrom('2026-01-02', '2026-02-01') },
  { requiredKeys: [] },
);
const conditions = fc.record({
  status: fc.subarray(statusNames, { minLength: 1, maxLength: 2 }),
  risk: fc.subarray(riskNames, { minLength: 1 }),
  accountId: fc.constantFrom(...accounts),
  ownerId: fc.constantFrom(...owners),
  product: fc.constantFrom('alpha', 'Älpha', 'Beta Portal'),
  text: fc.constantFrom('ALPHA', 'älp', 'portal', 'l_%', 'PSR-0000'),
  goLiveDate: span,
});
/** With more of them hardly a row would be found. */
const filter = fc
  .tuple(
    conditions,
    fc.subarray(['status', 'risk', 'accountId', 'ownerId', 'product', 'text', 'goLiveDate'] as const, { maxLength: 2 }),
  )
  .map(([all, names]): Partial<typeof all> => Object.fromEntries(names.map((name) => [name, all[name]])));
const question = fc.record({
  filter,
  orderBy: fc.record({
    field: fc.constantFrom('NUMBER', 'UPDATED_AT', 'CREATED_AT', 'GO_LIVE_DATE', 'TARGET_DATE', 'STATUS'),
    direction: fc.constantFrom('ASC', 'DESC'),
  }),
  walk: fc.constantFrom('forward' as const, 'backward' as const),
  size: fc.integer({ min: 1, max: 6 }),
  /** Of the rows of the first page, the one after which the page begins; none: it is the first page. */
  after: fc.option(fc.nat({ max: 5 })),
});

/** A request as rows of Salesforce are, with everything that its lists may look at. */
function rowOf(values: SalesforceRow): SalesforceRow {
  const base: SalesforceRow = {
    Status__c: 'Draft',
    OwnerId: owners[0] ?? null,
    Account__c: null,
    Product__c: null,
    Jira_Key__c: null,
  };
  return { Risk__c: null, Go_Live_Date__c: null, Target_Date__c: null, Description__c: null, ...base, ...values };
}

class Org {
  readonly clock = new MovableClock();
  readonly store: RecordStore;
  readonly availability = new Availability(async () => new Map(), createLogger('silent'), this.clock);
  readonly pages: ReturnType<typeof createPageKinds>;
  readonly keyed: ReturnType<typeof createKeyedLists>;
  /** What polls have told already: the row as it was, by id. */
  readonly #told = new Map<string, string>();

  constructor(rows: readonly SalesforceRow[]) {
    const named = rows.map((row, n) => ({ ...rowOf(row), Name: `PSR-${String(n + 1).padStart(5, '0')}` }));
    this.store = new RecordStore(smallOrg({ PS_Request__c: named }), () => this.clock.now());
    const queue = { beforeSending: (send: () => void) => queueMicrotask(send) };
    const run = async (build: () => string) => this.#query(build());
    const runner = { queue, run } as unknown as StatementRunner;
    const keyedReads = new KeyedReads(runner, this.availability);
    const kinds = createRecordKinds(keyedReads, this.availability);
    const rowReader = new RowReader(kinds, this.availability);
    this.pages = createPageKinds({ runner, availability: this.availability, rowReader });
    this.keyed = createKeyedLists(keyedReads, rowReader);
    this.poll();
  }

  #query(statement: string) {
    const schema = new VisibleSchema(() => 0);
    const { store } = this;
    const answer = runQuery({ schema, store, nowMs: this.clock.now(), includeDeleted: false, basePath: '' }, statement);
    return { records: answer.rows.map(({ record }) => record), totalSize: answer.totalSize };
  }

  /** Everything that has changed since the last poll, as it is now. */
  poll(): RecordChange[] {
    const changes: RecordChange[] = [];
    for (const row of this.store.all('PS_Request__c')) {
      const state = JSON.stringify(row);
      if (this.#told.get(String(row.Id)) === state) continue;
      this.#told.set(String(row.Id), state);
      changes.push({ type: 'PsRequest', id: String(row.Id), values: this.listValues(row) });
    }
    return changes;
  }

  listValues(row: SalesforceRow) {
    const object: SalesforceObject = salesforceObjects.PsRequest;
    return row.IsDeleted === true ? null : listValuesIn(row, object, this.availability);
  }

  /** Makes the change; gives what a notice would tell of it. */
  take(next: Exclude<Step, { do: 'poll' } | { do: 'read' }>): RecordChange[] {
    this.clock.advanceMs(1_000);
    if (next.do === 'make') {
      const definition = new VisibleSchema(() => 0).findObject('PS_Request__c');
      if (definition) this.store.insert(definition, rowOf(next.values));
      return [];
    }
    const rows = this.store.all('PS_Request__c');
    const row = rows[next.place % Math.max(1, rows.length)];
    if (!row) return [];
    const values = next.do === 'edit' ? next.values : { IsDeleted: next.do === 'delete' };
    const wasDeleted = row.IsDeleted === true;
    this.store.update('PS_Request__c', row, values);
    const change = { type: 'PsRequest', id: String(row.Id) };
    if (!next.isTold) return [];
    if (next.do === 'delete') return [{ ...change, values: null }];
    if (next.do === 'undelete' || wasDeleted) return [change];
    return [{ ...change, fields: [...Object.keys(values), 'LastModifiedDate', 'SystemModstamp'] }];
  }
}

const call: FetchCall = {
  signal: new AbortController().signal,
  receipt: new Receipt(),
  priority: 'interactive',
  put: () => undefined,
};

type Found = Extract<FetchedList, { kind: 'found' }>;

async function read(kind: ListKind, key: string): Promise<Found> {
  const list = (await kind.fetch([key], ['Name'], call)).get(key) ?? { kind: 'found', ids: [] };
  if (list.kind === 'failed') throw list.error;
  return list;
}

/** What a client sees of a list. */
function shown({ ids, meta }: Found): unknown {
  const { hasMore, places } = (meta ?? {}) as { hasMore?: boolean; places?: unknown };
  return typeof meta === 'number' ? meta : { ids, hasMore, places };
}

/** Whether a list as it is held has to be read again after the changes that are known of. */
function isConcerned(kind: ListKind, key: string, { ids, meta = null }: Found, changes: readonly RecordChange[]) {
  return changes.length > 0 && kind.isConcerned?.(key, { ids, meta }, changes) !== false;
}

/** The keys of a page, of its count, of both for the children of an account, and of two lists by a column. */
async function listsOf(org: Org, asked: typeof question extends fc.Arbitrary<infer Asked> ? Asked : never) {
  const { psRequests, psRequestsOfAccount } = org.pages;
  const { filter, orderBy, walk, size } = asked;
  const list = psRequests.makeList({ filter, orderBy }, org.availability);
  const first = { walk, size, position: null };
  const start = await read(psRequests.rows, psRequests.rowsKey(list, first));
  const at = asked.after === null || start.ids.length === 0 ? null : asked.after % start.ids.length;
  const places = (start.meta as unknown as { places: readonly (string | null)[] }).places;
  const position = at === null ? null : { value: places[at] ?? null, id18: start.ids[at] ?? '' };
  const wanted = { walk, size, position };
  const { accountId: _accountId, ...ofAnyAccount } = filter;
  const children = psRequestsOfAccount.makeList({ filter: ofAnyAccount, orderBy }, org.availability);
  const [account = ''] = accounts;
  return [
    [psRequests.rows, psRequests.rowsKey(list, wanted)],
    [psRequests.counts, psRequests.countKey(list)],
    [psRequestsOfAccount.rows, psRequestsOfAccount.rowsKey(children, first, account)],
    [psRequestsOfAccount.counts, psRequestsOfAccount.countKey(children, account)],
    [org.keyed.requestsOfPrimaryKey.kind, 'PSD-1'],
  ] as const;
}

test('a list that no known change concerns is the one that Salesforce would answer now, whatever happened unnoticed meanwhile', async () => {
  let kept = 0;
  let dropped = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(edit, { minLength: 3, maxLength: 12, size: 'max' }),
      question,
      fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }),
      async (rows, asked, steps) => {
        const org = new Org(rows);
        const lists = await listsOf(org, asked);
        const held = new Map<ListKind, Found>();
        // Whether something has happened that nobody has told yet.
        let isUnknown = false;
        for (const next of [{ do: 'read' } as const, ...steps, { do: 'poll' } as const]) {
          const changes = next.do === 'poll' ? org.poll() : next.do === 'read' ? [] : org.take(next);
          if (next.do === 'poll') isUnknown = false;
          else if (next.do !== 'read' && changes.length === 0) isUnknown = true;
          for (const [kind, key] of lists) {
            const list = held.get(kind);
            if (list && isConcerned(kind, key, list, changes)) {
              dropped += 1;
              held.delete(kind);
            } else if (list && !isUnknown && changes.length > 0) {
              kept += 1;
              expect(shown(list)).toEqual(shown(await read(kind, key)));
            }
            if (next.do === 'read' && !held.has(kind)) held.set(kind, await read(kind, key));
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  // Else it would be enough to read everything again.
  expect(kept).toBeGreaterThan(dropped / 10);
});

test.each([
  ['is deleted', null, true],
  ['is none of the list any more', { Status__c: 'Approved', Go_Live_Date__c: '2026-01-03' }, true],
  ['comes before the end now', { Status__c: 'Draft', Go_Live_Date__c: '2026-01-01' }, true],
  ['stays behind the end', { Status__c: 'Draft', Go_Live_Date__c: '2026-01-04' }, false],
])(
  'a page knows of its next page by one record, and has to be read again when that %s',
  async (_what, now, expected) => {
    const dates = ['2026-01-01', '2026-01-02', '2026-01-03'];
    const org = new Org(dates.map((Go_Live_Date__c) => ({ Go_Live_Date__c })));
    const { psRequests } = org.pages;
    const args = { filter: { status: ['DRAFT'] }, orderBy: { field: 'GO_LIVE_DATE', direction: 'ASC' } };
    const key = psRequests.rowsKey(psRequests.makeList(args, org.availability), {
      walk: 'forward',
      size: 2,
      position: null,
    });
    const page = await read(psRequests.rows, key);
    expect(page.ids).toEqual([1, 2].map((n) => idOf('PS_Request__c', n)));
    const change = { type: 'PsRequest', id: idOf('PS_Request__c', 3), values: now };
    expect(isConcerned(psRequests.rows, key, page, [change])).toBe(expected);
  },
);
