import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallPriority } from '../../../src/platform/priority.ts';
import { Bulkhead, type BulkheadOptions, type NoPlace, type Place } from '../../../src/upstream/bulkhead.ts';

/** Enters and notes who came in, in order. */
function setUp(options: Partial<BulkheadOptions> = {}) {
  const bulkhead = new Bulkhead({ concurrency: 2, queue: 3, ...options });
  const came: string[] = [];
  const places = new Map<string, Place>();
  const refused = new Map<string, NoPlace>();
  const enter = (name: string, priority: CallPriority = 'interactive', waitMs = 10_000, signal?: AbortSignal) =>
    bulkhead.enter({ priority, waitMs, signal }).then((result) => {
      if (typeof result === 'string') refused.set(name, result);
      else {
        came.push(name);
        places.set(name, result);
      }
    });
  const leave = async (name: string) => {
    places.get(name)?.leave();
    await settled();
  };
  return { bulkhead, came, refused, enter, leave };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Bulkhead', () => {
  it('refuses at once when as many wait as may wait', async () => {
    const { bulkhead, refused, enter } = setUp();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) void enter(name);
    await settled();
    expect(bulkhead.active).toBe(2);
    expect(bulkhead.waiting).toBe(3);
    expect([...refused]).toEqual([['f', 'full']]);
  });

  it('lets those in first who are waited for, in the order they came', async () => {
    const { came, enter, leave } = setUp();
    for (const name of ['a', 'b']) void enter(name);
    void enter('job', 'background');
    void enter('person');
    void enter('analyst', 'analyst');
    await settled();
    await leave('a');
    await leave('b');
    await leave('person');
    expect(came).toEqual(['a', 'b', 'person', 'analyst', 'job']);
  });

  it('displaces the youngest background call when a person comes to a full queue', async () => {
    const { refused, enter } = setUp();
    for (const name of ['a', 'b']) void enter(name);
    for (const name of ['job1', 'job2', 'job3']) void enter(name, 'background');
    void enter('person');
    await settled();
    expect([...refused]).toEqual([['job3', 'displaced']]);
  });

  it('keeps half of the places free of background calls', async () => {
    const { bulkhead, came, enter } = setUp({ concurrency: 4 });
    for (const name of ['job1', 'job2', 'job3']) void enter(name, 'background');
    await settled();
    expect(bulkhead.active).toBe(2);
    void enter('person');
    await settled();
    expect(came).toEqual(['job1', 'job2', 'person']);
  });

  it('gives the place in the queue back when the caller goes or its time is over', async () => {
    const { bulkhead, refused, enter } = setUp();
    const client = new AbortController();
    for (const name of ['a', 'b']) void enter(name);
    void enter('leaving', 'interactive', 10_000, client.signal);
    const inVain = enter('late', 'interactive', 20);
    client.abort();
    await inVain;
    expect(Object.fromEntries(refused)).toEqual({ leaving: 'gone', late: 'deadline' });
    expect(bulkhead.waiting).toBe(0);
  });

  it('lets several in at once when more may run than before', async () => {
    let limit = 1;
    const { came, enter, leave } = setUp({ concurrency: 4, currentConcurrency: () => limit });
    for (const name of ['a', 'b', 'c', 'd']) void enter(name);
    await settled();
    expect(came).toEqual(['a']);
    limit = 4;
    await leave('a');
    expect(came).toEqual(['a', 'b', 'c', 'd']);
  });

  it('never exceeds its bounds and loses nobody, whatever comes and goes', async () => {
    const step = fc.record({
      do: fc.constantFrom('enter', 'enter', 'leave', 'abort'),
      priority: fc.constantFrom<CallPriority>('interactive', 'analyst', 'background'),
      which: fc.nat(50),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const bulkhead = new Bulkhead({ concurrency: 3, queue: 4 });
        const held: Place[] = [];
        const clients: AbortController[] = [];
        let ended = 0;
        for (const next of steps) {
          if (next.do === 'enter') {
            const client = new AbortController();
            clients.push(client);
            void bulkhead.enter({ priority: next.priority, waitMs: 60_000, signal: client.signal }).then((result) => {
              ended += 1;
              if (typeof result !== 'string') held.push(result);
            });
          }
          if (next.do === 'leave') held.splice(next.which % Math.max(1, held.length), 1)[0]?.leave();
          if (next.do === 'abort') clients[next.which % Math.max(1, clients.length)]?.abort();
          await settled();
          expect(bulkhead.active).toBe(held.length);
          expect(bulkhead.active).toBeLessThanOrEqual(3);
          expect(bulkhead.waiting).toBeLessThanOrEqual(4);
        }
        while (held.length > 0) {
          held.pop()?.leave();
          await settled();
        }
        expect(ended).toBe(clients.length);
        expect(bulkhead.active + bulkhead.waiting).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
