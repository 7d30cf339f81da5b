import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../../../src/cache/entry-codec.ts';
import { InvalidationLedger } from '../../../src/cache/invalidation-ledger.ts';
import type { ListAnswer, RecordAnswer } from '../../../src/cache/record-answer.ts';
import { RecordCache } from '../../../src/cache/record-cache.ts';
import type { ExplainedTags, RecordChange } from '../../../src/cache/record-change.ts';
import type { FetchedList, ListKind } from '../../../src/cache/record-kind.ts';
import type { SharedTier, SharedWrite, TierStats } from '../../../src/cache/shared-tier.ts';
import { GatewayError } from '../../../src/platform/errors.ts';
import { readScope, ScriptedSource, settle, testLimits } from '../../support/cache-source.ts';
import { MovableClock } from '../../support/identity.ts';

const IDS = ['r1', 'r2', 'r3'];
const FIELDS = ['A', 'B', 'C'];
/** What lists are chosen by. */
const GROUP = 'G';
const GROUPS = ['0', '1'];
const INSTANCES = 2;
const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'The source is down.', { source: 'JIRA' });

type Step =
  | { readonly do: 'read'; readonly at: number; readonly ids: readonly string[]; readonly fields: readonly string[] }
  | { readonly do: 'readLists'; readonly at: number; readonly keys: readonly string[] }
  /** Somebody tells of it: that it happened, which fields it changed, or what the record is now. */
  | {
      readonly do: 'change';
      readonly at: number;
      readonly id: string;
      readonly group: string;
      readonly tells: 'wholeType' | 'record' | 'fields' | 'values';
    }
  /** Nobody tells of it before the next poll. */
  | { readonly do: 'drift'; readonly id: string; readonly group: string }
  | { readonly do: 'pollBegin' | 'pollEnd' | 'renew'; readonly at: number }
  | { readonly do: 'answer' | 'fail'; readonly which: number }
  | { readonly do: 'deliver'; readonly at: number; readonly count: number }
  /** The way through Redis, which overtakes the log. */
  | { readonly do: 'notice'; readonly at: number; readonly ahead: number; readonly isLogged: boolean }
  | { readonly do: 'write'; readonly at: number; readonly tier: number }
  | { readonly do: 'wait'; readonly ms: number };

const at = fc.nat({ max: INSTANCES - 1 });
const id = fc.constantFrom(...IDS);
const group = fc.constantFrom(...GROUPS);

/** What happens how often: around single records, around lists and changes that are explained, or around what polls find out and confirm. */
const weights = {
  records: { records: 6, lists: 1, blanket: 1, told: 1, drift: 1, polls: 3, waits: 1 },
  lists: { records: 1, lists: 9, blanket: 0.2, told: 1, drift: 2, polls: 3, waits: 1 },
  polls: { records: 6, lists: 4, blanket: 0.1, told: 0.1, drift: 2, polls: 12, waits: 6 },
} as const;

function stepsOf(focus: keyof typeof weights): fc.Arbitrary<Step> {
  const weight = weights[focus];
  const change = (tells: Extract<Step, { do: 'change' }>['tells']) =>
    fc.record({ do: fc.constant('change' as const), at, id, group, tells: fc.constant(tells) });
  const weighted: [number, fc.Arbitrary<Step>][] = [
    [
      weight.records,
      fc.record({
        do: fc.constant('read' as const),
        at,
        ids: fc.subarray(IDS, { minLength: 1 }),
        fields: fc.subarray([...FIELDS, GROUP], { minLength: 1 }),
      }),
    ],
    [
      weight.lists,
      fc.record({ do: fc.constant('readLists' as const), at, keys: fc.subarray(GROUPS, { minLength: 1 }) }),
    ],
    [1.5 * weight.blanket, change('wholeType')],
    [1.5 * weight.blanket, change('record')],
    [weight.told, change('fields')],
    [weight.told, change('values')],
    [weight.drift, fc.record({ do: fc.constant('drift' as const), id, group })],
    [weight.polls, fc.record({ do: fc.constantFrom('pollBegin' as const, 'pollEnd' as const, 'renew' as const), at })],
    [8, fc.record({ do: fc.constant('answer' as const), which: fc.nat({ max: 5 }) })],
    [0.5, fc.record({ do: fc.constant('fail' as const), which: fc.nat({ max: 5 }) })],
    [4, fc.record({ do: fc.constant('deliver' as const), at, count: fc.integer({ min: 1, max: 3 }) })],
    [2, fc.record({ do: fc.constant('notice' as const), at, ahead: fc.nat({ max: 2 }), isLogged: fc.boolean() })],
    [6, fc.record({ do: fc.constant('write' as const), at, tier: fc.nat({ max: 1 }) })],
    [weight.waits, fc.record({ do: fc.constant('wait' as const), ms: fc.constant(1) })],
    [1, fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(200_000, 310_000, 400_000) })],
  ];
  // Weights of fast-check are whole.
  return fc.oneof(...weighted.map(([share, arbitrary]) => ({ weight: Math.round(share * 10), arbitrary })));
}

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
  readonly explained: ExplainedTags;
  readonly origin: number;
  readonly sequence: number;
  readonly news: News;
}

