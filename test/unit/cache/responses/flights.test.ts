import { describe, expect, test } from 'vitest';
import { Flights } from '../../../../src/cache/responses/flights.ts';

interface Run {
  readonly signal: AbortSignal;
  readonly finish: (result: string) => void;
  readonly fail: (error: Error) => void;
}

/** Flights whose executions the test ends by hand. */
function setUp(): {
  flights: Flights<string>;
  runs: Run[];
  fly: (sequence?: number, key?: string) => { abort: AbortController; landing: ReturnType<Flights<string>['fly']> };
} {
  const flights = new Flights<string>();
  const runs: Run[] = [];
  return {
    flights,
    runs,
    fly: (sequence = 0, key = 'k') => {
      const abort = new AbortController();
      const landing = flights.fly(key, sequence, abort.signal, (signal) => {
        const { promise, resolve, reject } = Promise.withResolvers<string>();
        runs.push({ signal, finish: resolve, fail: reject });
        return promise;
      });
      landing.catch(() => undefined);
      return { abort, landing };
    },
  };
}

describe('equal executions under way', () => {
  test('are one, and later ones another', async () => {
    const { flights, runs, fly } = setUp();
    const landings = [fly(), fly(), fly()].map(({ landing }) => landing);
    expect(runs).toHaveLength(1);
    runs[0]?.finish('one');
    expect(await Promise.all(landings)).toEqual([
      { result: 'one', joined: false },
      { result: 'one', joined: true },
      { result: 'one', joined: true },
    ]);
    expect(flights.size).toBe(0);
    const { landing } = fly();
    runs[1]?.finish('two');
    expect(await landing).toEqual({ result: 'two', joined: false });
  });

  test('fail for all who wait, and are not remembered', async () => {
    const { flights, runs, fly } = setUp();
    const landings = [fly(), fly()].map(({ landing }) => landing);
    runs[0]?.fail(new Error('boom'));
    for (const landing of landings) await expect(landing).rejects.toThrow('boom');
    expect(flights.size).toBe(0);
  });

  test('are not joined by one who comes after an invalidation', async () => {
    const { runs, fly } = setUp();
    const before = fly(1);
    const after = fly(2);
    const alsoAfter = fly(2);
    expect(runs).toHaveLength(2);
    runs[1]?.finish('new');
    runs[0]?.finish('old');
    expect((await before.landing).result).toBe('old');
    expect((await after.landing).result).toBe('new');
    expect(await alsoAfter.landing).toEqual({ result: 'new', joined: true });
  });

  test('do not mix keys', () => {
    const { runs, fly } = setUp();
    fly(0, 'a');
    fly(0, 'b');
    expect(runs).toHaveLength(2);
  });
});

describe('one who leaves', () => {
  test('leaves the others unharmed, be it the one who came first', async () => {
    const { runs, fly } = setUp();
    const first = fly();
    const second = fly();
    first.abort.abort(new Error('gone'));
    await expect(first.landing).rejects.toThrow('gone');
    expect(runs[0]?.signal.aborted).toBe(false);
    runs[0]?.finish('done');
    expect((await second.landing).result).toBe('done');
  });

  test('ends the execution when it was the last, which nobody joins any more', async () => {
    const { flights, runs, fly } = setUp();
    const waiting = [fly(), fly()];
    for (const { abort } of waiting) abort.abort(new Error('gone'));
    expect(runs[0]?.signal.aborted).toBe(true);
    expect(flights.size).toBe(0);
    fly();
    expect(runs).toHaveLength(2);
  });

  test('and was the last still gets what the execution makes of its end', async () => {
    const { runs, fly } = setUp();
    const only = fly();
    only.abort.abort(new Error('deadline'));
    runs[0]?.finish('partial');
    expect((await only.landing).result).toBe('partial');
  });

  test('before it began begins nothing', async () => {
    const { flights, runs } = setUp();
    const abort = new AbortController();
    abort.abort(new Error('gone'));
    await expect(flights.fly('k', 0, abort.signal, async () => 'never')).rejects.toThrow('gone');
    expect(runs).toHaveLength(0);
  });
});
