import { beforeEach, expect, test } from 'vitest';
import { SavedCalls } from '../../../src/gateway/saved-calls.ts';
import { Receipt } from '../../../src/platform/receipt.ts';

let counted: number[];
let saved: SavedCalls;

beforeEach(() => {
  counted = [];
  saved = new SavedCalls([{ source: 'SALESFORCE', countPlainCalls: (calls) => counted.push(calls) }]);
});

interface Run {
  readonly calls: number;
  readonly operation?: string;
  readonly kept?: boolean;
  readonly shared?: boolean;
  readonly expected?: number;
  readonly isComplete?: boolean;
  readonly isAsked?: boolean;
}

/** What the run is said to have cost by itself. */
function run({ calls, operation = 'A', kept, shared, expected = 7, isComplete = true, isAsked = true }: Run): number {
  const receipt = new Receipt();
  for (let call = 0; call < calls; call += 1)
    receipt.add({ source: 'SALESFORCE', operation: 'query', billedCalls: 1, durationMs: 1, records: 1 });
  if (kept) receipt.keptOf.add('SALESFORCE');
  if (shared) receipt.sharedOf.add('SALESFORCE');
  const expectedCalls = () => ({ SALESFORCE: expected });
  saved.executed({ operation, receipt, isComplete, isAsked, expectedCalls });
  return receipt.plainCalls?.SALESFORCE ?? 0;
}

test('an execution that used nothing kept and shared nothing costs what it called', () => {
  expect(run({ calls: 3 })).toBe(3);
  expect(run({ calls: 0 })).toBe(0);
  expect(counted).toEqual([3]);
});

test('one that used what was kept, or shared calls, costs what the same operation costs otherwise, on average', () => {
  run({ calls: 2 });
  run({ calls: 4 });
  run({ calls: 9, operation: 'B' });
  expect(run({ calls: 0, kept: true })).toBe(3);
  expect(run({ calls: 1, kept: true })).toBe(3);
  expect(run({ calls: 5, shared: true })).toBe(3);
});

test('before there was such an execution it is what the plan expects, and the first one takes its place', () => {
  expect(run({ calls: 0, kept: true, expected: 7 })).toBe(7);
  run({ calls: 2 });
  expect(run({ calls: 0, kept: true })).toBe(2);
});

test('what an error cut short teaches nothing', () => {
  run({ calls: 4 });
  expect(run({ calls: 1, isComplete: false })).toBe(1);
  expect(run({ calls: 0, kept: true })).toBe(4);
});

test('what is executed only to be kept warm counts for nobody, and its answer when it is given', () => {
  const plain = run({ calls: 4, isAsked: false });
  expect(counted).toEqual([]);
  saved.answered({ SALESFORCE: plain, JIRA: 3 });
  expect(counted).toEqual([4]);
});