/** Versions by record id. */
type Versions = Record<string, number>;

/** Of which versions an invalidation tells: nothing older may be served of these records, and in lists. */
interface News {
  readonly ofRecords: Readonly<Versions>;
  readonly ofLists: Readonly<Versions>;
}

/** A state that a record has had. */
interface State {
  readonly version: number;
  readonly group: string;
  readonly sinceMs: number;
}

interface Asked {
  readonly ids: readonly string[];
  readonly fields: readonly string[];
  readonly lowest: Readonly<Record<string, number>>;
  readonly failures: number;
  readonly answers: Promise<RecordAnswer[]>;
}

interface AskedLists {
  readonly keys: readonly string[];
  readonly lowest: Readonly<Versions>;
  readonly failures: number;
  readonly answers: Promise<ListAnswer[]>;
}

interface ListCall {
  answer(): void;
  fail(error: GatewayError): void;
}

/** A poll under way, with what the source answered it. */
interface PollUnderWay {
  readonly at: number;
  readonly startedAtMs: number;
  readonly states: Readonly<Record<string, State>>;
}

class World {
  readonly clock = new MovableClock();
  readonly source: ScriptedSource;
  readonly log: LogEntry[] = [];
  readonly asked: Asked[] = [];
  readonly askedLists: AskedLists[] = [];
  readonly lists: ListKind;
  listCalls: ListCall[] = [];
  /** How often a list stayed although records had changed. */
  sparedLists = 0;
  /** Of each record, the present one last. */
  readonly states: Record<string, State[]> = {};
  /** What polls have told already. */
  readonly told: Versions = Object.fromEntries(IDS.map((id) => [id, 0]));
  poll: PollUnderWay | null = null;
  /** What the last poll has confirmed, and the place in the log that an instance must have seen to rely on it. */
  confirmed: { readonly sinceMs: number; readonly untilMs: number; readonly logLength: number } | null = null;
  readonly instances: {
    cache: RecordCache;
    ledger: InvalidationLedger;
    tiers: SlowSharedTier[];
    delivered: number;
    knows: { readonly records: Versions; readonly lists: Versions };
  }[] = [];
  failures = 0;

  readonly maxBytes: number;

  constructor(maxTags: number, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.source = new ScriptedSource({
      source: 'JIRA',
      type: 'Thing',
    });
    this.source.answersAtOnce = false;
    this.lists = this.#listKind();
    for (const id of IDS) this.#change(id, '0');
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
        announce: async (tags, sequence, explained) => {
          // Through JSON, as the other instances get it.
          const written = JSON.parse(JSON.stringify([...explained])) as [string, RecordChange[]][];
          this.log.push({ tags, explained: new Map(written), origin: n, sequence, news: this.#news });
          return true;
        },
      });
      const knows = { records: this.#noVersions(), lists: this.#noVersions() };
      this.instances.push({ cache, ledger, tiers, delivered: 0, knows });
    }
  }

  /** Of the invalidation that is being made. */
  #news: News = { ofRecords: {}, ofLists: {} };

