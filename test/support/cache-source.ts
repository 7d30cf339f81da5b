import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ReadScope } from '../../src/cache/record-answer.ts';
import { RecordCache, type RecordCacheParts } from '../../src/cache/record-cache.ts';
import type { FetchCall, FetchedRecord, RecordKind } from '../../src/cache/record-kind.ts';
import type { JsonValue } from '../../src/cache/record-values.ts';
import type { GatewayError } from '../../src/platform/errors.ts';
import { FreshnessTrace } from '../../src/platform/freshness.ts';
import { Receipt } from '../../src/platform/receipt.ts';
import { MovableClock } from './identity.ts';

/** One call that the source has got and not answered yet, unless it answers at once. */
export interface SourceCallUnderWay {
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  readonly call: FetchCall;
  /** Answers with what the source held when the call began. */
  answer(): void;
  fail(error: GatewayError): void;
}

/** A source whose answers the test lets go one by one, or at once. */
export class ScriptedSource {
  readonly records = new Map<string, Record<string, JsonValue>>();
  readonly names = new Map<string, string>();
  readonly absent = new Map<string, 'notFound' | 'forbidden'>();
  readonly calls: { readonly ids: readonly string[]; readonly fields: readonly string[] }[] = [];
  readonly underWay: SourceCallUnderWay[] = [];
  answersAtOnce = true;
  failsWith: GatewayError | null = null;
  readonly kind: RecordKind;

  constructor(overrides: Partial<RecordKind> = {}) {
    this.kind = {
      source: 'SALESFORCE',
      type: 'Account',
      freshness: 'default',
      maxIdsPerFetch: 200,
      fetch: (ids, fields, call) => this.#fetch(ids, fields, call),
      ...overrides,
    };
  }

  /** `count` records with fields Name and Industry, ids a1, a2 … */
  fill(count: number): this {
    for (let n = 1; n <= count; n += 1) {
      this.records.set(`a${n}`, { Name: `Account ${n}`, Industry: 'Retail', Phone: null });
    }
    return this;
  }

  #fetch(
    ids: readonly string[],
    fields: readonly string[],
    call: FetchCall,
  ): Promise<ReadonlyMap<string, FetchedRecord>> {
    this.calls.push({ ids: [...ids].sort(), fields: [...fields].sort() });
    call.receipt.add({
      source: this.kind.source,
      operation: 'query',
      billedCalls: 1,
      durationMs: 1,
      records: ids.length,
    });
    if (this.failsWith) return Promise.reject(this.failsWith);
    const answer = new Map(ids.map((id) => [id, this.#read(id, fields)]));
    if (this.answersAtOnce) return Promise.resolve(answer);
    const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, FetchedRecord>>();
    const underWay: SourceCallUnderWay = {
      ids,
      fields,
      call,
      answer: () => resolve(answer),
      fail: reject,
    };
    call.signal.addEventListener('abort', () => reject(call.signal.reason));
    this.underWay.push(underWay);
    return promise;
  }

  #read(asked: string, fields: readonly string[]): FetchedRecord {
    const id = this.names.get(asked) ?? asked;
    const reason = this.absent.get(id);
    if (reason) return { kind: 'absent', reason };
    const record = this.records.get(id);
    if (!record) return { kind: 'absent', reason: 'notFound' };
    const values = Object.fromEntries(
      fields.map((field) => [field, Object.hasOwn(record, field) ? (record[field] ?? null) : null]),
    );
    const names = [...this.names].filter(([, named]) => named === id).map(([name]) => name);
    return { kind: 'found', id, values, names };
  }
}

export const testLimits: RecordCacheParts['limits'] = {
  ttlDefaultSeconds: 300,
  ttlLongSeconds: 3_600,
  staleTtlSeconds: 86_400,
  revalidateWindowSeconds: 30,
  absenceTtlSeconds: 20,
  ttlFactor: () => 1,
};

/** The cache with memory alone and a clock that the test moves. */
export function memoryCache(overrides: Partial<RecordCacheParts> = {}): { cache: RecordCache; clock: MovableClock } {
  const clock = new MovableClock();
  const cache = new RecordCache({
    clock,
    limits: testLimits,
    memory: { maxEntries: 10_000, maxBytes: 64 * 1024 * 1024 },
    coalesceWindowMs: 0,
    tiers: () => [],
    isReady: () => true,
    announce: async () => true,
    ...overrides,
  });
  return { cache, clock };
}

export interface TestReadScope extends ReadScope {
  readonly freshness: FreshnessTrace;
}

export function readScope(signal: AbortSignal = new AbortController().signal): TestReadScope {
  return { signal, receipt: new Receipt(), freshness: new FreshnessTrace() };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}
