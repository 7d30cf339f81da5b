import { beforeEach, describe, expect, test } from 'vitest';
import { InvalidationLedger } from '../../../../src/cache/invalidation-ledger.ts';
import { storedAnswerHeaders } from '../../../../src/cache/responses/answer-headers.ts';
import type { DocumentPolicy } from '../../../../src/cache/responses/document-policy.ts';
import type { AskedOperation, ExecutedAnswer } from '../../../../src/cache/responses/execution.ts';
import { ResponseCache, type ServedAnswer } from '../../../../src/cache/responses/response-cache.ts';
import { answersTag } from '../../../../src/cache/responses/tags-of-answer.ts';
import { SourceReturns } from '../../../../src/cache/source-returns.ts';
import { FreshnessTrace } from '../../../../src/platform/freshness.ts';
import { toGlobalId } from '../../../../src/platform/global-id.ts';
import { TagCollector } from '../../../../src/platform/tag-collector.ts';
import { MovableClock } from '../../../support/identity.ts';

const policy: DocumentPolicy = {
  kind: 'cacheable',
  maxAgeSeconds: 60,
  isPrivate: false,
  dependsOnRole: false,
  tags: ['PsRequest', 'PsRequest[]'],
  lookupTypes: ['Account'],
};
const unconditional = {
  noCache: false,
  noStore: false,
  onlyIfCached: false,
  maxAgeSeconds: Number.POSITIVE_INFINITY,
  minFreshSeconds: 0,
};

function asked(
  overrides: Partial<AskedOperation> & { readonly policy?: DocumentPolicy; readonly digest?: string } = {},
): AskedOperation {
  return {
    operation: {
      type: 'query',
      digest: overrides.digest ?? 'd',
      name: null,
      documentHash: '',
      policy: overrides.policy ?? policy,
      rootFields: [],
    },
    visibility: { tenant: 'demo', roles: ['VIEWER'], person: { id: 'p', name: null, email: null } },
    conditions: unconditional,
    signal: new AbortController().signal,
    variant: '',
    mayRead: true,
    ...overrides,
  };
}

function executed(overrides: Partial<ExecutedAnswer> = {}): ExecutedAnswer {
  return {
    status: 200,
    headers: {},
    body: '{"data":{"a":1}}\n',
    isComplete: true,
    freshness: new FreshnessTrace(),
    plainCalls: {},
    tags: new TagCollector(),
    ...overrides,
  };
}

let clock: MovableClock;
let ledger: InvalidationLedger;
let returns: SourceReturns;
let cache: ResponseCache;
let executions: number;

beforeEach(() => {
  clock = new MovableClock();
  ledger = new InvalidationLedger();
  returns = new SourceReturns();
  cache = new ResponseCache({ clock, invalidations: ledger, returns, maxBytes: 1_000_000, shared: null });
  executions = 0;
});

async function ask(
  operation: Partial<Parameters<typeof asked>[0]> = {},
  answer: Partial<ExecutedAnswer> = {},
): Promise<ServedAnswer> {
  return await cache.answer(asked(operation), async () => {
    executions += 1;
    return executed(answer);
  });
}

const origin = (served: ServedAnswer): string => (served.kind === 'stored' ? served.from : 'unstored');

/** An answer of which one record was stale, and would be read as stale again for another second. */
function staleAnswer(sameForMs = 1_000): Partial<ExecutedAnswer> {
  const freshness = new FreshnessTrace();
  const untilMs = clock.now() + sameForMs;
  const fetchedAtMs = clock.now() - 400_000;
  const place = {
    source: 'JIRA',
    state: 'STALE',
    fetchedAt: new Date(fetchedAtMs).toISOString(),
    ageSeconds: 400,
  } as const;
  freshness.used(fetchedAtMs, fetchedAtMs + 300_000);
  freshness.servedStale(
    { ...place, type: 'JiraIssue', id: '1', reason: 'UPSTREAM_UNAVAILABLE' },
    () => untilMs - clock.now(),
  );
  const extensions = { freshness: [{ path: ['a'], ...place }], freshnessOmitted: 3 };
  return { freshness, body: `${JSON.stringify({ data: { a: { extensions: {} } }, extensions })}\n` };
}

const due = (served: ServedAnswer | null): boolean | undefined =>
  served?.kind === 'unstored' ? served.repeated?.isDue : undefined;
const repeated = (served: ServedAnswer): boolean => served.kind === 'unstored' && served.repeated !== undefined;

