import { Counter, Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import {
  type WarmableOperation,
  Warming,
  type WarmingOptions,
  type WarmingOutcome,
} from '../../../src/jobs/warming.ts';
import { createLogger } from '../../../src/platform/log.ts';
import { MovableClock } from '../../support/identity.ts';

interface Named extends WarmableOperation {
  readonly name: string;
}

function warming(overrides: Partial<WarmingOptions<Named>> = {}) {
  const clock = new MovableClock();
  const warmed: string[] = [];
  const outcomes = { next: 'stored' as WarmingOutcome };
  const operations = new Counter({ name: 'warmed', help: '.', labelNames: ['outcome'], registers: [new Registry()] });
  const subject = new Warming<Named>({
    top: 3,
    clock,
    log: createLogger('silent'),
    operations,
    mayAsk: () => true,
    warm: async ({ name }) => {
      warmed.push(name);
      return outcomes.next;
    },
    ...overrides,
  });
  const ask = (name: string, times = 1, types = ['PsRequest']) => {
    for (let time = 0; time < times; time += 1) subject.note(name, () => ({ name, types, maxAgeSeconds: 300 }));
  };
  return { clock, warmed, outcomes, ask, run: () => subject.run(new AbortController().signal) };
}

test('warms the operations that are asked most, and no more than it was told', async () => {
  const { warmed, ask, run } = warming();
  for (const [times, name] of ['rare', 'some', 'many', 'most'].entries()) ask(name, times + 1);
  expect(await run()).toBe('done');
  expect(warmed.sort()).toEqual(['many', 'most', 'some']);
});

test('asks for an answer that is younger than six tenths of the time that it may be kept', async () => {
  const ages: number[] = [];
  const { ask, run } = warming({
    warm: async (_operation, maxAgeSeconds) => {
      ages.push(maxAgeSeconds);
      return 'kept';
    },
  });
  ask('a');
  expect(await run()).toBe('idle');
  expect(ages).toEqual([180]);
});

test('never executes more than two at once', async () => {
  let underWay = 0;
  let most = 0;
  const { ask, run } = warming({
    top: 10,
    warm: async () => {
      most = Math.max(most, (underWay += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay -= 1;
      return 'stored';
    },
  });
  for (let place = 0; place < 10; place += 1) ask(`operation ${place}`);
  await run();
  expect(most).toBe(2);
});

describe('it leaves alone', () => {
  test('what nobody has asked for as long as its answer may be kept', async () => {
    const { clock, warmed, ask, run } = warming();
    ask('a', 50);
    clock.advanceMs(300_001);
    expect(await run()).toBe('idle');
    expect(warmed).toEqual([]);
  });

  test('what asks a source that has little left, and only that', async () => {
    const { warmed, ask, run } = warming({ mayAsk: (types) => !types.includes('JiraIssue') });
    ask('a');
    ask('b', 1, ['JiraIssue']);
    expect(await run()).toBe('done');
    expect(warmed).toEqual(['a']);
  });

  test('the rest of a round when little is left in the middle of it', async () => {
    let left = 2;
    const { ask, run, warmed } = warming({
      top: 10,
      mayAsk: () => left > 0,
      warm: async ({ name }) => {
        left -= 1;
        warmed.push(name);
        return 'stored';
      },
    });
    for (let place = 0; place < 10; place += 1) ask(`operation ${place}`);
    await run();
    expect(warmed.length).toBeLessThanOrEqual(3);
    expect(await run()).toBe('paused');
  });

  test('for a while what was executed in vain', async () => {
    const { clock, warmed, outcomes, ask, run } = warming();
    outcomes.next = 'unstored';
    ask('a');
    await run();
    clock.advanceMs(60_000);
    await run();
    expect(warmed).toEqual(['a']);
    clock.advanceMs(125_000);
    await run();
    expect(warmed).toEqual(['a', 'a']);
  });
});

test('one operation that fails does not keep the others cold', async () => {
  const warmed: string[] = [];
  const { ask, run } = warming({
    warm: async ({ name }) => {
      if (name === 'bad') throw new Error('It fails.');
      warmed.push(name);
      return 'stored';
    },
  });
  ask('bad', 3);
  ask('good');
  expect(await run()).toBe('done');
  expect(warmed).toEqual(['good']);
});
