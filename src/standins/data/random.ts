/** A small seeded generator (mulberry32), so that equal seeds give equal data on every machine. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole number, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Picks by weight; the weights need not add up to 1. */
  weighted<T extends string | number>(choices: ReadonlyMap<T, number>): T;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (choices) => elementAt(choices, int(0, choices.length - 1)),
    weighted: (choices) => {
      const total = choices.values().reduce((sum, weight) => sum + weight, 0);
      let left = next() * total;
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) return choice;
      }
      return elementAt([...choices.keys()], choices.size - 1);
    },
  };
}

/** The element at an index that the caller knows to exist; a wrong index is a defect of the generator and fails at once. */
export function elementAt<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`The data generator asked for element ${index} of ${list.length}.`);
  return element;
}
