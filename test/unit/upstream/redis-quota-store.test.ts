import { describe, expect, it } from 'vitest';
import type { InstanceQuota } from '../../../src/upstream/instance-quota.ts';
import { type QuotaRedisCommands, RedisQuotaStore } from '../../../src/upstream/redis-quota-store.ts';
import { collectingLog } from '../../support/upstream.ts';

const own: InstanceQuota = { reading: null, uncountedCalls: 1, callsByHour: { '491000': 3 }, writtenAtMs: Date.now() };

function setUp(overrides: Partial<QuotaRedisCommands> = {}) {
  const hash: Record<string, string> = {};
  const counts = { commands: 0 };
  const redis: QuotaRedisCommands = {
    hSet: async (_key, field, value) => {
      counts.commands += 1;
      hash[field] = value;
    },
    hGetAll: async () => ({ ...hash }),
    hDel: async (_key, fields) => {
      for (const field of fields) delete hash[field];
    },
    pExpire: async () => 1,
    ...overrides,
  };
  const { log, lines } = collectingLog();
  const store = new RedisQuotaStore({ redis, instanceId: 'one', log, budgetMs: 30, pauseMs: 200 });
  return { store, hash, counts, lines };
}

describe('RedisQuotaStore', () => {
  it('gives what others left, and not what it left itself', async () => {
    const { store, hash } = setUp();
    hash.two = JSON.stringify({ ...own, uncountedCalls: 9 });
    expect(await store.exchange('JIRA', own)).toEqual(new Map([['two', { ...own, uncountedCalls: 9 }]]));
    expect(JSON.parse(hash.one ?? '')).toEqual(own);
  });

  it('passes over garbage and what is older than a day, and clears it away', async () => {
    const { store, hash } = setUp();
    hash.two = 'garbage';
    hash.three = JSON.stringify({ ...own, uncountedCalls: -1 });
    hash.four = JSON.stringify({ ...own, writtenAtMs: own.writtenAtMs - 26 * 3_600_000 });
    hash.five = JSON.stringify({ ...own, reading: { used: 'x' } });
    expect(await store.exchange('JIRA', own)).toEqual(new Map());
    expect(Object.keys(hash)).toEqual(['one']);
  });

  it('takes a hang for a miss within its budget, and then does not ask for a while', async () => {
    const { store, counts, lines } = setUp({
      hGetAll: () => new Promise(() => {}),
    });
    const startedAt = performance.now();
    expect(await store.exchange('JIRA', own)).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await store.exchange('JIRA', own)).toBeNull();
    expect(counts.commands).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 220));
    expect(await store.exchange('JIRA', own)).toBeNull();
    expect(counts.commands).toBe(2);
    expect(lines).toHaveLength(1);
  });

  it('takes a refusal for a miss, and tells when it is over', async () => {
    let broken = true;
    const { store, lines } = setUp({
      pExpire: async () => {
        if (broken) throw new Error('WRONGTYPE');
      },
    });
    expect(await store.exchange('JIRA', own)).toBeNull();
    broken = false;
    await new Promise((resolve) => setTimeout(resolve, 220));
    expect(await store.exchange('JIRA', own)).toEqual(new Map());
    expect(lines.map(({ level }) => level)).toEqual([40, 30]);
  });
});
