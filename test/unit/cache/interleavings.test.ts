import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../../../src/cache/entry-codec.ts';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import type { RecordAnswer } from '../../../src/cache/record-answer.ts';
import { RecordCache } from '../../../src/cache/record-cache.ts';
import type { SharedTier, SharedWrite, TierStats } from '../../../src/cache/shared-tier.ts';
import { recordTag } from '../../../src/cache/tags.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { readScope, ScriptedSource, settle, testLimits } from '../../support/cache-source.ts';
import { MovableClock } from '../../support/identity.ts';

const IDS = ['r1', 'r2', 'r3'];
const FIELDS = ['A', 'B', 'C'];
const INSTANCES = 2;
const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'The source is down.', { source: 'JIRA' });

type Step =
  | { readonly do: 'read'; readonly at: number; readonly ids: readonly string[]; readonly fields: readonly string[] }
  | { readonly do: 'change'; readonly at: number; readonly id: string; readonly wholeType: boolean }
  | { readonly do: 'answer' | 'fail'; readonly which: number }
  | { readonly do: 'deliver'; readonly at: number; readonly count: number }
  | { readonly do: 'write'; readonly at: number; readonly tier: number }
  | { readonly do: 'wait'; readonly ms: number };

const at = fc.nat({ max: INSTANCES - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      at,
      ids: fc.subarray(IDS, { minLength: 1 }),
      fields: fc.subarray(FIELDS, { minLength: 1 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('change' as const),
      at,
      id: fc.constantFrom(...IDS),
      wholeType: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat({ max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), which: fc.nat({ max: 5 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), at, count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), at, tier: fc.nat({ max: 1 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 200_000, 310_000, 400_000) }),
  },
);

/** A shared tier whose writes reach it when the test says so, in whatever order the instances happen to write. */
class SlowSharedTier implements SharedTier {
  readonly name = 'postgres';
  readonly #texts: Map<string, string>;
  readonly #isCurrent: (write: SharedWrite) => boolean;
  readonly #waiting: SharedWrite[] = [];
  readonly #loads: (() => void)[] = [];
  hits = 0;
  constructor(texts: Map<string, string>, isCurrent: (write: SharedWrite) => boolean) {
    this.#texts = texts;
    this.#isCurrent = isCurrent;
  }
  /** What it held when it was asked; it arrives when the test lets it. */
  async load(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map(keys.flatMap((key) => (this.#texts.has(key) ? [[key, this.#texts.get(key) ?? '']] : [])));
    await new Promise<void>((resolve) => this.#loads.push(resolve));
    return found;
  }
  letLoadsArrive(): void {
    for (const arrive of this.#loads.splice(0)) arrive();
  }
  put(write: SharedWrite): void {
    this.#waiting.push(write);
  }
  writeAll(): void {
    for (const write of this.#waiting.splice(0))
      if (this.#isCurrent(write)) this.#texts.set(write.key, encodeEntry(write.entry));
  }
  counted(what: 'garbage' | 'refused' | 'hit'): void {
    if (what === 'hit') this.hits += 1;
  }
  stats(): TierStats {
    const { name, hits } = this;
    const none = { misses: 0, garbage: 0, refused: 0, failures: 0, writesWaiting: 0, written: 0, writesDropped: 0 };
    return { name, state: 'up', hits, ...none };
  }
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

interface LogEntry {
  readonly tags: readonly string[];
  readonly origin: number;
  readonly sequence: number;
  /** Version of every record when the invalidation was made. */
  readonly versions: Readonly<Record<string, number>>;
}

interface Asked {
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  readonly lowest: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly answers: Promise<RecordAnswer[]>;
}

class World {
  readonly clock = new MovableClock();
  readonly source: ScriptedSource;
  readonly log: LogEntry[] = [];
  readonly asked: Asked[] = [];
  readonly versions: Record<string, number> = Object.fromEntries(IDS.map((id) => [id, 0]));
  readonly instances: {
    cache: RecordCache;
    ledger: InvalidationLedger;
    tiers: SlowSharedTier[];
    delivered: number;
    knows: Record<string, number>;
  }[] = [];
  failures = 0;

  readonly maxBytes: number;

  constructor(maxTags: number, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.source = new ScriptedSource({ source: 'JIRA', type: 'Thing' });
    this.source.answersAtOnce = false;
    for (const id of IDS) this.#store(id);
    const stores = [new Map<string, string>(), new Map<string, string>()];
    for (let n = 0; n < INSTANCES; n += 1) {
      const ledger = new InvalidationLedger(maxTags);
      let tiers: SlowSharedTier[] = [];
      const cache = new RecordCache({
        clock: this.clock,
        limits: testLimits,
        ledger,
        memory: { maxEntries: 100, maxBytes },
        coalesceWindowMs: 0,
        tiers: (isCurrent) => (tiers = stores.map((texts) => new SlowSharedTier(texts, isCurrent))),
        isReady: () => true,
        announce: async (tags, sequence) => {
          this.log.push({ tags, origin: n, sequence, versions: { ...this.versions } });
        },
      });
      this.instances.push({ cache, ledger, tiers, delivered: 0, knows: Object.fromEntries(IDS.map((id) => [id, 0])) });
    }
  }

  #store(id: string): void {
    this.source.records.set(id, Object.fromEntries(FIELDS.map((field) => [field, this.versions[id] ?? 0])));
  }

  /** A step, with every look into the shared tier that began before it ending after it. */
  async take(next: Step): Promise<void> {
    if (next.do === 'wait') this.clock.advanceMs(next.ms);
    if (next.do === 'answer' || next.do === 'fail') {
      const [call] = this.source.underWay.splice(next.which % Math.max(1, this.source.underWay.length), 1);
      if (next.do === 'answer') call?.answer();
      else if (call) {
        this.failures += 1;
        call.fail(down);
      }
    }
    if (next.do === 'read') {
      const { cache, knows } = this.#instance(next.at);
      const { ids, fields } = next;
      const answers = cache.readRecords({ kind: this.source.kind, ids, fields, scope: readScope() });
      this.asked.push({ ids, fields, lowest: { ...knows }, failures: this.failures, answers });
    }
    if (next.do === 'change') {
      const instance = this.#instance(next.at);
      const changed = next.wholeType ? IDS : [next.id];
      for (const id of changed) {
        this.versions[id] = (this.versions[id] ?? 0) + 1;
        this.#store(id);
      }
      void instance.cache.invalidate(next.wholeType ? ['Thing'] : [recordTag('Thing', next.id)]);
      for (const id of changed) instance.knows[id] = this.versions[id] ?? 0;
    }
    if (next.do === 'deliver') this.#deliver(next.at, next.count);
    if (next.do === 'write') this.#instance(next.at).tiers[next.tier]?.writeAll();
    for (const { tiers } of this.instances) for (const tier of tiers) tier.letLoadsArrive();
    await settle();
    for (const { cache } of this.instances) expect(cache.stats().bytes).toBeLessThanOrEqual(this.maxBytes);
  }

  /** The instance hears of the log's next entries, its own among them, in their order. */
  #deliver(at: number, count: number): void {
    const instance = this.#instance(at);
    for (let n = 0; n < count; n += 1) {
      const entry = this.log[instance.delivered];
      if (!entry) return;
      instance.delivered += 1;
      const logId = instance.delivered;
      if (entry.origin === at) instance.ledger.logged(entry.tags, logId, entry.sequence);
      else for (const tag of entry.tags) instance.ledger.applyOther(tag, logId);
      instance.ledger.sawLog(logId);
      if (entry.origin === at) continue;
      for (const id of IDS) {
        if (entry.tags.includes('Thing') || entry.tags.includes(recordTag('Thing', id))) {
          instance.knows[id] = Math.max(instance.knows[id] ?? 0, entry.versions[id] ?? 0);
        }
      }
    }
  }

  #instance(at: number): World['instances'][number] {
    const instance = this.instances[at];
    if (!instance) throw new Error(`There is no instance ${at}.`);
    return instance;
  }

  /** Lets everything that waits come to its end. */
  async finish(): Promise<void> {
    this.source.answersAtOnce = true;
    for (let round = 0; round < 40; round += 1) {
      for (const call of this.source.underWay.splice(0)) call.answer();
      for (const { tiers } of this.instances) for (const tier of tiers) tier.letLoadsArrive();
      await settle();
    }
  }
}

describe('whatever the order of reads, answers, failures, changes, deliveries and time', () => {
  it.each([
    ['with room for everything', 1_000, 1e6],
    ['with room for one record', 1_000, 1_500],
    ['when tags are forgotten', 1, 1e6],
    ['when tags and records are forgotten', 2, 1_500],
  ])(
    'no value is older than the last change that its instance knew of when the read began, and none is lost, %s',
    async (_case, maxTags, maxBytes) => {
      let sharedHits = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80 }), async (steps) => {
          const world = new World(maxTags, maxBytes);
          for (const next of steps) await world.take(next);
          await world.finish();
          for (const { ids, fields, lowest, failures, answers } of world.asked) {
            const all = await answers;
            expect(all).toHaveLength(ids.length);
            for (const [index, answer] of all.entries()) {
              const id = ids[index] ?? '';
              if (answer.kind === 'failed') {
                expect(world.failures).toBeGreaterThan(failures);
                continue;
              }
              if (answer.kind !== 'found') throw new Error(`${id} was answered as absent.`);
              expect(answer.id).toBe(id);
              for (const field of fields) {
                if (answer.unread?.fields.includes(field)) {
                  expect(world.failures).toBeGreaterThan(failures);
                  continue;
                }
                expect(typeof answer.values[field]).toBe('number');
                expect(answer.values[field]).toBeGreaterThanOrEqual(lowest[id] ?? 0);
              }
            }
          }
          for (const { cache, tiers } of world.instances) {
            expect(cache.stats().inFlight).toBe(0);
            for (const tier of tiers) sharedHits += tier.hits;
          }
        }),
        { numRuns: 400 },
      );
      // Else the shared tier was never put to the test.
      expect(sharedHits).toBeGreaterThan(5);
    },
  );

  it('asks for no field of a record twice while nothing expires or changes', async () => {
    const reads = fc.array(
      fc.record({
        ids: fc.subarray(IDS, { minLength: 1 }),
        fields: fc.subarray(FIELDS, { minLength: 1 }),
        answer: fc.boolean(),
      }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(reads, async (all) => {
        const world = new World(1_000, 1e6);
        const cache = new RecordCache({
          clock: world.clock,
          limits: testLimits,
          memory: { maxEntries: 100, maxBytes: 1e6 },
          coalesceWindowMs: 0,
          tiers: () => [],
          isReady: () => true,
          announce: async () => undefined,
        });
        const answers: Promise<RecordAnswer[]>[] = [];
        for (const { ids, fields, answer } of all) {
          answers.push(cache.readRecords({ kind: world.source.kind, ids, fields, scope: readScope() }));
          await settle(1);
          if (answer) world.source.underWay.splice(0, 1)[0]?.answer();
          await settle(1);
        }
        await world.finish();
        for (const answer of (await Promise.all(answers)).flat()) expect(answer.kind).toBe('found');
        // Answers of fields that some other group brought along do not count; asked for on purpose is what must not repeat.
        const asked = world.source.calls.flatMap(({ ids, fields }) =>
          ids.flatMap((id) => fields.map((field) => `${id}.${field}`)),
        );
        const wanted = new Set(
          all.flatMap(({ ids, fields }) => ids.flatMap((id) => fields.map((field) => `${id}.${field}`))),
        );
        expect(new Set(asked).size).toBeGreaterThanOrEqual(wanted.size);
        const last = all.flatMap(({ ids, fields }) => ids.map((id) => ({ id, fields })));
        const before = world.source.calls.length;
        for (const { id, fields } of last) {
          const [answer] = await cache.readRecords({ kind: world.source.kind, ids: [id], fields, scope: readScope() });
          expect(answer).toMatchObject({ kind: 'found', state: 'fresh' });
        }
        expect(world.source.calls.length).toBe(before);
      }),
      { numRuns: 150 },
    );
  });
});
