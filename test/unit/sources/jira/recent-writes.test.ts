import { describe, expect, it } from 'vitest';
import { RecentWrites } from '../../../../src/sources/jira/recent-writes.ts';
import { MovableClock } from '../../../support/identity.ts';

describe('RecentWrites', () => {
  it('lists what was written within two minutes, each issue once', () => {
    const clock = new MovableClock();
    const writes = new RecentWrites(clock);
    writes.add('101');
    clock.advanceMs(90_000);
    writes.add('102');
    writes.add('102');
    expect(writes.list()).toEqual([101, 102]);
    clock.advanceMs(31_000);
    expect(writes.list()).toEqual([102]);
    writes.add('102');
    clock.advanceMs(119_000);
    expect(writes.list()).toEqual([102]);
    clock.advanceMs(2_000);
    expect(writes.list()).toEqual([]);
  });

  it('lists no more than Jira takes, the newest ones', () => {
    const writes = new RecentWrites(new MovableClock());
    for (let id = 1; id <= 80; id += 1) writes.add(String(id));
    expect(writes.list()).toEqual(Array.from({ length: 50 }, (_, index) => 31 + index));
  });

  it.each(['PSD-7', '', '0', '-1', '1.5', '99999999999999999999'])('passes over %j, which is no id', (text) => {
    const writes = new RecentWrites(new MovableClock());
    writes.add(text);
    expect(writes.list()).toEqual([]);
  });
});
