import type { GatewayError } from '../../platform/errors.ts';
import { type CallPriority, mostUrgent } from '../../platform/priority.ts';
import type { Receipt } from '../../platform/receipt.ts';
import { WaiterGroup } from '../../upstream/waiter-group.ts';
import { type CallFor, MAX_COMPOSITE_QUERIES, type SalesforceClient } from './client.ts';
import { badAnswer } from './failures.ts';

/** A row as Salesforce sends it: columns by API name, parents nested under their relationship's name. */
export type SalesforceRecord = Readonly<Record<string, unknown>>;

export interface QueryRows {
  readonly records: readonly SalesforceRecord[];
  /** Rows that match in all; the number that `COUNT()` answers with. */
  readonly totalSize: number;
}

/** Who waits for an answer: its signal and receipt. A fetch of the record cache is one. */
export interface Asker {
  readonly signal: AbortSignal;
  readonly receipt: Receipt;
  /** `interactive` unless told. */
  readonly priority?: CallPriority;
}

interface Waiting {
  readonly path: string;
  readonly askers: Asker[];
  readonly resolve: (page: QueryPage) => void;
  readonly reject: (error: unknown) => void;
  readonly answer: Promise<QueryPage>;
}

interface QueryPage extends QueryRows {
  readonly nextPath: string | null;
}

/** Longer paths go into a body: Salesforce advises 2,000 characters, and refuses 16,384 bytes of URI and headers. */
const MAX_GET_PATH_LENGTH = 2_000;
/** 2,000 rows each; a longer list is a defect of the question. */
const MAX_PAGES = 100;

/**
 * Lets everything that is asked within a moment, by whichever request, travel together: a lone short query by GET, otherwise composite calls
 * of five queries, side by side. Equal queries are one. A query that fails fails alone. Further pages of a long answer queue up too.
 */
export class QueryQueue {
  readonly #client: SalesforceClient;
  readonly #windowMs: number;
  #waiting = new Map<string, Waiting>();
  #preparations: (() => void)[] = [];
  #scheduled = false;

  /** `windowMs`: how long the first question waits for others; 0: until the turn of the event loop ends. */
  constructor(client: SalesforceClient, windowMs = 0) {
    this.#client = client;
    this.#windowMs = windowMs;
  }

  /**
   * Runs a statement and reads all of its pages. Fails whole when any page fails: a list is never silently short. `queryAll` sees deleted
   * records too.
   */
  async query(soql: string, askers: readonly Asker[], resource: 'query' | 'queryAll' = 'query'): Promise<QueryRows> {
    const first = await this.#enqueue(`${this.#client.versionPath}/${resource}?q=${encodeURIComponent(soql)}`, askers);
    if (first.nextPath === null) return first;
    const records = [...first.records];
    const seen = new Set<string>();
    for (let path: string | null = first.nextPath; path !== null; ) {
      if (seen.has(path) || seen.size >= MAX_PAGES) throw badAnswer('pages of a list that do not end');
      seen.add(path);
      const page = await this.#enqueue(path, askers);
      for (const record of page.records) records.push(record);
      path = page.nextPath;
    }
    return { records, totalSize: first.totalSize };
  }

  /** Calls `prepare` at the end of the moment, before the queries leave: the time to put questions together that were collected. */
  beforeSending(prepare: () => void): void {
    this.#preparations.push(prepare);
    this.#schedule();
  }

  #enqueue(path: string, askers: readonly Asker[]): Promise<QueryPage> {
    const known = this.#waiting.get(path);
    if (known) {
      known.askers.push(...askers);
      return known.answer;
    }
    const { promise, resolve, reject } = Promise.withResolvers<QueryPage>();
    this.#waiting.set(path, { path, askers: [...askers], resolve, reject, answer: promise });
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      // The window begins when the turn has ended, so that a long turn does not use it up.
      if (this.#windowMs > 0) setTimeout(() => this.#sendAll(), this.#windowMs);
      else this.#sendAll();
    });
  }

  #sendAll(): void {
    while (this.#preparations.length > 0) {
      for (const prepare of this.#preparations.splice(0)) prepare();
    }
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    this.#scheduled = false;
    for (let start = 0; start < waiting.length; start += MAX_COMPOSITE_QUERIES) {
      void this.#send(waiting.slice(start, start + MAX_COMPOSITE_QUERIES));
    }
  }

  async #send(batch: readonly Waiting[]): Promise<void> {
    const askers = batch.flatMap((waiting) => waiting.askers);
    const waiters = new WaiterGroup(askers.map((asker) => asker.signal));
    const receipts = [...new Set(askers.map((asker) => asker.receipt))];
    const priority = mostUrgent(askers.map((asker) => asker.priority));
    const call = { signal: waiters.signal, receipts, priority, countRecords };
    try {
      const [only] = batch;
      if (batch.length === 1 && only && only.path.length <= MAX_GET_PATH_LENGTH) await this.#sendByGet(only, call);
      else await this.#sendTogether(batch, call);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      waiters.close();
    }
  }

  async #sendByGet(waiting: Waiting, call: Omit<CallFor, 'operation'>): Promise<void> {
    waiting.resolve(toPage(await this.#client.get(waiting.path, { ...call, operation: 'query' })));
  }

  async #sendTogether(batch: readonly Waiting[], call: Omit<CallFor, 'operation'>): Promise<void> {
    const paths = batch.map((waiting) => waiting.path);
    const parts = await this.#client.composite(paths, { ...call, operation: 'composite' });
    batch.forEach(({ resolve, reject }, index) => {
      const part = parts[index];
      if (part?.ok === true) settle(resolve, reject, () => toPage(part.body));
      else reject(part?.error);
    });
  }
}

function settle(resolve: (page: QueryPage) => void, reject: (error: unknown) => void, read: () => QueryPage): void {
  try {
    resolve(read());
  } catch (error) {
    reject(error as GatewayError);
  }
}

function countRecords(body: unknown): number {
  return typeof body === 'object' && body !== null && 'records' in body && Array.isArray(body.records)
    ? body.records.length
    : 0;
}

/** Of a further page, below the instance; whatever else an answer says is not followed. */
const pagePath = /^\/services\/data\/v\d{2,3}\.0\/query(All)?\/[\w-]{1,200}$/;

function toPage(body: unknown): QueryPage {
  const answer = body as { records?: unknown; totalSize?: unknown; done?: unknown; nextRecordsUrl?: unknown } | null;
  if (!Array.isArray(answer?.records) || typeof answer.totalSize !== 'number' || typeof answer.done !== 'boolean') {
    throw badAnswer('a query answer without records, totalSize and done');
  }
  if (answer.records.some((record) => typeof record !== 'object' || record === null)) {
    throw badAnswer('a query answer with a record that is no object');
  }
  if (answer.done) return { records: answer.records, totalSize: answer.totalSize, nextPath: null };
  if (typeof answer.nextRecordsUrl !== 'string' || !pagePath.test(answer.nextRecordsUrl)) {
    throw badAnswer('an unfinished query answer without nextRecordsUrl');
  }
  return { records: answer.records, totalSize: answer.totalSize, nextPath: answer.nextRecordsUrl };
}
