import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WaiterGroup } from '../../../src/upstream/waiter-group.ts';

describe('WaiterGroup', () => {
  it('ends when the last waiter has gone, and not before', () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const group = new WaiterGroup([first.signal]);
    expect(group.join(second.signal)).toBe(true);
    first.abort();
    expect(group.signal.aborted).toBe(false);
    second.abort();
    expect(group.signal.aborted).toBe(true);
  });

  it('counts a waiter who waits twice once', () => {
    const waiter = new AbortController();
    const group = new WaiterGroup([waiter.signal, waiter.signal]);
    waiter.abort();
    expect(group.signal.aborted).toBe(true);
  });

  it('never ends while somebody waits who can not go', () => {
    const waiter = new AbortController();
    const group = new WaiterGroup([waiter.signal, undefined]);
    waiter.abort();
    expect(group.signal.aborted).toBe(false);
  });

  it('is over at once when all have gone before, and takes nobody in any more', () => {
    const group = new WaiterGroup([AbortSignal.abort()]);
    expect(group.signal.aborted).toBe(true);
    expect(group.join(new AbortController().signal)).toBe(false);
  });

  it('waits for the first to join when it begins empty', () => {
    const group = new WaiterGroup();
    expect(group.signal.aborted).toBe(false);
    const waiter = new AbortController();
    group.join(waiter.signal);
    waiter.abort();
    expect(group.signal.aborted).toBe(true);
  });

  it('leaves no listener behind, and can not be ended once the work is done', () => {
    const waiter = new AbortController();
    const group = new WaiterGroup([waiter.signal]);
    group.close();
    expect(getEventListeners(waiter.signal, 'abort')).toHaveLength(0);
    waiter.abort();
    expect(group.signal.aborted).toBe(false);
    expect(group.join(new AbortController().signal)).toBe(false);
  });
});