describe('a stale answer', () => {
  test('is given again for as long as executing it would give the same, as old as it is by then', async () => {
    expect(repeated(await ask({}, staleAnswer()))).toBe(false);
    clock.advanceMs(999);
    const served = await ask({}, staleAnswer());
    expect(repeated(served)).toBe(true);
    if (served.kind !== 'unstored') throw new Error('It was stored as fresh.');
    expect(JSON.parse(served.executed.body)).toMatchObject({
      data: { a: { extensions: {} } },
      extensions: { freshness: [{ path: ['a'], ageSeconds: 401, source: 'JIRA' }], freshnessOmitted: 3 },
    });
    expect(served.executed.body.endsWith('}\n')).toBe(true);
    expect(served.repeated).toEqual({ isDue: false });
    expect(executions).toBe(1);
  });

  test('is given for two seconds more while it is made anew in the background, once', async () => {
    await ask({}, staleAnswer());
    clock.advanceMs(1_000);
    expect(due(cache.kept(asked()))).toBe(true);
    const under = Promise.withResolvers<ExecutedAnswer>();
    const renewal = cache.renew(asked(), () => under.promise);
    expect(due(cache.kept(asked()))).toBe(false);
    await cache.renew(asked(), () => Promise.reject(new Error('It was made anew twice at once.')));
    under.resolve(executed(staleAnswer()));
    await renewal;
    expect(due(cache.kept(asked()))).toBe(false);
    clock.advanceMs(2_999);
    expect(due(cache.kept(asked()))).toBe(true);
    clock.advanceMs(1);
    expect(cache.kept(asked())).toBeNull();
  });

  test('is given for as long as its sources go on being left alone, and after a minute made anew all the same', async () => {
    let untilMs = clock.now() + 3_000;
    const place = {
      source: 'SALESFORCE',
      type: 'Account',
      id: '2',
      state: 'STALE',
      ageSeconds: 0,
      fetchedAt: '',
    } as const;
    const freshness = new FreshnessTrace();
    freshness.servedStale({ ...place, reason: 'UPSTREAM_UNAVAILABLE' }, () => untilMs - clock.now());
    const long = { policy: { ...policy, maxAgeSeconds: 300 } };
    await ask(long, { ...staleAnswer(), freshness });
    for (let turn = 0; turn < 20; turn += 1) {
      clock.advanceMs(2_999);
      untilMs = clock.now() + 3_000;
      expect(due(cache.kept(asked(long)))).toBe(false);
    }
    clock.advanceMs(20);
    expect(due(cache.kept(asked(long)))).toBe(true);
    clock.advanceMs(2_000);
    expect(cache.kept(asked(long))).toBeNull();
  });

  test('is waited for beyond that, in the execution under way', async () => {
    await ask({}, staleAnswer());
    clock.advanceMs(2_999);
    const under = Promise.withResolvers<ExecutedAnswer>();
    const renewal = cache.renew(asked(), () => under.promise);
    clock.advanceMs(1);
    const waiting = ask({}, staleAnswer());
    under.resolve(executed());
    expect(await waiting).toMatchObject({ kind: 'stored', joined: true });
    await renewal;
    expect(executions).toBe(1);
  });

  test('is never given again after a fresh one was, not even when that has ended first', async () => {
    await ask({}, staleAnswer(5_000));
    clock.advanceMs(5_000);
    const freshness = new FreshnessTrace();
    freshness.used(clock.now(), clock.now() + 500);
    await cache.renew(asked(), async () => executed({ freshness }));
    expect(origin(await ask())).toBe('memory');
    clock.advanceMs(500);
    expect(cache.kept(asked())).toBeNull();
  });

  test('ends when a source that it is stale for comes back, and not with another', async () => {
    await ask({}, staleAnswer());
    returns.note('SALESFORCE');
    expect(repeated(await ask({}, staleAnswer()))).toBe(true);
    returns.note('JIRA');
    expect(cache.kept(asked())).toBeNull();
    await cache.answer(asked(), async () => {
      const answer = executed(staleAnswer());
      returns.note('JIRA');
      return answer;
    });
    expect(cache.kept(asked())).toBeNull();
  });

  test('goes on being given when it could not be made anew, and is due again', async () => {
    await ask({}, staleAnswer());
    clock.advanceMs(1_000);
    await expect(cache.renew(asked(), () => Promise.reject(new Error('No room.')))).rejects.toThrow('No room.');
    expect(due(cache.kept(asked()))).toBe(true);
    await cache.renew(asked(), async () => executed({ ...staleAnswer(), isComplete: false }));
    expect(due(cache.kept(asked()))).toBe(true);
  });

  test('is made anew beside one other at most', async () => {
    const digests = ['d1', 'd2', 'd3'];
    for (const digest of digests) await ask({ digest }, staleAnswer());
    clock.advanceMs(1_000);
    const under = Promise.withResolvers<ExecutedAnswer>();
    const renewals = digests.map((digest) => cache.renew(asked({ digest }), () => under.promise));
    expect(cache.usage.underWay).toBe(2);
    expect(due(cache.kept(asked({ digest: 'd3' })))).toBe(false);
    under.resolve(executed(staleAnswer()));
    await Promise.all(renewals);
    expect(due(cache.kept(asked({ digest: 'd3' })))).toBe(true);
  });

  test('is made anew for nobody who demands fresher data', async () => {
    await ask({}, staleAnswer());
    clock.advanceMs(1_000);
    await cache.renew(asked({ conditions: { ...unconditional, noCache: true } }), async () => {
      throw new Error('It was executed.');
    });
  });

  test.each<[string, () => Partial<ExecutedAnswer>]>([
    ['while it is being renewed', () => staleAnswer(0)],
    [
      'beyond the end of the first of its parts',
      () => {
        const answer = staleAnswer();
        (answer.freshness as FreshnessTrace).holds(clock.now());
        return answer;
      },
    ],
    ['with an error', () => ({ ...staleAnswer(), isComplete: false })],
    ['without labels', () => ({ ...staleAnswer(), body: '{"data":{"a":1}}\n' })],
    [
      'of what nobody knows the tags',
      () => {
        const tags = new TagCollector();
        tags.incomplete();
        return { ...staleAnswer(), tags };
      },
    ],
  ])('is not given again %s', async (_case, answer) => {
    await ask({}, answer());
    expect(repeated(await ask({}, answer()))).toBe(false);
    expect(executions).toBe(2);
  });

  test('is not given once something of it is invalidated, not even when that was while it was made', async () => {
    const tags = new TagCollector();
    tags.addTags(['JiraIssue:1']);
    await ask({}, { ...staleAnswer(), tags });
    ledger.applyOwn(['JiraIssue:2']);
    expect(repeated(await ask({}, { ...staleAnswer(), tags }))).toBe(true);
    ledger.applyOwn(['JiraIssue:1']);
    expect(repeated(await ask({}, { ...staleAnswer(), tags }))).toBe(false);
    await cache.answer(asked({ digest: 'other' }), async () => {
      ledger.applyOwn(['JiraIssue:1']);
      return executed({ ...staleAnswer(), tags });
    });
    expect(repeated(await ask({ digest: 'other' }, staleAnswer()))).toBe(false);
  });

  test('is not given to who demands fresher data, is of other urgency, or may see something else', async () => {
    await ask({}, staleAnswer());
    const others: Parameters<typeof asked>[0][] = [
      { conditions: { ...unconditional, noCache: true } },
      { conditions: { ...unconditional, maxAgeSeconds: 500 } },
      { conditions: { ...unconditional, minFreshSeconds: 1 } },
      { variant: 'application/json|interactive' },
      { mayRead: false },
      { visibility: { tenant: 'other', roles: ['VIEWER'], person: null } },
    ];
    expect(cache.kept(asked({ conditions: { ...unconditional, onlyIfCached: true } }))).toBeNull();
    for (const other of others) expect(repeated(await ask(other, staleAnswer())), JSON.stringify(other)).toBe(false);
    expect(repeated(await ask({}, staleAnswer()))).toBe(true);
  });
});

