import { describe, expect, it } from 'vitest';
import { polledSources } from '../../../src/gateway/polled-sources.ts';
import { MAX_COMPOSITE_QUERIES } from '../../../src/sources/salesforce/client.ts';
import { polledTypes } from '../../../src/sources/salesforce/record-changes.ts';

const timed = (intervalMs: number) => polledSources({} as Parameters<typeof polledSources>[0], intervalMs);
const ofSalesforce = (intervalMs = 60_000) => timed(intervalMs).filter(({ polled }) => polled.source === 'SALESFORCE');

describe('the polls of Salesforce', () => {
  it('ask for every type once, and each fits into one billed call', () => {
    const types = ofSalesforce().map(({ polled }) => polled.types);
    expect(types.flat().sort()).toEqual([...polledTypes].sort());
    for (const ofOne of types) expect(ofOne.length).toBeLessThanOrEqual(MAX_COMPOSITE_QUERIES);
  });

  it('have a name each, by which it is kept how far they are known', () => {
    const feeds = timed(60_000).map(({ polled }) => polled.feed);
    expect(new Set(feeds).size).toBe(feeds.length);
  });

  it('ask for what hardly changes less often, but before lists of it expire and never with a gap', () => {
    const longLived = (intervalMs: number) =>
      ofSalesforce(intervalMs).find(({ polled }) => polled.types.includes('Account'))?.intervalMs ?? 0;
    expect(ofSalesforce().find(({ polled }) => polled.types.includes('PsRequest'))?.intervalMs).toBe(60_000);
    // A time limit of 300 seconds, less a tenth.
    expect(longLived(60_000)).toBeGreaterThan(60_000);
    expect(longLived(60_000)).toBeLessThan(270_000);
    // Five times as much while the allowance is tight; after an hour nothing is known any more.
    for (const intervalMs of [1_000, 60_000, 300_000, 600_000]) {
      expect(longLived(intervalMs)).toBeGreaterThanOrEqual(intervalMs);
      expect(longLived(intervalMs) * 5).toBeLessThan(3_600_000);
    }
    expect(longLived(3_600_000)).toBe(3_600_000);
  });
});