  #noVersions(): Versions {
    return Object.fromEntries(IDS.map((id) => [id, 0]));
  }

  state(id: string): State {
    return this.states[id]?.at(-1) ?? { version: -1, group: '0', sinceMs: 0 };
  }

  #change(id: string, group: string): void {
    const state = { version: this.state(id).version + 1, group, sinceMs: this.clock.now() };
    this.states[id] = [...(this.states[id] ?? []), state];
    const versions = FIELDS.map((field) => [field, state.version] as const);
    this.source.records.set(id, { ...Object.fromEntries(versions), [GROUP]: group });
  }

  /** Records by their group; each call is answered with what was so when it began, once the test lets it. */
  #listKind(): ListKind {
    const { kind } = this.source;
    return {
      source: 'JIRA',
      type: 'Thing',
      name: 'byGroup',
      freshness: 'default',
      maxListsPerFetch: 2,
      isConcerned: (key, { ids }, changes) => {
        const isConcerned = changes.some(({ id, values, fields }) => {
          if (fields && !fields.includes(GROUP)) return false;
          const group = values?.[GROUP];
          return group === undefined || (group === key) !== ids.includes(id);
        });
        if (!isConcerned && changes.length > 0) this.sparedLists += 1;
        return isConcerned;
      },
      fetch: (keys, _fields, call) => {
        const ofGroup = (key: string) => IDS.filter((id) => this.state(id).group === key);
        const lists = new Map(keys.map((key): [string, FetchedList] => [key, { kind: 'found', ids: ofGroup(key) }]));
        call.put(kind, new Map());
        if (this.source.answersAtOnce) return Promise.resolve(lists);
        const { promise, resolve, reject } = Promise.withResolvers<ReadonlyMap<string, FetchedList>>();
        call.signal.addEventListener('abort', () => reject(call.signal.reason));
        this.listCalls.push({ answer: () => resolve(lists), fail: reject });
        return promise;
      },
    };
  }

  /** A step, with every look into the shared tier that began before it ending after it. */
  async take(next: Step): Promise<void> {
    if (next.do === 'wait') this.clock.advanceMs(next.ms);
    if (next.do === 'answer' || next.do === 'fail') {
      const calls: ListCall[][] = [this.source.underWay, this.listCalls];
      const of = calls[next.which % 2]?.length ? next.which % 2 : (next.which + 1) % 2;
      const [call] = calls[of]?.splice(next.which % Math.max(1, calls[of]?.length ?? 0), 1) ?? [];
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
      this.asked.push({ ids, fields, lowest: { ...knows.records }, failures: this.failures, answers });
    }
    if (next.do === 'readLists') {
      const { cache, knows } = this.#instance(next.at);
      const { keys } = next;
      const answers = cache.readLists({ kind: this.lists, keys, fields: [], scope: readScope() });
      this.askedLists.push({ keys, lowest: { ...knows.lists }, failures: this.failures, answers });
    }
    if (next.do === 'drift') this.#change(next.id, next.group);
    if (next.do === 'change') this.#tellChange(next);
    if (next.do === 'pollBegin') {
      const states = Object.fromEntries(IDS.map((id) => [id, this.state(id)]));
      this.poll ??= { at: next.at, startedAtMs: this.clock.now(), states };
    }
    if (next.do === 'pollEnd') this.#endPoll();
    if (next.do === 'renew' && this.confirmed) {
      const { cache, delivered } = this.#instance(next.at);
      const { sinceMs, untilMs, logLength } = this.confirmed;
      if (delivered >= logLength) cache.renew(['Thing'], { sinceMs, untilMs, tellsDeletions: true });
    }
    if (next.do === 'notice') {
      const { delivered, ledger } = this.#instance(next.at);
      const entry = this.log[delivered + next.ahead];
      if (entry && entry.origin !== next.at) {
        const logId = next.isLogged ? delivered + next.ahead + 1 : null;
        for (const tag of entry.tags) ledger.applyOther(tag, logId, entry.explained.get(tag) ?? null);
        this.#learn(next.at, entry.news);
      }
    }
    if (next.do === 'deliver') this.#deliver(next.at, next.count);
    if (next.do === 'write') this.#instance(next.at).tiers[next.tier]?.writeAll();
    for (const { tiers } of this.instances) for (const tier of tiers) tier.letLoadsArrive();
    await settle();
    for (const { cache } of this.instances) expect(cache.stats().bytes).toBeLessThanOrEqual(this.maxBytes);
  }

  #tellChange({ at, id, group, tells }: Extract<Step, { do: 'change' }>): void {
    const changed = tells === 'wholeType' ? IDS : [id];
    const wasIn = this.state(id).group;
    for (const one of changed) this.#change(one, tells === 'wholeType' ? this.state(one).group : group);
    const versions = Object.fromEntries(changed.map((one) => [one, this.state(one).version]));
    const change = { type: 'Thing', id };
    // Who tells the fields tells what this change did, and nothing of what happened before unnoticed.
    const fields = group === wasIn ? FIELDS : [...FIELDS, GROUP];
    const tellsOfLists = tells !== 'fields' || fields.includes(GROUP);
    this.#news = { ofRecords: versions, ofLists: tellsOfLists ? versions : {} };
    this.#learn(at, this.#news);
    const { cache } = this.#instance(at);
    if (tells === 'wholeType') void cache.invalidate(['Thing']);
    if (tells === 'record') void cache.invalidate([], [change]);
    if (tells === 'fields') void cache.invalidate([], [{ ...change, fields }]);
    if (tells === 'values') void cache.invalidate([], [{ ...change, values: { [GROUP]: group } }]);
  }

  #endPoll(): void {
    if (!this.poll) return;
    const { at, startedAtMs, states } = this.poll;
    this.poll = null;
    // The first one asks what changes from then on.
    const isFirst = this.confirmed === null;
    const news = Object.entries(states).filter(([id, { version }]) => version > (this.told[id] ?? 0));
    const versions = Object.fromEntries(news.map(([id, { version }]) => [id, version]));
    Object.assign(this.told, versions);
    this.#news = { ofRecords: versions, ofLists: versions };
    if (!isFirst) this.#learn(at, this.#news);
    const changes = news.map(([id, { group }]) => ({ type: 'Thing', id, values: { [GROUP]: group } }));
    if (changes.length > 0 && !isFirst) void this.#instance(at).cache.invalidate([], changes);
    const sinceMs = this.confirmed?.sinceMs ?? startedAtMs;
    this.confirmed = { sinceMs, untilMs: startedAtMs, logLength: this.log.length };
  }

  #learn(at: number, { ofRecords, ofLists }: News): void {
    const { knows } = this.#instance(at);
    for (const [id, version] of Object.entries(ofRecords))
      knows.records[id] = Math.max(knows.records[id] ?? 0, version);
    for (const [id, version] of Object.entries(ofLists)) knows.lists[id] = Math.max(knows.lists[id] ?? 0, version);
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
      else for (const tag of entry.tags) instance.ledger.applyOther(tag, logId, entry.explained.get(tag) ?? null);
      instance.ledger.sawLog(logId);
      if (entry.origin !== at) this.#learn(at, entry.news);
    }
  }

  /** The version that a record had for sure before that moment, as far as an answer that counts as read then must know it. */
  versionBefore(id: string, readAtMs: number): number {
    return this.states[id]?.findLast(({ sinceMs }) => sinceMs < readAtMs)?.version ?? 0;
  }

  groupsSince(id: string, least: number): string[] {
    return (this.states[id] ?? []).filter(({ version }) => version >= least).map((state) => state.group);
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
      for (const call of this.listCalls.splice(0)) call.answer();
      for (const { tiers } of this.instances) for (const tier of tiers) tier.letLoadsArrive();
      await settle();
    }
  }
}