describe('a stored answer', () => {
  test('is given until its time is over', async () => {
    expect(origin(await ask())).toBe('execution');
    clock.advanceMs(59_999);
    expect(origin(await ask())).toBe('memory');
    clock.advanceMs(1);
    expect(origin(await ask())).toBe('execution');
  });

  test('is as old as the oldest data in it', async () => {
    const freshness = new FreshnessTrace();
    freshness.used(clock.now() - 20_000);
    freshness.used(clock.now() - 45_000);
    const served = await ask({}, { freshness });
    if (served.kind !== 'stored') throw new Error('It was not stored.');
    clock.advanceMs(5_000);
    expect(storedAnswerHeaders({ ...served, from: 'memory' }, clock.now(), true, 'miss')).toMatchObject({
      age: '50',
      'cache-control': 'private, max-age=60',
      'cache-status': 'deployment-graph; hit; ttl=10',
    });
    clock.advanceMs(10_000);
    expect(origin(await ask())).toBe('execution');
  });

  test('lives no longer than the first of its values, whatever the schema allows', async () => {
    const freshness = new FreshnessTrace();
    freshness.used(clock.now(), clock.now() + 300_000);
    freshness.used(clock.now(), clock.now() + 5_000);
    const served = await ask({}, { freshness });
    if (served.kind !== 'stored') throw new Error('It was not stored.');
    expect(storedAnswerHeaders(served, clock.now(), true, 'miss')).toMatchObject({
      'cache-control': 'private, max-age=5',
    });
    clock.advanceMs(4_999);
    expect(origin(await ask())).toBe('memory');
    clock.advanceMs(1);
    expect(origin(await ask())).toBe('execution');
  });

  test('is not kept when its data is older than it may be', async () => {
    const freshness = new FreshnessTrace();
    freshness.used(clock.now() - 60_000);
    expect(origin(await ask({}, { freshness }))).toBe('unstored');
    expect(cache.usage.answers).toBe(0);
  });

  test.each<[string, () => Partial<ExecutedAnswer>]>([
    ['an error', () => ({ isComplete: false })],
    ['another status', () => ({ status: 500 })],
    [
      'a stale part',
      () => {
        const freshness = new FreshnessTrace();
        freshness.servedStale({
          source: 'JIRA',
          type: 'JiraIssue',
          id: '1',
          state: 'STALE',
          ageSeconds: 1,
          fetchedAt: '',
          reason: 'REVALIDATING',
        });
        return { freshness };
      },
    ],
    [
      'a part that no tag stands for',
      () => {
        const tags = new TagCollector();
        tags.incomplete();
        return { tags };
      },
    ],
  ])('never has %s', async (_what, answer) => {
    expect(origin(await ask({}, answer()))).toBe('unstored');
    expect(origin(await ask())).toBe('execution');
  });

  test('of an operation without a policy is never kept', async () => {
    const uncacheable: DocumentPolicy = { kind: 'uncacheable', reason: 'no rule' };
    expect(origin(await ask({ policy: uncacheable }))).toBe('unstored');
    expect(origin(await ask({ policy: uncacheable }))).toBe('unstored');
    expect(executions).toBe(2);
  });

  test('of an operation without a policy is not shared with an equal one that is under way', async () => {
    const policy: DocumentPolicy = { kind: 'uncacheable', reason: 'no rule' };
    const firstBody = Promise.withResolvers<string>();
    const first = cache.answer(asked({ policy }), async () => executed({ body: await firstBody.promise }));
    const second = await cache.answer(asked({ policy }), async () => executed({ body: 'after the change' }));
    firstBody.resolve('before the change');
    expect(second).toMatchObject({ joined: false, executed: { body: 'after the change' } });
    expect(await first).toMatchObject({ joined: false, executed: { body: 'before the change' } });
  });
});

