import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashedPeople, hashesOf } from '../../../../src/features/privacy/hashed-people.ts';
import { chargedClients, chargedPeople, formerClientOf } from '../../../../src/gateway/operation-costs/client-name.ts';
import { CostTally, OTHERS } from '../../../../src/gateway/operation-costs/cost-tally.ts';
import {
  DURATION_CLASSES,
  durationClassOf,
  durationLimitsMs,
  percentileMs,
} from '../../../../src/gateway/operation-costs/duration-scale.ts';
import { Receipt } from '../../../../src/platform/receipt.ts';
import { Sealer } from '../../../../src/platform/sealing/sealer.ts';
import { testSealer } from '../../../support/keys.ts';

const HOUR_MS = 3_600_000;

function receiptOf(billedCalls: number): Receipt {
  const receipt = new Receipt();
  receipt.add({ source: 'SALESFORCE', operation: 'query', billedCalls, durationMs: 3, records: 7 });
  receipt.cache.hits = 2;
  return receipt;
}

const key = { tenant: 'demo', operationName: 'Dashboard', documentHash: 'ab', client: 'assistant' };

describe('the tally', () => {
  it('adds up executions of an operation by a client in one hour', () => {
    const tally = new CostTally(10);
    tally.add(key, 5 * HOUR_MS, receiptOf(1), 10);
    tally.add(key, 5 * HOUR_MS + 3_599_999, receiptOf(2), 20);
    tally.add(key, 6 * HOUR_MS, receiptOf(4), 20);
    tally.add({ ...key, client: 'robot' }, 5 * HOUR_MS, receiptOf(8), 20);
    const rows = tally.take();
    expect(rows.map((row) => [row.hourMs / HOUR_MS, row.client, row.executions, row.salesforceBilledCalls])).toEqual([
      [5, 'assistant', 2, 3],
      [6, 'assistant', 1, 4],
      [5, 'robot', 1, 8],
    ]);
    expect(rows[0]).toMatchObject({ salesforceCalls: 2, cacheHits: 4, jiraCalls: 0 });
    expect(tally.size).toBe(0);
  });

  it('stays bounded however many names clients send, and loses no call', () => {
    const tally = new CostTally(50);
    for (let n = 0; n < 2_000; n += 1) tally.add({ ...key, operationName: `Name${n}` }, 0, receiptOf(1), 1);
    expect(tally.size).toBeLessThanOrEqual(51);
    const rows = tally.take();
    expect(rows.reduce((sum, row) => sum + row.salesforceBilledCalls, 0)).toBe(2_000);
    expect(rows.find((row) => row.client === OTHERS)?.executions).toBe(1_950);
  });

  it('counts whole answers apart, in their hour, until everything is taken', () => {
    const tally = new CostTally(10);
    tally.add(key, 0, receiptOf(1), 500);
    const answers = tally.wholeAnswersOf(key, 0);
    expect([answers.add(0, 0.4), answers.add(HOUR_MS - 1, 3)]).toEqual([true, true]);
    expect(answers.add(HOUR_MS, 3)).toBe(false);
    const [row, ...others] = tally.take();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ executions: 1, wholeAnswers: 2, salesforceBilledCalls: 1 });
    expect(percentileMs(row?.durations ?? [], 1)).toBeGreaterThanOrEqual(500);
    expect(percentileMs(row?.wholeAnswerDurations ?? [], 1)).toBe(4);
    expect(answers.add(0, 3)).toBe(false);
    expect(tally.size).toBe(0);
  });

  it('takes back what could not be written, together with what came meanwhile', () => {
    const tally = new CostTally(10);
    tally.add(key, 0, receiptOf(1), 1);
    tally.wholeAnswersOf(key, 0).add(0, 1);
    const taken = tally.take();
    tally.add(key, 0, receiptOf(1), 1);
    tally.wholeAnswersOf(key, 0).add(0, 1);
    tally.putBack(taken);
    const [row] = tally.take();
    expect(row).toMatchObject({ executions: 2, wholeAnswers: 2, salesforceBilledCalls: 2 });
    expect(row?.wholeAnswerDurations.reduce((sum, count) => sum + count, 0)).toBe(2);
  });
});

describe('percentiles of counted durations', () => {
  it('are at least the exact ones, and at most √2 times them', () => {
    const durations = fc.array(fc.double({ min: 1, max: 40_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.95), (all, share) => {
        const counts = Array.from({ length: DURATION_CLASSES }, () => 0);
        for (const ms of all) counts[durationClassOf(ms)] = (counts[durationClassOf(ms)] ?? 0) + 1;
        const sorted = all.toSorted((left, right) => left - right);
        const exact = sorted[Math.ceil(share * all.length) - 1] ?? 0;
        const counted = percentileMs(counts, share) ?? 0;
        expect(counted).toBeGreaterThanOrEqual(exact - 0.1);
        expect(counted).toBeLessThanOrEqual(exact * Math.SQRT2 + 0.1);
      }),
    );
    expect(percentileMs([], 0.5)).toBeNull();
    expect(durationClassOf(1e12)).toBe(durationLimitsMs.length);
  });
});

describe('whom an operation is charged to', () => {
  const erased = new HashedPeople(testSealer, '-');
  const clientOf = chargedClients(testSealer, erased);
  const viewer = { id: 'auth0|anna', tenant: 'demo' };

  it('is the client by the name that it gives', () => {
    expect(clientOf(' deployment-assistant 2.1 ', viewer)).toBe('deployment-assistant 2.1');
  });

  it('is the person by a hash when the name is absent, too long or of other characters', () => {
    const person = clientOf(undefined, viewer);
    expect(person).toMatch(/^viewer:[0-9a-f]{16}$/);
    expect(person).not.toContain('anna');
    for (const name of ['', 'x'.repeat(65), 'a\nb', 'viewer:0123456789abcdef', '<script>', 'ä'])
      expect(clientOf(name, viewer)).toBe(person);
    expect(clientOf(undefined, { ...viewer, tenant: 'other' })).not.toBe(person);
  });

  it('is the person once the name is that of somebody who was erased, in any order and spelling, or their subject', () => {
    const names = ['zacharina-quellbrunn laptop', 'Quellbrunn/Zacharina', 'gone-person', 'assistant'];
    expect(names.map((name) => clientOf(name, viewer))).toEqual(names);
    erased.add(hashesOf(testSealer, '-', 'name', 'Zacharina Quellbrunn'));
    erased.add(hashesOf(testSealer, 'demo', 'subject', 'gone-person'));
    const person = clientOf(undefined, viewer);
    for (let time = 0; time < 2; time += 1)
      expect(names.map((name) => clientOf(name, viewer))).toEqual([person, person, person, 'assistant']);
    expect(clientOf('gone-person', { ...viewer, tenant: 'other' })).toBe('gone-person');
  });

  it('can not be found by trying subjects without the key', () => {
    const [one, other] = [createHash('sha256').update('one').digest(), createHash('sha256').update('other').digest()];
    const keyed = (index: Buffer) => chargedPeople(new Sealer({ current: index, old: [], index }))(viewer);
    expect(keyed(one)).toBe(keyed(one));
    expect(keyed(one)).not.toBe(keyed(other));
    expect(keyed(one)).not.toBe(formerClientOf(viewer));
  });
});
