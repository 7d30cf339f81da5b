import { describe, expect, test } from 'vitest';
import { ReadinessCheck } from '../../../src/gateway/readiness.ts';
import type { DependencyHealth } from '../../../src/platform/health.ts';

type State = DependencyHealth['state'];

function checkOf(states: Partial<Record<DependencyHealth['name'], State>>): ReadinessCheck {
  return new ReadinessCheck(
    Object.entries(states).map(([name, state]) => () => ({
      name: name as DependencyHealth['name'],
      state,
      standIn: false,
    })),
  );
}

describe('ReadinessCheck', () => {
  test.each<[Partial<Record<DependencyHealth['name'], State>>, string]>([
    [{ postgres: 'up', salesforce: 'up', redis: 'off' }, 'ready'],
    [{ postgres: 'up', salesforce: 'down' }, 'degraded'],
    [{ postgres: 'degraded', jira: 'up' }, 'degraded'],
    [{ postgres: 'up', redis: 'down', identity: 'degraded' }, 'degraded'],
    [{ postgres: 'down', salesforce: 'up' }, 'unready'],
  ])('%j is %s', async (states, expected) => {
    expect((await checkOf(states).check()).status).toBe(expected);
  });

  test('is stopping from the moment of the stop, whatever the dependencies say', async () => {
    const check = checkOf({ postgres: 'up' });
    await check.check();
    check.stop();
    expect((await check.check()).status).toBe('stopping');
  });

  test('asks each dependency once for callers at the same time', async () => {
    let asked = 0;
    const check = new ReadinessCheck([
      async () => {
        asked += 1;
        return { name: 'postgres', state: 'up', standIn: false };
      },
    ]);
    await Promise.all(Array.from({ length: 50 }, () => check.check()));
    expect(asked).toBe(1);
  });
});