describe('an invalidation', () => {
  const tags = new TagCollector();
  tags.addRecord(toGlobalId('PsRequest', 'a0R1'));
  tags.addTags(['source:SALESFORCE']);

  test.each([['PsRequest:a0R1'], ['PsRequest'], ['PsRequest[]'], ['source:SALESFORCE'], [answersTag('demo')]])(
    'of %s removes the answer',
    async (tag) => {
      await ask({}, { tags });
      ledger.applyOwn([tag]);
      expect(origin(await ask({}, { tags }))).toBe('execution');
    },
  );

  test.each([['PsRequest:a0R2'], ['JiraIssue'], [answersTag('other')], ['Account[]']])(
    'of %s leaves it',
    async (tag) => {
      await ask({}, { tags });
      ledger.applyOwn([tag]);
      expect(origin(await ask())).toBe('memory');
    },
  );

  test('of the lists of a type removes an answer in which a look-up found nothing', async () => {
    await ask({}, { body: '{"data":{"account":null}}\n' });
    ledger.applyOwn(['Account[]']);
    expect(origin(await ask())).toBe('execution');
  });

  test('while the answer is made keeps it from being stored', async () => {
    const served = await cache.answer(asked(), async () => {
      ledger.applyOwn(['PsRequest:a0R1']);
      return executed({ tags });
    });
    expect(origin(served)).toBe('unstored');
    expect(origin(await ask())).toBe('execution');
  });

  test('while it is made has whoever comes afterwards wait for another execution', async () => {
    const first = Promise.withResolvers<ExecutedAnswer>();
    const begun = Promise.withResolvers<void>();
    const before = cache.answer(asked(), () => {
      begun.resolve();
      return first.promise;
    });
    await begun.promise;
    ledger.applyOwn(['PsRequest:a0R1']);
    const after = cache.answer(asked(), async () => executed({ body: '{"data":{"new":1}}\n' }));
    first.resolve(executed({ tags, body: '{"data":{"old":1}}\n' }));
    const [old, fresh] = await Promise.all([before, after]);
    expect(origin(old)).toBe('unstored');
    expect(fresh.kind === 'stored' && fresh.answer.body.toString()).toContain('new');
    const next = await ask();
    expect(next.kind === 'stored' && next.answer.body.toString()).toContain('new');
  });
});

