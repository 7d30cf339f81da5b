/**
 * How urgent what a call brings is. `write`: a change of the source, and what is read for it and of it. `interactive`: somebody waits who needs it fresh. `analyst`: somebody waits who also takes older values.
 * `background`: nobody waits.
 */
export type CallPriority = 'write' | 'interactive' | 'analyst' | 'background';

/** The least urgent first. */
const order: readonly CallPriority[] = ['background', 'analyst', 'interactive', 'write'];

/** Positive when the first is the more urgent one, 0 when they are the same. */
export function comparePriority(one: CallPriority, other: CallPriority): number {
  return order.indexOf(one) - order.indexOf(other);
}

/** What serves several is as urgent as it is for the one who needs it most; absent ones count as `interactive`. `background` for nobody. */
export function mostUrgent(priorities: Iterable<CallPriority | undefined>): CallPriority {
  let most: CallPriority = 'background';
  for (const one of priorities) if (comparePriority(one ?? 'interactive', most) > 0) most = one ?? 'interactive';
  return most;
}

export function leastUrgent(one: CallPriority, other: CallPriority): CallPriority {
  return comparePriority(one, other) < 0 ? one : other;
}