describe('whatever the order of reads, answers, failures, changes, polls, renewals, deliveries and time', () => {
  it.each([
    ['with room for everything', 'records', 1_000, 1e6],
    ['with room for one record', 'records', 1_000, 1_500],
    ['when tags are forgotten', 'records', 1, 1e6],
    ['when tags and records are forgotten', 'records', 2, 1_500],
    ['lists with room for everything', 'lists', 1_000, 1e6],
    ['lists with room for one', 'lists', 1_000, 1_500],
    ['lists when tags are forgotten', 'lists', 2, 1e6],
    ['what polls confirm', 'polls', 1_000, 1e6],
  ] as const)(
    'no value and no list is older than the last change that its instance knew of when the read began, or than it says, and none is lost, %s',
    async (_case, focus, maxTags, maxBytes) => {
      let sharedHits = 0;
      let sparedLists = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(stepsOf(focus), { minLength: 5, maxLength: 80, size: 'max' }), async (steps) => {
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
                const least = Math.max(lowest[id] ?? 0, world.versionBefore(id, answer.readAtMs));
                if (field === GROUP) {
                  expect(world.groupsSince(id, least)).toContain(answer.values[field]);
                  continue;
                }
                expect(typeof answer.values[field]).toBe('number');
                expect(answer.values[field]).toBeGreaterThanOrEqual(least);
              }
            }
          }
          for (const { keys, lowest, failures, answers } of world.askedLists) {
            for (const [index, answer] of (await answers).entries()) {
              if (answer.kind === 'failed') {
                expect(world.failures).toBeGreaterThan(failures);
                continue;
              }
              if (answer.kind !== 'found') throw new Error('A list was answered as absent.');
              for (const id of IDS) {
                const least = Math.max(lowest[id] ?? 0, world.versionBefore(id, answer.readAtMs));
                const isListed = answer.ids.includes(id);
                expect(world.groupsSince(id, least).map((group) => group === keys[index])).toContain(isListed);
              }
            }
          }
          sparedLists += world.sparedLists;
          for (const { cache, tiers } of world.instances) {
            expect(cache.stats().inFlight).toBe(0);
            for (const tier of tiers) sharedHits += tier.hits;
          }
        }),
        { numRuns: 250 },
      );
      // Else the shared tier was never put to the test.
      expect(sharedHits).toBeGreaterThan(5);
      if (focus === 'lists') expect(sparedLists).toBeGreaterThan(20);
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
          announce: async () => true,
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