describe('what a request asks of the cache', () => {
  test('no-cache executes and replaces what is stored', async () => {
    await ask();
    const demands: number[] = [];
    await cache.answer(
      asked({ conditions: { ...unconditional, noCache: true } }),
      async (_signal, { maxAgeSeconds }) => {
        demands.push(maxAgeSeconds);
        return executed({ body: '{"data":{"b":2}}\n' });
      },
    );
    expect(demands).toEqual([0]);
    const next = await ask();
    expect(origin(next)).toBe('memory');
    expect(next.kind === 'stored' && next.answer.body.toString()).toContain('"b":2');
  });

  test('no-cache does not join an execution that may use what caches below hold', async () => {
    const first = Promise.withResolvers<ExecutedAnswer>();
    const usual = cache.answer(asked(), () => first.promise);
    const fresh = await ask({ conditions: { ...unconditional, noCache: true } });
    expect(fresh).toMatchObject({ joined: false });
    first.resolve(executed());
    await usual;
  });

  test('max-age and min-fresh are held', async () => {
    await ask();
    clock.advanceMs(30_000);
    expect(origin(await ask({ conditions: { ...unconditional, maxAgeSeconds: 30 } }))).toBe('memory');
    expect(origin(await ask({ conditions: { ...unconditional, maxAgeSeconds: 29 } }))).toBe('execution');
    clock.advanceMs(30_000);
    expect(origin(await ask({ conditions: { ...unconditional, minFreshSeconds: 31 } }))).toBe('execution');
  });

  test('only-if-cached fails with NOT_CACHED when nothing serves', async () => {
    const conditions = { ...unconditional, onlyIfCached: true };
    await expect(ask({ conditions })).rejects.toMatchObject({ code: 'NOT_CACHED' });
    expect(executions).toBe(0);
    await ask();
    expect(origin(await ask({ conditions }))).toBe('memory');
  });
});

describe('memory', () => {
  test('stays within its bound over ever new answers', async () => {
    const body = `{"data":{"a":"${'x'.repeat(5_000)}"}}\n`;
    for (let n = 0; n < 1_000; n += 1) await ask({ digest: `d${n}` }, { body });
    expect(cache.usage.bytes).toBeLessThanOrEqual(1_000_000);
    expect(cache.usage.answers).toBeGreaterThan(50);
    expect(cache.usage.answers).toBeLessThan(100);
    expect(cache.usage.underWay).toBe(0);
    expect(origin(await ask({ digest: 'd999' }))).toBe('memory');
    expect(origin(await ask({ digest: 'd0' }))).toBe('execution');
  });

  test('takes no answer that is larger than all of it', async () => {
    const body = `{"data":{"a":"${'x'.repeat(2_000_000)}"}}\n`;
    expect(origin(await ask({}, { body }))).toBe('unstored');
    expect(cache.usage.bytes).toBe(0);
  });
});

describe('Cache-Control', () => {
  test.each([
    [true, policy, 'private'],
    [false, policy, 'public'],
    [false, { ...policy, isPrivate: true }, 'private'],
    [false, { ...policy, dependsOnRole: true }, 'private'],
  ])('signed in %s: %s', async (isSignedIn, ofDocument, expected) => {
    const served = await ask({ policy: ofDocument });
    if (served.kind !== 'stored') throw new Error('It was not stored.');
    const headers = storedAnswerHeaders(served, clock.now(), isSignedIn, 'miss');
    expect(headers['cache-control']).toBe(`${expected}, max-age=60`);
    expect(headers['cache-status']).toBe('deployment-graph; fwd=miss; stored');
  });
});
